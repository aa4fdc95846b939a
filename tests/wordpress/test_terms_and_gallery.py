"""Matching of terms; images beyond the gallery's limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.images import png

pytestmark = pytest.mark.usefixtures("clean_log")


@pytest.fixture
def settings(wp: WordPress) -> Iterator[None]:
    """The plugin's settings are put back afterwards."""
    yield
    wp.set_option("igny8_settings", [])


def test_names_and_slugs_are_one(desk: Desk) -> None:
    c = desk.content_id
    desk.publish(desk.body(categories=[{"name": f"Digital Marketing {c}"}]))
    names = [f"digital-marketing-{c}", f"Digital  Marketing {c}", f"DIGITAL MARKETING {c}"]
    data = desk.publish(desk.body(intent=2, categories=[{"name": name} for name in names]))
    report = data["taxonomies_processed"]["categories"]
    assert (report["created"], len(report["assigned"])) == ([], 1)
    assert report["requested"] == names


def test_parents(wp: WordPress, desk: Desk) -> None:
    c = desk.content_id
    wanted = [
        {"name": f"Child {c}", "parent": f"parent-{c}"},
        {"name": f"Parent {c}"},
        {"name": f"Other {c}", "parent": f"New parent {c}"},
    ]
    body = desk.body(categories=wanted)
    first = desk.publish(body)["taxonomies_processed"]["categories"]
    assert set(first["created"]) == {f"Child {c}", f"Parent {c}", f"Other {c}", f"New parent {c}"}
    tree = wp.sql(
        "SELECT t.slug, p.slug AS parent FROM wp_term_taxonomy x JOIN wp_terms t USING (term_id)"
        f" LEFT JOIN wp_terms p ON p.term_id = x.parent WHERE t.slug LIKE '%-{c}'"
    )
    assert {row["slug"]: row["parent"] for row in tree} == {
        f"child-{c}": f"parent-{c}",
        f"parent-{c}": None,
        f"other-{c}": f"new-parent-{c}",
        f"new-parent-{c}": None,
    }
    again = desk.publish(desk.body(intent=2, title="Again", categories=wanted))
    assert again["taxonomies_processed"]["categories"]["created"] == []
    without = desk.body(intent=3, title="Third", categories=[{"name": f"Child {c}"}])
    assert desk.publish(without)["taxonomies_processed"]["categories"]["created"] == []


def test_same_name_below_another_parent(desk: Desk) -> None:
    c = desk.content_id
    one = {"name": f"Same {c}", "parent": f"P1 {c}"}
    two = {"name": f"Same {c}", "parent": f"P2 {c}"}
    first = desk.publish(desk.body(categories=[one]))
    second = desk.publish(desk.body(intent=2, title="2", categories=[two]))
    third = desk.publish(desk.body(intent=3, title="3", categories=[two]))
    ids = [data["taxonomies_processed"]["categories"]["assigned"] for data in (first, second)]
    assert ids[0] != ids[1]
    assert third["taxonomies_processed"]["categories"]["assigned"] == ids[1]


@pytest.mark.parametrize("kind", ["tags", "categories", "sectors", "clusters"])
@pytest.mark.parametrize(
    "group", [["C", "C++", "C#"], ["край", "краи"], ["A&B", "AB", "A%ab", "A"]], ids=" ".join
)
def test_names_that_lead_to_one_slug_stay_different(
    desk: Desk, kind: str, group: list[str]
) -> None:
    c = desk.content_id
    named = [f"{c} {name}" for name in group]
    for number, names in enumerate([[named[-1]], named, named[:1], named[::-1]]):
        body = desk.body(
            intent=1 + number, title=f"T{number}", **{kind: [{"name": n} for n in names]}
        )
        stored = desk.publish(body)["stored"]["terms"][kind]
        assert {term["name"] for term in stored} == set(names)
    slugs = [term["slug"] for term in stored]
    assert len(set(slugs)) == len(slugs)


def test_a_term_of_another_name_is_never_taken_by_its_slug(wp: WordPress, desk: Desk) -> None:
    c = desk.content_id
    wp.php(f"wp_insert_term('Theirs {c}', 'post_tag', array('slug' => 'held-{c}'));")
    tag = {"name": f"Ours {c}", "slug": f"held-{c}"}
    [stored] = desk.publish(desk.body(tags=[tag]))["stored"]["terms"]["tags"]
    assert (stored["name"], stored["slug"]) == (f"Ours {c}", f"held-{c}-2")
    again = desk.publish(desk.body(intent=2, title="Again", tags=[tag]))
    assert again["stored"]["terms"]["tags"] == [stored]


