"""Web and worker as child processes of one command, for a machine without a process manager."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import click

from webapp import commands

STARTS_WITHIN = 10.0  # seconds: who ends itself earlier would do so again
PAUSE = 1.0  # seconds until one that ended is started again
# The same of one whose start meets what may pass, such as a database that is away.
PAUSES = (2.0, 5.0, 15.0, 30.0, 60.0)
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # who listens there answers here
MOST_ENDS, WINDOW = 5, 300.0  # who ends oftener, in so many seconds, has more than bad luck


def run(
    commands: list[str],
    tell: Callable[[str], None],
    said: str = "",
    address: tuple[str, int] = ("", 0),
) -> int:
    """Run the commands as processes of their own until we are told to stop.

    One that ends is started again, also where its start meets what may pass; one that cannot start,
    or does not stay, ends all. Returns the exit code, 0 when we were told to stop. `said` is
    printed when something answers at the address; `tell` hears of a process that has ended.
    """
    children = [_Child(command, tell) for command in commands]
    asked_to_stop = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not asked_to_stop and all(child.goes_on() for child in children):
        if said and _answers(address):
            click.echo(said)
            said = ""
        time.sleep(0.1)
    for child in children:
        child.tell_to_stop()
    codes = [child.wait() for child in children]
    return 0 if asked_to_stop else max(abs(code) for code in codes) or 1


def _answers(address: tuple[str, int]) -> bool:
    host, port = address
    try:
        with socket.create_connection((ANYWHERE.get(host, host), port), timeout=0.5):
            return True
    except OSError:
        return False


class _Child:
    """One command as a process."""

    def __init__(self, command: str, tell: Callable[[str], None]) -> None:
        self._command = command
        self._tell = tell
        self._ends: list[float] = []
        self._again_at: float | None = None
        self._in_vain = 0
        self._start()

    def _start(self) -> None:
        program = [sys.executable, "-m", "webapp.cli", self._command]
        self._process = subprocess.Popen(program)  # noqa: S603
        self._started, self._again_at = time.monotonic(), None

    def goes_on(self) -> bool:
        """Whether it runs, or will run again."""
        code, now = self._process.poll(), time.monotonic()
        if code is None:
            return True
        if self._again_at is None:
            return self._has_ended(code, now)
        if now >= self._again_at:
            self._start()
        return True

    def _has_ended(self, code: int, now: float) -> bool:
        """Says so; whether it is started again."""
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        has_begun = code < 0 or now - self._started >= STARTS_WITHIN
        if not has_begun and code == commands.MAY_PASS:
            self._again_at = now + self._pause()
            return True
        self._ends = [end for end in self._ends if now - end < WINDOW] + [now]
        if not has_begun or len(self._ends) > MOST_ENDS:
            self._tell(f"The {self._command} process ended {how}. Everything is stopped.")
            return False
        self._tell(f"The {self._command} process ended {how}; it is started again.")
        self._in_vain = 0
        self._again_at = now + PAUSE
        return True

    def _pause(self) -> float:
        """Seconds until the next try, longer each time; said."""
        pause = PAUSES[min(self._in_vain, len(PAUSES) - 1)]
        self._in_vain += 1
        self._tell(
            f"The {self._command} process cannot start yet, for what may pass; it is tried again "
            f"in {pause:.0f} seconds."
        )
        return pause

    def tell_to_stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit code, at the latest after 90 seconds."""
        try:
            return self._process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
