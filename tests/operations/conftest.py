"""A backup, of a database that has gone on since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.test_events import open_tab  # noqa: F401  # for all here
from tests.operations.holding import quiet
from tests.support.desk import Desk
from webapp import backups
from webapp.config import Config


@pytest.fixture
def saved(desk: Desk, config: Config, tmp_path: Path) -> Path:
    """A backup of a desk with a few pieces, which has gone on since and was stopped."""
    desk.connect()
    for number in range(5):
        desk.published(title=f"Saved {number}")
    folder = backups.make(config, tmp_path / "backups", quiet)
    desk.write(title="Written since")
    desk.system.close()
    return folder
