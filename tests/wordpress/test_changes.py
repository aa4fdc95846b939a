"""What people and other programs change in WordPress is told to the app: each piece once, as it
stands, and nothing of what the app did itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.contract import assert_valid
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.app import App, heard
from tests.wordpress.desk import KEY, Desk
from tests.wordpress.test_whose_post import HOME, STAMP

NAME = "7e3a1c52-0f6f-4c1c-9c39-2f4b7a6d9b10"
CATEGORY = "wp_set_object_terms($id, array('News', 'Food'), 'category');"
TITLE = "wp_update_post(array('ID' => $id, 'post_title' => 'Theirs'));"

LATER: dict[str, Any] = {
    "title": "Ours, later",
    "categories": [{"name": "News"}, {"name": "Food"}],
    "clusters": [{"name": "Vinegar"}],
    "look_first": True,
}


@pytest.fixture
def wp(sites: Callable[[str], WordPress]) -> WordPress:
    """One version: what is tested here is ours, and the hooks are old."""
    site = sites("6.8")
    site.revive()
    return site


@pytest.fixture
def app(wp: WordPress) -> Iterator[App]:
    with App() as server:
        wp.set_option("igny8_app_url", server.url)
        wp.set_option("igny8_site_id", 42)
        wp.set_option("igny8_api_key", KEY)
        wp.sql("DELETE FROM wp_igny8_outbox")
        wp.php("delete_option('igny8_signalled'); wp_clear_scheduled_hook('igny8_flush');")
        yield server
    for name in ("igny8_app_url", "igny8_site_id"):
        wp.php(f"delete_option('{name}');")


@pytest.fixture
def desk(wp: WordPress, app: App) -> Iterator[Desk]:
    headers = {"X-IGNY8-Installation": NAME, "X-IGNY8-Address": HOME, "X-IGNY8-Stamp": STAMP}
    with Desk(wp, **headers) as client:
        yield client


def published(desk: Desk, **fields: Any) -> int:
    """A piece with a category, a tag and a cluster; its post."""
    ours: dict[str, Any] = {
        "categories": [{"name": "News"}],
        "tags": [{"name": "Fresh"}],
        "clusters": [{"name": "Olives"}],
        "cluster_id": 5,
        "keyword_ids": [1, 2],
    }
    return int(desk.publish(desk.body(**ours | fields))["post_id"])


def edit(wp: WordPress, post_id: int, php: str) -> None:
    """What somebody does, in a process of its own as WP-CLI's is."""
    wp.php(f"$id = {post_id}; wp_set_current_user(1); {php}")


def names(terms: list[dict[str, Any]]) -> list[str]:
    return sorted(one["name"] for one in terms)


def waiting(wp: WordPress) -> int:
    return int(wp.value("SELECT COUNT(*) FROM wp_igny8_outbox") or 0)


def test_one_call_with_the_final_state_of_terms_and_relations(
    wp: WordPress, app: App, desk: Desk
) -> None:
    post_id = published(desk)
    assert (waiting(wp), app.messages("dirty")) == (0, []), "a publication of ours is no change"
    edit(wp, post_id, CATEGORY)
    edit(wp, post_id, "wp_remove_object_terms($id, 'Fresh', 'post_tag');")
    edit(wp, post_id, "wp_set_object_terms($id, 'Vinegar', 'igny8_cluster');")
    edit(wp, post_id, "update_post_meta($id, '_igny8_cluster_id', 6);")
    assert len(app.messages("dirty")) == 1, "one for all that is changed within its window"
    assert desk.health()["changes"]["waiting"] == 1
    app.judges = lambda message: heard(message, *message["taxonomies"], "cluster_id")
    assert desk.flush() == {"sent": 1, "unchanged": 0, "waiting": 0, "problem": ""}
    [told] = app.messages("changes")
    assert names(told["taxonomies"]["categories"]) == ["Food", "News"]
    assert names(told["before"]["categories"]) == ["News"]
    assert (told["taxonomies"]["tags"], names(told["before"]["tags"])) == ([], ["Fresh"])
    assert names(told["taxonomies"]["clusters"]) == ["Vinegar"]
    assert (told["relationships"], told["fields"]) == ({"cluster_id": 6}, {})
    assert (told["installation"], told["content_id"]) == (NAME, desk.content_id)
    assert (told["updated_by"], told["updated_by_name"]) == ("wordpress_user_1", ADMIN)
    now = desk.status()["post"]
    assert (now["edited_there"], now["sequence"]) == (False, told["sequence"])
    assert desk.publish(desk.body(**LATER, intent=2))["result"] == "updated"
    assert desk.flush()["sent"] == 0
    assert len(app.messages("changes")) == 1


