"""A complete piece goes through the running product and stands in WordPress as it was written."""

from __future__ import annotations

import re

import httpx
import pytest
import sqlalchemy as sa

from tests.destinations.judge import Website, complaints, counters
from tests.destinations.piece import complete
from tests.destinations.product import Product
from tests.support.wordpress import WordPress
from webapp.integrations.base import STEPS
from webapp.publisher.models import PublishEvent

pytestmark = pytest.mark.heavy
House = tuple[WordPress, Product]


def test_everything_arrives_in_seven_steps(house: House) -> None:
    wp, product = house
    piece = complete(1)
    content_id = product.write(piece)
    record = product.publish(content_id)

    assert (record.status, record.error, record.attempt) == ("published", None, 1)
    website = Website(wp)
    assert complaints(website, {content_id: piece}, {content_id: record.content_hash}) == []
    assert record.receipt is not None
    assert record.receipt["posts_with_this_id"] == 1
    checks = {check["name"]: check["ok"] for check in record.receipt["checks"]}
    assert checks == dict.fromkeys(
        ("one_post", "terms", "permalink", "title", "description", "featured_image"), True
    )
    content = product.content(content_id)
    assert (content.status, content.site_status) == ("published", "published")
    assert content.external_id == str(website.by_content[content_id][0])
    page = httpx.get(content.external_url)
    assert page.status_code == 200
    assert "piece 1</p>" in page.text

    events = product.desk.events_of(record.id)
    assert [event.step for event in events] == list(STEPS)
    assert [event.progress for event in events] == sorted(event.progress for event in events)
    moments = [event.at for event in events]
    assert moments == sorted(moments)

    assert counters(product) == (1, 2, 3, 1)
    product.publish(content_id, force=True)
    assert counters(product) == (1, 2, 3, 2)
    assert complaints(Website(wp), {content_id: piece}, {content_id: record.content_hash}) == []


def test_steps_are_told_while_wordpress_still_works(house: House) -> None:
    """The plugin's own calls bring the steps in, before the publish request has its answer."""
    wp, product = house
    content_id = product.write(complete(2))
    slow = "add_action('save_post', function ($id, $p) { if ($p->post_type === 'post') sleep(2); }, 10, 2);"
    with wp.mu_plugin(slow):
        (record_id,) = product.click([content_id])
        seen: set[str] = set()
        query = sa.select(PublishEvent.step).where(PublishEvent.record_id == record_id)
        while product.active([content_id]):
            with product.system.db.read() as db:
                seen |= set(db.scalars(query)) if product.desk.record(record_id).result is None else set()
    assert "creating_post" in seen
    assert "verification" not in seen or product.desk.record(record_id).status == "published"


def test_wordpress_complains_about_nothing(house: House) -> None:
    wp, _ = house
    log = wp.debug_log()
    if wp.version == "6.1":  # WordPress 6.1 itself complains under PHP 8.2
        log = "\n".join(line for line in log.splitlines() if re.search(r"plugins?/igny8|IGNY8:", line))
    assert log == ""
