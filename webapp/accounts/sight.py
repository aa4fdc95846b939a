"""Rows that somebody sees, as conditions of a select: by site, by whose they are, by sharing.

The one place that narrows. A table is narrowed by the columns that it has, so a new one cannot be
forgotten: what belongs to a piece is seen with that piece, what belongs to a site with that site.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from webapp.accounts.rights import EVERYTHING, Sees, Sight

Condition = sa.ColumnElement[bool]


def _table(name: str, *columns: str) -> sa.TableClause:
    """Tables of other rooms, by what is read of them here."""
    return sa.table(name, *(sa.column(one, sa.Integer) for one in ("id", *columns)))


_CONTENTS = _table("contents", "site_id", "writer_id")
_SHARES = _table("content_shares", "content_id", "user_id")
_RECORDS = _table("publishing_records", "content_id")
_INTEGRATIONS = _table("site_integrations", "site_id")


def narrowed(sight: Sight, table: Any) -> list[Condition]:
    """What a row of the table must meet; nothing for those who see the whole account."""
    if sight == EVERYTHING:
        return []
    if table.name == "sites":
        return [_sites(sight, table.c.id)]
    if table.name == "contents":
        return [_pieces(sight, table.c)]
    for column, condition in _BY_COLUMN:
        if column in table.c:
            found = condition(sight, table.c[column])
            is_open = bool(getattr(table.c[column], "nullable", False))
            return [sa.or_(table.c[column].is_(None), found) if is_open else found]
    return []


def _pieces(sight: Sight, row: Any) -> Condition:
    shared = sa.select(_SHARES.c.content_id).where(_SHARES.c.user_id == sight.user_id)
    return sa.or_(
        _where(sight, Sees.ALL, row.site_id),
        sa.and_(_where(sight, Sees.OWN, row.site_id), row.writer_id == sight.user_id),
        sa.and_(_where(sight, Sees.SHARED, row.site_id), row.id.in_(shared)),
    )


def _sites(sight: Sight, site_id: Any) -> Condition:
    """A client sees a site once something of it was shared."""
    shared = (
        sa.select(_CONTENTS.c.site_id)
        .join(_SHARES, _SHARES.c.content_id == _CONTENTS.c.id)
        .where(_SHARES.c.user_id == sight.user_id)
    )
    return sa.or_(
        _where(sight, Sees.ALL, site_id),
        _where(sight, Sees.OWN, site_id),
        sa.and_(_where(sight, Sees.SHARED, site_id), site_id.in_(shared)),
    )


def _where(sight: Sight, sees: Sees, site_id: Any) -> Condition:
    """Whether the row's site is one on which the member sees in this way."""
    named = [one for one, how in sight.at if how is sees]
    if sight.usual is not sees:
        return sa.false() if not named else site_id.in_(named)
    others = [one for one, _ in sight.at]
    return sa.true() if not others else site_id.not_in(others)


def _of_contents(sight: Sight, content_id: Any) -> Condition:
    seen: Condition = content_id.in_(sa.select(_CONTENTS.c.id).where(_pieces(sight, _CONTENTS.c)))
    return seen


def _of_records(sight: Sight, record_id: Any) -> Condition:
    of_seen = _of_contents(sight, _RECORDS.c.content_id)
    seen: Condition = record_id.in_(sa.select(_RECORDS.c.id).where(of_seen))
    return seen


def _of_integrations(sight: Sight, integration_id: Any) -> Condition:
    there = _sites(sight, _INTEGRATIONS.c.site_id)
    seen: Condition = integration_id.in_(sa.select(_INTEGRATIONS.c.id).where(there))
    return seen


# The nearest that a row belongs to comes first.
_BY_COLUMN: list[tuple[str, Callable[[Sight, Any], Condition]]] = [
    ("content_id", _of_contents),
    ("record_id", _of_records),
    ("integration_id", _of_integrations),
    ("site_id", _sites),
]
