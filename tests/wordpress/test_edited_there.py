"""What somebody changed in WordPress is seen, told field by field, and overwritten only by who has
seen exactly that."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk

OURS: dict[str, Any] = {
    "title": "Ours",
    "excerpt": "Our excerpt",
    "content_html": "<p>" + "Our text. " * 40 + "</p>",
    "tags": [{"name": "Ours"}],
    "categories": [{"name": "Our category"}],
    "meta_title": "Our meta title",
    "look_first": True,
}
EDITS = {
    "title": "wp_update_post(array('ID' => $id, 'post_title' => 'Theirs'));",
    "content": "wp_update_post(array('ID' => $id, 'post_content' =>"
    " get_post($id)->post_content . '<p>Theirs.</p>'));",
    "excerpt": "wp_update_post(array('ID' => $id, 'post_excerpt' => 'Theirs'));",
    "slug": "wp_update_post(array('ID' => $id, 'post_name' => 'theirs-' . $id));",
    "status": "wp_update_post(array('ID' => $id, 'post_status' => 'private'));",
    "date": "wp_update_post(array('ID' => $id, 'edit_date' => true, 'post_date_gmt' =>"
    " '2021-02-03 04:05:06', 'post_date' => get_date_from_gmt('2021-02-03 04:05:06')));",
    "author": "wp_update_post(array('ID' => $id, 'post_author' => wp_insert_user(array("
    "'user_login' => 'u' . $id, 'user_pass' => 'x', 'user_email' => \"u$id@example.org\"))));",
    "featured_image": "update_post_meta($id, '_thumbnail_id', wp_insert_attachment(array("
    "'post_title' => 'x', 'post_mime_type' => 'image/png'), 'theirs.png'));",
    "tags": "wp_set_object_terms($id, array('Theirs'), 'post_tag', true);",
    "categories": "wp_set_object_terms($id, array(), 'category');",
    "seo:_igny8_meta_title": "update_post_meta($id, '_igny8_meta_title', 'Theirs');",
}
OTHER_STATES = {
    "draft": "wp_update_post(array('ID' => $id, 'post_status' => 'draft'));",
    "trash": "wp_trash_post($id);",
    "pending": "global $wpdb; $wpdb->update($wpdb->posts, array('post_status' => 'pending'),"
    " array('ID' => $id)); clean_post_cache($id);",
}
ALL = EDITS | {f"status, {state}": php for state, php in OTHER_STATES.items()}


def published(desk: Desk, **fields: Any) -> dict[str, Any]:
    return desk.publish(desk.body(**OURS, slug=f"ours-{desk.content_id}", **fields))


def edit(wp: WordPress, desk: Desk, php: str) -> None:
    wp.php(f"$id = {desk.post()['ID']}; {php}")


def state(desk: Desk) -> tuple[Any, ...]:
    """Everything of the post that somebody could have edited."""
    return desk.post(), desk.meta(), desk.terms("post_tag"), desk.terms("category")


@pytest.mark.parametrize("edited", ALL)
def test_an_edit_is_told_and_left_alone_until_somebody_publishes_over_it(
    wp: WordPress, desk: Desk, edited: str
) -> None:
    slug = f"ours-{desk.content_id}"
    published(desk)
    edit(wp, desk, ALL[edited])
    before = state(desk)
    body = desk.body(**OURS, slug=slug, intent=2)
    details = desk.refused(body, 409, "EDITED_THERE")["details"]
    told = {one["field"]: one for one in details["differences"]}
    field = edited.split(",", maxsplit=1)[0]
    assert set(told) == {field}
    assert told[field]["left"] != told[field]["there"]
    now = desk.status()["post"]
    assert (now["edited_there"], now["differences"]) == (True, details["differences"])
    rehearsed = desk.publish(body | {"dry_run": True})
    assert (rehearsed["differences"], rehearsed["over"]) == (now["differences"], details["over"])
    forced = body | {"publish_key": str(uuid.uuid4()), "intent": 3, "force": True}
    desk.refused(forced, 409, "EDITED_THERE")
    assert state(desk) == before

    over_it = body | {"publish_key": str(uuid.uuid4()), "intent": 4, "over": details["over"]}
    assert desk.publish(over_it)["result"] == "updated"
    post = desk.post()
    assert (post["post_title"], post["post_excerpt"], post["post_name"], post["post_status"]) == (
        "Ours",
        "Our excerpt",
        slug,
        "publish",
    )
    assert post["post_content"] == OURS["content_html"]
    assert (desk.terms("post_tag"), desk.terms("category")) == ({"Ours"}, {"Our category"})
    assert desk.meta()["_igny8_meta_title"] == "Our meta title"
    assert desk.status()["post"]["edited_there"] is False
    assert desk.publish(desk.body(**OURS, slug=slug, intent=5))["result"] == "skipped"


def test_what_was_edited_again_meanwhile_is_shown_anew(wp: WordPress, desk: Desk) -> None:
    published(desk)
    edit(wp, desk, EDITS["title"])
    first = desk.refused(desk.body(**OURS, intent=2), 409, "EDITED_THERE")["details"]
    edit(wp, desk, EDITS["tags"])
    body = desk.body(**OURS, intent=3, over=first["over"], force=True)
    second = desk.refused(body, 409, "EDITED_THERE")["details"]
    assert {one["field"] for one in second["differences"]} == {"title", "tags"}
    assert second["over"] != first["over"]
    assert desk.publish(desk.body(**OURS, intent=4, over=second["over"]))["result"] == "updated"


def test_an_edit_while_terms_are_made_is_not_overwritten(wp: WordPress, desk: Desk) -> None:
    published(desk)
    post_id = desk.post()["ID"]
    meanwhile = (
        "add_action('created_term', function () { global $wpdb; $wpdb->update($wpdb->posts,"
        f" array('post_title' => 'Theirs'), array('ID' => {post_id})); }});"
    )
    before = wp.counts()
    with wp.mu_plugin(meanwhile):
        new = {"title": "Ours, newer", "tags": [{"name": f"New {desk.content_id}"}]}
        body = desk.body(**OURS | new, intent=2)
        told = desk.refused(body, 409, "EDITED_THERE")["details"]["differences"]
    assert [one["field"] for one in told] == ["title"]
    assert desk.post()["post_title"] == "Theirs"
    assert wp.counts() == before


@pytest.mark.parametrize("to", ["draft", "trash"])
def test_what_we_took_down_ourselves_is_no_edit(wp: WordPress, desk: Desk, to: str) -> None:
    raw = {"title": "Ours & “theirs”", "excerpt": "A & B", "content_html": "<p>C & D</p>"}
    desk.publish(desk.body(**OURS | raw))
    before = state(desk)[0]
    desk.retract(to, 2)
    for column in ("post_title", "post_excerpt", "post_content"):
        assert desk.post()[column] == before[column], "nothing but its status is changed"
    assert desk.publish(desk.body(**OURS | raw, intent=3))["result"] == "updated"
    desk.other_content()
    published(desk)
    desk.retract(to, 2)
    assert desk.status()["post"]["edited_there"] is False
    assert desk.publish(desk.body(**OURS, intent=3))["result"] == "updated"
    desk.retract(to, 4)
    edit(wp, desk, EDITS["excerpt"])
    told = desk.refused(desk.body(**OURS, intent=5), 409, "EDITED_THERE")["details"]["differences"]
    assert [one["field"] for one in told] == ["excerpt"]


# What the plugin knows of what it left.
KNOWN = {
    "all": "",
    "answer and hash": "delete_post_meta($id, '_igny8_baseline');",
    "hash": "delete_post_meta($id, '_igny8_baseline'); global $wpdb; $wpdb->query('DELETE FROM '"
    " . $wpdb->prefix . 'igny8_publishes WHERE post_id = ' . $id);",
}


@pytest.mark.parametrize("to", ["draft", "trash"])
@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("edited", ["", "title", "content", "excerpt"])
def test_taking_a_post_down_makes_nobodys_edit_ours(
    wp: WordPress, desk: Desk, edited: str, known: str, to: str
) -> None:
    published(desk)
    edit(wp, desk, KNOWN[known] + EDITS.get(edited, ""))
    before = desk.status()["post"]["differences"]
    assert bool(before) is bool(edited)
    for intent in (2, 3):  # nor does doing it again
        assert desk.retract(to, intent).is_success
        assert desk.status()["post"]["differences"] == before
    body = desk.body(**OURS, slug=f"ours-{desk.content_id}", intent=4)
    if not edited:
        assert desk.publish(body)["result"] == "updated"
        return
    assert desk.refused(body, 409, "EDITED_THERE")["details"]["differences"] == before


def test_long_texts_are_shown_where_they_part(wp: WordPress, desk: Desk) -> None:
    published(desk)
    edit(wp, desk, EDITS["content"])
    details = desk.refused(desk.body(**OURS, intent=2), 409, "EDITED_THERE")["details"]
    [told] = details["differences"]
    assert told["left"].endswith("Our text. </p>")
    assert told["there"].endswith("Our text. </p><p>Theirs.</p>")
    assert told["shortened"] is True
    edit(wp, desk, "wp_update_post(array('ID' => $id, 'post_content' => '<p>короткий</p>'));")
    details = desk.refused(desk.body(**OURS, intent=3), 409, "EDITED_THERE")["details"]
    assert details["differences"][0]["there"] == "<p>короткий</p>"


def test_a_text_too_long_to_keep_is_still_compared(wp: WordPress, desk: Desk) -> None:
    noise = "".join(f"<p>{uuid.uuid4()}</p>" for _ in range(1000))
    desk.publish(desk.body(**OURS | {"content_html": noise}))
    edit(wp, desk, EDITS["content"])
    details = desk.refused(desk.body(**OURS, intent=2), 409, "EDITED_THERE")["details"]
    [told] = details["differences"]
    assert (told["field"], told["left"], told["shortened"]) == ("content", None, True)


@pytest.mark.parametrize("edited", EDITS)
def test_posts_of_the_plugin_of_before(wp: WordPress, desk: Desk, edited: str) -> None:
    """They have no baseline: the stored hash and the stored answer tell."""
    published(desk)
    edit(wp, desk, "delete_post_meta($id, '_igny8_baseline');")
    assert desk.status()["post"]["edited_there"] is False
    assert desk.publish(desk.body(**OURS, intent=2))["result"] == "skipped"
    edit(wp, desk, "delete_post_meta($id, '_igny8_baseline');")
    edit(wp, desk, EDITS[edited])
    if edited.startswith("seo:"):  # an older plugin did not say what it left there
        assert desk.status()["post"]["edited_there"] is False
        return
    details = desk.refused(desk.body(**OURS, intent=3), 409, "EDITED_THERE")["details"]
    expected = {"excerpt": "content"}.get(edited, edited)  # one hash for both
    assert [one["field"] for one in details["differences"]] == [expected]
    assert desk.publish(desk.body(**OURS, intent=4, over=details["over"]))["result"] == "updated"


def test_a_post_of_which_only_the_hash_is_known(wp: WordPress, desk: Desk) -> None:
    published(desk)
    edit(wp, desk, "delete_post_meta($id, '_igny8_baseline');")
    wp.sql(f"DELETE FROM wp_igny8_publishes WHERE content_id = {desk.content_id}")
    assert desk.status()["post"]["edited_there"] is False
    edit(wp, desk, EDITS["title"])
    details = desk.refused(desk.body(**OURS, intent=3), 409, "EDITED_THERE")["details"]
    assert [(one["field"], one["left"]) for one in details["differences"]] == [("content", None)]


KILL_AFTER_COMMIT = (
    "add_filter('query', function ($sql) { static $decided = false, $committed = false;"
    " if ($committed) { posix_kill(posix_getpid(), SIGKILL); }"
    " $decided = $decided || strpos($sql, \"`state` = 'publishing'\");"
    " $committed = $decided && $sql === 'COMMIT'; return $sql; });"
)


@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
@pytest.mark.parametrize("after", ["retry", "sweep", "new intent"])
def test_an_edit_after_a_death_is_not_taken_for_ours(
    wp: WordPress, desk: Desk, update: bool, after: str
) -> None:
    """PHP died when the post was committed, before it was told finished."""
    if update:
        published(desk)
    body = desk.body(**OURS | {"title": "Ours, newer"}, intent=2)
    with wp.mu_plugin(KILL_AFTER_COMMIT), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    assert desk.post()["post_title"] == "Ours, newer"
    edit(wp, desk, EDITS["title"] + EDITS["tags"] + EDITS["seo:_igny8_meta_title"])
    if after == "retry":
        desk.publish(body | {"attempt": 2})
    elif after == "sweep":
        wp.sql("UPDATE wp_igny8_publishes SET claim_expires = 1 WHERE state = 'publishing'")
        wp.php("do_action('igny8_sweep');")
    newest = desk.body(**OURS | {"title": "Ours, newest"}, intent=3)
    told = desk.refused(newest, 409, "EDITED_THERE")["details"]["differences"]
    assert {one["field"] for one in told} == {"title", "tags", "seo:_igny8_meta_title"}
    assert (desk.post()["post_title"], desk.post()["post_status"]) == ("Theirs", "publish")
    assert desk.terms("post_tag") == {"Ours", "Theirs"}
    assert desk.meta()["_igny8_meta_title"] == "Theirs"


def test_what_going_public_changes_is_no_edit(wp: WordPress, desk: Desk) -> None:
    """Another plugin has its say when a draft of ours goes public."""
    says = (
        "add_action('draft_to_publish', function ($post) {"
        " wp_set_object_terms($post->ID, array('Of the house'), 'post_tag', true); });"
    )
    with wp.mu_plugin(says):
        published(desk)
    assert desk.terms("post_tag") == {"Ours", "Of the house"}
    assert desk.status()["post"]["edited_there"] is False
