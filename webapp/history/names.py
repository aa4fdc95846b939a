"""The names of what a version holds by number: its sector, its cluster and their keywords."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.models import Sector
from webapp.writer.models import Cluster, Content, Keyword
from webapp.writing.revisions import Version

_NAMED: dict[str, tuple[type[Any], Any]] = {
    "sector_id": (Sector, Sector.name),
    "cluster_id": (Cluster, Cluster.name),
    "keyword_ids": (Keyword, Keyword.phrase),
}


def named(db: Session, content: Content, *versions: Version) -> list[Version]:
    """The versions with names beside those numbers: {"id": …, "name": …}. What the piece's site
    has no more is told by its number."""
    fields = [dict(version.fields) for version in versions]
    for field, (model, name) in _NAMED.items():
        ids = {one for values in fields for one in _listed(values.get(field))}
        query = sa.select(model.id, name).where(model.id.in_(ids), model.site_id == content.site_id)
        names: dict[int, str] = {row[0]: row[1] for row in db.execute(query)} if ids else {}
        for values in fields:
            values[field] = [
                {"id": one, "name": names.get(one, f"number {one}, which is gone")}
                for one in sorted(_listed(values.get(field)))
            ]
    return [Version(version.html, values) for version, values in zip(versions, fields, strict=True)]


def _listed(value: Any) -> list[int]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
