"""A worker that missed its own heartbeat takes its record up again, once."""

from __future__ import annotations

import dataclasses
import threading
import time
from datetime import timedelta

import sqlalchemy as sa

from tests.conftest import MakeSystem
from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving, held, status
from tests.support.processes import wait_until
from webapp.config import Config
from webapp.core.clock import utc_now
from webapp.publisher.delivery.runner import Runner
from webapp.publisher.records.models import PublishingRecord


def test_the_end_of_the_old_attempt_does_not_stop_the_new_ones_heartbeat(
    config: Config, make_system: MakeSystem, misbehaving: Misbehaving
) -> None:
    system = make_system(dataclasses.replace(config, lease_seconds=2, request_seconds=60))
    system.clock = utc_now
    desk = Desk(system)
    desk.connect("wordpress", misbehaving.url)
    first, second = threading.Event(), threading.Event()
    answers = [held(until, status(500)) for until in (first, second)]
    misbehaving.on("POST", "*/publish-content/", *answers)

    def sent() -> int:
        return sum(hit.path.endswith("/publish-content/") for hit in misbehaving.hits)

    record_id = desk.publish(desk.approved())
    runner = Runner(system, threads=4)
    runner.start()
    try:
        wait_until(lambda: sent() == 1, "the first attempt's request")
        with system.db.write() as db:
            over = utc_now() - timedelta(seconds=1)
            db.execute(sa.update(PublishingRecord).values(lease_until=over))
        wait_until(lambda: sent() == 2, "the second attempt's request")
        # The first attempt ends now and finds that its lease is lost; the second one goes on.
        first.set()
        time.sleep(5)
        assert desk.record(record_id).attempt == 2
        assert sent() == 2
    finally:
        first.set()
        second.set()
        runner.stop()
