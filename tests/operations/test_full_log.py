"""Standard error on a disk that is full: lines are lost and counted, and work goes on."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

import pytest
import sqlalchemy as sa
import structlog

from tests.support.desk import Desk
from tests.support.processes import wait_until
from webapp.core import log as logs
from webapp.publisher.delivery.runner import Runner


class Full:
    """A file on a disk that is full."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def isatty(self) -> bool:
        return False


@contextmanager
def full_disk() -> Iterator[None]:
    """Not a fixture: pytest sets standard error anew before a test begins."""
    before, real = structlog.get_config(), sys.stderr
    logs.configure("json")
    sys.stderr = cast(TextIO, Full())
    try:
        yield
    finally:
        sys.stderr = real
        structlog.configure(**before)


def lost() -> float:
    [told] = logs._LOST.collect()
    return float(told.samples[0].value)


def test_a_line_that_cannot_be_written_is_counted_and_stops_nothing() -> None:
    before = lost()
    with full_disk():
        structlog.get_logger().info("a step")
        logging.getLogger("huey").error("a library on a full disk")
    assert lost() >= before + 2


def test_a_dispatcher_that_cannot_say_what_is_wrong_looks_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def look() -> float:
        looked.append(1)
        if len(looked) < 3:
            raise sa.exc.OperationalError("x", {}, Exception("database or disk is full"))
        return 0.05

    engine = Runner(desk.system, 2)
    monkeypatch.setattr(engine, "_look", look)
    with full_disk():
        engine.start()
        try:
            wait_until(lambda: len(looked) > 4, "a look after those that failed")
        finally:
            engine.stop()
