"""What keeps a process from starting is told in one sentence."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import config as configuration
from webapp.commands import MAY_PASS
from webapp.config import SETTINGS


def igny8(*arguments: str, var: Path, **settings: str) -> tuple[int, str]:
    """Exit code, and what was said on standard error."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("IGNY8_")}
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", *arguments],
        env={**env, "IGNY8_VAR": str(var), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"IGNY8_WORKER": "4"}, "not a setting of IGNY8: do you mean IGNY8_WORKERS?"),
        ({"IGNY8_FLAVOUR": "mint"}, "IGNY8_FLAVOUR is not a setting of IGNY8."),
        ({"IGNY8_WORKERS": "no"}, "IGNY8_WORKERS is 'no'"),
        (
            {
                "IGNY8_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
                "IGNY8_QUEUE_URL": "redis://127.0.0.1:1",
            },
            "The database cannot be reached: ",
        ),
    ],
)
def test_what_is_wrong_is_a_sentence(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    _, told = igny8("migrate", var=tmp_path, **settings)
    assert said in told
    assert "Traceback" not in told


def test_of_a_process_it_is_a_line_of_its_log(tmp_path: Path) -> None:
    away = {
        "IGNY8_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "IGNY8_QUEUE_URL": "redis://127.0.0.1:1",
        "IGNY8_FLAVOUR": "mint",
    }
    code, told = igny8("worker", var=tmp_path, IGNY8_LOG="json", **away)
    lines = [json.loads(line)["event"] for line in told.splitlines()]
    assert (code, len(lines)) == (MAY_PASS, 2)
    assert "IGNY8_FLAVOUR" in lines[0]
    assert "The database cannot be reached" in lines[1]


def test_of_a_process_so_is_a_setting_that_cannot_be_used(tmp_path: Path) -> None:
    code, told = igny8("worker", var=tmp_path, IGNY8_LOG="json", IGNY8_WORKERS="no")
    line = json.loads(told)
    assert (code, line["level"]) == (1, "error")
    assert "IGNY8_WORKERS is 'no'" in line["event"]


def test_a_key_is_made_whatever_the_settings_are(tmp_path: Path) -> None:
    """Also for an installation that lacks nothing but its key."""
    gone = str(tmp_path / "gone")
    code, told = igny8("new-key", var=tmp_path, IGNY8_SECRET_KEYS_FILE=gone, IGNY8_WORKERS="no")
    assert (code, told) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    # Rights do not keep root out; a name that no file system takes does.
    for name in ("IGNY8_VAR", "IGNY8_BACKUPS"):
        folder = str(tmp_path / ("x" * 300))
        code, told = igny8("doctor", var=tmp_path / "var", **{name: folder})
        assert code == 1
        assert "Traceback" not in told
        assert name == "IGNY8_BACKUPS" or f"IGNY8_VAR is {folder!r}, which cannot be used" in told


def test_a_backup_through_pgbouncer_is_refused(tmp_path: Path) -> None:
    settings = {
        "IGNY8_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "IGNY8_QUEUE_URL": "redis://127.0.0.1:1",
        "IGNY8_PGBOUNCER": "1",
    }
    code, told = igny8("backup", "--to", str(tmp_path / "to"), var=tmp_path, **settings)
    assert code == 1
    assert "cannot go through pgbouncer" in told


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, told = igny8("web", var=tmp_path, IGNY8_PORT=str(port))
    assert code == 1
    assert f"Nothing can be served at 127.0.0.1:{port}" in told
    assert "IGNY8_PORT" in told


def test_a_newer_schema_is_another_releases(tmp_path: Path) -> None:
    import sqlite3

    assert igny8("migrate", var=tmp_path) == (0, "")
    with sqlite3.connect(tmp_path / "igny8.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.execute("UPDATE schema_floor SET revision = '9998'")
    code, told = igny8("web", var=tmp_path)
    assert code == 1
    assert "it has schema 9999" in told
    assert "code of schema 9998 and newer" in told
    assert "Traceback" not in told


def test_a_key_that_is_gone_is_not_made_anew_beside_data(tmp_path: Path) -> None:
    assert igny8("migrate", var=tmp_path) == (0, "")
    (tmp_path / configuration.KEY_FILE).unlink()
    code, told = igny8("worker", var=tmp_path)
    assert code == 1
    assert "is missing beside a database that has data" in told
    assert not (tmp_path / configuration.KEY_FILE).exists()
    (tmp_path / configuration.KEY_FILE).write_text("")
    code, told = igny8("worker", var=tmp_path)
    assert code == 1
    assert "secret.key holds no key" in told


def test_each_setting_is_known() -> None:
    text = (configuration.root() / "webapp" / "config.py").read_text()
    asked = {part.split('"')[0] for part in text.split('"') if part.startswith("IGNY8_")}
    assert {one for one in asked if one.isupper() and not one.endswith("_")} <= SETTINGS