def test_ten_quick_changes_are_one_call_and_what_is_put_back_is_none(
    wp: WordPress, app: App, desk: Desk
) -> None:
    post_id = published(desk)
    for number in range(10):
        edit(wp, post_id, f"wp_set_post_tags($id, array('T{number}'));")
    assert desk.flush()["sent"] == 1
    assert names(app.messages("changes")[0]["taxonomies"]["tags"]) == ["T9"]
    edit(wp, post_id, TITLE)
    edit(
        wp, post_id, f"wp_update_post(array('ID'=>$id,'post_title'=>'Content {desk.content_id}'));"
    )
    assert desk.flush() == {"sent": 0, "unchanged": 1, "waiting": 0, "problem": ""}


def test_published_there_is_told_with_its_address_and_once_heard_it_is_no_edit(
    wp: WordPress, app: App, desk: Desk
) -> None:
    done = desk.publish(desk.body(deliver_as="draft"))
    edit(wp, done["post_id"], "wp_publish_post($id);")
    assert desk.status()["post"]["is_public"]
    app.judges = lambda message: heard(message, "status")
    assert desk.flush()["sent"] == 1
    [told] = app.messages("changes")
    assert told["fields"]["status"] == {"left": "draft", "there": "publish"}
    assert told["post_url"] == done["post_url"]
    assert desk.status()["post"]["edited_there"] is False
    updated = desk.publish(desk.body(title="Later", intent=2, look_first=True))
    assert (updated["result"], updated["post_status"]) == ("updated", "publish")


def test_what_is_shown_is_told_once_and_stays_an_edit(wp: WordPress, app: App, desk: Desk) -> None:
    post_id = published(desk)
    edit(wp, post_id, TITLE + "wp_update_post(array('ID' => $id, 'post_status' => 'private'));")
    assert desk.flush()["sent"] == 1
    fields = app.messages("changes")[0]["fields"]
    assert fields["title"] == {"left": f"Content {desk.content_id}", "there": "Theirs"}
    assert fields["status"] == {"left": "publish", "there": "private"}
    assert {one["field"] for one in desk.status()["post"]["differences"]} == {"title", "status"}
    edit(wp, post_id, "update_post_meta($id, '_igny8_keyword_ids', '[2,3]');")
    assert desk.flush()["sent"] == 1
    told = app.messages("changes")[1]
    assert (told["fields"], told["relationships"]) == ({}, {"keyword_ids": [2, 3]})
    assert told["sequence"] == app.messages("changes")[0]["sequence"] + 1


def test_a_text_that_is_taken_over_is_no_edit(wp: WordPress, app: App, desk: Desk) -> None:
    long = "".join(f"<p>{uuid.uuid4()}</p>" for _ in range(1000))
    post_id = published(desk, content_html=long)
    edit(wp, post_id, "wp_update_post(array('ID' => $id, 'post_content' => '<p>Theirs.</p>'));")
    app.judges = lambda message: heard(message, "content")
    assert desk.flush()["sent"] == 1
    told = app.messages("changes")[0]["fields"]["content"]
    assert told == {"left": None, "there": "<p>Theirs.</p>"}, "so long a text is not kept"
    assert desk.status()["post"]["edited_there"] is False
    edit(wp, post_id, "wp_update_post(array('ID' => $id, 'post_content' => '<p>More.</p>'));")
    desk.flush()
    assert app.messages("changes")[1]["fields"]["content"]["left"] == "<p>Theirs.</p>"


