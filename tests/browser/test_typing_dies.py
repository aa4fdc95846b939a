"""Somebody's browser dies while they type: the short form of tests/chaos/typing.py."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.chaos.typing import Typist
from tests.support.browser import Product


def test_what_was_typed_is_there_again(browser: Browser, product: Product, tmp_path: Path) -> None:
    with Typist(product, browser.browser_type, tmp_path / "profile", seed=7) as typist:
        figures = typist.run(kills=2, server_kills=0)
    assert figures.kills == 2
    assert (figures.wrong, figures.asked) == ([], 0)
