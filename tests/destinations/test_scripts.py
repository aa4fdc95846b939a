"""Script in every text that a person may type, looked at in Chromium wherever the text is shown.

Our own pages are opened with their content security policy switched off: what is shown must not
need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page

from tests.destinations.conftest import MakeHouse
from tests.destinations.piece import Piece
from tests.destinations.product import Product
from tests.support.browser import chromium
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.images import png
from webapp.accounts import sessions, setup
from webapp.accounts.models import Account, Site, User
from webapp.writer import contents

House = tuple[WordPress, Product]


def marker(field: str) -> str:
    """What calls `hit` with the field's name as soon as any of it is taken for markup."""
    call = f"hit(&quot;{field}&quot;)"
    return (
        f'<script>hit(\'{field}\')</script><img src=x onerror="{call}"><svg onload="{call}"></svg>'
        f'"><img src=x onerror={call}><iframe srcdoc="<script>parent.{call}</script>"></iframe>'
        f'<a href="javascript:{call}">a</a>'
    )


def small(field: str) -> str:
    """The same for a name."""
    return f"{field} <img src=x onerror=hit('{field}')>"


def full() -> Piece:
    picture = {"data": png(8, 8), "alt": marker("alt"), "caption": marker("caption")}
    html = f'<p>Text</p><img src="igny8:inside">{marker("html")}'
    return Piece(
        f"Marked {small('title')}",
        html,
        excerpt=marker("excerpt"),
        categories=[small("category")],
        tags=[small("tag")],
        cluster=small("cluster"),
        keywords=[small("keyword")],
        focus_keywords=[small("focus")],
        meta_title=small("metatitle"),
        meta_description=marker("metadescription"),
        pictures=[
            {**picture, "image_type": "featured"},
            {**picture, "image_type": "gallery", "filename": "a'\"><img onerror=x>.png"},
            {**picture, "image_type": "in_article", "ref": "inside"},
        ],
    )


@pytest.fixture(scope="module")
def marked(make_house: MakeHouse) -> House:
    """A WordPress and a product whose names, people and pieces are all markers."""
    wp, product = make_house("6.8", web=True)
    with product.system.db.write() as db:
        db.get_one(Site, product.desk.site.id).name = small("site")
        db.get_one(User, product.desk.owner.user_id).name = small("person")
        db.get_one(Account, product.desk.owner.account_id).name = small("account")
    return wp, product


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


class Watched:
    """A browser in which everything that runs of a marker is heard."""

    def __init__(self, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context(bypass_csp=True)
        self.hits: list[str] = []
        self.context.expose_function("hit", self._hear)
        self.page: Page = self.context.new_page()
        self.page.set_content("<script>hit('control')</script><img src=x onerror=\"hit('image')\">")
        self.page.wait_for_function("document.images[0].complete")
        self.page.evaluate("new Promise(done => setTimeout(done, 300))")
        assert sorted(self.hits) == ["control", "image"], "the watcher hears what runs"
        self.hits.clear()

    def _hear(self, field: str) -> None:
        self.hits.append(field)

    def look(self, address: str) -> None:
        """Open a page, let everything load and all handlers run, and try every link."""
        answer = self.page.goto(address, wait_until="load", timeout=90_000)
        assert answer is not None
        assert answer.status == 200, address
        self._settle()
        assert self.hits == [], address

    def show(self, html: str) -> None:
        """As somebody else's page would show it."""
        self.page.set_content(html, wait_until="load")
        self._settle()
        assert self.hits == [], html[:500]

    def _settle(self) -> None:
        self.page.evaluate("new Promise(done => setTimeout(done, 400))")
        runs = "a => a.filter(one => /hit/.test(one.href) && /^javascript:/.test(one.href)).length"
        assert self.page.eval_on_selector_all("a", runs) == 0


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    made = Watched(browser)
    yield made
    made.context.close()


def test_nothing_runs_in_wordpress_for_its_administrator(marked: House, watched: Watched) -> None:
    wp, product = marked
    content_id = product.write(full())
    record = product.publish(content_id)
    assert record.status in ("published", "published_with_issues"), record.error
    content = product.content(content_id)
    page = watched.page
    page.goto(f"{wp.url}/wp-login.php")
    page.fill("#user_login", ADMIN)
    page.fill("#user_pass", PASSWORD)
    page.click("#wp-submit")
    page.wait_for_url("**/wp-admin/**")
    post = content.external_id
    for path in (
        "/",
        f"/?p={post}",
        "/wp-admin/edit.php",
        "/wp-admin/upload.php?mode=list",
        "/wp-admin/upload.php?mode=grid",
        "/wp-admin/edit-tags.php?taxonomy=category",
        "/wp-admin/edit-tags.php?taxonomy=post_tag",
        f"/wp-admin/post.php?post={post}&action=edit",
        f"/?cat={_category(wp)}",
        "/wp-admin/options-general.php?page=igny8",
    ):
        watched.look(wp.url + path)
    for attachment in wp.sql("SELECT ID FROM wp_posts WHERE post_type = 'attachment'"):
        watched.look(f"{wp.url}/wp-admin/post.php?post={attachment['ID']}&action=edit")
    feed = httpx.get(f"{wp.url}/?feed=rss2", timeout=60)
    _show_feed(watched, feed.content)
    stored = wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post}")[0]
    watched.show("".join(str(value) for value in stored.values()))


