"""How many pieces stand where, without counting them: numbers that triggers keep.

Counting a million rows by state takes tens of milliseconds, and every open page asks for it at
every change. A piece may stand in several buckets: online, and in need of attention. Where somebody
sees only some pieces of a site, these few are counted.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.accounts.rights import Sees, Sight
from webapp.core.system import System
from webapp.publisher.records import states
from webapp.publisher.records.models import ContentTally
from webapp.writer.models import Content

ATTENTION, WAITING = "attention", "waiting"
BUCKETS = (ATTENTION, "publishing", "scheduled", "published", WAITING)


# Approved text that goes nowhere.
_UNPLACED = sa.and_(
    Content.status == "approved", Content.site_status.in_((states.NOT_PUBLISHED, states.FAILED))
)
# What an editor has to decide on: text to read, approved text that goes nowhere, trouble.
IS_WAITING = sa.or_(Content.status == "review", _UNPLACED, Content.attention != frozenset())


def _stands_in(bucket: str) -> sa.ColumnElement[bool]:
    if bucket == WAITING:
        return IS_WAITING
    is_marked: sa.ColumnElement[bool] = Content.attention != frozenset()
    return is_marked if bucket == ATTENTION else Content.site_status == bucket


def counts(db: Session, who: Scoped, site_id: int | None = None) -> dict[str, int]:
    """The number in each bucket, of one site or of the whole account."""
    numbers = [number_of(who, bucket, site_id).label(bucket) for bucket in BUCKETS]
    found = db.execute(sa.select(*numbers)).one()
    return {bucket: max(0, int(number)) for bucket, number in zip(BUCKETS, found, strict=True)}


def number_of(who: Scoped, bucket: str, site_id: int | None = None) -> sa.ColumnElement[int]:
    """One of the numbers, to be read within another query: kept where whole sites are seen, and
    counted of what else is."""
    parts = [_kept, _counted] if not who.sight.is_by_site else [_kept]
    numbers = (sa.func.coalesce(part(who, bucket, site_id), 0) for part in parts)
    return functools.reduce(operator.add, numbers)


@dataclass(frozen=True)
class _Part:
    """A part of what somebody sees."""

    account_id: int
    sight: Sight


def _kept(who: Scoped, bucket: str, site_id: int | None) -> Any:
    whole = _Part(who.account_id, who.sight.only(Sees.ALL))
    query = access.visible(whole, ContentTally, sa.func.sum(ContentTally.count))
    query = query.where(ContentTally.bucket == bucket)
    return _of_site(query, ContentTally.site_id, site_id)


def _counted(who: Scoped, bucket: str, site_id: int | None) -> Any:
    some = _Part(who.account_id, who.sight.only(Sees.OWN, Sees.SHARED))
    query = access.visible(some, Content, sa.func.count()).where(_stands_in(bucket))
    return _of_site(query, Content.site_id, site_id)


def _of_site(query: sa.Select[Any], column: Any, site_id: int | None) -> Any:
    return (query if site_id is None else query.where(column == site_id)).scalar_subquery()


def compact(system: System) -> None:
    """Sum up what triggers have added on PostgreSQL. Harmless when it runs twice at once."""
    if not system.db.is_sqlite:
        with system.db.write() as db:
            db.execute(_COLLAPSE)


_COLLAPSE = sa.text("""
    WITH several AS (
        SELECT account_id, site_id, bucket FROM content_tallies
        GROUP BY 1, 2, 3 HAVING count(*) > 1
    ), gone AS (
        DELETE FROM content_tallies AS t USING several AS s
        WHERE (t.account_id, t.site_id, t.bucket) = (s.account_id, s.site_id, s.bucket)
        RETURNING t.account_id, t.site_id, t.bucket, t.count
    )
    INSERT INTO content_tallies (account_id, site_id, bucket, count)
    SELECT account_id, site_id, bucket, sum(count) FROM gone
    GROUP BY 1, 2, 3 HAVING sum(count) <> 0
""")