def test_a_lost_answer_is_sent_again_under_its_number(wp: WordPress, app: App, desk: Desk) -> None:
    post_id = published(desk)
    edit(wp, post_id, CATEGORY)
    app.judges = lambda _: 500
    assert desk.flush()["problem"] == "status 500"
    app.judges = heard
    desk.flush()
    first, second = app.messages("changes")
    assert first == second
    edit(wp, post_id, TITLE)
    app.judges = lambda message: heard(message) | {"outcome": "stale", "sequence": 70}
    assert desk.flush()["waiting"] == 1
    app.judges = heard
    assert desk.flush()["waiting"] == 0
    assert app.messages("changes")[-1]["sequence"] == 71


def test_what_is_put_back_after_a_lost_answer_is_told(wp: WordPress, app: App, desk: Desk) -> None:
    """The app may have taken over what does not stand there any more."""
    post_id = published(desk)
    put_back = "wp_set_object_terms($id, array('News'), 'category');"
    edit(wp, post_id, CATEGORY + "update_post_meta($id, '_igny8_cluster_id', 6);")
    app.judges = lambda _: 500
    desk.flush()
    app.judges = lambda message: heard(message, *message["taxonomies"], "cluster_id")
    edit(wp, post_id, put_back + "update_post_meta($id, '_igny8_cluster_id', 5);")
    assert desk.flush() == {"sent": 1, "unchanged": 0, "waiting": 0, "problem": ""}
    first, second = app.messages("changes")
    assert names(second["taxonomies"]["categories"]) == ["News"]
    assert (second["relationships"], second["sequence"]) == (
        {"cluster_id": 5},
        first["sequence"] + 1,
    )
    edit(wp, post_id, CATEGORY + put_back)
    assert desk.flush() == {"sent": 0, "unchanged": 1, "waiting": 0, "problem": ""}


def test_a_duplicate_is_nobodys_and_a_deletion_is_told(wp: WordPress, app: App, desk: Desk) -> None:
    post_id = published(desk)
    edit(
        wp,
        post_id,
        "$copy = wp_insert_post(array('post_title' => 'Copy', 'post_status' => 'publish'));"
        "foreach (get_post_meta($id) as $key => $values) {"
        " foreach ($values as $value) { add_post_meta($copy, $key, $value); } }"
        "wp_set_object_terms($copy, array('Food'), 'category');"
        "wp_update_post(array('ID' => $copy, 'post_title' => 'Copy 2'));"
        "wp_delete_post($copy, true);",
    )
    assert (desk.flush()["sent"], app.messages("dirty")) == (0, [])
    edit(wp, post_id, TITLE + "wp_delete_post($id, true);")
    assert desk.flush()["sent"] == 1
    [told] = app.messages("changes")
    assert (told["deleted"], told["fields"], told["post_id"]) == (True, {}, post_id)
    other = published(desk, intent=2)
    assert desk.retract("delete", 3).is_success
    assert (desk.flush()["sent"], wp.value(f"SELECT 1 FROM wp_posts WHERE ID={other}")) == (0, None)


