"""The application of a test's own system, at its real address: for websites that call it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.support.application import routed_on
from tests.support.processes import wait_until
from webapp.core.system import System


@contextmanager
def served(system: System) -> Iterator[str]:
    """Serves on the port of the system's configuration, in a thread of its own; the address."""
    with routed_on(system) as app:
        port = system.config.port
        options = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, ws="none")
        server = uvicorn.Server(options)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive(), "the application")
            yield system.config.public_url
        finally:
            server.should_exit = True
            thread.join()
