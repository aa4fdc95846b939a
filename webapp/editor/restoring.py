"""What a browser kept, and sends when the piece is opened again.

It may have been saved all the same: by the page as it was left, or just before a crash. What the
piece has been since is not brought back: somebody may have taken it away on purpose.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.core.web import id_in
from webapp.editor import fields
from webapp.editor.saving import SaveRequest
from webapp.writer.models import Content
from webapp.writer.working import FIELDS
from webapp.writing import later


def unknown(db: Session, content: Content, sent: SaveRequest) -> SaveRequest:
    """What was sent without what the piece has been since the version that it began with."""
    since = id_in(sent.version.partition("+")[0]) or 0
    html = sent.html
    if isinstance(html, str) and later.has_been(db, content, html, since):
        html = UNSET
    been = _shown_since(db, content, since) if sent.fields else set()
    left = {name: one for name, one in sent.fields.items() if (name, one.to) not in been}
    return msgspec.structs.replace(sent, html=html, fields=left)


def _shown_since(db: Session, content: Content, since: int) -> set[tuple[str, str]]:
    """Each field as a form showed it in one of these versions."""
    versions: list[dict[str, Any]] = later.fields_since(db, content, since)
    return {
        (name, fields.shown_one(name, version[name]))
        for version in versions
        for name in FIELDS
        if name in version
    }
