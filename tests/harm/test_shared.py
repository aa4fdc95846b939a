"""Addresses, dates, caches and old databases of a website that others use, too."""

from __future__ import annotations

import hashlib
import html
import json
from typing import Any

import httpx
import pytest

from tests.harm.belongings import Belongings
from tests.harm.test_images import piece
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.images import png

# What a visitor's page knows, through WordPress's own functions and caches.
PROBE = """add_action('init', function () { if (isset($_GET['probe'])) {
    $post = get_post((int) $_GET['probe']);
    echo json_encode(array('title' => $post ? $post->post_title : null,
        'categories' => wp_get_post_categories((int) $_GET['probe'], array('fields' => 'names')),
        'note' => get_post_meta((int) $_GET['probe'], '_igny8_content_hash', true),
        'option' => get_option('of_another')));
    exit; } }, 99);"""


@pytest.mark.parametrize("slug", ["about-us", ""])
def test_a_page_keeps_its_address_from_its_own_picture(
    wp: WordPress, desk: Desk, slug: str
) -> None:
    name = f"about-{desk.content_id}"
    page = {"content_type": "page", "title": name.title(), "slug": slug and f"{slug}-{name}"}
    image = {"sha256": desk.stage(png(30)), "filename": f"{page['slug'] or name}.png"}
    first = desk.publish(desk.body(featured_image=image, **page))
    assert first["stored"]["slug"] == page["slug"] or name
    again = desk.publish(desk.body(intent=2, force=True, excerpt="New", **page))
    assert again["stored"]["slug"] == first["stored"]["slug"]
    # An address that needed a number keeps it until another one is asked for.
    desk.other_content()
    second = desk.publish(desk.body(**page))
    assert second["stored"]["slug"] == first["stored"]["slug"] + "-2"
    wp.php(f"wp_delete_post({first['post_id']}, true);")
    kept = desk.publish(desk.body(intent=2, force=True, excerpt="New", **page))
    assert kept["result"] == "updated"
    assert kept["post_url"] == second["post_url"]
    other = desk.publish(desk.body(intent=3, force=True, **page | {"slug": f"other-{name}"}))
    assert other["stored"]["slug"] == f"other-{name}"


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_gallery_post_keeps_what_it_has(wp: WordPress, desk: Desk) -> None:
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    try:
        gallery = [{"sha256": desk.stage(png(40 + n))} for n in range(3)]
        first = desk.publish(desk.body(gallery=gallery))
        post_id = first["gallery"]["gallery_overflow_post_id"]
        wp.sql(
            "UPDATE wp_posts SET post_date = '2020-01-02 03:04:05', post_excerpt = 'Excerpt',"
            " post_date_gmt = '2020-01-02 08:04:05', comment_status = 'closed', menu_order = 3,"
            " post_modified = post_date, post_modified_gmt = post_date_gmt,"
            f" post_name = 'chosen-there-{post_id}' WHERE ID = {post_id}"
        )
        before = wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post_id}")[0]
        again = desk.publish(desk.body(intent=2, title="Newer", gallery=gallery[:2]))
        assert again["gallery"]["gallery_overflow_post_id"] == post_id
    finally:
        wp.set_option("igny8_settings", {})
    after = wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post_id}")[0]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"post_title", "post_content", "post_modified", "post_modified_gmt"}


@pytest.mark.parametrize("kind", ["6.8 MyISAM", "6.1"], indirect=True)
@pytest.mark.parametrize("fails", [False, True], ids=["succeeds", "fails"])
def test_caches_of_exactly_what_changed(wp: WordPress, desk: Desk, fails: bool) -> None:
    """A visitor comes in the middle, and the cache outlives the request."""
    old, new = {"name": f"old {desk.content_id}"}, {"name": f"new {desk.content_id}"}
    first = desk.publish(desk.body(title="Old", categories=[old]))
    wp.php("update_option('of_another', 'before'); wp_cache_set('of_another', 'kept', 'theirs');")
    visit = (
        f"{PROBE} add_action('save_post', function ($id, $post) {{"
        " if ($post->post_title !== 'New' || $post->post_type !== 'post') return;"
        " update_option('of_another', 'within'); get_option('of_another');"
        f" wp_remote_get('{wp.url}/?probe=' . $id, array('timeout' => 20));"
        f" {'throw new Error();' if fails else ''} }}, 10, 2);"
    )
    with wp.mu_plugin(visit):
        response = desk.send(desk.body(intent=2, title="New", categories=[new]))
        assert response.is_success is not fails
        page = httpx.get(f"{wp.url}/", params={"probe": first["post_id"]}).json()
        truth = {
            "title": desk.post()["post_title"],
            "categories": list(desk.terms("category")),
            "note": desk.meta()["_igny8_content_hash"],
            "option": wp.value(
                "SELECT option_value FROM wp_options WHERE option_name = 'of_another'"
            ),
        }
    assert page == truth
    assert page["categories"] == [(old if fails else new)["name"]]
    assert wp.php("echo wp_cache_get('of_another', 'theirs');") == "kept"
    assert not (wp.home / "wp-content" / "object-cache" / "flushed").exists()


