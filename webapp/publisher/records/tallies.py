"""How many pieces stand where, without counting them: numbers that triggers keep.

Counting a million rows by state takes tens of milliseconds, and every open page asks for it at
every change. A piece may stand in several buckets: online, and in need of attention. Who sees only
some pieces of a site has few of them, and they are counted.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
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
    if not who.sight.is_by_site:
        numbers = [number_of(who, bucket, site_id).label(bucket) for bucket in BUCKETS]
        return dict(db.execute(sa.select(*numbers)).one()._mapping)
    query = access.visible(
        who, ContentTally, ContentTally.bucket, sa.func.sum(ContentTally.count).label("number")
    ).group_by(ContentTally.bucket)
    if site_id is not None:
        query = query.where(ContentTally.site_id == site_id)
    found = {row.bucket: int(row.number) for row in db.execute(query)}
    return {bucket: max(0, found.get(bucket, 0)) for bucket in BUCKETS}


def number_of(who: Scoped, bucket: str, site_id: int | None = None) -> sa.ScalarSelect[int]:
    """One of the numbers, to be read within another query; NULL where there is none."""
    if who.sight.is_by_site:
        query = access.visible(who, ContentTally, sa.func.sum(ContentTally.count))
        query = query.where(ContentTally.bucket == bucket)
        of_site = ContentTally.site_id == site_id
    else:
        query = access.visible(who, Content, sa.func.count()).where(_stands_in(bucket))
        of_site = Content.site_id == site_id
    return (query if site_id is None else query.where(of_site)).scalar_subquery()


def collapse(system: System) -> None:
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
