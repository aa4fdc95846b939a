"""Another plugin keeps a post from going public, or the last act breaks: all is as before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.images import png
from tests.wordpress.test_nothing_left import everything, full

KINDS = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
ASIDE = (
    "add_action('transition_post_status', function ($new, $old, $post) {{ global $wpdb;"
    " if ($new !== 'publish' || $old === 'publish' || strpos($post->post_title, 'fail') === false)"
    " return; {} }}, 1, 3);"
)
PENDING = (
    "$wpdb->update($wpdb->posts, array('post_status' => 'pending'), array('ID' => $post->ID));"
    " clean_post_cache($post->ID);"
)
# How another plugin keeps a post from being public.
REFUSALS = {
    "saved as pending": ASIDE.format(
        "wp_update_post(array('ID' => $post->ID, 'post_status' => 'pending'));"
    ),
    "put to pending": ASIDE.format(PENDING),
    "put to pending, and an exception": ASIDE.format(PENDING + " throw new Error('oops');"),
    "put to pending, and wp_die": ASIDE.format(PENDING + " wp_die('not here');"),
    "put to pending, and exit": ASIDE.format(PENDING + " exit('not here');"),
    "every save is pending": (
        "add_filter('wp_insert_post_data', function ($data) {"
        " if (strpos($data['post_title'], 'fail') !== false && $data['post_status'] === 'publish')"
        " $data['post_status'] = 'pending'; return $data; });" + ASIDE.format(PENDING)
    ),
}
# How a post stood before, in PHP.
BEFORE = {
    "public": "",
    "draft": "wp_update_post(array('ID' => $id, 'post_status' => 'draft'));",
    "private": "wp_update_post(array('ID' => $id, 'post_status' => 'private'));",
    "trash": "wp_trash_post($id);",
}


@pytest.fixture
def separate(wp: WordPress) -> Iterator[None]:
    """Images beyond the first go to a post of their own."""
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    yield
    wp.set_option("igny8_settings", {})


def state(wp: WordPress) -> dict[str, Any]:
    """Everything but revisions, which are history, and the moment a post was looked at."""
    all_of_it = everything(wp)
    posts = [row for row in all_of_it["rows"]["posts"] if row["post_type"] != "revision"]
    return all_of_it | {"rows": all_of_it["rows"] | {"posts": posts}}


def pictures(desk: Desk, first: int) -> list[dict[str, str]]:
    return [{"sha256": desk.stage(png(first + n))} for n in range(3)]


@KINDS
@pytest.mark.parametrize("refused", REFUSALS)
def test_nothing_is_left_of_a_new_post(wp: WordPress, desk: Desk, refused: str) -> None:
    body = full(desk)
    before = state(wp)
    with wp.mu_plugin(REFUSALS[refused]):
        response = desk.send(body)
    assert response.status_code == 500, response.text
    assert state(wp) == before
    assert desk.publish(body | {"attempt": 2})["result"] == "created"


@KINDS
@pytest.mark.parametrize("refused", REFUSALS)
@pytest.mark.parametrize("stood", BEFORE)
def test_an_older_version_is_put_back(wp: WordPress, desk: Desk, stood: str, refused: str) -> None:
    post_id = desk.publish(desk.body(title="Old", tags=[{"name": "old"}], meta_title="Old"))[
        "post_id"
    ]
    wp.php(f"kses_remove_filters(); $id = {post_id}; {BEFORE[stood]}")
    over = desk.status()["post"]["over"]
    body = full(desk, intent=2, look_first=True, **({"over": over} if over else {}))
    before = state(wp)
    with wp.mu_plugin(REFUSALS[refused]):
        response = desk.send(body)
    if stood == "public" and refused != "every save is pending":
        assert response.is_success, "a public post does not go public"
        return
    assert response.status_code == 500, response.text
    assert state(wp) == before
    assert desk.publish(body | {"attempt": 2})["post_status"] == "publish"


@KINDS
@pytest.mark.parametrize("stood", ["public", "draft"])
@pytest.mark.usefixtures("separate")
def test_a_gallery_post_that_is_refused_takes_the_post_along(
    wp: WordPress, desk: Desk, stood: str
) -> None:
    desk.publish(desk.body(title="Old", gallery=pictures(desk, 80)[:1]))
    wp.php(f"kses_remove_filters(); $id = {desk.post()['ID']}; {BEFORE[stood]}")
    body = desk.body(intent=2, title="This may fail", gallery=pictures(desk, 80))
    before = state(wp)
    with wp.mu_plugin(REFUSALS["put to pending"]):
        refusal(desk.send(body), 500, "POST_PUBLISH_FAILED")
    assert state(wp) == before
    data = desk.publish(body | {"attempt": 2})
    assert data["gallery"]["gallery_overflow_post_id"]


@KINDS
def test_what_breaks_behind_a_public_post_breaks_nothing_of_it(wp: WordPress, desk: Desk) -> None:
    """Clearing away is no part of the publication: its images stay, and so does its success."""
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    try:
        desk.publish(desk.body(title="Old", gallery=pictures(desk, 85)))
        body = desk.body(intent=2, title="New", featured_image={"sha256": desk.stage(png(89))})
        broken = "add_action('before_delete_post', function () { throw new Error('oops'); });"
        with wp.mu_plugin(broken):
            data = desk.publish(body)
    finally:
        wp.set_option("igny8_settings", {})
    assert desk.post()["post_title"] == "New"
    image = re.sub("^.*/uploads/", "", data["featured_image"]["url"])
    assert image in wp.files()
    assert desk.status()["post"]["edited_there"] is False
