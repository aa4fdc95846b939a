"""A database server that starts takes nothing from one that runs, so groups may run together."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.mariadb import MariaDB

# MariaDB, when it starts, removes what looks like a temporary table from its temporary directory.
_TABLE = "CREATE TEMPORARY TABLE t (a TEXT) ENGINE=MyISAM; SELECT 'made';"


@pytest.fixture
def directory() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="igny8-db-"))  # short: a socket's path has 107 characters
    yield root
    shutil.rmtree(root)


def test_a_server_that_starts_leaves_the_temporary_tables_of_others(directory: Path) -> None:
    first, second = MariaDB(directory / "1"), MariaDB(directory / "2")
    first.create()
    try:
        shutil.copytree(first.directory, second.directory)
        first.start()
        client = subprocess.Popen(
            ["mariadb", "--no-defaults", f"--socket={first.socket}", "-uroot", "-nN", "mysql"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert client.stdin
        assert client.stdout
        client.stdin.write(_TABLE + "\n")
        client.stdin.flush()
        assert client.stdout.readline() == "made\n"
        second.start()
        answer, _ = client.communicate("DROP TABLE t; SELECT 'kept';\n", timeout=30)
        assert answer == "kept\n"
    finally:
        first.kill()
        second.kill()
