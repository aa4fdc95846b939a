"""Bulk edits of hundreds, imports, and an app that cannot be reached: what is ours is told once,
what is a copy is left alone, and nothing is lost."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support import misbehaving as how
from tests.support.misbehaving import Misbehaving
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.app import App, heard
from tests.wordpress.desk import KEY, Desk
from tests.wordpress.test_changes import TITLE, app, desk, edit, names, published, waiting, wp  # noqa: F401

# The long form: IGNY8_BULK=500.
BULK = int(os.environ.get("IGNY8_BULK", "30"))

EXPORT = """
require_once ABSPATH . 'wp-admin/includes/export.php';
ob_start();
export_wp(array('content' => 'post'));
file_put_contents(WP_CONTENT_DIR . '/export.xml', ob_get_clean());
"""
# What the importers of such files do, WordPress's own first: a row, all its terms, all its meta.
IMPORT = """
define('WP_IMPORTING', true);
wp_set_current_user(1);
$made = array();
foreach (simplexml_load_file(WP_CONTENT_DIR . '/export.xml')->channel->item as $item) {
    $of = $item->children('http://wordpress.org/export/1.2/');
    $metas = array();
    foreach ($of->postmeta as $meta) {
        $metas[(string) $meta->meta_key] = (string) $meta->meta_value;
    }
    if ((int) $of->post_id !== $id) {
        continue;
    }
    $copy = wp_insert_post(wp_slash(array(
        'import_id' => (int) $of->post_id,
        'post_title' => (string) $item->title,
        'post_content' => (string) $item->children('content', true)->encoded,
        'post_status' => (string) $of->status,
        'post_name' => (string) $of->post_name,
    )));
    foreach ($item->category as $term) {
        wp_set_object_terms($copy, (string) $term, (string) $term['domain'], true);
    }
    foreach ($metas as $key => $value) {
        add_post_meta($copy, $key, wp_slash(maybe_unserialize($value)));
    }
    $made[] = $copy;
}
echo implode(',', $made);
"""


@pytest.fixture
def admin(wp: WordPress) -> Iterator[httpx.Client]:  # noqa: F811
    """A signed-in administrator's browser."""
    with httpx.Client(base_url=wp.url, follow_redirects=True, timeout=120) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": PASSWORD})
        yield browser


def several(desk: Desk, number: int) -> dict[int, int]:  # noqa: F811
    """So many pieces; their posts."""
    posts = {}
    for _ in range(number):
        posts[desk.content_id] = published(desk)
        desk.other_content()
    return posts


def collected(desk: Desk) -> int:  # noqa: F811
    """All that waits is fetched, as the app does until nothing more waits; how many were told."""
    told = 0
    while (answer := desk.flush())["sent"]:
        told += answer["sent"]
        if not answer["waiting"]:
            break
    assert (answer["waiting"], answer["problem"]) == (0, "")
    return told


def row(wp: WordPress, post_id: int) -> list[dict[str, Any]]:  # noqa: F811
    meta = f"SELECT * FROM wp_postmeta WHERE post_id = {post_id} ORDER BY meta_id"
    return [*wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post_id}"), *wp.sql(meta)]


def test_a_bulk_edit_of_hundreds_on_the_screen(
    wp: WordPress,  # noqa: F811
    app: App,  # noqa: F811
    desk: Desk,  # noqa: F811
    admin: httpx.Client,
) -> None:
    """By the very form that WordPress's list of posts sends."""
    posts = several(desk, BULK)
    screen = admin.get("/wp-admin/edit.php").text
    nonce = re.search(r'name="_wpnonce" value="([^"]+)"', screen)
    assert nonce
    form = {
        "post_type": "post", "_wpnonce": nonce[1], "action": "edit", "bulk_edit": "Update",
        "post_view": "list", "screen": "edit-post", "tax_input[post_tag]": "Bulk",
        "post_author": "-1", "comment_status": "", "ping_status": "", "_status": "-1",
        "sticky": "-1", "post[]": [str(one) for one in posts.values()],
    }  # fmt: skip
    answer = admin.get("/wp-admin/edit.php", params=form)
    assert f"{BULK} posts updated." in answer.text
    assert len(app.messages("dirty")) == 1
    assert collected(desk) == BULK
    told = app.messages("changes")
    assert sorted(one["content_id"] for one in told) == sorted(posts)
    assert all(names(one["taxonomies"]["tags"]) == ["Bulk", "Fresh"] for one in told)
    assert all(list(one["taxonomies"]) == ["tags"] and one["fields"] == {} for one in told)


