"""What stands where: a row per content and integration, and the content's own columns as a mirror.

A piece is online at one destination as a rule. It may turn out to be online at another one as well,
where a lost publication is heard of late. Then that other one counts first, here and in the mirror,
until somebody has taken it down: nothing that is online is out of sight.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.prepared import Prepared, together
from webapp.integrations.base import Published
from webapp.integrations.delivered import DELIVERED, DRAFT, PRIVATE
from webapp.integrations.models import Placement, SiteIntegration
from webapp.writer.models import Content

ONLINE, OFFLINE = "online", "offline"
# It stands there: shown to everybody, or delivered as a draft or as private.
STANDING = (ONLINE, DRAFT, PRIVATE)
MIRRORED = ("external_id", "external_url", "external_type", "published_hash")


class Put(NamedTuple):
    """A publication that worked: of what, where, which of our text, and which images it has."""

    account_id: int
    site_id: int
    content_id: int
    integration_id: int
    record_id: int | None
    published_hash: str
    images: list[str]


class Known(NamedTuple):
    """What is known of a destination's side: what it made of our text, and what it has of ours."""

    stored_hash: str
    images: list[str]


def put(db: Session, what: Put, done: Published, now: datetime) -> dict[str, Any]:
    """It stands there. Returns what its content mirrors of that.

    The same address at another connection is the same post: a connection was made anew.
    """
    moment = done.published_at or now
    mirrored = {
        "external_id": done.external_id,
        "external_url": done.external_url,
        "external_type": done.external_type,
        "published_hash": what.published_hash,
    }
    row = {
        **what._asdict(),
        **mirrored,
        "status": done.stands_as if done.is_hidden else ONLINE,
        "stored_hash": done.stored_hash,
        "removed": done.removed,
        "heard_sequence": done.report.get("sequence") or 0,
        "heard": {},
        "first_published_at": moment,
        "published_at": moment,
    }
    same_post = {
        "this": what.content_id,
        "there": what.integration_id,
        "address": done.external_url,
    }
    *_, others = together(db, [(_PUT, row), (_LEAVE, same_post), (_OTHERS, same_post)])
    if not others:
        return mirrored
    first = standing(db, what.content_id)[0][0]
    return {name: getattr(first, name) for name in MIRRORED}


def known(db: Session, content_id: int, integration_id: int) -> Known:
    """What the destination has of a piece that stands there."""
    found = KNOWN.rows(db, {"this": content_id, "there": integration_id})
    return known_of(found)


def known_of(rows: list[Any]) -> Known:
    """The same, of what `KNOWN` has found."""
    return Known(rows[0].stored_hash, rows[0].images) if rows else Known("", [])


def standing(db: Session, content_id: int) -> list[tuple[Placement, SiteIntegration]]:
    """Where a piece stands, that first which the content mirrors: what is online before what is
    not shown."""
    rows = db.execute(
        sa.select(Placement, SiteIntegration)
        .join(SiteIntegration, SiteIntegration.id == Placement.integration_id)
        .where(Placement.content_id == content_id, Placement.status.in_(STANDING))
        .order_by(
            (Placement.status == ONLINE).desc(),
            SiteIntegration.is_default,
            Placement.record_id.desc().nulls_last(),
        )
    )
    return [(row.Placement, row.SiteIntegration) for row in rows]


def at(db: Session, content_id: int, integration_ids: Collection[int]) -> Placement | None:
    """What stands of a piece at one of these connections."""
    return db.scalars(
        sa.select(Placement)
        .where(
            Placement.content_id == content_id,
            Placement.integration_id.in_(integration_ids),
            Placement.status.in_(STANDING),
        )
        .order_by(Placement.record_id.desc().nulls_last())
        .limit(1)
    ).one_or_none()


def take_down(db: Session, content: Content, integration_ids: Collection[int]) -> None:
    """It is offline at these connections now."""
    db.execute(
        sa.update(Placement)
        .where(
            Placement.content_id == content.id,
            Placement.integration_id.in_(integration_ids),
            Placement.status.in_(STANDING),
        )
        .values(status=OFFLINE)
    )
    mirror(db, content)


def forget(
    db: Session, content: Content, integration_ids: Collection[int] | sa.Select[int] | None = None
) -> None:
    """Nothing is known any more of where it stands: at these connections, or anywhere."""
    gone = sa.delete(Placement).where(Placement.content_id == content.id)
    if integration_ids is not None:
        gone = gone.where(Placement.integration_id.in_(integration_ids))
    db.execute(gone)
    mirror(db, content)


def mirror(db: Session, content: Content) -> None:
    """The content's columns say what its placements say."""
    found = standing(db, content.id)
    if not found or found[0][0].status == ONLINE:
        content.attention = content.attention - DELIVERED
    for name in MIRRORED:
        setattr(content, name, getattr(found[0][0], name) if found else "")


_PLACEMENTS = cast(sa.Table, Placement.__table__)
_P = _PLACEMENTS.c
# A placement keeps who it is, and when the piece was there first.
_KEPT = {"id", "account_id", "site_id", "content_id", "integration_id", "created_at"}
_KEPT |= {"first_published_at"}


def _put(insert: Any) -> Any:
    changed = {one.key: insert.excluded[one.key] for one in _P if one.key not in _KEPT}
    # What an older intent did is heard of late: it does not take the place of a newer one.
    is_newer = sa.or_(_P.record_id.is_(None), insert.excluded.record_id >= _P.record_id)
    return insert.on_conflict_do_update(
        index_elements=[_P.content_id, _P.integration_id], set_=changed, where=is_newer
    )


_PUT = Prepared(
    {"sqlite": _put(sqlite.insert(_PLACEMENTS)), "postgresql": _put(postgresql.insert(_PLACEMENTS))}
)
_LEAVE = Prepared(
    sa.delete(_PLACEMENTS).where(
        _P.content_id == sa.bindparam("this"),
        _P.integration_id != sa.bindparam("there"),
        _P.external_url == sa.bindparam("address"),
        _P.external_url != sa.literal(""),
    )
)
_OTHERS = Prepared(
    sa.select(_P.id)
    .where(
        _P.content_id == sa.bindparam("this"),
        _P.integration_id != sa.bindparam("there"),
        _P.external_url != sa.bindparam("address"),
        _P.status == sa.literal(ONLINE),
    )
    .limit(1)
)
_SWITCHED_OFF = sa.select(SiteIntegration.id).where(~SiteIntegration.is_active)
# By this connection, or by one that is switched off: it may have been made anew.
KNOWN = Prepared(
    sa.select(_P.stored_hash, _P.images)
    .where(
        _P.content_id == sa.bindparam("this"),
        _P.status != sa.literal(OFFLINE),
        sa.or_(_P.integration_id == sa.bindparam("there"), _P.integration_id.in_(_SWITCHED_OFF)),
    )
    .order_by((_P.integration_id == sa.bindparam("there")).desc(), _P.record_id.desc().nulls_last())
    .limit(1)
)
