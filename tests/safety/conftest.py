"""The server as it really runs, and clients from here and there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from litestar import Litestar
from litestar.testing import TestClient

from tests.conftest import MakeSystem
from tests.support.desk import Desk
from tests.support.processes import wait_until
from webapp import wire
from webapp.app import create_app
from webapp.config import Config

LONGEST = 30.0
Browser = TestClient[Any]
MakeBrowser = Callable[..., Browser]


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    """The application behind uvicorn, started as the command does."""
    app, settings = create_app(system=desk.system), wire.settings()
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", lifespan="off", **settings)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "uvicorn")
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(LONGEST)


@pytest.fixture
def visit(desk: Desk, config: Config, make_system: MakeSystem) -> Iterator[MakeBrowser]:
    """Makes a client at an address, of a process of its own with these settings."""
    with ExitStack() as stack:

        def make(address: str = "127.0.0.1", **settings: Any) -> Browser:
            app = create_app(system=make_system(replace(config, **settings)))
            return stack.enter_context(TestClient(calling_from(address, app)))

        yield make


def calling_from(address: str, app: Litestar) -> Any:
    """The application as the server calls it for a connection from this address."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["client"] = (address, 5000)
        await app(scope, receive, send)

    return call
