"""A retraction that ended in the middle: what is online is told, and nothing is done later."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.harm.test_gallery_post import pictures, piece, published, rows
from tests.harm.test_images import KILL
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
            wp.restart_php()


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
            wp.restart_php()
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
