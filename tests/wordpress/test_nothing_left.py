"""Each step that fails leaves nothing behind, and an updated post as it was.

Failures are provoked by must-use plugins: filters, broken statements, a killed PHP.
"""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.images import ImageServer, png

BROKEN_SQL = """add_filter('query', function ($sql) {
    return preg_match('/%s/s', $sql) ? $sql . ' )broken' : $sql;
});"""
KILL = "posix_kill(posix_getpid(), SIGKILL);"

# What goes wrong → how it is provoked, status, code, step.
FAILURES: dict[str, tuple[str, int, str, str]] = {
    "term refused": (
        "add_filter('pre_insert_term', function ($term) {"
        " return strpos($term, 'tag two') === 0 ? new WP_Error('no', 'refused') : $term; });",
        500,
        "TERM_CREATION_FAILED",
        "taxonomies",
    ),
    "seo write": (
        "foreach (array('add', 'update') as $a) add_filter(\"{$a}_post_metadata\","
        " function ($x, $id, $key) { return $key === '_igny8_meta_title' ? false : $x; }, 10, 3);",
        500,
        "SEO_WRITE_FAILED",
        "seo_metadata",
    ),
    "post refused": (
        "add_filter('wp_insert_post_empty_content', function ($x, $post) {"
        " return strpos($post['post_title'], 'fail') !== false ? true : $x; }, 10, 2);",
        500,
        "POST_CREATION_FAILED|POST_UPDATE_FAILED",
        "creating_post",
    ),
    "terms not assigned": (
        "add_action('set_object_terms', function ($id, $t, $tt, $taxonomy) {"
        " if ($taxonomy === 'post_tag') wp_delete_object_term_relationships($id, 'post_tag');"
        " }, 10, 4);",
        500,
        "POST_CREATION_FAILED|POST_UPDATE_FAILED",
        "creating_post",
    ),
    "broken post statement": (
        BROKEN_SQL % r"^\s*(INSERT INTO|UPDATE) `?wp_posts`? .*fail",
        503,
        "DATABASE_ERROR",
        "creating_post",
    ),
    "broken meta statement": (
        BROKEN_SQL % "INSERT INTO wp_postmeta .*_igny8_content_hash",
        503,
        "DATABASE_ERROR",
        "creating_post",
    ),
    "broken relation statement": (
        BROKEN_SQL % "INSERT INTO `?wp_term_relationships",
        503,
        "DATABASE_ERROR",
        "creating_post",
    ),
    "broken decision": (
        BROKEN_SQL % "UPDATE wp_igny8_publishes SET `state` = .publishing.",
        503,
        "DATABASE_ERROR",
        "creating_post",
    ),
    "another plugin throws": (
        "add_action('save_post', function ($id, $post) {"
        " if (strpos($post->post_title, 'fail') !== false) throw new Error('oops'); }, 10, 2);",
        500,
        "INTERNAL_ERROR",
        "creating_post",
    ),
    "uploads not writable": (
        "add_filter('upload_dir', function ($d) { return array('error' => 'no') + $d; });",
        503,
        "UPLOAD_NOT_WRITABLE",
        "media_processing",
    ),
}

# Where PHP is killed.
DEATHS = {
    "after the first image": "add_action('add_attachment', function () { %s });",
    "between sizes": (
        "add_filter('wp_generate_attachment_metadata', function ($m) { %s return $m; });"
    ),
    "after the first term": "add_action('created_term', function () { %s });",
    "inside the transaction": "add_action('added_post_meta', function ($m, $id, $key) {"
    " if ($key === '_igny8_meta_title') { %s } }, 10, 3);"
    "add_action('updated_post_meta', function ($m, $id, $key) {"
    " if ($key === '_igny8_meta_title') { %s } }, 10, 3);",
    "before the commit": (
        "add_filter('query', function ($sql) { if ($sql === 'COMMIT' && did_action('save_post'))"
        " { %s } return $sql; });"
    ),
}


def full(desk: Desk, **fields: Any) -> dict[str, Any]:
    """A request that makes something of every kind."""
    c = desk.content_id
    return desk.body(
        **{
            "title": f"This may fail {c}",
            "categories": [{"name": f"cat {c}"}],
            "tags": [{"name": f"tag one {c}"}, {"name": f"tag two {c}"}],
            "meta_title": "Meta title",
            "featured_image": {"sha256": desk.stage(png(90)), "filename": f"f-{c}.png"},
            "gallery": [{"sha256": desk.stage(png(91)), "filename": f"g-{c}.png"}],
            "content_html": '<p>Text</p><img src="igny8:i">',
            "inline_images": [{"ref": "i", "sha256": desk.stage(png(92))}],
        }
        | fields
    )


