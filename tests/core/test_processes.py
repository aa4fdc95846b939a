"""What tests stand on themselves: ends that are ends, and ports that are nobody else's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.processes import (
    free_port,
    frozen,
    is_free,
    kill,
    listens,
    members,
    spawn,
    wait_until,
)

# A server whose children hold its port too, and take a while to die: much memory goes with them.
SERVER = """
import os, socket, sys, time
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
for _ in range(6):
    if not os.fork():
        held = bytearray(os.urandom(1)) * 30_000_000
        time.sleep(600)
time.sleep(600)
"""
TAKE = "from tests.support.processes import free_port; print(*(free_port() for _ in range(300)))"


def test_who_was_killed_holds_no_port_any_more(tmp_path: Path) -> None:
    port = free_port()
    for _ in range(5):
        server = spawn([sys.executable, "-c", SERVER, str(port)], tmp_path / "log")
        wait_until(lambda: listens(port), "the server")
        wait_until(lambda one=server: len(members(one.pid)) >= 9, "its children")  # type: ignore[misc]
        kill(server)
        assert members(server.pid) == []
        assert is_free(port)


def test_no_two_test_runs_get_the_same_port() -> None:
    command = [sys.executable, "-c", f"{TAKE}; input()"]
    runs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    taken = []
    for run in runs:
        assert run.stdout
        taken += [int(port) for port in run.stdout.readline().split()]
    for run in runs:
        run.communicate("\n")
    mine = [free_port() for _ in range(20)]
    assert len(set(taken)) == 900
    assert len(set(mine)) == 20
    assert max(taken) < 32_768, "outgoing connections are given none of these"


def test_who_ends_meanwhile_holds_up_nobody() -> None:
    """A server's child may be gone before it is asked to stand still, or to go on."""
    gone, dying, living = (
        subprocess.Popen(["sh", "-c", "read -r line; echo $line"], stdin=-1, stdout=-1, text=True)
        for _ in range(3)
    )
    gone.communicate("")
    with frozen([gone.pid, dying.pid, living.pid]):
        dying.kill()
        dying.communicate()
    assert living.communicate("It goes on.\n")[0] == "It goes on.\n"
