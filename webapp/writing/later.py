"""What became of a piece since a version of it: who has written, and what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.writing import texts
from webapp.writing.models import Revision, Text
from webapp.writing.revisions import Piece

_COMPARED = 200


class Hand(NamedTuple):
    """Who wrote a version, when, and where its words are from."""

    people: list[int]
    at: datetime
    source: str


def has_been(db: Session, piece: Piece, html: str, since: int) -> bool:
    """Whether a version of the piece behind `since` had that text, as far as they are kept."""
    query = sa.select(Revision.id).where(
        Revision.content_id == piece.id,
        Revision.version > since,
        Revision.text_id.in_(texts.ids_of(piece.account_id, html)),
    )
    return db.scalar(query.limit(1)) is not None


def text_since(db: Session, piece: Piece, since: int, known_as: list[str]) -> str | None:
    """The newest text behind `since` that is one of these, by their SHA-256."""
    query = (
        sa.select(Revision.text_id)
        .join(Text, Text.id == Revision.text_id)
        .where(Revision.content_id == piece.id, Revision.version > since)
        .where(Text.sha256.in_(known_as))
        .order_by(Revision.version.desc())
    )
    found = db.scalar(query.limit(1))
    return texts.read(db, found) if found is not None else None


def fields_since(db: Session, piece: Piece, since: int) -> list[dict[str, Any]]:
    """All but the text of the versions behind `since`, the newest first, as far as they are kept;
    of very many the newest."""
    query = (
        sa.select(Revision.fields)
        .where(Revision.content_id == piece.id, Revision.version > since)
        .order_by(Revision.version.desc())
        .limit(_COMPARED)
    )
    return list(db.scalars(query))


def newest_hand(db: Session, piece: Piece, since: int, who: int) -> Hand | None:
    """Of the versions behind `since` the newest that somebody else than `who` has written; where
    nobody has, the newest."""
    rows = db.execute(
        sa.select(Revision.user_id, Revision.others, Revision.created_at, Revision.source)
        .where(Revision.content_id == piece.id, Revision.version > since)
        .order_by(Revision.version.desc())
        .limit(_COMPARED)
    )
    newest = None
    for row in rows:
        people = [one for one in (row.user_id, *row.others) if one is not None]
        others = [one for one in people if one != who]
        if others:
            return Hand(others, row.created_at, row.source)
        newest = newest or Hand(people, row.created_at, row.source)
    return newest
