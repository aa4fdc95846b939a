"""Whether search engines may list a page, and what keeps them from it."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.misbehaving import Misbehaving, Reply
from webapp.core.codes import Code
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import findable

TAG = '<meta name="robots" content="noindex, follow">'


@pytest.mark.parametrize(
    ("headers", "page", "codes"),
    [
        ({}, '<meta name="robots" content="max-image-preview:large">', set()),
        ({}, "<p>noindex</p>", set()),
        ({}, TAG, {Code.NOINDEX_TAG}),
        ({}, "<META content='NoIndex' name='googlebot'>", {Code.NOINDEX_TAG}),
        ({"x-robots-tag": "googlebot: none"}, "", {Code.NOINDEX_HEADER}),
        ({"x-robots-tag": "noarchive"}, "", set()),
    ],
)
def test_what_keeps_a_page_out_of_lists(
    headers: dict[str, str], page: str, codes: set[Code]
) -> None:
    assert set(findable.hidden_by(headers, page)) == codes


@pytest.mark.parametrize(
    ("named", "other"),
    [
        ("https://www.a.example/piece/", ""),
        ("/piece", ""),
        ("https://a.example/", "https://a.example/"),
        ("https://b.example/piece", "https://b.example/piece"),
    ],
)
def test_a_page_that_names_another_as_its_original(named: str, other: str) -> None:
    page = f'<link href="{named}" rel="canonical">'
    assert findable.sent_elsewhere("https://a.example/piece", page) == other


@pytest.mark.parametrize(
    ("robots", "is_forbidden"),
    [
        ("", False),
        ("User-agent: *\nDisallow: /wp-admin/\n\nSitemap: https://a.example/s.xml", False),
        ("User-agent: *\nDisallow:\n\nDisallow: /piece", True),
        ("User-agent: *\nDisallow: /\nAllow: /piece/", False),
        ("User-agent: Googlebot\nDisallow: /piece # not yet", True),
        ("User-agent: Scraper\nDisallow: /", False),
        ("<html>Not found</html>", False),
    ],
)
def test_what_a_robots_txt_forbids(robots: str, is_forbidden: bool) -> None:
    rules = findable.rules(robots)
    assert findable.is_forbidden(rules, "https://a.example/piece/") is is_forbidden


@pytest.mark.parametrize("is_of_site", [False, True])
def test_a_tag_of_the_piece_is_its_finding_and_one_of_the_whole_site_is_not(
    desk: Desk, website: Website, misbehaving: Misbehaving, is_of_site: bool
) -> None:
    integration_id = desk.connect_to_website()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, integration_id).base_url = website.url

    website.adds = TAG
    front = Reply(200, (TAG if is_of_site else "").encode())
    misbehaving.on("*", "/", lambda exchange: exchange.send(front))
    content_id = desk.published(title="A piece")
    receipt = desk.records_of(content_id)[-1].receipt or {}
    found = {one["code"] for one in receipt["checks"] if not one["ok"]}
    assert found == (set() if is_of_site else {Code.NOINDEX_TAG})
