"""The newest record of a piece, in one form for every query: it says what is or was done last."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import sqlalchemy as sa

from webapp.publisher.records.models import PublishingRecord

Query = TypeVar("Query", bound="sa.Select[*tuple[Any, ...]]")


def of(query: Query, content_id: int) -> Query:
    """A query of records, for the newest one of a piece only."""
    one = query.where(PublishingRecord.content_id == content_id)
    return one.order_by(PublishingRecord.id.desc()).limit(1)


def of_each(ids: sa.Select[Any], content_ids: Collection[int] | None = None) -> sa.Select[Any]:
    """The id of the newest record of each of these pieces, or of all. `ids` selects records; what
    it selects of them is replaced."""
    if content_ids is not None:
        ids = ids.where(PublishingRecord.content_id.in_(content_ids))
    newest = ids.with_only_columns(sa.func.max(PublishingRecord.id))
    return newest.group_by(PublishingRecord.content_id)
