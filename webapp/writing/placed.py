"""Anchors that are kept: set, moved along with every save, and found again."""

from __future__ import annotations

from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.writing import anchors
from webapp.writing.anchors import Anchor, Gone
from webapp.writing.models import Mention, PlacedAnchor, Remark, Thread
from webapp.writing.revisions import Piece

_COLUMNS = (
    PlacedAnchor.id,
    PlacedAnchor.first,
    PlacedAnchor.behind,
    PlacedAnchor.quotation,
    PlacedAnchor.before,
    PlacedAnchor.after,
    PlacedAnchor.gone,
)
# What belongs to a piece, what refers to others first.
_OF_PIECE = (Mention, Remark, Thread, PlacedAnchor)


def place(db: Session, piece: Piece, anchor: Anchor, *, gone: bool = False) -> PlacedAnchor:
    """Keep an anchor of the piece's text; of one that is `gone` only what was there."""
    made = PlacedAnchor(
        account_id=piece.account_id,
        content_id=piece.id,
        version=piece.version,
        first=anchor.start,
        behind=anchor.end,
        quotation=anchor.quotation,
        before=anchor.before,
        after=anchor.after,
        gone=gone,
    )
    db.add(made)
    db.flush()
    return made


def follow(db: Session, piece: Piece, old: str) -> None:
    """The piece's text was `old` before this save: let its moving anchors go with their words. One
    that was gone comes back with them."""
    if old == piece.html:
        return
    query = sa.select(*_COLUMNS).where(PlacedAnchor.content_id == piece.id, PlacedAnchor.moving)
    rows = db.execute(query).all()
    moved = anchors.move_all([_anchor(row) for row in rows], old, piece.html)
    changes = [_change(row, at) for row, at in zip(rows, moved, strict=True)]
    changed = [change | {"version": piece.version} for change in changes if change]
    if changed:
        db.execute(sa.update(PlacedAnchor), changed)


def find_again(piece: Piece, anchor: PlacedAnchor) -> None:
    """Let an anchor that was left behind move again, from where its quotation stands now."""
    found = anchors.move(_nowhere(anchor), "", piece.html) if piece.html else None
    anchor.moving, anchor.version = True, piece.version
    for name, value in _change(anchor, found or Gone(anchor.quotation)).items():
        setattr(anchor, name, value)


def forget(db: Session, content_id: int) -> None:
    """Forget what was said of the piece's passages."""
    for model in _OF_PIECE:
        db.execute(sa.delete(model).where(model.content_id == content_id))


class _Kept(Protocol):
    """A PlacedAnchor, or a row of _COLUMNS."""

    id: int
    first: int
    behind: int
    quotation: str
    before: str
    after: str
    gone: bool


def _anchor(kept: _Kept) -> Anchor:
    if kept.gone:
        return _nowhere(kept)
    return Anchor(kept.first, kept.behind, kept.quotation, kept.before, kept.after)


def _nowhere(kept: _Kept) -> Anchor:
    """The same standing nowhere: it is looked for among what was added."""
    return Anchor(0, 0, kept.quotation, kept.before, kept.after)


def _change(kept: _Kept, now: Anchor | Gone) -> dict[str, Any]:
    """What of the row is otherwise now; nothing where it stands as it stood."""
    if isinstance(now, Gone):
        return {} if kept.gone else {"id": kept.id, "gone": True}
    stands = (kept.first, kept.behind, kept.quotation, kept.before, kept.after)
    if not kept.gone and stands == tuple(now):
        return {}
    names = ("first", "behind", "quotation", "before", "after")
    return {"id": kept.id, "gone": False, **dict(zip(names, now, strict=True))}
