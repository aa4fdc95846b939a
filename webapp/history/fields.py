"""What changed of a piece besides its text: title, address, search texts, terms, pictures. Pure."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

from webapp.core import labels
from webapp.writing import reading
from webapp.writing.reading import Run

_NAMES = {
    "title": "Title",
    "slug": "Address",
    "excerpt": "Excerpt",
    "meta_title": "Title for search",
    "meta_description": "Description for search",
    "canonical_url": "Canonical address",
    "author_email": "Author",
    "content_type": "Type",
    "content_structure": "Structure",
    "sector_id": "Sector",
    "cluster_id": "Cluster",
    "keyword_ids": "Keywords of the cluster",
    "focus_keywords": "Focus keywords",
    "categories": "Categories",
    "tags": "Tags",
    "images": "Pictures",
}


class FieldChange(NamedTuple):
    """A field whose value differs, word by word."""

    field: str
    name: str
    runs: list[Run]
    words: int

    @property
    def said(self) -> str:
        return labels.counted(self.words, "word") if self.words else "changed"


def changed(old: dict[str, Any], new: dict[str, Any]) -> list[FieldChange]:
    """The fields that differ, in the order in which people meet them."""
    found = []
    for field, name in _NAMES.items():
        was, now = _shown(old.get(field)), _shown(new.get(field))
        if was != now or _unseen(old.get(field)) != _unseen(new.get(field)):
            runs = reading.runs(escape(was), escape(now))
            changed_words = max(
                reading.counted(runs, reading.ADDED), reading.counted(runs, reading.REMOVED)
            )
            found.append(FieldChange(field, name, runs, changed_words))
    return found


def _shown(value: Any) -> str:
    """A value in a line: a list by its items, a term or a picture by its name and words."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_shown(one) for one in value)))
    if isinstance(value, dict):
        return _of_thing(value)
    return "" if value is None else str(value)


def _unseen(value: Any) -> list[tuple[Any, Any]]:
    """What tells things of one name apart: which of them it is, and the bytes of a picture."""
    things = value if isinstance(value, list) else []
    return [(one.get("id"), one.get("sha256")) for one in things if isinstance(one, dict)]


def _of_thing(thing: dict[str, Any]) -> str:
    name = str(thing.get("name") or thing.get("filename") or thing.get("image_url") or "")
    kind = str(thing.get("image_type") or "").replace("_", " ")
    words = " – ".join(filter(None, (kind, thing.get("alt"), thing.get("caption"))))
    return f"{name} ({words})" if words else name
