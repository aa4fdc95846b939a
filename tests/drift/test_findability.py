"""Whether what stands on a real WordPress can be found, and what keeps it from that: of the page,
and of the website."""

from __future__ import annotations

from tests.drift.house import HTML, House
from webapp.integrations import site_findings
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import findability, reconcile
from webapp.publisher.records.models import PublishingRecord

FORBIDS = (
    "add_filter('robots_txt', function ($text) {{ return $text . \"\\nDisallow: {}\\n\"; }}, 99);"
)
NOT_IN_SITEMAP = (
    "add_filter('wp_sitemaps_posts_query_args', function ($args) {{"
    " $args['post__not_in'] = array({}); return $args; }});"
)
TAG = (
    "add_action('wp_head', function () {{ if ({}) {{"
    ' echo \'<meta name="robots" content="noindex">\'; }} }});'
)


def codes(house: House, record: PublishingRecord) -> tuple[set[str], set[str]]:
    """What keeps it from being found, looked at now: of the piece, of the website."""
    found = findability.look_for(house.desk.system, house.desk.teammate, record.id)
    kept = house.desk.record(record.id).receipt or {}
    assert [one["code"] for one in kept["findability"]["piece"]] == [x.code for x in found.piece]
    with house.desk.system.db.read() as db:
        config = db.get_one(SiteIntegration, house.integration_id).config_json
    of_site = site_findings.of_config(config)
    assert of_site is not None
    assert of_site.findings == found.site
    return {one.code for one in found.piece}, {one.code for one in found.site}


def test_each_cause_is_named_where_it_belongs(house: House) -> None:
    content_id = house.published()
    [record] = house.desk.records_of(content_id)
    assert codes(house, record) == (set(), set())
    path = f"/{house.desk.content(content_id).external_url.split('/', 3)[3]}"
    post_id = record.external_id
    for plugin, expected in (
        (FORBIDS.format(path), ({"ROBOTS_FORBID"}, set())),
        (FORBIDS.format("/"), (set(), {"ROBOTS_FORBID_ALL"})),
        (NOT_IN_SITEMAP.format(post_id), ({"NOT_IN_SITEMAP"}, set())),
        ("add_filter('wp_sitemaps_enabled', '__return_false');", (set(), {"SITEMAP_MISSING"})),
        (TAG.format("is_single()"), ({"NOINDEX_TAG"}, set())),
        (TAG.format("true"), (set(), {"SITE_HIDDEN"})),
    ):
        with house.wp.mu_plugin(plugin):
            assert codes(house, record) == expected, plugin
    assert house.desk.record(record.id).status == "published", "it is told, and changes nothing"


def test_a_website_that_hides_itself_is_told_once_and_at_its_connection(house: House) -> None:
    desk = house.desk
    content_id = house.published(html=f"<h1>Twice</h1>{HTML}")
    [record] = desk.records_of(content_id)
    house.wp.set_option("blog_public", 0)
    try:
        reconcile.check_one(desk.system, house.integration_id)
        assert codes(house, record) == ({"HEADINGS_SEVERAL"}, {"SITE_NOT_LISTED"})
    finally:
        house.wp.set_option("blog_public", 1)
    with desk.browser(desk.owner) as owner:
        page = owner.get(f"/settings/sites/{desk.site.id}").text
        assert "What keeps its pages from being found" in page
        assert "Discourage search engines" in page
        receipt = owner.get(f"/records/{record.id}").text
        assert "more than one main heading" in receipt
        assert "Discourage search engines" not in receipt
        owner.post(f"/records/{record.id}/findability")


def test_an_hour_after_it_went_out_it_is_looked_at_once(house: House) -> None:
    desk = house.desk
    [record] = desk.records_of(house.published())
    findability.look_at_recent(desk.system)
    assert "findability" not in (desk.record(record.id).receipt or {})
    with desk.system.db.write() as db:
        row = db.get_one(PublishingRecord, record.id)
        assert row.finished_at is not None
        row.finished_at -= findability.AFTER
    findability.look_at_recent(desk.system)
    first = (desk.record(record.id).receipt or {})["findability"]["at"]
    findability.look_at_recent(desk.system)
    assert (desk.record(record.id).receipt or {})["findability"]["at"] == first
