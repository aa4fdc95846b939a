"""A dry run asks a real WordPress, pictures of ours included, and leaves no post behind."""

from __future__ import annotations

import pytest

from tests.destinations.judge import Website
from tests.destinations.piece import complete
from tests.destinations.product import Product
from tests.support.wordpress import WordPress
from webapp.publisher.delivery import dry_run

pytestmark = pytest.mark.heavy


def test_a_dry_run_tells_what_would_be_created_and_changed(
    house: tuple[WordPress, Product],
) -> None:
    wp, product = house
    desk = product.desk
    content_id = product.write(complete(901))
    first = dry_run.run(desk.system, desk.owner, content_id)
    assert (first.ready, first.failure) == (True, None)
    assert first.plan is not None
    assert (first.plan["dry_run"], first.plan["result"]) == (True, "created")
    assert {field["action"] for field in first.plan["fields"]} == {"create"}
    assert content_id not in Website(wp).by_content

    product.publish(content_id)
    desk.edit(content_id, keep_approved=True, title="Another title")
    second = dry_run.run(desk.system, desk.owner, content_id)
    assert second.plan is not None
    assert second.plan["result"] == "updated"
    changed = {f["field"] for f in second.plan["fields"] if f["action"] == "change"}
    assert "title" in changed
    assert "excerpt" not in changed
    assert len(Website(wp).by_content[content_id]) == 1