@pytest.mark.parametrize("kind", ["6.8", "6.8 MyISAM"], indirect=True)
def test_every_character_arrives(wp: WordPress, desk: Desk) -> None:
    """As it is where the columns can hold it; else as WordPress writes emoji."""
    text = f"Grüße 日本 😀 𠀀 {desk.content_id}"
    image = {"sha256": desk.stage(png(50)), "alt": text, "caption": text, "filename": "😀.png"}
    data = desk.publish(
        desk.body(
            title=text,
            content_html=f"<p>{text}</p>",
            excerpt=text,
            categories=[{"name": text}],
            tags=[{"name": f"tag {text}"}],
            focus_keywords=[text],
            meta_title=text,
            meta_description=text,
            featured_image=image,
        )
    )
    assert data["taxonomies_processed"]["categories"]["created"] == [text]
    assert [term["name"] for term in data["stored"]["terms"]["categories"]] == [text]
    page = html.unescape(httpx.get(data["post_url"]).text)
    assert f"<p>{text}</p>" in page
    assert f'name="description" content="{text}"' in page
    stored = str(desk.post()["post_title"])
    holds = wp.value(
        "SELECT character_set_name FROM information_schema.columns"
        " WHERE table_name = 'wp_posts' AND column_name = 'post_title'"
    )
    assert stored == (
        text if holds == "utf8mb4" else text.replace("😀", "&#x1f600;").replace("𠀀", "&#x20000;")
    )
    assert json.loads(str(desk.meta()["_igny8_focus_keywords"])) != []
    # The same term again, and nothing that differs from what was left.
    again = desk.publish(desk.body(intent=2, title=text, categories=[{"name": text}]))
    assert again["taxonomies_processed"]["categories"]["existing"] == [text]
    assert desk.status()["post"]["edited_there"] is False


@pytest.mark.parametrize("kind", ["6.8"], indirect=True)
def test_staging_is_bounded(wp: WordPress, desk: Desk) -> None:
    for path in wp.staged():
        (wp.home / "wp-content" / "uploads" / path).unlink()
    limit = "add_filter('igny8_staging_limits', function () { return array(2, 1e9); });"
    with wp.mu_plugin(limit):
        for number in range(2):
            desk.stage(png(60 + number, desk.content_id % 256))
        third = png(62, desk.content_id % 256)
        error = refusal(desk.send_image(digest(third), third), 507, "STAGING_FULL")
        assert error["details"] == {"max_files": 2, "max_bytes": 1000000000}
        # What is there already may be sent again, and what was used makes room.
        desk.stage(png(60, desk.content_id % 256))
        used: dict[str, Any] = {"sha256": digest(png(60, desk.content_id % 256))}
        desk.publish(desk.body(featured_image=used))
        desk.stage(third)
    with wp.mu_plugin("add_filter('igny8_staging_limits', function () { return array(99, 9); });"):
        refusal(desk.send_image(digest(png(63)), png(63)), 507, "STAGING_FULL")


def test_a_piece_like_any_other(wp: WordPress, desk: Desk) -> None:
    """On every kind of website, from the images to the page."""
    before = Belongings(wp)
    data = desk.publish(piece(desk))
    assert httpx.get(data["post_url"]).status_code == 200
    assert httpx.get(data["featured_image"]["url"]).content == png(10)
    assert before.harm() == {}
    assert desk.retract("trash", 2).is_success
    assert before.harm() == {}


def digest(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()
