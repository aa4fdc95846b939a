"""Names of processes: known by more than host and pid."""

from __future__ import annotations

import subprocess
import sys

import pytest

from webapp.core import processes
from webapp.core.processes import Name

SAY = "from webapp.core import processes; print(processes.name_of(), flush=True); input()"


def test_two_processes_of_one_place_and_their_ends() -> None:
    command = [sys.executable, "-c", SAY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout
        told = other.stdout.readline().strip()
        read = Name(*told.split(":"))
        assert (read.pid, read.place) == (str(other.pid), processes.place())
        assert processes.runs(told)
        later = str(read._replace(start="1"))
        assert not processes.runs(later), "it is taken for one that has its pid"
        other.communicate("\n")
    assert not processes.runs(told)


def test_each_start_has_a_name_of_its_own() -> None:
    assert processes.name_of() != processes.name_of()
    assert processes.runs(processes.name_of())


@pytest.mark.parametrize("name", ["app:99999999:1234abcd", "app:99999999:ffffffff:1:1234abcd"])
def test_what_cannot_be_looked_at_from_here_may_run(name: str) -> None:
    """Of an older release, and of another container."""
    assert processes.runs(name)


def test_a_container_of_the_same_host_name_counts_its_own_pids() -> None:
    """Two namespaces of processes on one machine, with the same name and the same pid: neither
    takes the other's process for its own, or for a dead one."""
    alone = ["unshare", "--fork", "--pid", "--mount-proc"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("only root may make a namespace")
    names = [
        subprocess.run(
            [*alone, sys.executable, "-c", SAY],
            input="\n",
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    first, second = (Name(*one.split(":")) for one in names)
    assert first.host == second.host
    assert first.pid == second.pid
    assert processes.place() not in (first.place, second.place)
    assert all(processes.runs(one) for one in names), "a pid of there was looked for here"
