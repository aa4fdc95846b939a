"""docs/operators.md is followed to the letter: its commands run in order, in an empty place."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_traceability import ROOT
from tests.support.postgres import Postgres
from tests.support.processes import free_port, kill, spawn

PAGE = (ROOT / "docs" / "operators.md").read_text()
BLOCK = re.compile(r"^```(.*)\n((?:.*\n)*?)^```$", re.M)
# What a block is: commands that are run here, commands that need the rights of root or an engine
# for containers, or no commands.
RUN, NOT_HERE = "sh", "sh root"
OTHER = {"text", "ini", "json", "yaml", "nginx", "caddyfile", "sql", "conf", "dockerfile"}
LONGEST = 300.0


def blocks(kind: str) -> list[str]:
    return [text for label, text in BLOCK.findall(PAGE) if label.strip() == kind]


def test_every_block_says_what_it_is() -> None:
    labels = {label.strip() for label, _ in BLOCK.findall(PAGE)}
    assert labels <= {RUN, NOT_HERE, *OTHER}, "`sh` is run here, `sh root` is not"
    assert len(blocks(RUN)) > 3


@pytest.mark.parametrize("text", blocks(NOT_HERE))
def test_what_is_not_run_here_can_be_read_by_a_shell(text: str) -> None:
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_release_is_never_installed_over_the_one_that_runs() -> None:
    assert "/opt/igny8-0.1.0/bin/pip install" in PAGE
    assert not re.search(r"(venv /opt/igny8|/opt/igny8/bin/pip)(?![\w-])", PAGE)


def test_no_secret_is_an_argument() -> None:
    """Everybody on the machine sees those."""
    pages = PAGE + (ROOT / "docs" / "monitoring" / "alerts.md").read_text()
    commands = re.findall(
        r"^ *(?:curl|redis-cli|psql) .*(?:\\\n.*)*|`(?:redis-cli|psql)[^`]*`", pages, re.M
    )
    assert len(commands) > 3
    for command in commands:
        assert not re.search(r"\$\(cat|secrets/|IGNY8_\w+(URL|TOKEN|KEYS)\b", command), command


def placed(script: str, places: dict[str, str]) -> str:
    """The script with the servers and the port of this machine; each of them must occur."""
    for written, here in places.items():
        assert written in script
        script = script.replace(written, here)
    return script


def as_one(texts: list[str]) -> str:
    """One script that ends at the first command that fails, and says in which block."""
    told = [f"echo {shlex.quote(f'== block {n}')}\n{text}" for n, text in enumerate(texts, 1)]
    return "set -euo pipefail\n" + "".join(told) + "echo '== all followed'\n"


@pytest.mark.heavy
def test_it_can_be_followed_to_the_letter(
    tmp_path: Path, postgres: Postgres, redis_url: str
) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    igny8 = commands / "igny8"
    igny8.write_text(f'#!/bin/sh\nexec {sys.executable} -m webapp.cli "$@"\n')
    igny8.chmod(0o755)
    database = postgres.create()
    places = {
        "postgresql://igny8:PASSWORD@127.0.0.1/igny8": postgres.url(database),
        "redis://127.0.0.1:6379/0": redis_url,
        "IGNY8_PORT=8000": f"IGNY8_PORT={free_port()}",
    }
    script = tmp_path / "operators.sh"
    script.write_text(placed(as_one(blocks(RUN)), places))
    env = {name: text for name, text in os.environ.items() if not name.startswith("IGNY8_")}
    env |= {"HOME": str(tmp_path), "PATH": f"{commands}:{env['PATH']}", "PYTHONPATH": str(ROOT)}
    log = tmp_path / "followed.log"
    process = spawn(["bash", str(script)], log, cwd=tmp_path, env=env)
    try:
        process.wait(LONGEST)
    finally:
        kill(process)
        postgres.drop(database)
    assert log.read_text().endswith("== all followed\n"), log.read_text()[-3000:]
