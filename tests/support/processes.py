"""Child processes of tests: started in a session of their own, always ended."""

from __future__ import annotations

import fcntl
import functools
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST_LIFE_SECONDS = 3600

# Runs a command and kills its whole session when the pipe on standard input closes, that is when
# the tests end in whatever way, or when the command itself ends.
_GUARD = (
    'exec 3<&0; { read -r _ <&3; kill -KILL 0; } & "$@" </dev/null 3<&- & wait $!; kill -KILL 0'
)


def spawn(
    command: Sequence[str], log: Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a server that ends with the tests, and after an hour in any case."""
    bounded = ["timeout", "--foreground", "--signal=KILL", str(LONGEST_LIFE_SECONDS), *command]
    with log.open("ab") as output:
        return subprocess.Popen(
            ["sh", "-c", _GUARD, "sh", *bounded],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process started by `spawn` and its children at once: their data is thrown away.

    Returns when all of them are gone, for a child that still dies holds its port.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not members(process.pid), "the end of a server's children")


def members(session: int) -> list[int]:
    """The living processes of a session; none where the system does not tell."""
    return living((int(name) for name in os.listdir("/proc") if name.isdigit()), session)


def living(pids: Iterable[int], session: int) -> list[int]:
    """Those of the processes that live in that session."""
    found = []
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            state, _, _, its_session = stat.rpartition(")")[2].split()[:4]
        except (OSError, ValueError):  # it ended meanwhile
            continue
        if int(its_session) == session and state not in "ZX":
            found.append(pid)
    return found


def children(parent: int) -> list[int]:
    """The processes that one has started; none where the system does not tell."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):  # it ended meanwhile
            its_parent = entry.read_text().rpartition(")")[2].split()[1]
            if int(its_parent) == parent:
                found.append(int(entry.parent.name))
    return found


@contextmanager
def frozen(pids: Sequence[int]) -> Iterator[None]:
    """They stand still: their connections stay, and nothing is answered. Who has ended already, or
    ends meanwhile, is let go: a server's children come and go."""
    try:
        _send(pids, signal.SIGSTOP)
        yield
    finally:
        _send(pids, signal.SIGCONT)


def _send(pids: Sequence[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


class _Ports:
    """Ports that no other test process gets, below those that outgoing connections are given.

    Each is a locked byte of a file, which the system frees when this process ends.
    """

    def __init__(self) -> None:
        self._range = range(15_000, min(32_000, _first_outgoing()))
        self._next = random.SystemRandom().randrange(len(self._range))
        # Not in TMPDIR, which each run may set to another place: all runs share the ports.
        name = Path(f"/tmp/igny8-ports-{os.getuid()}")
        self._file = name.open("ab")

    def take(self) -> int:
        for _ in self._range:
            port = self._range[self._next % len(self._range)]
            self._next += 1
            if self._lock(port) and is_free(port):
                return port
        raise RuntimeError("no port of 127.0.0.1 is free")

    def _lock(self, port: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
        return True


def _first_outgoing() -> int:
    try:
        text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    except OSError:
        return 32_000
    return int(text.split()[0])


@functools.cache
def _ports() -> _Ports:
    return _Ports()


def free_port() -> int:
    """A port of 127.0.0.1 that is free, and that is nobody else's until this process ends."""
    return _ports().take()


def listens(port: int) -> bool:
    """Whether a server listens there now."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_free(port: int) -> bool:
    """Whether a server could listen there now. It takes the port for that moment: whoever waits
    for a server that starts asks `listens`, and does not stand in its way."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
    return True


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait until `true()` holds. It is asked less often the longer that takes, for asking keeps the
    processor from those who are waited for.

    Raises TimeoutError naming `what` after `seconds`.
    """
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        if waited > seconds:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(min(max(waited / 10, 0.02), 0.1))
