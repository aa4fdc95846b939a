"""A retraction that ended in the middle: what is online is told, and nothing is done later."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.harm.test_after_a_death import die
from tests.harm.test_gallery_post import pictures, piece, published, rows
from tests.harm.test_images import KILL
from tests.harm.test_point_of_no_return import AFTER_COMMIT
from tests.harm.test_refused_at_last import REFUSALS
from tests.support.contract import assert_valid
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk

KINDS = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
# How a request ends while a post is deleted: it is public, and has lost its meta.
ENDS = {"death": KILL, "throw": "throw new Error('no');", "exit": "exit('no');"}
HOOKS = ["deleted_post_meta", "delete_post"]


@pytest.fixture
def separate(wp: WordPress) -> Any:
    """Images beyond the first go to a post of their own; unused ones are removed."""
    options = {"gallery_limit": 1, "gallery_overflow": "separate_post"}
    wp.set_option("igny8_settings", options | {"remove_unused_images": True})
    yield
    wp.set_option("igny8_settings", {})


def ending(hook: str, end: str, only: str = "true") -> str:
    """A plugin in whose hook the request ends, where `only` holds."""
    return f"add_action('{hook}', function (...$a) {{ if ({only}) {{ {ENDS[end]} }} }}, 10, 5);"


def interrupted(wp: WordPress, desk: Desk, code: str, to: str, intent: int, key: str) -> None:
    """A retraction that has no good end."""
    with wp.mu_plugin(code):
        try:
            assert not desk.retract(to, intent, key).is_success
        except httpx.TransportError:
            wp.after_a_death()


def status_of(wp: WordPress, post_id: int) -> Any:
    return wp.value(f"SELECT post_status FROM wp_posts WHERE ID = {post_id}")


def meta_of(wp: WordPress, post_id: int) -> list[Any]:
    columns = "SELECT meta_key, meta_value FROM wp_postmeta"
    return wp.sql(f"{columns} WHERE post_id = {post_id} ORDER BY meta_key, meta_value")


@KINDS
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("hook", HOOKS)
def test_a_deletion_that_ended_in_the_middle_is_no_proof_of_offline(
    wp: WordPress, desk: Desk, hook: str, end: str
) -> None:
    fields = {"categories": [{"name": "Half"}], "featured_image": pictures(desk, 1)[0]}
    post_id = int(desk.publish(piece(desk, 1, **fields))["post_id"])
    key = str(uuid.uuid4())
    interrupted(wp, desk, ending(hook, end), "delete", 2, key)
    assert status_of(wp, post_id) == "publish"
    there = desk.status()
    assert (there["exists"], there["post"]["post_id"]) == (True, post_id)
    assert (there["post"]["is_public"], there["post"]["edited_there"]) == (True, False)
    left = desk.retract("delete", 2, key, attempt=2).json()["data"]
    assert (left["result"], left["to"], status_of(wp, post_id)) == ("retracted", "delete", None)
    assert desk.status()["exists"] is False


@KINDS
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("call", ["publish", "retract", "sweep"])
@pytest.mark.parametrize("to", ["draft", "delete"])
def test_who_comes_after_an_interrupted_retraction_does_not_carry_it_out(
    wp: WordPress, desk: Desk, to: str, call: str, end: str
) -> None:
    fields = {"categories": [{"name": "Half"}], "featured_image": pictures(desk, 1)[0]}
    post_id = int(desk.publish(piece(desk, 1, **fields))["post_id"])
    before = meta_of(wp, post_id), desk.terms("category")
    hook = "deleted_post_meta" if to == "delete" else "pre_post_update"
    interrupted(wp, desk, ending(hook, end), to, 2, str(uuid.uuid4()))
    if call == "sweep":
        wp.sql("UPDATE wp_igny8_publishes SET claim_expires = claim_expires - 90000")
        wp.php("do_action('igny8_sweep');")
        assert desk.status()["publish"]["state"] == "failed"
        assert status_of(wp, post_id) == "publish"
        assert (meta_of(wp, post_id), desk.terms("category")) == before
        assert desk.status()["post"]["edited_there"] is False
    elif call == "publish":
        data = desk.publish(piece(desk, 3, title="Newer", **fields))
        assert (data["result"], data["post_id"]) == ("updated", post_id)
        assert data["stored"]["posts_with_this_id"] == 1
    else:
        assert desk.retract("draft", 3).json()["data"]["to"] == "draft"
        assert status_of(wp, post_id) == "draft"
    assert desk.status()["post"]["edited_there"] is False


@KINDS
@pytest.mark.usefixtures("separate")
def test_a_gallery_that_stays_public_is_told(wp: WordPress, desk: Desk) -> None:
    gallery = published(desk)
    keeps = (
        "add_filter('wp_insert_post_data', function ($data, $given) {"
        f" if (($given['ID'] ?? 0) == {gallery}) $data['post_status'] = 'publish'; return $data;"
        " }, 99, 2);"
    )
    key = str(uuid.uuid4())
    with wp.mu_plugin(keeps):
        assert desk.retract("draft", 2, key).status_code == 500
    there = desk.status()["post"]
    assert (there["is_public"], there["edited_there"]) == (True, False)
    assert desk.retract("draft", 2, key, attempt=2).is_success
    assert desk.status()["post"]["is_public"] is False


@KINDS
@pytest.mark.usefixtures("separate")
def test_a_gallery_that_outlives_its_post_is_told(wp: WordPress, desk: Desk) -> None:
    gallery = published(desk)
    wp.php(f"wp_delete_post({desk.post()['ID']}, true);")
    there = desk.status()
    assert (there["exists"], there["posts_with_this_id"]) == (True, 0)
    assert (there["post"]["post_id"], there["post"]["is_public"]) == (gallery, True)
    assert desk.retract("draft", 2).is_success
    assert status_of(wp, gallery) == "draft"
    assert desk.status()["exists"] is False


@KINDS
def test_a_public_status_of_another_plugin_is_not_offline(wp: WordPress, desk: Desk) -> None:
    status = "add_action('init', function () { register_post_status('shown', array('public' =>"
    status += " true, 'label' => 'Shown')); });"
    keeps = (
        "add_filter('wp_insert_post_data', function ($data) { if ($data['post_status'] ==="
        " 'draft') $data['post_status'] = 'shown'; return $data; });"
    )
    post_id = int(desk.publish(piece(desk, 1))["post_id"])
    with wp.mu_plugin(status + keeps):
        assert desk.retract("draft", 2).status_code == 500
        assert status_of(wp, post_id) == "shown"
        assert desk.status()["post"]["is_public"] is True


@KINDS
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.usefixtures("separate")
def test_an_old_gallery_and_images_that_are_half_deleted(
    wp: WordPress, desk: Desk, end: str
) -> None:
    gallery = published(desk)
    body = piece(desk, 2, title="Newer")
    with wp.mu_plugin(ending("deleted_post_meta", end)):
        try:
            desk.send(body)
        except httpx.TransportError:
            wp.after_a_death()
    assert desk.status()["post"]["edited_there"] is False
    desk.publish(body | {"attempt": 2})
    assert desk.status()["post"]["edited_there"] is False
    desk.publish(piece(desk, 3, title="Newest"))
    assert rows(wp, gallery) == [[], []]
    images = "SELECT ID FROM wp_posts p JOIN wp_postmeta m ON m.post_id = p.ID WHERE"
    images += f" meta_key = '_igny8_attachment_of' AND meta_value = '{desk.content_id}'"
    assert wp.sql(images) == []
    assert (
        wp.sql(
            f"SELECT ID FROM wp_posts WHERE post_parent = {desk.post()['ID']}"
            " AND post_type = 'attachment'"
        )
        == []
    )


IMAGES = "SELECT m.* FROM wp_postmeta m JOIN wp_posts p ON p.ID = m.post_id WHERE p.ID = {}"
UNDO = "SELECT undo_list FROM wp_igny8_publishes WHERE content_id = {}"


@KINDS
@pytest.mark.parametrize("after", ["replay", "abandon", "sweep", "nobody"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.usefixtures("separate")
def test_an_end_while_images_are_cleared_away_hides_no_edit(
    wp: WordPress, desk: Desk, end: str, after: str
) -> None:
    """The piece is out; of an old image half is gone, until somebody comes."""
    picture = pictures(desk, 1)[0] | {"alt": "Our words"}
    post_id = int(desk.publish(piece(desk, 1, featured_image=picture))["post_id"])
    image = str(desk.meta()["_thumbnail_id"])
    before = wp.sql(IMAGES.format(image))
    body = piece(desk, 2, title="Newer")
    with wp.mu_plugin(ending("deleted_post_meta", end, f"$a[1] == {image}")):
        try:
            desk.send(body)
        except httpx.TransportError:
            wp.after_a_death()
    wp.php(f"wp_update_post(array('ID' => {post_id}, 'post_content' => 'By a person'));")
    assert desk.status()["post"]["edited_there"] is True
    seen = desk.status()["publish"]["seen_attempt"]
    if after == "replay":
        assert desk.send(body | {"attempt": 2}).json()["data"]["replayed"] is True
    elif after == "abandon":
        assert desk.abandon(body, attempt=2).json()["data"]["state"] == "done"
    elif after == "sweep":
        wp.sql("UPDATE wp_igny8_publishes SET claim_expires = claim_expires - 90000")
        wp.php("do_action('igny8_sweep');")
        assert desk.status()["publish"]["seen_attempt"] == seen
    if after != "nobody" or end != "death":
        assert wp.value(UNDO.format(desk.content_id)) == ""
        assert {str(one) for one in wp.sql(IMAGES.format(image))} == {str(one) for one in before}
        wp.php(f"delete_post_meta({image}, '_wp_attachment_image_alt');")
        desk.send(body | {"attempt": 3})
        assert "Our words" not in str(wp.sql(IMAGES.format(image)))
    there = desk.status()
    assert (there["post"]["edited_there"], there["publish"]["state"]) == (True, "done")


@KINDS
@pytest.mark.usefixtures("separate")
def test_a_refused_deletion_is_not_noted(wp: WordPress, desk: Desk) -> None:
    """What people take from the image later does not come back."""
    picture = pictures(desk, 1)[0] | {"alt": "Our words"}
    post_id = int(desk.publish(piece(desk, 1, featured_image=picture))["post_id"])
    image = str(desk.meta()["_thumbnail_id"])
    with wp.mu_plugin("add_filter('pre_delete_attachment', '__return_false');"):
        desk.publish(piece(desk, 2, title="Newer"))
        assert wp.value(UNDO.format(desk.content_id)) == ""
        wp.php(f"delete_post_meta({image}, '_wp_attachment_image_alt');")
        desk.publish(piece(desk, 3, title="Newest"))
        wp.php(f"wp_update_post(array('ID' => {post_id}, 'post_content' => 'By a person'));")
    assert "Our words" not in str(wp.sql(IMAGES.format(image)))
    assert desk.status()["post"]["edited_there"] is True


# PHP dies when the gallery post has gone public and its post has not.
GALLERY_PUBLIC = (
    "add_action('transition_post_status', function ($new, $old, $post) {"
    " if ($new === 'publish' && $old !== 'publish' && strpos($post->post_title, 'Gallery')) {"
    " KILL } }, 99, 3);"
).replace("KILL", KILL)


@KINDS
@pytest.mark.parametrize("call", ["abandon", "refused"])
@pytest.mark.parametrize("was", ["new", "offline"])
@pytest.mark.usefixtures("separate")
def test_a_gallery_that_went_public_before_a_death_is_taken_back(
    wp: WordPress, desk: Desk, was: str, call: str
) -> None:
    gallery = 0
    if was == "offline":
        gallery = published(desk)
        assert desk.retract("draft", 2).is_success
    before = rows(wp, gallery)
    body = piece(desk, 3, title="This may fail", gallery=pictures(desk, 4))
    die(wp, desk, body, GALLERY_PUBLIC)
    find = "SELECT MAX(post_id) FROM wp_postmeta WHERE meta_key = '_igny8_gallery_of'"
    made = int(str(wp.value(find)))
    assert status_of(wp, made) == "publish"
    with wp.mu_plugin(REFUSALS["put to pending"]):
        if call == "abandon":
            assert desk.abandon(body).json()["data"]["state"] == "abandoned"
        else:
            assert desk.send(body | {"attempt": 2}).status_code == 500
    if was == "offline":
        assert rows(wp, gallery) == before
        assert desk.status()["post"]["is_public"] is False
    else:
        assert rows(wp, made) == [[], []]
        assert desk.status()["exists"] is False


@KINDS
def test_what_was_published_is_known_by_its_post_where_the_row_is_lost(
    wp: WordPress, desk: Desk
) -> None:
    """The plugin was removed and installed again while the answer was lost."""
    fields = {"categories": [{"name": "Known"}], "featured_image": pictures(desk, 1)[0]}
    body = piece(desk, 1, **fields)
    data = desk.publish(body)
    wp.sql(f"DELETE FROM wp_igny8_publishes WHERE content_id = {desk.content_id}")
    answer = desk.abandon(body).json()["data"]
    assert answer["state"] == "done"
    assert_valid("publish-content.response", {"success": True, "data": answer["result"]})
    for name in ("post_id", "post_url", "stored_hash", "stored", "sequence"):
        assert answer["result"][name] == data[name]
    assert desk.post()["post_status"] == "publish"
    wp.sql(f"DELETE FROM wp_igny8_publishes WHERE content_id = {desk.content_id}")
    other = piece(desk, 2)
    assert desk.abandon(other).json()["data"]["state"] == "abandoned"


OPEN = {
    "transaction": "$wpdb->query('START TRANSACTION');",
    "no autocommit": "$wpdb->query('SET autocommit = 0');",
}


@KINDS
@pytest.mark.parametrize("left", OPEN)
@pytest.mark.parametrize("act", ["publish", "retract", "abandon"])
def test_what_was_answered_is_committed(wp: WordPress, desk: Desk, act: str, left: str) -> None:
    """Another plugin begins a transaction and never ends it: PHP's end would roll all back."""
    body = piece(desk, 1)
    if act == "retract":
        desk.publish(body)
    elif act == "abandon":
        die(wp, desk, body, AFTER_COMMIT)
    opens = f"function () {{ global $wpdb; {OPEN[left]} }}"
    hooks = {"publish": "transition_post_status", "retract": "wp_trash_post"}
    with wp.mu_plugin(f"add_action('{hooks.get(act, 'before_delete_post')}', {opens}, 99);"):
        if act == "publish":
            desk.publish(body)
        elif act == "retract":
            assert desk.retract("trash", 2).is_success
        else:
            assert desk.abandon(body).json()["data"]["state"] == "abandoned"
    there = desk.status()
    state = {"publish": "publish", "retract": "trash"}
    assert (there["post"] or {}).get("post_status") == state.get(act)
    assert there["publish"]["state"] == ("abandoned" if act == "abandon" else "done")


@KINDS
@pytest.mark.parametrize("to", ["draft", "trash"])
def test_taking_offline_changes_the_status_alone(wp: WordPress, desk: Desk, to: str) -> None:
    """Plugins that sign every save, and a page template that the theme of today has no more."""
    html = '<p>One <a href="https://x.example/" target="_blank">link</a></p>'
    post_id = int(desk.publish(piece(desk, 1, content_html=html))["post_id"])
    wp.php(f"update_post_meta({post_id}, '_wp_page_template', 'gone.php');")
    before = desk.post()
    sign = "add_filter('content_save_pre', function ($text) { return $text . ' signed'; });"
    with wp.mu_plugin(sign):
        assert desk.retract(to, 2).is_success
    after = desk.post()
    moved = {"post_status", "post_modified", "post_modified_gmt", "post_name"}
    assert {name for name in before if before[name] != after[name]} <= moved
    assert desk.meta()["_wp_page_template"] == "gone.php"
    assert desk.status()["post"]["edited_there"] is False
    data = desk.publish(piece(desk, 3, title="Newer", content_html=html))
    assert data["post_status"] == "publish"
    assert desk.meta()["_wp_page_template"] == "gone.php"
