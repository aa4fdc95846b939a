"""Restoring after a death at a random moment: whatever was killed, and whenever, the database is
what it was or what was saved, whole; a restore that ends has brought back exactly what was saved.

A round kills somebody who writes, so that journals are left over; then a backup or a restore, also
at a random moment, in most rounds; then a restore runs to its end. IGNY8_RESTORES says how many.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.operations.holding import held, quiet
from tests.support.desk import Desk
from webapp import backups
from webapp.backups import about, folders
from webapp.config import Config

ROUNDS = int(os.environ.get("IGNY8_RESTORES", "3"))
LONGEST = 1.5  # seconds until a death
WRITER = """
import sys, time
import sqlalchemy as sa
from webapp.core.db import Database
from webapp.writer.models import Content
db = Database(sys.argv[1])
print("writes", flush=True)
number = 0
while True:
    number += 1
    with db.write() as session:
        title = f"Written {number} " + "x" * (number % 400)
        session.execute(sa.update(Content).values(title=title))
"""


@contextmanager
def doomed(*command: str, env: dict[str, str], says: str = "") -> Iterator[None]:
    """A program that is killed at a random moment, unless it was quicker."""
    with subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            if says:
                assert process.stdout.readline().strip() == says
            time.sleep(random.uniform(0, LONGEST))
            yield
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.both_databases
def test_a_death_at_any_moment_leaves_the_old_or_the_new(
    desk: Desk, config: Config, tmp_path: Path
) -> None:
    seed = random.randrange(1_000_000)
    random.seed(seed)
    desk.connect()
    for number in range(20):
        desk.approved(title=f"Saved {number}", html=f"<p>{'Some text. ' * 500}</p>")
    desk.system.close()
    to = tmp_path / "backups"
    saved = backups.make(config, to, quiet)
    expected = about.read(saved).tables
    env = {
        "IGNY8_VAR": str(config.var),
        "IGNY8_DATABASE_URL": config.database_url,
        "IGNY8_QUEUE_URL": config.queue_url,
        "IGNY8_SECRET_KEYS": config.secret_keys[0],
        "IGNY8_PUBLIC_URL": config.public_url,
    }
    for number in range(ROUNDS):
        said = f"round {number} of seed {seed}"
        with doomed("-c", WRITER, config.database_url, env=env, says="writes"):
            pass
        act = random.choice(("backup", "restore", "nothing"))
        if act == "backup":
            with doomed("-m", "webapp.cli", "backup", "--to", str(to), env=env):
                pass
        before = held(config.database_url)
        if act == "restore":
            with doomed("-m", "webapp.cli", "restore", "--yes", str(saved), env=env):
                pass
            now = held(config.database_url)
            # Where it came as far as that, websites were asked and numbers went up.
            is_new = now == expected or now["contents"] == expected["contents"]
            assert now == before or is_new, f"{said}: neither the old nor the new"
        for folder in folders.found(to):
            backups.check(config, folder, quiet)
        backups.restore(config, saved, quiet, keep=False)
        assert held(config.database_url) == expected, said
