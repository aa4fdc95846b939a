"""What is public is never taken back, and every call settles what a death has left before it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.harm.test_after_a_death import die
from tests.harm.test_gallery_post import PRODUCT, edit, pictures, piece, published, rows
from tests.harm.test_images import KILL
from tests.harm.test_refused_at_last import REFUSALS, state
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal

KINDS = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
INNODB = pytest.mark.parametrize("kind", ["6.8"], indirect=True)

# Breaks once the post is public: in what other plugins hear, and in our own reading through them.
BREAKS = {
    "terms are counted": "add_action('edited_term_taxonomy', function () {"
    " throw new Error('oops'); });",
    "an address is asked for": "add_action('transition_post_status', function ($new, $old) {"
    " if ($new === 'publish' && $old !== 'publish') {"
    " add_filter('wp_get_attachment_url', function () {"
    " throw new Error('oops'); }); } }, 99, 2);",
}
# PHP dies right after post and answer are committed.
AFTER_COMMIT = (
    "add_filter('query', function ($sql) { static $decided = false, $committed = false;"
    " if ($committed) { KILL } $decided = $decided || strpos($sql, \"`state` = 'publishing'\");"
    " $committed = $decided && $sql === 'COMMIT'; return $sql; });"
).replace("KILL", KILL)
# PHP dies right after a retraction is decided.
AFTER_DECISION = (
    "add_filter('query', function ($sql) { static $decided = false; if ($decided) { KILL }"
    " $decided = strpos($sql, \"`state` = 'publishing'\") !== false; return $sql; });"
).replace("KILL", KILL)


@pytest.fixture
def separate(wp: WordPress) -> Any:
    """Images beyond the first go to a post of their own."""
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    yield
    wp.set_option("igny8_settings", {})


@KINDS
@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "newer version"])
@pytest.mark.usefixtures("separate")
def test_what_breaks_once_it_is_public_takes_nothing_back(
    wp: WordPress, desk: Desk, broken: str, is_new: bool
) -> None:
    fields = {"featured_image": pictures(desk, 1)[0], "categories": [{"name": "Broken"}]}
    if not is_new:
        desk.publish(piece(desk, 1, gallery=pictures(desk), **fields))
        assert desk.retract("draft", 2).is_success
    body = piece(desk, 3, title="Newest", gallery=pictures(desk, 2), **fields)
    with wp.mu_plugin(BREAKS[broken]):
        data = desk.publish(body)
    assert (desk.post()["post_title"], desk.post()["post_status"]) == ("Newest", "publish")
    assert data["stored"]["posts_with_this_id"] == 1
    again = desk.publish(body | {"attempt": 2})
    assert (again["replayed"], again["post_id"]) == (True, data["post_id"])
    assert desk.status()["post"]["differences"] == []


@INNODB
@pytest.mark.parametrize("done", ["trashed", "deleted"])
@pytest.mark.usefixtures("separate")
def test_a_new_gallery_that_a_person_took_away_does_not_come_back(
    wp: WordPress, desk: Desk, done: str
) -> None:
    body = piece(desk, 1, gallery=pictures(desk))
    die(wp, desk, body, AFTER_COMMIT)
    find = "SELECT MAX(post_id) FROM wp_postmeta WHERE meta_key = '_igny8_gallery_of'"
    gallery = int(str(wp.value(find)))
    act = "wp_trash_post($id);" if done == "trashed" else "wp_delete_post($id, true);"
    wp.php(f"$id = {gallery}; {act}")
    desk.send(body | {"attempt": 2})
    status = wp.value(f"SELECT post_status FROM wp_posts WHERE ID = {gallery}")
    assert status == ("trash" if done == "trashed" else None)
    assert (
        wp.sql(
            "SELECT ID FROM wp_posts WHERE post_name LIKE '%__trashed' AND post_status = 'publish'"
        )
        == []
    )


@INNODB
@pytest.mark.usefixtures("separate")
def test_after_a_death_the_gallery_of_the_version_before_is_cleared_away_too(
    wp: WordPress, desk: Desk
) -> None:
    gallery = published(desk)
    body = piece(desk, 2, title="Newer")
    die(wp, desk, body, AFTER_COMMIT)
    assert rows(wp, gallery)[0] != []
    assert desk.publish(body | {"attempt": 2})["result"] == "updated"
    assert rows(wp, gallery)[0] == []


@KINDS
@pytest.mark.parametrize("call", ["retract", "abandon", "publish"])
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "newer version"])
def test_every_call_settles_what_may_not_go_public(
    wp: WordPress, desk: Desk, call: str, is_new: bool
) -> None:
    """The post of a dead request is refused for ever: whoever comes next takes it back."""
    if not is_new:
        desk.publish(piece(desk, 1, title="Old"))
        assert desk.retract("draft", 2).is_success
    before = state(wp)
    body = piece(desk, 3, title="This may fail")
    die(wp, desk, body, AFTER_COMMIT)
    with wp.mu_plugin(REFUSALS["put to pending"]):
        if call == "retract":
            answer = desk.retract("draft", 4)
            assert answer.json()["data"]["result"] == ("gone" if is_new else "retracted")
        elif call == "abandon":
            assert desk.abandon(body).json()["data"]["state"] == "abandoned"
        else:
            refusal(desk.send(body | {"attempt": 2}), 500, "POST_PUBLISH_FAILED")
    if is_new or call != "retract":
        assert state(wp) == before
    assert desk.status()["publish"]["state"] in ("done", "failed", "abandoned")


@KINDS
def test_a_products_gallery_comes_back_where_its_newer_version_is_refused(
    wp: WordPress, desk: Desk
) -> None:
    with wp.mu_plugin(PRODUCT):
        product = {"content_type": "product"}
        desk.publish(piece(desk, 1, gallery=pictures(desk), **product))
        assert desk.retract("draft", 2).is_success
        before = desk.meta()["_product_image_gallery"]
        body = piece(desk, 3, title="This may fail", gallery=[], **product)
        with wp.mu_plugin(REFUSALS["put to pending"]):
            refusal(desk.send(body), 500, "POST_PUBLISH_FAILED")
        assert desk.meta()["_product_image_gallery"] == before


@KINDS
@pytest.mark.parametrize("edited", ["title", "content"])
@pytest.mark.usefixtures("separate")
def test_an_edited_gallery_stays_when_its_post_is_gone(
    wp: WordPress, desk: Desk, edited: str
) -> None:
    gallery = published(desk)
    wp.php(f"wp_delete_post({desk.post()['ID']}, true);")
    edit(wp, gallery, edited)
    words = rows(wp, gallery)[0][0]
    assert desk.retract("delete", 2).is_success
    kept = rows(wp, gallery)[0][0]
    assert kept["post_status"] == "draft"
    changed = {name for name in words if words[name] != kept[name]}
    assert changed <= {"post_status", "post_modified", "post_modified_gmt"}
    data = desk.publish(piece(desk, 3, gallery=pictures(desk)))
    assert data["gallery"]["gallery_overflow_post_id"] != gallery
    assert rows(wp, gallery)[0][0] == kept


@KINDS
@pytest.mark.usefixtures("separate")
def test_a_gallery_that_nobody_touched_goes_with_its_post(wp: WordPress, desk: Desk) -> None:
    gallery = published(desk)
    wp.php(f"wp_delete_post({desk.post()['ID']}, true);")
    assert desk.retract("delete", 2).is_success
    assert rows(wp, gallery)[0] == []


@KINDS
def test_a_retraction_that_died_deletes_no_edit_that_came_since(wp: WordPress, desk: Desk) -> None:
    desk.publish(piece(desk, 1))
    post_id = int(desk.post()["ID"] or 0)
    key = "11111111-2222-4333-8444-555555555555"
    with wp.mu_plugin(AFTER_DECISION), pytest.raises(httpx.TransportError):
        desk.retract("delete", 2, key)
    wp.after_a_death()
    edit(wp, post_id, "content")
    left = desk.retract("delete", 2, key, attempt=2).json()["data"]
    assert (left["to"], left["post_status"]) == ("trash", "trash")
    assert desk.post()["post_content"] == "<p>Theirs.</p>"


RESTORES = "add_filter('wp_untrash_post_status', 'wp_untrash_post_set_previous_status', 10, 3);"
# How another plugin keeps a post from being taken offline.
KEEPS = {
    "every save": "add_filter('wp_insert_post_data', function ($data) {"
    " $data['post_status'] = 'publish'; return $data; });",
    "a hook": "add_action('transition_post_status', function ($new, $old, $post) { global $wpdb;"
    " if ($old === 'publish' && $new !== 'publish') { $wpdb->update($wpdb->posts,"
    " array('post_status' => 'publish'), array('ID' => $post->ID)); clean_post_cache($post->ID); }"
    " }, 10, 3);",
    "before the trash": "add_filter('pre_trash_post', '__return_true');",
    "no trash": "add_filter('pre_trash_post', '__return_false');",
    "before it is deleted": "add_filter('pre_delete_post', '__return_true');",
}


@KINDS
@pytest.mark.parametrize("by", ["a person", "us"])
@pytest.mark.usefixtures("separate")
def test_what_lies_in_the_trash_stays_there_and_is_public_to_nobody(
    wp: WordPress, desk: Desk, by: str
) -> None:
    gallery = published(desk)
    post_id = int(desk.post()["ID"] or 0)
    seen = "SELECT COUNT(*) FROM wp_posts WHERE post_status = 'publish' AND ID IN"
    with wp.mu_plugin(RESTORES):
        if by == "us":
            assert desk.retract("trash", 2).is_success
        else:
            wp.php(f"wp_trash_post({post_id}); wp_trash_post({gallery});")
        left = desk.retract("draft", 3).json()["data"]
        assert (left["to"], left["post_status"]) == ("trash", "trash")
        assert wp.value(f"{seen} ({post_id}, {gallery})") == "0"
        log = "add_action('transition_post_status', function ($new, $old, $post) {"
        log += f" if ($post->ID == {post_id}) add_option(uniqid('seen_', true),"
        log += ' "$old $new $post->post_title"); }, 1, 3);'
        over = desk.status()["post"]
        body = piece(desk, 4, gallery=pictures(desk), title="Newer")
        if over["edited_there"]:
            body["over"] = desk.refused(body, 409, "EDITED_THERE")["details"]["over"]
            body |= {"publish_key": "11111111-2222-4333-8444-666666666666", "intent": 5}
        with wp.mu_plugin(log):
            desk.publish(body)
    heard = wp.sql("SELECT option_value FROM wp_options WHERE option_name LIKE 'seen\\_%'")
    wp.sql("DELETE FROM wp_options WHERE option_name LIKE 'seen\\_%'")
    words = [str(one["option_value"]) for one in heard]
    assert [one for one in words if " publish " in one] == ["draft publish Newer"]


@KINDS
@pytest.mark.parametrize("keeps", KEEPS)
@pytest.mark.usefixtures("separate")
def test_a_retraction_that_is_refused_has_failed_and_is_not_done_later(
    wp: WordPress, desk: Desk, keeps: str
) -> None:
    gallery = published(desk)
    to = {"before the trash": "trash", "no trash": "trash", "before it is deleted": "delete"}
    before = desk.post(), rows(wp, gallery)[0]
    key = "11111111-2222-4333-8444-777777777777"
    with wp.mu_plugin(KEEPS[keeps]):
        refusal(desk.retract(to.get(keeps, "draft"), 2, key), 500, "POST_UPDATE_FAILED")
        assert desk.status()["publish"]["state"] == "failed"
        data = desk.publish(piece(desk, 3, title="Newer", gallery=pictures(desk)))
        assert data["stored"]["posts_with_this_id"] == 1
        refusal(desk.retract(to.get(keeps, "draft"), 4), 500, "POST_UPDATE_FAILED")
    now = desk.post()
    wp.sql("UPDATE wp_igny8_publishes SET claim_expires = claim_expires - 90000")
    wp.php("do_action('igny8_sweep');")
    assert desk.post() == now
    assert (now["ID"], now["post_status"]) == (before[0]["ID"], "publish")
    assert rows(wp, gallery)[0][0]["post_status"] == before[1][0]["post_status"]


@KINDS
@pytest.mark.parametrize("end", ["wp_die('no');", "exit('no');", "throw new Error('no');"])
@pytest.mark.parametrize("hook", ["before_delete_post", "delete_attachment"])
def test_what_ends_the_request_behind_a_public_post_ends_no_success(
    wp: WordPress, desk: Desk, hook: str, end: str
) -> None:
    options = {
        "gallery_limit": 1,
        "gallery_overflow": "separate_post",
        "remove_unused_images": True,
    }
    wp.set_option("igny8_settings", options)
    try:
        desk.publish(piece(desk, 1, gallery=pictures(desk)))
        body = piece(desk, 2, title="Newer")
        with wp.mu_plugin(f"add_action('{hook}', function () {{ {end} }});"):
            data = desk.publish(body)
            again = desk.publish(body | {"attempt": 2})
    finally:
        wp.set_option("igny8_settings", {})
    assert (data["result"], again["replayed"]) == ("updated", True)
    assert (desk.post()["post_title"], desk.post()["post_status"]) == ("Newer", "publish")
    assert desk.status()["publish"]["state"] == "done"
