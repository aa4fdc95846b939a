"""SEO fields where the active SEO plugin reads them.

Contract fixtures: the SEO plugins cannot be had in tests; what detection reads and where the
fields belong is taken from their documentation.
"""

from __future__ import annotations

import json

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.support.wordpress_golden import TEMPLATES
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.test_nothing_left import everything, full

FIELDS = {
    "meta_title": "A \\ title 😀",
    "meta_description": "It's a description",
    "focus_keywords": ["first", "second one", "третий"],
    "canonical_url": "https://example.org/first?a=1&b=2",
}
META = {
    "yoast": (
        "WPSEO_VERSION",
        {
            "_yoast_wpseo_title": "A \\ title 😀",
            "_yoast_wpseo_metadesc": "It's a description",
            "_yoast_wpseo_canonical": "https://example.org/first?a=1&b=2",
            "_yoast_wpseo_focuskw": "first",
            "_yoast_wpseo_keywordsynonyms": '["second one, третий"]',
        },
    ),
    "rank_math": (
        "RANK_MATH_VERSION",
        {
            "rank_math_title": "A \\ title 😀",
            "rank_math_description": "It's a description",
            "rank_math_canonical_url": "https://example.org/first?a=1&b=2",
            "rank_math_focus_keyword": "first,second one,третий",
        },
    ),
    "seopress": (
        "SEOPRESS_VERSION",
        {
            "_seopress_titles_title": "A \\ title 😀",
            "_seopress_titles_desc": "It's a description",
            "_seopress_robots_canonical": "https://example.org/first?a=1&b=2",
            "_seopress_analysis_target_kw": "first,second one,третий",
        },
    ),
}
AIOSEO = (TEMPLATES / "seo" / "aioseo.php").read_text().removeprefix("<?php\n")


@pytest.mark.parametrize("name", META)
def test_plugins_with_post_meta(wp: WordPress, desk: Desk, name: str) -> None:
    constant, expected = META[name]
    with wp.mu_plugin(f"define('{constant}', '22.0');"):
        seo = desk.publish(desk.body(**FIELDS))["seo_plugin"]
        assert seo == {
            "active": name,
            "version": "22.0",
            "keywords_supported": True,
            "focus_keyword_set": True,
        }
        meta = desk.meta()
        assert {key: meta[key] for key in expected} == expected
        assert "_igny8_meta_title" not in meta
        desk.publish(desk.body(intent=2, title="Without"))
        assert not set(expected) & set(desk.meta())
        assert desk.health()["seo_plugin"]["active"] == name


def test_aioseo_writes_its_model(wp: WordPress, desk: Desk) -> None:
    with wp.mu_plugin(AIOSEO):
        data = desk.publish(desk.body(**FIELDS))
        assert data["seo_plugin"]["active"] == "aioseo"
        assert data["seo_plugin"]["focus_keyword_set"]
        row = wp.sql(f"SELECT * FROM wp_aioseo_posts WHERE post_id = {data['post_id']}")[0]
        assert (row["title"], row["description"]) == ("A \\ title 😀", "It's a description")
        assert row["canonical_url"] == FIELDS["canonical_url"]
        phrases = json.loads(row["keyphrases"] or "")
        assert phrases["focus"]["keyphrase"] == "first"
        assert [p["keyphrase"] for p in phrases["additional"]] == ["second one", "третий"]
        wp.sql(f"UPDATE wp_aioseo_posts SET robots_noindex = 1 WHERE post_id = {data['post_id']}")
        desk.publish(desk.body(intent=2, title="New", meta_title="Other"))
        row = wp.sql(f"SELECT * FROM wp_aioseo_posts WHERE post_id = {data['post_id']}")[0]
        assert (row["title"], row["robots_noindex"]) == ("Other", "1")
        assert row["canonical_url"] is None


@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
def test_aioseo_failure_leaves_nothing(wp: WordPress, desk: Desk, update: bool) -> None:
    fail = (
        "add_filter('query', function ($sql) { return preg_match("
        "'/(INSERT INTO|UPDATE) `wp_aioseo_posts/', $sql) ? $sql . ' )broken' : $sql; });"
    )
    with wp.mu_plugin(AIOSEO):
        if update:
            desk.publish(desk.body(title="Old", meta_title="Old", task_id=1))
        httpx.get(wp.url)
        before = everything(wp), wp.sql("SELECT * FROM wp_aioseo_posts ORDER BY id")
        with wp.mu_plugin(fail):
            refusal(desk.send(full(desk, intent=2)), 500, "SEO_WRITE_FAILED")
        assert (everything(wp), wp.sql("SELECT * FROM wp_aioseo_posts ORDER BY id")) == before


def test_without_a_plugin_the_page_shows_them(desk: Desk) -> None:
    data = desk.publish(desk.body(**FIELDS))
    page = httpx.get(data["post_url"]).text
    assert '<meta name="description" content="It&#039;s a description" />' in page
    assert "<title>A \\ title 😀</title>" in page
    canonical = '<link rel="canonical" href="https://example.org/first?a=1&#038;b=2" />'
    assert page.count('rel="canonical"') == page.count(canonical) == 1
    assert not data["seo_plugin"]["keywords_supported"]


def test_without_a_canonical_address_the_page_names_its_own(desk: Desk) -> None:
    data = desk.publish(desk.body(**FIELDS))
    desk.publish(desk.body(intent=2, title="Without"))
    page = httpx.get(data["post_url"]).text
    assert f'<link rel="canonical" href="{data["post_url"]}" />' in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//example.org/a", "first", "https://"])
def test_only_an_address_is_a_canonical_address(desk: Desk, address: str) -> None:
    desk.refused(desk.body(canonical_url=address), 400, "CONTENT_INVALID")