def test_without_creating_terms(wp: WordPress, desk: Desk, settings: None) -> None:
    c = desk.content_id
    wp.set_option("igny8_settings", {"auto_create_terms": False})
    before = wp.counts()["terms"]
    data = desk.publish(desk.body(categories=[{"name": f"New {c}"}], tags=[{"name": f"New {c}"}]))[
        "taxonomies_processed"
    ]
    assert data["categories"]["fallback"] is True
    assert data["categories"]["skipped"] == data["tags"]["skipped"] == [f"New {c}"]
    assert data["tags"]["assigned"] == []
    assert desk.terms("category") == {"Uncategorized"}
    assert wp.counts()["terms"] == before


def test_term_of_a_failed_publication_stays_when_used(wp: WordPress, desk: Desk) -> None:
    tag = {"name": f"used {desk.content_id}"}
    body = desk.body(tags=[tag], title="Dies")
    use = (
        "add_action('created_term', function ($id, $tt, $taxonomy) {"
        " if (!get_option('igny8_test_used')) { update_option('igny8_test_used', 1);"
        " $p = wp_insert_post(array('post_title' => 'user', 'post_content' => 'x'));"
        " wp_set_object_terms($p, array($id), $taxonomy); } }, 10, 3);"
        "add_filter('wp_insert_post_empty_content', function ($x, $post) {"
        " return $post['post_title'] === 'Dies' ? true : $x; }, 10, 2);"
    )
    with wp.mu_plugin(use):
        desk.refused(body, 500, "POST_CREATION_FAILED")
    assert wp.value(f"SELECT COUNT(*) FROM wp_terms WHERE name = '{tag['name']}'") == "1"
    wp.php("delete_option('igny8_test_used');")


def gallery(desk: Desk, count: int) -> list[dict[str, Any]]:
    """Images of different bytes."""
    return [
        {"sha256": desk.stage(png(200, n)), "filename": f"g{n}-{desk.content_id}.png"}
        for n in range(count)
    ]


def test_overflow_is_left_out(desk: Desk) -> None:
    data = desk.publish(desk.body(gallery=gallery(desk, 7)))["gallery"]
    assert (data["attached"], data["gallery_images_skipped"]) == (5, 2)


def test_overflow_as_a_grid(wp: WordPress, desk: Desk, settings: None) -> None:
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "inline"})
    body = desk.body(gallery=gallery(desk, 3))
    data = desk.publish(body)
    assert data["gallery"]["gallery_images_inline"] == 2
    seen = desk.http.get(f"content/{desk.content_id}/there/").json()["data"]
    assert seen["content_html"] == body["content_html"], "the grid is none of the piece's text"
    content = desk.post()["post_content"] or ""
    assert content.startswith(body["content_html"])
    assert content.count("<!-- wp:image ") == 2
    assert "wp-block-gallery" in httpx.get(data["post_url"]).text


def test_overflow_post(wp: WordPress, desk: Desk, settings: None) -> None:
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    body = desk.body(gallery=gallery(desk, 3))
    before = wp.counts()
    with wp.mu_plugin(
        "add_filter('add_post_metadata', function ($x, $id, $key) {"
        " return $key === '_igny8_meta_title' ? false : $x; }, 10, 3);"
    ):
        desk.refused(body | {"meta_title": "x"}, 500, "SEO_WRITE_FAILED")
    assert wp.counts() == before
    data = desk.publish(body | {"attempt": 2})
    overflow = data["gallery"]["gallery_overflow_post_id"]
    row = wp.sql(f"SELECT * FROM wp_posts WHERE ID = {overflow}")[0]
    assert row["post_title"] == f"{body['title']} – Gallery"
    assert row["post_status"] == "publish"
    url = wp.php(f"echo get_permalink({overflow});")
    assert url in (desk.post()["post_content"] or "")
    assert httpx.get(url).status_code == 200
    again = desk.publish(desk.body(intent=2, title="Renamed", gallery=gallery(desk, 3)))
    assert again["gallery"]["gallery_overflow_post_id"] == overflow
    assert len(desk.posts()) == again["stored"]["posts_with_this_id"] == 1
    gone = desk.retract("draft", 3).json()["data"]
    assert gone["gallery_overflow_post_id"] == overflow
    assert httpx.get(url).status_code == 404
    fewer = desk.publish(desk.body(intent=4, title="Fewer", gallery=gallery(desk, 1)))
    assert fewer["gallery"]["gallery_overflow_post_id"] is None
    assert wp.value(f"SELECT COUNT(*) FROM wp_posts WHERE ID = {overflow}") == "0"
