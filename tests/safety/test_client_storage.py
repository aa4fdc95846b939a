"""Nothing of ours is kept in the browser: what a signed-out browser holds tells nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "static" / "js").glob("**/*.js"))
STORES = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches|cookieStore|serviceWorker)\b")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_of_ours_keeps_anything_in_the_browser(script: Path) -> None:
    text = script.read_text()
    assert STORES.findall(text) == []
    assert "document.cookie" not in text
