"""Migrated, empty SQLite databases: this process migrates one, all others are copies of it."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from webapp.core import migrate


def new_database(path: Path) -> None:
    """Make one there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="igny8-template-") as directory:
        path = Path(directory) / "igny8.sqlite"
        migrate.upgrade(f"sqlite:///{path}")
        return path.read_bytes()
