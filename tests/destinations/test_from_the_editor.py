"""What somebody changes in WordPress's block editor reaches the desk: connected by hand through
WordPress's admin, all of it by the running product."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.destinations.conftest import start_wordpress
from tests.destinations.product import Product
from tests.destinations.test_changes_back import WITHIN, categories, end_window, post_of, rows
from tests.support.browser import chromium
from tests.support.house import PASSWORD
from tests.support.processes import wait_until
from tests.support.wordpress import ADMIN, WordPress
from tests.support.wordpress import PASSWORD as WP_PASSWORD
from tests.support.wordpress_golden import SUITES
from webapp.writer import payload
from webapp.writer.models import Cluster

pytestmark = pytest.mark.heavy
# The long form waits until the window is over by itself, on every WordPress that is there.
IS_LONG = os.environ.get("IGNY8_EVERYWHERE") == "1"
NEWEST = ["newest"] if os.environ.get("WORDPRESS_DIST") else []
VERSIONS = [*SUITES, *NEWEST] if IS_LONG else ["6.8"]
AT_MOST = 35  # seconds from the save
# By the editor's own store, which its panels write into and its button saves.
SAVE = """async (fields) => {
  const make = (route, name) =>
    wp.apiFetch({ path: `/wp/v2/${route}`, method: "POST", data: { name } })
      .then((made) => made.id, (problem) => problem.data.term_id);
  const edits = {};
  for (const [route, names] of fields)
    edits[route] = await Promise.all(names.map((name) => make(route, name)));
  wp.data.dispatch("core/editor").editPost(edits);
  await wp.data.dispatch("core/editor").savePost();
  return wp.data.select("core/editor").didPostSaveRequestSucceed();
}"""
BLOCK = "<!-- wp:paragraph -->\n<p>Pressed cold.</p>\n<!-- /wp:paragraph -->"
READY = "window.wp?.data?.select('core/editor')?.getCurrentPostId() > 0"


@pytest.fixture(params=VERSIONS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[WordPress, Product]]:
    """Both running, and neither knows the other's key yet."""
    wp = start_wordpress(request.param)
    try:
        with Product(tmp_path) as product:
            product.desk.connect("wordpress", wp.url)
            product.start_web()
            product.start_worker()
            yield wp, product
    finally:
        wp.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


def connect_by_hand(page: Page, wp: WordPress, product: Product) -> None:
    """As WordPress's administrator, with the password of somebody at the desk."""
    page.goto(f"{wp.url}/wp-login.php")
    page.fill("#user_login", ADMIN)
    page.fill("#user_pass", WP_PASSWORD)
    page.click("#wp-submit")
    page.goto(f"{wp.url}/wp-admin/options-general.php?page=igny8")
    page.fill("#app_url", product.url)
    page.fill("#email", product.desk.owner.email)
    page.fill("#password", PASSWORD)
    page.click("#submit")
    expect(page.locator(".notice-success")).to_contain_text("Connected as", timeout=60_000)


def save(page: Page, **terms: list[str]) -> None:
    """In the open editor. `terms`: their names, by the route of their kind."""
    assert page.evaluate(SAVE, [*terms.items()])


def arrives(product: Product, number: int, began: float) -> None:
    """The so-many-th change is here in time, and no other one follows it."""
    if not IS_LONG:
        end_window(product)
    wait_until(lambda: len(rows(product)) == number, "the change", AT_MOST + WITHIN)
    seconds = time.monotonic() - began
    print(f"{seconds:.1f} s after the last save")
    assert not IS_LONG or seconds <= AT_MOST
    wait_until(lambda: not product.desk.integration().changes_due_at, "its end", AT_MOST)
    assert len(rows(product)) == number


def cluster(product: Product, name: str) -> int:
    site = product.desk.site
    with product.system.db.write() as db:
        made = Cluster(
            account_id=site.account_id,
            site_id=site.id,
            sector_id=product.desk.sector.id,
            name=name,
            slug=name.lower(),
        )
        db.add(made)
        db.flush()
        return made.id


def test_connected_by_hand_and_changed_in_the_editor(
    house: tuple[WordPress, Product], page: Page
) -> None:
    wp, product = house
    connect_by_hand(page, wp, product)
    olives, vinegar = cluster(product, "Olives"), cluster(product, "Vinegar")
    given: dict[str, Any] = {"categories": [{"name": "News"}], "tags": [{"name": "Fresh"}]}
    piece = product.desk.approved(cluster_id=olives, html=BLOCK, **given)
    product.click([piece])
    assert [one.status for one in product.settle([piece])] == ["published"]
    assert rows(product) == []
    assert product.desk.integration().changes_due_at is None, "ours is no change"
    assert wp.value("SELECT COUNT(*) FROM wp_igny8_outbox") == "0"

    page.goto(f"{wp.url}/wp-admin/post.php?post={post_of(wp, piece)}&action=edit", timeout=90_000)
    page.wait_for_function(READY, timeout=90_000)
    save(page, categories=["News", "Food"], tags=[], igny8_cluster=["Vinegar"])
    arrives(product, 1, time.monotonic())
    assert categories(product, piece) == {"News", "Food"}
    with product.system.db.read() as db:
        assert payload.build_by_id(db, piece).tags == []
    assert product.content(piece).cluster_id == vinegar

    if not IS_LONG:  # its window goes on: it would say nothing until that is over
        wp.php("delete_option('igny8_signalled');")
    for number in range(10):
        save(page, categories=["News", f"Quick {number}"])
    arrives(product, 2, time.monotonic())
    assert categories(product, piece) == {"News", "Quick 9"}
    newer = product.publish(piece, force=True)
    assert (newer.status, len(rows(product))) == ("published", 2), str(newer.error)
    assert wp.value("SELECT COUNT(*) FROM wp_igny8_outbox") == "0"
    if wp.version == "6.8":
        assert wp.debug_log() == ""
