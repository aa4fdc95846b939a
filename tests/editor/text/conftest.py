"""One Chromium and one server of files for all tests of the text surface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.editor.text.surface import Surface, files
from tests.support.browser import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/editor/text/" in item.path.as_posix():
            item.add_marker(pytest.mark.heavy)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    with files() as served:
        yield served


@pytest.fixture(scope="module")
def shared(browser: Browser, address: str) -> Iterator[Surface]:
    """One tab for a module's tests."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Surface(context.new_page(), address)
    context.close()


@pytest.fixture
def surface(shared: Surface) -> Iterator[Surface]:
    """The same, with no trouble at the test's end."""
    shared.troubles.clear()
    yield shared
    assert shared.troubles == []