def first_version(desk: Desk) -> dict[str, Any]:
    """Publish an older version, for an update to fail upon."""
    return desk.publish(
        desk.body(
            title="Old title",
            meta_title="Old meta",
            tags=[{"name": f"old {desk.content_id}"}],
            featured_image={"sha256": desk.stage(png(95)), "filename": f"o-{desk.content_id}.png"},
        )
    )


def everything(wp: WordPress) -> dict[str, Any]:
    """All rows and files that a publication touches."""
    tables = ("posts", "postmeta", "terms", "term_taxonomy", "term_relationships")
    rows = {name: wp.sql(f"SELECT * FROM wp_{name} ORDER BY 1, 2") for name in tables}
    return {"rows": rows, "files": wp.files()}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
def test_failing_step(wp: WordPress, desk: Desk, failure: str, update: bool) -> None:
    code, status, error_code, step = FAILURES[failure]
    if update:
        first_version(desk)
    body = full(desk, intent=2)
    before = everything(wp)
    with wp.mu_plugin(code):
        response = desk.send(body)
        assert response.status_code == status, response.text
        error = refusal(response, status, response.json()["error"]["code"])
    assert error["code"] in error_code.split("|")
    assert error["step"] == step
    assert everything(wp) == before

    # The same intent succeeds once the cause is gone.
    data = desk.publish(body | {"attempt": 2})
    assert data["result"] == ("updated" if update else "created")
    assert len(desk.posts()) == 1


@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
def test_going_public_fails(wp: WordPress, desk: Desk, update: bool) -> None:
    if update:
        first_version(desk)
        desk.retract("draft", intent=2)
    body = full(desk, intent=3)
    before = everything(wp)
    broken = BROKEN_SQL % "UPDATE `wp_posts` SET `post_status` = .publish."
    with wp.mu_plugin(broken):
        refusal(desk.send(body), 500, "POST_PUBLISH_FAILED")
    after = everything(wp)
    assert without_revisions(after) == without_revisions(before)
    assert desk.publish(body | {"attempt": 2})["post_status"] == "publish"


