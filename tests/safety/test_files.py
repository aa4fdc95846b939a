"""Nobody else on the machine reads what the installation writes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MakeSystem
from tests.support.browser import ROOT
from tests.support.desk import Desk
from webapp import doctor
from webapp.config import Config
from webapp.core import migrate, private
from webapp.core import system as systems


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """As on a fresh machine: everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Files below the folder that others could read."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    )


def test_a_new_installation_lets_nobody_look(tmp_path: Path) -> None:
    """By its own commands: migrate, demo, token."""
    var = tmp_path / "var"
    env = {key: value for key, value in os.environ.items() if not key.startswith("IGNY8_")}
    for command in (["migrate"], ["demo"], ["user", "--email", "demo@example.com", "--enable"]):
        subprocess.run(
            [sys.executable, "-m", "webapp.cli", *command],
            cwd=ROOT,
            env={**env, "IGNY8_VAR": str(var)},
            capture_output=True,
            check=False,
        )
    assert {path.name for path in var.iterdir()} >= {
        "igny8.sqlite",
        "queue.sqlite",
        "secret.key",
        "demo-login.json",
    }
    assert open_to_others(var) == []


def test_a_database_is_never_open_not_even_while_it_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'igny8.sqlite'}"
    migrate.upgrade(url)
    found = [path for path in (tmp_path / "new").iterdir() if path.suffix != ".migrate-lock"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in found] == [0o600] * len(found)


def test_what_was_open_before_is_closed_at_the_start(
    desk: Desk, config: Config, make_system: MakeSystem
) -> None:
    desk.write()  # so that there is something beside the database
    files = [path for path in config.var.iterdir() if "sqlite" in path.name and path.is_file()]
    assert any(path.name.endswith("-wal") for path in files)
    for path in files:
        path.chmod(0o644)
    systems.create(config).close()
    assert open_to_others(config.var) == []
    desk.write()
    assert open_to_others(config.var) == []


def test_doctor_says_what_it_could_not_close(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write()  # with it the file of what was written last
    assert [one.ok for one in doctor.examine(desk.system) if one.name == "files"] == [True]

    def refused(path: Path, mode: int) -> None:
        raise PermissionError(path, mode)

    Path(desk.system.config.var / "igny8.sqlite").chmod(0o640)
    monkeypatch.setattr(Path, "chmod", refused)
    finding = next(one for one in doctor.examine(desk.system) if one.name == "files")
    assert not finding.ok
    assert "igny8.sqlite: chmod 600" in finding.message


def test_other_databases_have_no_files(tmp_path: Path) -> None:
    urls = ("postgresql+psycopg://u:p@db/igny8", "redis://localhost/1")
    for url in urls:
        private.database(url)
    assert private.repair(tmp_path, urls) == []
