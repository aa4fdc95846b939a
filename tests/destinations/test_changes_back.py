"""A change in a real WordPress reaches a real installation by itself, within its window."""

from __future__ import annotations

import os

import pytest

from tests.destinations.both_ways import play
from tests.destinations.conftest import MakeHouse
from tests.destinations.product import Product
from tests.support.processes import wait_until
from tests.support.wordpress import WordPress
from webapp.integrations.models import SiteIntegration, WebsiteChange
from webapp.publisher.delivery import collecting, inbound
from webapp.publisher.records import site_status
from webapp.writer import contents, payload

# Changes while nobody is there; the long form: IGNY8_AWAY=200.
AWAY = int(os.environ.get("IGNY8_AWAY", "12"))
WITHIN = 5  # seconds, once the window is over


@pytest.fixture(scope="module")
def house(make_house: MakeHouse) -> tuple[WordPress, Product]:
    return make_house("6.8", web=True)


def published(product: Product, number: int = 1) -> list[int]:
    terms = {"categories": [{"name": "News"}], "tags": [{"name": "Fresh"}]}
    ids = [product.desk.approved(**terms) for _ in range(number)]
    product.click(ids)
    product.settle(ids, 60 + 5 * number)
    return ids


def post_of(wp: WordPress, content_id: int) -> str:
    found = wp.value(
        "SELECT post_id FROM wp_postmeta WHERE meta_key = '_igny8_content_id'"
        f" AND meta_value = '{content_id}'"
    )
    assert found
    return found


def categories(product: Product, content_id: int) -> set[str]:
    with product.system.db.read() as db:
        return {one.name for one in payload.build_by_id(db, content_id).categories}


def end_window(product: Product) -> None:
    """It said once that something waits; nobody waits here until its window is over."""
    wait_until(lambda: product.desk.integration().changes_due_at is not None, "its word", WITHIN)
    with product.system.db.write() as db:
        row = db.get_one(SiteIntegration, product.desk.integration().id)
        assert row.changes_due_at
        assert row.changes_due_at - product.system.clock() <= inbound.WINDOW
        row.changes_due_at = product.system.clock()


def rows(product: Product) -> list[WebsiteChange]:
    return product.desk.rows(WebsiteChange)


def test_a_change_comes_back_in_one_call(house: tuple[WordPress, Product]) -> None:
    wp, product = house
    [piece] = published(product)
    assert product.desk.rows(SiteIntegration)[0].changes_due_at is None, "ours is no change"
    post_id = post_of(wp, piece)
    for code in (
        f"wp_set_object_terms({post_id}, array('News', 'Food'), 'category');",
        f"wp_set_object_terms({post_id}, array(), 'post_tag');",
        f"wp_set_object_terms({post_id}, array('News', 'Food', 'Oil'), 'category');",
    ):
        wp.php(code)
    end_window(product)
    wait_until(lambda: bool(rows(product)), "the change", WITHIN)
    assert categories(product, piece) == {"News", "Food", "Oil"}
    assert len(rows(product)) == 1
    content = product.content(piece)
    assert site_status.is_up_to_date(content)
    assert contents.is_approved(content)
    newer = product.publish(piece, force=True)
    assert (newer.status, len(rows(product))) == ("published", 1)


def test_what_was_changed_while_we_were_away_arrives_once_and_in_order(
    house: tuple[WordPress, Product],
) -> None:
    wp, product = house
    ids = published(product, AWAY)
    before = len(rows(product))
    product.end_web()
    for content_id in reversed(ids):
        wp.php(f"wp_set_object_terms({post_of(wp, content_id)}, array('Away'), 'category', true);")
    wp.restart_php()
    assert wp.value("SELECT COUNT(*) FROM wp_igny8_outbox") == str(AWAY)
    product.start_web()
    integration_id = product.desk.integration().id
    sent, waiting = 0, AWAY
    while waiting:
        collected = collecting.ask(product.system, integration_id, product.system.clock())
        assert (collected.sent > 0, collected.problem) == (True, "")
        sent, waiting = sent + collected.sent, collected.waiting
    assert sent == AWAY
    assert [one.content_id for one in rows(product)[before:]] == ids[::-1]
    assert all(categories(product, one) == {"News", "Away"} for one in ids)


def test_edits_at_random_on_both_sides(house: tuple[WordPress, Product]) -> None:
    """The short form; `python -m tests.destinations.both_ways` is the long one."""
    wp, product = house
    play(wp, product, range(7, 8), steps=25)
