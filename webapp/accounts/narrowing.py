"""Rows that somebody sees, as conditions of a select: by site, by whose they are, by sharing.

The one place that narrows. A table is narrowed by the columns that it has: what belongs to a piece
is seen with that piece, what belongs to a site with that site. One that has none of them must be
named here, or nothing of it is selected.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from webapp.accounts.rights import EVERYTHING, Sees, Sight

Condition = sa.ColumnElement[bool]

# Seen by whoever is in the account. What is a person's own is narrowed where it is read.
OF_ACCOUNT = frozenset(
    {
        "api_tokens",
        "audit_events",
        "idempotency_keys",
        "media_files",
        "memberships",
        "saved_views",
        "texts",
    }
)


def _table(name: str, *columns: str) -> sa.TableClause:
    """Tables of other rooms, by what is read of them here."""
    return sa.table(name, *(sa.column(one, sa.Integer) for one in ("id", *columns)))


_CONTENTS = _table("contents", "site_id", "writer_id")
_SHARES = _table("content_shares", "content_id", "user_id")
_RECORDS = _table("publishing_records", "content_id", "site_id")
_INTEGRATIONS = _table("site_integrations", "site_id")


def conditions(sight: Sight, table: Any) -> list[Condition]:
    """What a row of the table must meet; nothing for those who see the whole account."""
    if sight == EVERYTHING or table.name in OF_ACCOUNT:
        return []
    columns = table.c
    if table.name == "sites":
        return [_of_site(sight, columns.id)]
    if table.name == "contents":
        return [_of_piece(sight, columns)]
    if "site_id" in columns and (sight.is_by_site or "content_id" not in columns):
        seen = _of_site(sight, columns.site_id)
        return [sa.or_(columns.site_id.is_(None), seen) if columns.site_id.nullable else seen]
    for name, condition in _BY_COLUMN:
        if name in columns:
            return [condition(sight, columns[name])]
    raise LookupError(f"say in {__name__} by what rows of {table.name} are narrowed")


def _of_piece(sight: Sight, row: Any) -> Condition:
    shared = sa.select(_SHARES.c.content_id).where(_SHARES.c.user_id == sight.user_id)
    more: dict[Sees, list[Condition]] = {
        Sees.ALL: [],
        Sees.OWN: [row.writer_id == sight.user_id],
        Sees.SHARED: [row.id.in_(shared)],
    }
    return _any_of(sight, row.site_id, more)


def _of_site(sight: Sight, site_id: Any) -> Condition:
    """A client sees a site once something of it was shared."""
    shared = (
        sa.select(_CONTENTS.c.site_id)
        .join(_SHARES, _SHARES.c.content_id == _CONTENTS.c.id)
        .where(_SHARES.c.user_id == sight.user_id)
    )
    more: dict[Sees, list[Condition]] = {
        Sees.ALL: [],
        Sees.OWN: [],
        Sees.SHARED: [site_id.in_(shared)],
    }
    return _any_of(sight, site_id, more)


def _any_of(sight: Sight, site_id: Any, more: dict[Sees, list[Condition]]) -> Condition:
    """For each way of seeing that occurs: the sites on which it holds, and what it asks of a row.
    Nothing else is written: a condition that is always false keeps SQLite from its indexes."""
    found: list[Condition] = []
    for sees, asked in more.items():
        if sees in sight.kinds:
            found.append(sa.and_(sa.true(), *_sites_of(sight, sees, site_id), *asked))
    return sa.or_(*found) if found else sa.false()


def _sites_of(sight: Sight, sees: Sees, site_id: Any) -> list[Condition]:
    if sight.usual is not sees:
        return [site_id.in_([one for one, how in sight.at if how is sees])]
    others = [one for one, _ in sight.at]
    return [site_id.not_in(others)] if others else []


def _within(
    table: sa.TableClause, seen: Callable[[Sight], Condition], sight: Sight, key: Any
) -> Condition:
    """Whether the row that is named is seen.

    Who sees whole sites sees much: each row is looked up. Of others the few ids come first.
    """
    if Sees.ALL in sight.kinds:
        return sa.exists().where(table.c.id == key, seen(sight)).correlate_except(table)
    found: Condition = key.in_(sa.select(table.c.id).where(seen(sight)))
    return found


_of_content = partial(_within, _CONTENTS, lambda sight: _of_piece(sight, _CONTENTS.c))
_of_record = partial(_within, _RECORDS, lambda sight: _of_content(sight, _RECORDS.c.content_id))
_of_integration = partial(
    _within, _INTEGRATIONS, lambda sight: _of_site(sight, _INTEGRATIONS.c.site_id)
)

# The nearest that a row belongs to comes first.
_BY_COLUMN: list[tuple[str, Callable[[Sight, Any], Condition]]] = [
    ("content_id", _of_content),
    ("record_id", _of_record),
    ("integration_id", _of_integration),
]


def site_of_content(content_id: int) -> sa.Select[Any]:
    return sa.select(_CONTENTS.c.site_id).where(_CONTENTS.c.id == content_id)


def site_of_record(record_id: int) -> sa.Select[Any]:
    return sa.select(_RECORDS.c.site_id).where(_RECORDS.c.id == record_id)
