"""The counters of an integration: moved only by new entries of the ledger.

However often the same news arrives, from the app or from the plugin, it counts once, because an
entry is unique by (integration, publish key, kind).
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.prepared import Prepared, together
from webapp.integrations.models import CounterEntry, SiteIntegration

COLUMNS = {
    "post": "posts_published_count",
    "page": "pages_published_count",
    "product": "products_published_count",
    "categories": "categories_synced_count",
    "tags": "tags_synced_count",
    "sectors": "sectors_synced_count",
    "clusters": "clusters_synced_count",
    "sync": "total_sync_operations",
}


_ENTRIES = cast(sa.Table, CounterEntry.__table__)
_INTEGRATIONS = cast(sa.Table, SiteIntegration.__table__)
_ADD = Prepared(
    sa.update(_INTEGRATIONS)
    .where(_INTEGRATIONS.c.id == sa.bindparam("this"))
    .values(
        {name: _INTEGRATIONS.c[name] + sa.bindparam(f"add_{name}") for name in COLUMNS.values()}
    )
)


def count(
    db: Session,
    account_id: int,
    integration_id: int,
    publish_key: str,
    amounts: dict[str, int],
    at: datetime | None,
) -> None:
    """Enter what one publication did: its kind (post, page, product) if created, terms created.
    `at`: when it went out; None where it is not shown."""
    given = {kind: amount for kind, amount in {**amounts, "sync": 1}.items() if amount}
    whose = {"account_id": account_id, "integration_id": integration_id, "publish_key": publish_key}
    rows = [{**whose, "kind": kind, "amount": amount} for kind, amount in given.items()]
    answers = together(db, [(_ENTER, row) for row in rows])
    entered = [new.kind for answer in answers for new in answer]
    added = dict.fromkeys((f"add_{name}" for name in COLUMNS.values()), 0)
    for kind in entered:
        added[f"add_{COLUMNS.get(kind, COLUMNS['post'])}"] += given[kind]
    if entered:
        when = {"last_publish_at": at} if at is not None else {}
        _ADD.change(db, {"this": integration_id, **when, **added})


_ENTER = Prepared(
    {
        name: dialect.insert(_ENTRIES).on_conflict_do_nothing().returning(_ENTRIES.c.kind)
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
    }
)
