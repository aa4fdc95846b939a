"""A piece of a running product that was changed on its website, as the page of it shows that.

The row is written as a look would have written it: the demo's own pages tell nothing of the kind.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.support.browser import Product
from tests.support.processes import wait_until
from webapp.core import clock
from webapp.core.db import Database
from webapp.integrations.models import Placement
from webapp.publisher.records.models import Drift
from webapp.writer.models import Content

SENT = "<h2>One</h2>\n<p>A bag at 14 euros leaves the farm 2.10.</p>\n<p>The rest is freight.</p>"
THERE = SENT.replace("2.10", "about 2.40").replace("freight", "freight and tax")
HERE = SENT.replace("14 euros", "15 euros")


def drifted(product: Product, title: str, kind: str = "edited_there") -> int:
    """Publish a piece, change it here, and say that it was changed there; its id."""
    content_id = product.piece(title, html=SENT, tags=[{"name": "origin"}])
    api = product.api
    api.post(f"/writer/content/{content_id}/publish", json={}).raise_for_status()
    wait_until(lambda: _status(product, content_id) == "published", "the publication", 60)
    change: dict[str, Any] = {"html": HERE, "tags": [{"name": "origin"}, {"name": "money"}]}
    api.patch(f"/writer/content/{content_id}", json={**change, "keep_approved": True})
    database = Database(f"sqlite:///{product.var / 'igny8.sqlite'}")
    try:
        with database.write() as db:
            content = db.get_one(Content, content_id)
            query = sa.select(Placement).where(Placement.content_id == content_id)
            placed = db.scalars(query).one()
            db.add(_row(content, placed, kind))
            content.attention = frozenset({kind})
    finally:
        database.dispose()
    return content_id


def _status(product: Product, content_id: int) -> str:
    found = product.api.get(f"/writer/content/{content_id}").json()["data"]
    return str(found["site_status"])


def _row(content: Content, placed: Placement, kind: str) -> Drift:
    fields = ("title", "content", "featured_image", "clusters")
    values = ("", "", "https://website.example/field.jpg", "Prices, Farms")
    own = {"template": "wide", "comments_open": False, "is_sticky": True, "has_password": False}
    there = {
        "hash": "a" * 64,
        "status": "publish",
        "is_public": True,
        "stored_hash": "b" * 64,
        "external_type": "post",
        "title": f"{content.title}, taken apart",
        "html": THERE,
        "excerpt": content.excerpt,
        "slug": content.slug,
        "author_email": "",
        "categories": [],
        "tags": [],
        "meta_title": "",
        "meta_description": "",
        "canonical_url": "",
        "focus_keywords": [],
        "featured_image_url": "https://website.example/field.jpg",
        "differences": [
            {"field": field, "left": "", "there": value}
            for field, value in zip(fields, values, strict=True)
        ],
        "own": {**own, "custom_fields": [{"name": "harvest", "value": "November"}]},
    }
    return Drift(
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        integration_id=placed.integration_id,
        record_id=placed.record_id,
        kind=kind,
        status_there={"edited_there": "publish", "unpublished_there": "private"}.get(kind, ""),
        over="" if kind == "gone" else "a" * 64,
        there=None if kind == "gone" else there,
        changed_by="" if kind == "gone" else "Katrin",
        changed_at=None if kind == "gone" else clock.utc_now(),
        found_at=clock.utc_now(),
    )
