"""Child processes of tests: started in a session of their own, always ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
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
    """End a process started by `spawn` and its children at once: their data is thrown away."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait until `true()` holds.

    Raises TimeoutError naming `what` after `seconds`.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)
