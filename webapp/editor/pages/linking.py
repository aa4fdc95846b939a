"""Pieces of the same site, for links in a text."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from litestar import Response

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.call import Call, get
from webapp.content.state import state_of
from webapp.core import labels, limits
from webapp.writer.models import Content

MOST = 12


@get("/content/{content_id:int}/links")
def pieces(call: Call, content_id: int, q: str = "") -> Response[Any]:
    """Those whose title has these words, those that are online first; each with its address."""
    content = access.get(call.db, call.member, Content, content_id)
    site = access.get(call.db, call.member, Site, content.site_id)
    columns = (
        Content.title,
        Content.slug,
        Content.external_url,
        Content.status,
        Content.site_status,
        Content.attention,
    )
    query = access.visible(call.member, Content, *columns).where(
        Content.site_id == content.site_id, Content.id != content.id
    )
    for word in q[: limits.SEARCH].split():
        query = query.where(Content.title.icontains(word, autoescape=True))
    order = (sa.case((Content.external_url != "", 0), else_=1), Content.id.desc())
    rows = call.db.execute(query.order_by(*order).limit(MOST))
    found = [
        {
            "title": row.title,
            "address": row.external_url or f"{site.url.rstrip('/')}/{row.slug}",
            "state": labels.chip(state_of(row.status, row.site_status, row.attention)).word,
        }
        for row in rows
    ]
    return Response(found, headers={"Cache-Control": "no-store"})


ROUTES = [pieces]
