"""What is shown once stays until the reader is done with it."""

from __future__ import annotations

import re

from webapp.config import root

LIVE = re.compile(r"\b(?:ui|lists)\.live\(|data-live\b")
INCLUDED = re.compile(r'include "([^"]+)"')


def test_no_live_element_holds_what_is_shown_once() -> None:
    """A live element fetches its fragment anew, and the fragment does not know the secret."""
    templates = {
        path.relative_to(root() / "templates").as_posix(): path.read_text()
        for path in (root() / "templates").rglob("*.html")
    }
    assert any("data-once" in text for text in templates.values())
    for name, text in templates.items():
        if not LIVE.search(text):
            continue
        for part in with_parts(name, templates):
            assert "data-once" not in templates[part], f"{name} redraws what {part} shows once"


def with_parts(name: str, templates: dict[str, str]) -> set[str]:
    """A template, and whatever it includes, through parts of parts."""
    parts = (with_parts(one, templates) for one in INCLUDED.findall(templates[name]))
    return {name}.union(*parts)
