"""The app asks how its posts stand, takes over what was changed there, and links one anew."""

from __future__ import annotations

import uuid
from typing import Any

from tests.support.contract import assert_valid
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.test_edited_there import EDITS, OURS, edit, published, state

HASH = "a" * 64
BY_SOMEBODY = (
    "wp_set_current_user(1); wp_update_post(array('ID' => $id, 'post_title' => 'Theirs'));"
)


def standings(desk: Desk, *content_ids: int) -> list[dict[str, Any]]:
    """How these contents stand."""
    ids = ",".join(map(str, content_ids or (desk.content_id,)))
    response = desk.http.get("content", params={"content_ids": ids})
    assert_valid("contents.response" if response.is_success else "error", response.json())
    assert response.is_success, response.text
    found: list[dict[str, Any]] = response.json()["data"]["contents"]
    return found


def there(desk: Desk) -> dict[str, Any]:
    """The content's post with all its words."""
    response = desk.http.get(f"content/{desk.content_id}/there/")
    assert_valid("there.response", response.json())
    found: dict[str, Any] = response.json()["data"]
    return found


def accept(desk: Desk, over: str) -> Any:
    body = {"over": over, "content_hash": HASH}
    assert_valid("accept.request", body)
    response = desk.http.post(f"content/{desk.content_id}/accept/", json=body)
    assert_valid("accept.response" if response.is_success else "error", response.json())
    return response


def relink(desk: Desk, **to: Any) -> Any:
    body = {"publish_key": str(uuid.uuid4()), **to}
    assert_valid("relink.request", body)
    response = desk.http.post(f"content/{desk.content_id}/relink/", json=body)
    assert_valid("relink.response" if response.is_success else "error", response.json())
    return response


def test_many_are_asked_at_once_and_each_says_how_it_stands(wp: WordPress, desk: Desk) -> None:
    first, ids = desk.content_id, [desk.content_id]
    published(desk)
    edit(wp, desk, BY_SOMEBODY)
    for php in (EDITS["status"], "wp_trash_post($id);", "wp_delete_post($id, true);", ""):
        desk.other_content()
        ids.append(desk.content_id)
        published(desk)
        if php:
            edit(wp, desk, php)
    edited, private, trashed, gone, untouched = standings(desk, *ids)
    assert [one["content_id"] for one in (edited, private, trashed, gone, untouched)] == ids
    assert (edited["post"]["edited_there"], edited["post"]["is_public"]) == (True, True)
    assert edited["post"]["by"]["id"] == 1
    assert (private["post"]["post_status"], private["post"]["is_public"]) == ("private", False)
    assert (trashed["post"]["post_status"], gone["post"]) == ("trash", None)
    post = untouched["post"]
    assert (post["edited_there"], post["over"], post["by"]) == (False, None, None)
    assert not any(one["is_busy"] for one in (edited, private, trashed, gone, untouched))
    desk.content_id = first
    too_many = desk.http.get("content", params={"content_ids": ",".join(map(str, range(1, 102)))})
    refusal(too_many, 400, "CONTENT_INVALID")


def test_what_was_changed_is_taken_over_as_it_was_read_and_no_word_of_it_changes(
    wp: WordPress, desk: Desk
) -> None:
    published(desk, focus_keywords=["one", "two"])
    own = "update_post_meta($id, 'shade', 'green'); stick_post($id);"
    closed = "wp_update_post(array('ID' => $id, 'comment_status' => 'closed'));"
    for php in (EDITS["title"], EDITS["content"], EDITS["tags"], own, closed):
        edit(wp, desk, php)
    seen = there(desk)
    assert (seen["title"], seen["content_html"][-14:]) == ("Theirs", "<p>Theirs.</p>")
    assert {one["name"] for one in seen["terms"]["tags"]} == {"Ours", "Theirs"}
    assert seen["seo"]["title"] == "Our meta title"
    assert seen["seo"]["keywords"] == ["one", "two"]
    mine = seen["own"]
    assert (mine["is_sticky"], mine["comments_open"], mine["has_password"]) == (True, False, False)
    assert {"name": "shade", "value": "green"} in mine["custom_fields"]
    assert {one["field"] for one in seen["differences"]} == {"title", "content", "tags"}

    edit(wp, desk, EDITS["excerpt"])
    told = refusal(accept(desk, seen["hash"]), 409, "EDITED_THERE")["details"]
    assert {one["field"] for one in told["differences"]} >= {"title", "excerpt"}
    before = state(desk)[0], state(desk)[2:]
    assert accept(desk, told["over"]).json()["data"]["post_status"] == "publish"
    assert (state(desk)[0], state(desk)[2:]) == before
    assert standings(desk)[0]["post"]["edited_there"] is False
    assert desk.status()["post"]["content_hash"] == HASH
    # The same text is not sent again, and a later edit is one against what was accepted.
    assert desk.publish(desk.body(**OURS, intent=2, content_hash=HASH))["result"] == "skipped"
    edit(wp, desk, EDITS["title"].replace("Theirs", "Theirs again"))
    assert [one["left"] for one in there(desk)["differences"]] == ["Theirs"]


