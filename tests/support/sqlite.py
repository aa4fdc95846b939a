"""Migrated SQLite databases, empty or with the tests' house in them: this process makes one of
each, all others are copies of it."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from tests.support.house import House, furnished
from webapp.core import migrate


def new_database(path: Path) -> None:
    """Make an empty one there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())


def new_furnished_database(path: Path) -> None:
    """Make one there with the house in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_furnished()[0])


def house() -> House:
    """What is in a furnished one."""
    return _furnished()[1]


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="igny8-template-") as directory:
        path = Path(directory) / "igny8.sqlite"
        migrate.upgrade(f"sqlite:///{path}")
        return path.read_bytes()


@functools.cache
def _furnished() -> tuple[bytes, House]:
    with tempfile.TemporaryDirectory(prefix="igny8-template-") as directory:
        path = Path(directory) / "igny8.sqlite"
        new_database(path)
        made = furnished(f"sqlite:///{path}")
        return path.read_bytes(), made