def test_an_import_into_our_posts_is_told_and_imported_copies_are_nobodys(
    wp: WordPress,  # noqa: F811
    app: App,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    content_id, post_id = desk.content_id, published(desk)
    wp.php(EXPORT)
    copy = int(wp.php(f"$id = {post_id}; {IMPORT}"))
    assert copy != post_id
    assert desk.meta(copy)["_igny8_content_id"] == str(content_id)
    edit(wp, copy, TITLE + "wp_set_object_terms($id, array('Food'), 'category');")
    assert (app.messages("dirty"), desk.flush()["sent"]) == ([], 0)
    before = row(wp, copy)
    assert desk.publish(desk.body(title="Newer", intent=2))["post_id"] == post_id
    assert desk.retract("draft", 3).is_success
    assert row(wp, copy) == before, "what was imported stays as it is"
    desk.publish(desk.body(title="Newest", intent=4))
    # An importer that brings posts up to date writes into ours.
    edit(wp, post_id, "define('WP_IMPORTING', true);" + TITLE)
    assert desk.flush()["sent"] == 1
    [told] = app.messages("changes")
    assert (told["content_id"], told["fields"]["title"]["there"]) == (content_id, "Theirs")


def test_a_post_that_was_deleted_and_imported_again_is_ours_again(
    wp: WordPress,  # noqa: F811
    app: App,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    post_id = published(desk)
    wp.php(EXPORT)
    edit(wp, post_id, "wp_delete_post($id, true);")
    assert desk.flush()["sent"] == 1
    assert int(wp.php(f"$id = {post_id}; {IMPORT}")) == post_id
    edit(wp, post_id, TITLE)
    [gone] = app.messages("changes")
    last = {"outcome": "stale", "sequence": gone["sequence"]}
    app.judges = lambda told: heard(told) if told["sequence"] > gone["sequence"] else last
    assert desk.flush()["sent"] == 1, "its number is of the day of the file, and is told anew"
    back = app.messages("changes")[-1]
    assert (gone["deleted"], back["deleted"]) == (True, False)
    assert back["fields"]["title"]["there"] == "Theirs"
    assert desk.publish(desk.body(title="Newer", intent=2))["post_id"] == post_id
    assert len(desk.posts()) == 1


def test_an_app_behind_a_password_of_its_web_server(
    wp: WordPress,  # noqa: F811
    app: App,  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    """It is said what stands in the way, the key is not blamed, and what is changed waits."""
    post_id = published(desk)
    with Misbehaving(upstream=app.url) as front:
        wp.set_option("igny8_app_url", front.url)
        asks = how.status(401, **{"WWW-Authenticate": 'Basic realm="Staff"'})
        front.on("*", "*", asks)
        for given in ({"api_key": KEY}, {"email": "a@example.test", "password": "x"}):
            typed = "".join(f"'{name}' => '{value}'," for name, value in given.items())
            said = wp.php(
                "$none = array('email' => '', 'password' => '', 'api_key' => '', 'site_id' => 0);"
                f"Igny8\\Connection\\Connecting::run(array({typed}) + $none, false);"
                "echo get_option('igny8_connection')['message'];"
            )
            assert "asks for a name and a password of its own" in said
        wp.set_option("igny8_site_id", 42)
        edit(wp, post_id, TITLE)
        assert desk.flush() == {"sent": 0, "unchanged": 0, "waiting": 1, "problem": "status 401"}
        front.on("*", "*", lambda exchange: exchange.send(exchange.upstream()))
        assert desk.flush()["sent"] == 1
    assert app.messages("changes")[0]["fields"]["title"]["there"] == "Theirs"
    assert waiting(wp) == 0
