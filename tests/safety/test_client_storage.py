"""No script, ours or of others, keeps anything in the browser: signing out leaves nothing there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "static").glob("**/*.js"))
STORES = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches|cookieStore|serviceWorker)\b")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_keeps_anything_in_the_browser(script: Path) -> None:
    text = script.read_text()
    assert STORES.findall(text) == []
    assert "document.cookie" not in text
