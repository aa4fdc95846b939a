"""One running product and one Chromium for all of these tests; each test has its own tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.browser import Product, Window, chromium, sign_in
from tests.support.misbehaving import Misbehaving
from tests.support.planner import Planner

OpenWindow = Callable[..., Window]
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.heavy)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("product"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def new_window(browser: Browser, product: Product) -> Iterator[OpenWindow]:
    """Opens tabs, each in a browser of its own; afterwards none may have had trouble."""
    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def open_one(**options: Any) -> Window:
        context = sign_in(browser, product, **options)
        contexts.append(context)
        windows.append(Window(context.new_page(), product))
        return windows[-1]

    yield open_one
    for context in contexts:
        context.close()
    assert [trouble for window in windows for trouble in window.troubles] == []


@pytest.fixture
def window(new_window: OpenWindow) -> Window:
    return new_window(viewport={"width": 1440, "height": 900})


@pytest.fixture(scope="session")
def planner(product: Product) -> Planner:
    """The calendar of the demo's first site."""
    sites = sorted(product.api.get("/sites").json()["results"], key=lambda row: row["id"])
    return Planner(product, sites[0]["id"], ZoneInfo(sites[0]["timezone"]))


@pytest.fixture
def pictures() -> Iterator[Misbehaving]:
    """A server of pictures that does as it is told: it decides how fast a publication goes."""
    with Misbehaving() as server:
        yield server
