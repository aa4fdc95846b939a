"""What stands at a website becomes the piece: an edit like any other that says where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core.system import System
from webapp.integrations import content_types
from webapp.publisher.records import records, taking
from webapp.writer import contents, images, payload
from webapp.writer.draft import Change
from webapp.writer.images import Picture
from webapp.writer.models import Content
from webapp.writing import revisions
from webapp.writing.revisions import Why


def edit(
    db: Session,
    system: System,
    content: Content,
    wanted: Mapping[str, Any],
    editor: str,
    *,
    by: Member,
    keep_approved: bool = False,
) -> None:
    """Let the piece have these fields (records/taking.py): a revision by "WordPress, `editor`".
    `content` is locked. Raises Invalid for what a piece cannot be."""
    own = {name: taking.plain(getattr(payload.build(db, content), name)) for name in taking.FIELDS}
    given = {name: value for name, value in wanted.items() if value != own[name]}
    picture = given.pop("featured_image", UNSET)
    for kind in ("categories", "tags"):
        if kind in given:
            given[kind] = taking.as_terms(given[kind])
    why = Why(revisions.ACCEPTED, ", ".join(filter(None, ("WordPress", editor))))
    types = content_types.known(db, content.site_id)
    with contents.editing(db, content, by=by, keep_approved=keep_approved, why=why):
        contents.write(db, content, Change(**given), by=by, types=types)
        if picture is None:
            images.remove_featured(db, content)
        elif picture is not UNSET and "url" in picture:
            images.add(db, content, Picture("featured", url=picture["url"]))
    records.announce(db, system, content)