def without_revisions(state: dict[str, Any]) -> dict[str, Any]:
    """WordPress keeps a revision of what an update tried; it is history, not the post."""
    posts = [row for row in state["rows"]["posts"] if row["post_type"] != "revision"]
    return state | {"rows": state["rows"] | {"posts": posts}}


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"featured_image": {"url": "{}/status/404"}}, 502, "FEATURED_IMAGE_DOWNLOAD_FAILED"),
        ({"gallery": [{"url": "{}/status/503"}]}, 502, "GALLERY_IMAGE_DOWNLOAD_FAILED"),
        (
            {"inline_images": [{"ref": "i", "url": "{}/status/410"}]},
            502,
            "INLINE_IMAGE_DOWNLOAD_FAILED",
        ),
        ({"featured_image": {"url": "{}/html/x"}}, 422, "IMAGE_REFUSED"),
        ({"gallery": [{"sha256": "0" * 64}]}, 404, "MEDIA_NOT_STAGED"),
        ({"author_email": "nobody@example.test"}, 422, "AUTHOR_NOT_FOUND"),
        ({"author_email": "subscriber@example.test"}, 422, "AUTHOR_FORBIDDEN"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
def test_what_the_request_names_is_wrong(
    wp: WordPress,
    desk: Desk,
    images: ImageServer,
    fields: dict[str, Any],
    status: int,
    code: str,
    update: bool,
) -> None:
    wp.php(
        "if (!get_user_by('login', 'subscriber')) wp_insert_user(array('user_login' =>"
        " 'subscriber', 'user_pass' => 'x', 'user_email' => 'subscriber@example.test'));"
    )
    if update:
        first_version(desk)
    body = full(desk, intent=2, **copy.deepcopy(fields))
    for image in [body["featured_image"], *body["gallery"], *body["inline_images"]]:
        image["url"] = image.get("url", "").format(images.url)
        if not image["url"]:
            del image["url"]
    before = everything(wp)
    error = desk.refused(body, status, code)
    assert everything(wp) == before
    assert error["recoverable"] is (code in {"MEDIA_NOT_STAGED", "GALLERY_IMAGE_DOWNLOAD_FAILED"})


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
@pytest.mark.parametrize("after", ["abandon", "retry", "sweep"])
def test_php_killed(wp: WordPress, desk: Desk, death: str, update: bool, after: str) -> None:
    if update:
        first_version(desk)
    body = full(desk, intent=2)
    before = everything(wp)
    with wp.mu_plugin(DEATHS[death].replace("%s", KILL)), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    if after == "abandon":
        answer = desk.abandon(body)
        assert answer.json()["data"]["state"] == "abandoned"
        assert everything(wp) == before
        desk.refused(body | {"attempt": 2}, 409, "STALE_ATTEMPT")
        desk.publish(full(desk, intent=3))
    elif after == "sweep":
        wp.sql("UPDATE wp_igny8_publishes SET claim_expires = 1 WHERE state = 'running'")
        wp.php("do_action('igny8_sweep');")
        assert everything(wp) == before
        assert desk.status()["publish"]["state"] == "failed"
    else:
        data = desk.publish(body | {"attempt": 2})
        assert data["replayed"] is False
    assert len(desk.posts()) == (1 if update or after != "sweep" else 0)
    names = [path for path in wp.files() if f"-{desk.content_id}" in path]
    assert len(names) == len({name.split("/")[-1] for name in names})


@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
@pytest.mark.parametrize("after", ["abandon", "retry", "new intent"])
def test_php_killed_after_the_commit(wp: WordPress, desk: Desk, update: bool, after: str) -> None:
    if update:
        first_version(desk)
        desk.retract("draft", intent=2)
    body = full(desk, intent=3)
    before = everything(wp)
    kill = (
        "add_filter('query', function ($sql) { if (strpos($sql, \"UPDATE `wp_posts` SET"
        " `post_status` = 'publish'\") === 0) { %s } return $sql; });"
    ).replace("%s", KILL)
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    assert desk.post()["post_status"] == "draft"
    if after == "abandon":
        assert desk.abandon(body).json()["data"]["state"] == "abandoned"
        assert without_revisions(everything(wp)) == without_revisions(before)
        return
    if after == "retry":
        data = desk.publish(body | {"attempt": 2})
        assert data["stored"]["title"] == body["title"]
    else:
        data = desk.publish(desk.body(intent=4, title="Newer"))
        assert data["result"] == "updated"
    assert desk.post()["post_status"] == "publish"
    assert desk.post()["post_title"] == data["stored"]["title"]


def test_abandoning_what_succeeded_changes_nothing(wp: WordPress, desk: Desk) -> None:
    body = full(desk)
    done = desk.publish(body)
    before = everything(wp)
    answer = desk.abandon(body).json()["data"]
    assert (answer["state"], answer["undone"], answer["result"]) == ("done", False, done)
    assert everything(wp) == before


def test_abandoning_what_never_arrived(wp: WordPress, desk: Desk) -> None:
    body = full(desk)
    staged = [body["featured_image"]["sha256"], body["gallery"][0]["sha256"]]
    assert wp.staged()
    answer = desk.abandon(body, sha256=[*staged, body["inline_images"][0]["sha256"]])
    assert answer.json()["data"] | {"publish_key": ""} == {
        "content_id": desk.content_id,
        "publish_key": "",
        "state": "abandoned",
        "undone": False,
        "result": None,
    }
    desk.refused(body, 409, "STALE_ATTEMPT")
    assert desk.abandon(body).json()["data"]["state"] == "abandoned"
    desk.refused(
        full(desk) | {"intent": 2, "gallery": [{"sha256": "1" * 64}]}, 404, "MEDIA_NOT_STAGED"
    )


def test_going_public_fails_for_the_successor_too(wp: WordPress, desk: Desk) -> None:
    body = full(desk)
    before = everything(wp)
    going_public = "UPDATE `wp_posts` SET `post_status` = .publish."
    kill = (
        "add_filter('query', function ($sql) { if (preg_match('/PATTERN/', $sql)) { KILL }"
        " return $sql; });"
    )
    kill = kill.replace("PATTERN", going_public).replace("KILL", KILL)
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    assert desk.post()["post_status"] == "draft"
    with wp.mu_plugin(BROKEN_SQL % going_public):
        refusal(desk.send(body | {"attempt": 2}), 500, "POST_PUBLISH_FAILED")
    assert everything(wp) == before
    assert desk.publish(body | {"attempt": 3})["result"] == "created"


def test_sweep_after_a_newer_intent_was_seen(wp: WordPress, desk: Desk) -> None:
    body = full(desk)
    before = everything(wp)
    code = DEATHS["inside the transaction"].replace("%s", KILL)
    with wp.mu_plugin(code), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    wp.sql(
        "UPDATE wp_igny8_publishes SET claim_expires = 1, seen_intent = 5 WHERE state = 'running'"
    )
    wp.php("do_action('igny8_sweep');")
    assert everything(wp) == before
    assert desk.status()["publish"]["state"] == "failed"
    desk.refused(full(desk, intent=4), 409, "STALE_ATTEMPT")
