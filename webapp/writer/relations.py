"""What a piece belongs to, by ids in a body: sector, cluster and keywords of its own site."""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Sector
from webapp.core.errors import Invalid, gather
from webapp.writer.draft import Draft
from webapp.writer.models import Cluster, Content, ContentKeyword, Keyword

Related = type[Sector] | type[Cluster] | type[Keyword]


def wrong_of(db: Session, content: Content, draft: Draft, by: Member) -> dict[str, str]:
    """A sentence for each field that names what is not there, or is another site's."""
    wrong: dict[str, str] = {}
    for field, model, ids in _named(draft):
        with gather(wrong):
            _check_site(db, content, by, model, field, ids)
    return wrong


def set_keywords(db: Session, content: Content, ids: list[int]) -> None:
    """Let these keywords take the place of the piece's."""
    db.execute(sa.delete(ContentKeyword).where(ContentKeyword.content_id == content.id))
    db.add_all(
        ContentKeyword(account_id=content.account_id, content_id=content.id, keyword_id=one)
        for one in dict.fromkeys(ids)
    )


def _named(draft: Draft) -> list[tuple[str, Related, list[int]]]:
    named: list[tuple[str, Related, list[int]]] = []
    if draft.sector_id is not UNSET and draft.sector_id is not None:
        named.append(("sector_id", Sector, [draft.sector_id]))
    if draft.cluster_id is not UNSET and draft.cluster_id is not None:
        named.append(("cluster_id", Cluster, [draft.cluster_id]))
    if draft.keyword_ids is not UNSET:
        named.append(("keyword_ids", Keyword, draft.keyword_ids))
    return named


def _check_site(
    db: Session, content: Content, by: Member, model: Related, field: str, ids: list[int]
) -> None:
    access.check_ids(db, by, model, field, ids)
    other = db.scalars(
        access.visible(by, model, model.id).where(
            model.id.in_(ids), model.site_id != content.site_id
        )
    ).first()
    if other is not None:
        raise Invalid({field: f"{other} belongs to another site."})