def test_rest_xmlrpc_and_quick_edit(wp: WordPress, app: App, desk: Desk) -> None:
    post_id = published(desk)
    with httpx.Client(base_url=wp.url, follow_redirects=True, timeout=30) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": PASSWORD})
        nonce = browser.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
        by_rest = browser.post(
            f"/wp-json/wp/v2/posts/{post_id}", json={"tags": []}, headers={"X-WP-Nonce": nonce}
        )
        assert by_rest.status_code == 200
        screen = browser.get("/wp-admin/edit.php").text
        inline = screen.split('id="_inline_edit" name="_inline_edit" value="')[1].split('"')[0]
        quick = {
            "action": "inline-save", "_inline_edit": inline, "post_ID": post_id,
            "post_type": "post", "post_view": "list", "screen": "edit-post", "_status": "publish",
            "post_title": "Quick", "post_name": "quick", "comment_status": "open",
        }  # fmt: skip
        assert browser.post("/wp-admin/admin-ajax.php", data=quick).status_code == 200
    call = (
        "<methodCall><methodName>wp.editPost</methodName><params><param><int>1</int></param>"
        f"<param><string>{ADMIN}</string></param><param><string>{PASSWORD}</string></param>"
        f"<param><int>{post_id}</int></param><param><struct><member><name>post_excerpt</name>"
        "<value>By XML</value></member></struct></param></params></methodCall>"
    )
    assert httpx.post(f"{wp.url}/xmlrpc.php", content=call, timeout=30).status_code == 200
    assert desk.flush()["sent"] == 1
    [told] = app.messages("changes")
    there = {name: field["there"] for name, field in told["fields"].items()}
    assert there == {"title": "Quick", "slug": "quick", "excerpt": "By XML"}
    assert "tags" in told["taxonomies"]
    assert told["updated_by"] == "wordpress_user_1"


def test_an_outage_loses_nothing_and_wp_cron_brings_it(wp: WordPress, app: App, desk: Desk) -> None:
    posts = {}
    for _ in range(6):
        posts[desk.content_id] = published(desk)
        desk.other_content()
    app.judges = lambda _: 503
    order = [*reversed(posts)]
    for content_id in order:
        edit(wp, posts[content_id], TITLE)
    assert desk.flush()["waiting"] == 6
    wp.restart_php()
    app.received.clear()
    app.judges = heard
    wp.php("wp_clear_scheduled_hook('igny8_flush'); wp_schedule_single_event(1, 'igny8_flush');")
    wp.run_cron()
    told = app.messages("changes")
    assert [one["content_id"] for one in told] == order, "once each, those changed first first"
    assert waiting(wp) == 0


def test_what_was_changed_while_it_was_told_is_told_anew(
    wp: WordPress, app: App, desk: Desk
) -> None:
    post_id = published(desk)
    edit(wp, post_id, CATEGORY)

    def meanwhile(message: dict[str, Any]) -> dict[str, Any]:
        app.judges = lambda again: heard(again, *again["taxonomies"])
        edit(wp, post_id, "wp_set_object_terms($id, array('News'), 'category');")
        return heard(message, "categories")

    app.judges = meanwhile
    assert desk.flush()["waiting"] == 1
    assert desk.flush()["waiting"] == 0
    first, second = app.messages("changes")
    assert names(second["taxonomies"]["categories"]) == ["News"]
    assert names(second["before"]["categories"]) == ["Food", "News"]
    assert second["sequence"] == first["sequence"] + 1
    assert_valid("changes.response", {"success": True, "data": heard(second)})


def test_what_the_app_does_not_take_keeps_nothing_else_back(
    wp: WordPress, app: App, desk: Desk
) -> None:
    """Pieces that nobody knows any more wait; what was changed since is told before them."""
    posts = {}
    for _ in range(3):
        posts[desk.content_id] = published(desk)
        desk.other_content()
    *unknown, known = posts
    app.judges = lambda message: (
        heard(message) | {"outcome": "heard" if message["content_id"] == known else "foreign"}
    )
    for content_id in unknown:
        edit(wp, posts[content_id], TITLE)
    assert desk.flush()["waiting"] == 2
    edit(wp, posts[known], TITLE)
    app.received.clear()
    assert desk.flush() == {"sent": 1, "unchanged": 0, "waiting": 2, "problem": ""}
    assert [one["content_id"] for one in app.messages("changes")] == [known, *unknown]
