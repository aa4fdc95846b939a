"""A start loads what the process needs and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import KEY
from tests.support import sqlite
from webapp.core import migrate

PROGRAM = """
import sys
from webapp.cli import main
main(sys.argv[1:], standalone_mode=False)
names = ("alembic", "redis", "psycopg", "rich", "webapp.core.system")
print(*[name for name in names if sys.modules.get(name)])
"""


def loaded_by(command: str, var: Path) -> list[str]:
    """Which of the modules above a process has loaded when it has done the command."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, command],
        env={**os.environ, "IGNY8_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()[-1].split()


def test_a_process_on_sqlite_loads_no_other_database_and_migrates_only_what_is_old(
    tmp_path: Path,
) -> None:
    assert loaded_by("migrate", tmp_path) == ["alembic"]
    assert loaded_by("demo", tmp_path) == ["webapp.core.system"]


def test_a_command_reads_texts_by_the_rules_of_the_installation(tmp_path: Path) -> None:
    lines = [*PROGRAM.splitlines()[:4], "from webapp.writer import allowed"]
    program = "\n".join([*lines, "print('maps.example' in allowed.current().embed_hosts)"])
    sqlite.new_database(tmp_path / "igny8.sqlite")
    done = subprocess.run(
        [sys.executable, "-c", program, "user", "--list"],
        env={
            **os.environ,
            "IGNY8_VAR": str(tmp_path),
            "IGNY8_SECRET_KEYS": KEY,
            "IGNY8_EMBED_HOSTS": "maps.example",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "True"


def test_the_newest_revision_is_alembics_head() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(migrate.SCRIPTS)).get_current_head() == migrate.newest_revision()


def test_a_worker_loads_nothing_of_pages_and_api() -> None:
    program = "import sys, webapp.worker; print(*sorted({'litestar', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []
