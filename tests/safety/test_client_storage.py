"""No script, ours or of others, keeps anything in the browser that the next person could read: what
is typed and not saved yet is kept locked, with a key that is its writer's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
COPIES = STATIC / "js" / "editor" / "saving" / "copies.js"
SCRIPTS = sorted(set(STATIC.glob("**/*.js")) - {COPIES})
STORES = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches|cookieStore|serviceWorker)\b")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_keeps_anything_in_the_browser(script: Path) -> None:
    text = script.read_text()
    assert STORES.findall(text) == []
    assert "document.cookie" not in text


def test_what_is_typed_is_kept_locked() -> None:
    """Whatever is put into the store has gone through the lock; what a test of the browser finds
    there is in tests/browser/test_editor_saving.py."""
    text = COPIES.read_text()
    assert re.findall(r"\.put\(([^)]*)\)", text) == ["value, own"]
    assert re.findall(r"\bwrite\((.*)\)", text) == ["db, own, await locked(copy, key)"]
    assert set(STORES.findall(text)) == {"indexedDB"}