def test_nothing_runs_on_headless_pages_in_feeds_and_json(marked: House, watched: Watched) -> None:
    _, product = marked
    with product.system.db.write() as db:
        site = setup.add_site(
            db, product.desk.owner.account_id, small("shelf"), "https://x.example", "Europe/Berlin"
        )
        site.is_public = True
    product.desk.connect(site=site)
    content_id = _written_for(product, site)
    assert product.publish(content_id).status in ("published", "published_with_issues")
    content = product.content(content_id)
    root = f"{product.url}/sites/{site.slug}"
    assert content.external_url.startswith(root)
    for address in (root, content.external_url):
        watched.look(address)
    _show_feed(watched, httpx.get(f"{root}/feed.xml").content)
    place = f"{product.url}/api/v1/publisher/site-definition/{site.slug}/contents/"
    listed = httpx.get(place).json()
    watched.show("".join(_texts(listed)))
    answer = httpx.get(f"{place}{listed['results'][0]['slug']}/")
    assert answer.status_code == 200, answer.text
    document = answer.json()["data"]
    watched.show("".join(_texts(document)))


def test_nothing_runs_at_the_desk(marked: House, watched: Watched) -> None:
    _, product = marked
    content_id = product.write(full())
    record = product.publish(content_id)
    waits = product.write(full())
    with product.desk.changing(waits) as (db, content):
        contents.submit(db, content)
        contents.request_changes(db, content, marker("comment"), by=product.desk.owner)
        contents.submit(db, content)
    product.desk.schedule(content_id, in_seconds=3600)
    token = product.desk.session_of(product.desk.owner)
    watched.context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": product.url}])
    for path in (
        "/review",
        f"/review/{waits}",
        f"/review/{content_id}",
        "/content",
        f"/content/{waits}",
        f"/content/{waits}/preview",
        f"/content/{waits}/schedule",
        f"/records/{record.id}",
        "/publisher/content-calendar",
        "/publisher/publishing-queue",
        "/settings/sites",
        f"/settings/sites/{product.desk.site.id}",
    ):
        watched.look(product.url + path)
    watched.page.goto(f"{product.url}/content/{waits}")
    assert watched.page.locator("[data-removals] li").count() >= 5, "what goes is named"


def _category(wp: WordPress) -> str:
    """The one that the piece came with."""
    rows = wp.sql("SELECT term_id FROM wp_terms WHERE name LIKE 'category%'")
    return str(rows[0]["term_id"])


def _written_for(product: Product, site: Site) -> int:
    """The full piece, on another site than the usual one."""
    usual = product.desk.site
    product.desk.site = site
    try:
        piece = full()
        piece.cluster, piece.keywords = "", []
        return product.write(piece)
    finally:
        product.desk.site = usual


def _show_feed(watched: Watched, feed: bytes) -> None:
    """Readers take what stands in a feed's elements for HTML, once or twice unescaped."""
    for node in etree.fromstring(feed).iter():
        if isinstance(node.tag, str) and (node.text or "").strip():
            watched.show(node.text or "")
            if "encoded" not in node.tag:
                watched.show(f"<p>{json.dumps(node.text)}</p>")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
