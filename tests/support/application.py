"""The real application on a test's own system.

Its routes are made once for all tests of a process, as they are in a web process: that takes most
of the time of a start. An application that is in use is not given to anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from litestar import Litestar
from litestar.testing import TestClient

from webapp import app
from webapp.app import Routed
from webapp.core.system import System

_idle: list[Routed] = []


@contextmanager
def routed_on(system: System) -> Iterator[Litestar]:
    """The application on this system."""
    routed = _idle.pop() if _idle else app.routed()
    try:
        yield app.put_on(system, routed)
    finally:
        if routed.app.state.get("hub") is None:  # it has ended; a server may have been cut off
            _idle.append(routed)


@contextmanager
def open_client(system: System) -> Iterator[TestClient[Litestar]]:
    """A client of the application on this system, signed in as nobody."""
    with routed_on(system) as served, TestClient(served) as client:
        yield client
