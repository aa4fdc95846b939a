"""The counters of an integration: moved only by new entries of the ledger.

However often the same news arrives, from the app or from the plugin, it counts once, because an
entry is unique by (integration, publish key, kind).
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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


def count(
    db: Session, integration: SiteIntegration, publish_key: str, amounts: dict[str, int],
    at: datetime,
) -> None:  # fmt: skip
    """Enter what one publication did: its kind (post, page, product) if created, terms created."""
    for kind, amount in {**amounts, "sync": 1}.items():
        column = COLUMNS.get(kind, COLUMNS["post"])
        if amount and _enter(db, integration, publish_key, kind, amount):
            db.execute(
                sa.update(SiteIntegration)
                .where(SiteIntegration.id == integration.id)
                .values({column: getattr(SiteIntegration, column) + amount, "last_publish_at": at})
            )


def _enter(
    db: Session, integration: SiteIntegration, publish_key: str, kind: str, amount: int
) -> bool:
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    entered = db.execute(
        dialect.insert(CounterEntry)
        .values(
            account_id=integration.account_id,
            integration_id=integration.id,
            publish_key=publish_key,
            kind=kind,
            amount=amount,
        )
        .on_conflict_do_nothing()
        .returning(CounterEntry.id)
    ).one_or_none()
    return entered is not None
