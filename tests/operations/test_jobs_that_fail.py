"""A job that did not do its work has not gone well: the figures say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import MakeSystem
from tests.support.desk import Desk
from webapp import config as configuration
from webapp import housekeeping, worker
from webapp.backups import daily
from webapp.config import Config, ConfigError
from webapp.core.figures import REGISTRY
from webapp.publisher.delivery import heartbeats


def failed(name: str) -> float:
    labels = {"name": name, "outcome": "failed"}
    return REGISTRY.get_sample_value("igny8_job_runs_total", labels) or 0.0


def test_a_backup_that_could_not_be_made(
    config: Config, make_system: MakeSystem, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    system = make_system(replace(config, backups=tmp_path / "file" / "below"))
    before = failed("back_up")
    worker._run("back_up", system, daily.back_up)
    assert failed("back_up") == before + 1
    assert REGISTRY.get_sample_value("igny8_backup_wanted_timestamp_seconds")


def test_what_could_not_be_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(heartbeats, "prune", fails)
    before = failed("prune")
    worker._run("prune", desk.system, housekeeping.prune)
    assert failed("prune") == before + 1


def test_backups_of_every_night_need_the_direct_address() -> None:
    given = {
        "IGNY8_DATABASE_URL": "postgresql://desk@pooler/desk",
        "IGNY8_QUEUE_URL": "redis://127.0.0.1:6379/0",
        "IGNY8_SECRET_KEYS": "IPvYU0zkmEuMfVZ2uSFL7DNyDUZPN1dOFEAJ7vMkN0I=",
        "IGNY8_PGBOUNCER": "1",
    }
    assert configuration.load(given).pgbouncer
    with pytest.raises(ConfigError, match="IGNY8_BACKUPS"):
        configuration.load({**given, "IGNY8_BACKUPS": "/backups"})