def test_what_was_taken_offline_there_is_accepted_as_that(wp: WordPress, desk: Desk) -> None:
    published(desk)
    edit(wp, desk, EDITS["status"])
    assert accept(desk, there(desk)["hash"]).json()["data"]["post_status"] == "private"
    post = standings(desk)[0]["post"]
    assert (post["is_public"], post["edited_there"]) == (False, False)


def test_a_content_is_linked_to_another_post_of_which_not_a_word_changes(
    wp: WordPress, desk: Desk
) -> None:
    published(desk)
    old = desk.post()["ID"]
    other = wp.php(
        "echo wp_insert_post(array('post_title' => 'By hand', 'post_content' => '<p>By hand.</p>',"
        " 'post_status' => 'publish'));"
    ).strip()
    rows = f"SELECT * FROM wp_posts WHERE ID IN ({old}, {other}) ORDER BY ID"
    before = wp.sql(rows)
    assert relink(desk, post_id=int(other)).json()["data"]["post_id"] == int(other)
    assert (wp.sql(rows), str(desk.post()["ID"])) == (before, other)
    seen = there(desk)
    assert {one["field"] for one in seen["differences"]} >= {"title", "content"}
    assert {"slug", "status", "type"} & {one["field"] for one in seen["differences"]} == set()
    over = desk.refused(desk.body(**OURS, intent=2), 409, "EDITED_THERE")["details"]["over"]
    assert desk.publish(desk.body(**OURS, intent=3, over=over))["post_id"] == int(other)
    assert [row for row in wp.sql(rows) if row["ID"] == old] == [before[0]]
    back = relink(desk, url=wp.php(f"echo get_permalink({old});").strip())
    assert str(back.json()["data"]["post_id"]) == str(old)
    refusal(relink(desk, post_id=999_999_999), 404, "NOT_FOUND")


def test_a_duplicate_is_nobodys_until_somebody_links_it_and_another_piece_never(
    wp: WordPress, desk: Desk
) -> None:
    published(desk)
    first = desk.content_id
    copy = wp.php(
        f"$id = {desk.post()['ID']}; $new = wp_insert_post(array('post_title' => 'A copy',"
        " 'post_content' => 'x', 'post_status' => 'publish'));"
        " foreach (get_post_meta($id) as $key => $values) {"
        " add_post_meta($new, $key, wp_slash($values[0])); } echo $new;"
    ).strip()
    row = f"SELECT * FROM wp_posts WHERE ID = {copy}"
    before = wp.sql(row), desk.meta(copy)
    assert standings(desk)[0]["posts_with_this_id"] == 1
    assert standings(desk)[0]["post"]["edited_there"] is False
    accept(desk, there(desk)["hash"])
    assert (wp.sql(row), desk.meta(copy)) == before, "its words and its meta are left alone"
    desk.other_content()
    published(desk)
    taken = wp.sql(
        "SELECT post_id FROM wp_postmeta WHERE meta_key = '_igny8_post_id' AND post_id IN"
        f" (SELECT post_id FROM wp_postmeta WHERE meta_key = '_igny8_content_id' AND meta_value ="
        f" '{first}') AND post_id = meta_value"
    )[0]["post_id"]
    refusal(relink(desk, post_id=int(str(taken))), 400, "CONTENT_INVALID")
    assert str(relink(desk, post_id=int(copy)).json()["data"]["post_id"]) == copy
    assert standings(desk, first)[0]["post"] is not None
