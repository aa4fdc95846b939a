"""One post per content: parallel requests, replays, stale attempts, claims that run out."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.images import png
from tests.wordpress.test_nothing_left import everything

SLOW = (
    "add_action('save_post', function ($id, $post) {"
    " if ($post->post_title === 'Slow') sleep(%d); }, 10, 2);"
)
SLOW_IMAGE = (
    "add_action('add_attachment', function ($id) {"
    " if (strpos(get_post($id)->post_title, 'slow') === 0) sleep(%d); });"
)


def in_parallel(desk: Desk, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    """Send all at once."""
    start = threading.Barrier(len(bodies))

    def send(body: dict[str, Any]) -> httpx.Response:
        start.wait()
        return desk.send(body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


@pytest.mark.parametrize("keys", ["one key", "a key each"])
def test_fifty_parallel_requests_make_one_post(wp: WordPress, desk: Desk, keys: str) -> None:
    before = wp.counts()
    body = desk.body(
        tags=[{"name": f"p {desk.content_id}"}],
        featured_image={"sha256": desk.stage(png(120)), "filename": f"p-{desk.content_id}.png"},
    )
    bodies = [body] * 50
    if keys == "a key each":
        bodies = [
            body | {"publish_key": str(uuid.uuid4()), "intent": number, "title": f"T {number}"}
            for number in range(1, 51)
        ]
    responses = in_parallel(desk, bodies)
    statuses = [response.status_code for response in responses]
    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409, 423}
    for response in responses:
        if response.status_code == 423:
            assert int(response.headers["Retry-After"]) > 0
        elif keys == "one key":
            assert response.json()["data"]["replayed"] is (response.status_code == 200)
    assert len(desk.posts()) == 1
    after = wp.counts()
    assert after["attachments"] == before["attachments"] + 1
    assert after["terms"] == before["terms"] + 1


def test_parallel_contents_share_new_terms_and_slugs(wp: WordPress, desk: Desk) -> None:
    shared, bodies = desk.content_id, []
    for _ in range(12):
        desk.other_content()
        tags = [{"name": f"shared {shared} {n}"} for n in range(3)]
        category = {"name": f"cat {shared}"}
        bodies.append(desk.body(title=f"Shared {shared}", tags=tags, categories=[category]))
    responses = in_parallel(desk, bodies)
    assert [response.status_code for response in responses] == [201] * 12
    slugs = wp.sql(f"SELECT slug, name FROM wp_terms WHERE name LIKE '% {shared}%'")
    assert len(slugs) == 4
    counts = wp.sql(
        "SELECT x.count FROM wp_term_taxonomy x JOIN wp_terms t ON t.term_id = x.term_id"
        f" WHERE t.name LIKE '% {shared}%'"
    )
    assert {row["count"] for row in counts} == {"12"}
    links = {response.json()["data"]["post_url"] for response in responses}
    assert len(links) == 12


def test_replay(wp: WordPress, desk: Desk) -> None:
    body = desk.body(categories=[{"name": f"r {desk.content_id}"}])
    first = desk.publish(body)
    before = everything(wp)
    assert desk.publish(body) == first | {"replayed": True}
    assert desk.publish(body | {"attempt": 7, "title": "Ignored"}) == first | {"replayed": True}
    assert everything(wp) == before
    error = desk.refused(body | {"attempt": 6}, 409, "STALE_ATTEMPT")
    assert error["details"] == {"intent": 1, "attempt": 7}
    fence = desk.status()["publish"]
    assert (fence["attempt"], fence["seen_intent"], fence["seen_attempt"]) == (1, 1, 7)
    assert not error["recoverable"]


def test_older_intent_is_refused(desk: Desk) -> None:
    old, new = desk.body(), desk.body(intent=2, title="New")
    desk.publish(new)
    desk.refused(old, 409, "STALE_ATTEMPT")
    desk.refused(old | {"attempt": 99}, 409, "STALE_ATTEMPT")
    desk.refused(desk.body(intent=2, title="Rival"), 409, "STALE_ATTEMPT")
    assert desk.post()["post_title"] == "New"


def test_key_of_another_intent(desk: Desk) -> None:
    body = desk.body()
    desk.publish(body)
    desk.refused(body | {"intent": 2}, 400, "CONTENT_INVALID")
    refusal(desk.retract("draft", 1, key=body["publish_key"]), 400, "CONTENT_INVALID")


def test_live_request_is_not_interrupted(wp: WordPress, desk: Desk) -> None:
    body = desk.body(title="Slow")
    with wp.mu_plugin(SLOW % 2), ThreadPoolExecutor() as pool:
        running = pool.submit(desk.send, body)
        wait_for_claim(wp, desk)
        error = desk.refused(body | {"attempt": 2}, 423, "IN_PROGRESS")
        assert error["recoverable"]
        desk.refused(body, 409, "STALE_ATTEMPT")
        assert running.result().status_code == 201
    assert desk.publish(body | {"attempt": 2})["replayed"] is True


@pytest.mark.parametrize("where", ["while it makes images", "inside its transaction"])
def test_stale_attempt_while_its_slow_request_still_works(
    wp: WordPress, desk: Desk, where: str
) -> None:
    images = where == "while it makes images"
    body = desk.body(title="Slow", time_limit=1, tags=[{"name": f"s {desk.content_id}"}])
    if images:
        name = f"slow-{desk.content_id}.png"
        body["featured_image"] = {"sha256": desk.stage(png(130)), "filename": name}
    before = wp.counts()
    with wp.mu_plugin((SLOW_IMAGE if images else SLOW) % 4), ThreadPoolExecutor() as pool:
        slow = pool.submit(desk.send, body)
        wait_for_claim(wp, desk)
        time.sleep(1.5)
        # Its time is over, it is alive: the successor takes the content over.
        successor = desk.publish(body | {"attempt": 2, "title": "Quick", "time_limit": 60})
        answer = slow.result()
    if images:
        refusal(answer, 409, "STALE_ATTEMPT")
        assert desk.post()["post_title"] == "Quick"
    else:
        # The row was locked until the commit: the successor found the work decided, and
        # both may have finished it.
        assert answer.status_code in {201, 409}
        assert desk.post()["post_title"] == successor["stored"]["title"] == "Slow"
    assert len(desk.posts()) == 1
    after = wp.counts()
    assert after["attachments"] == before["attachments"] + images
    assert after["terms"] == before["terms"] + 1
    assert desk.post()["post_status"] == "publish"
    if images:
        thumbnail = desk.meta()["_thumbnail_id"]
        assert int(thumbnail or 0) == successor["featured_image"]["attachment_id"]
        sizes = [path for path in wp.files() if f"slow-{desk.content_id}" in path]
        assert httpx.get(successor["featured_image"]["url"]).content == png(130)
        assert len(sizes) == sizes_of_one_image(wp, desk)


def test_dead_request_is_taken_over_at_once(wp: WordPress, desk: Desk) -> None:
    body = desk.body(title="Slow", time_limit=300)
    kill = "add_action('save_post', function () { posix_kill(posix_getpid(), SIGKILL); });"
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    began = time.monotonic()
    assert desk.publish(body | {"attempt": 2})["result"] == "created"
    assert time.monotonic() - began < 60


def test_without_database_locks_only_time_counts(wp: WordPress, desk: Desk) -> None:
    body = desk.body(title="Slow", time_limit=300)
    kill = "add_action('save_post', function () { posix_kill(posix_getpid(), SIGKILL); });"
    with wp.mu_plugin("add_filter('igny8_use_database_locks', '__return_false');"):
        with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
            desk.send(body)
        wp.after_a_death()
        desk.refused(body | {"attempt": 2}, 423, "IN_PROGRESS")
        # Its time is over, without waiting for it.
        where = f"WHERE content_id = {desk.content_id}"
        wp.sql(f"UPDATE wp_igny8_publishes SET claim_expires = 1 {where}")
        assert desk.publish(body | {"attempt": 3})["result"] == "created"


def test_a_b_a(desk: Desk) -> None:
    a, b = {"title": "A", "content_html": "<p>a</p>"}, {"title": "B", "content_html": "<p>b</p>"}
    first = desk.publish(desk.body(**a))
    assert desk.publish(desk.body(intent=2, **b))["result"] == "updated"
    last = desk.publish(desk.body(intent=3, **a))
    assert (last["result"], last["post_id"]) == ("updated", first["post_id"])
    assert desk.post()["post_title"] == "A"
    assert desk.post()["post_content"] == "<p>a</p>"


def test_unchanged_is_skipped_unless_forced_or_edited_there(wp: WordPress, desk: Desk) -> None:
    first = desk.publish(desk.body())
    assert desk.publish(desk.body(intent=2))["result"] == "skipped"
    assert desk.publish(desk.body(intent=3, force=True))["result"] == "updated"
    wp.php(f"wp_update_post(array('ID' => {first['post_id']}, 'post_title' => 'Edited'));")
    assert desk.status()["post"]["edited_there"] is True
    known = {"expected_hash": first["stored_hash"]}
    error = desk.refused(desk.body(intent=4, **known), 409, "EDITED_THERE")
    assert error["details"]["stored_hash"] != first["stored_hash"]
    assert desk.post()["post_title"] == "Edited"
    assert desk.publish(desk.body(intent=5))["result"] == "updated"
    assert desk.publish(desk.body(intent=6, force=True, **known))["result"] == "updated"


def test_update_keeps_date_and_permalink(desk: Desk) -> None:
    when = {"publish_mode": "scheduled", "published_at": "2024-02-03T04:05:06Z"}
    first = desk.publish(desk.body(slug=f"kept-{desk.content_id}", **when))
    again = desk.publish(desk.body(intent=2, title="Other title"))
    assert again["post_date_utc"] == "2024-02-03T04:05:06Z"
    assert again["post_url"] == first["post_url"]


def test_future_moment_is_clamped(desk: Desk) -> None:
    body = desk.body(publish_mode="scheduled", published_at="2099-01-01T00:00:00Z")
    data = desk.publish(body)
    assert data["date_clamped"] is True
    assert desk.post()["post_status"] == "publish"


@pytest.mark.parametrize(("to", "status"), [("draft", "draft"), ("trash", "trash"), ("delete", "")])
def test_retract_and_publish_again(wp: WordPress, desk: Desk, to: str, status: str) -> None:
    before = wp.counts()
    body = desk.body(
        slug=f"back-{desk.content_id}",
        featured_image={"sha256": desk.stage(png(140)), "filename": f"b-{desk.content_id}.png"},
    )
    first = desk.publish(body)
    key = str(uuid.uuid4())
    gone = desk.retract(to, 2, key).json()["data"]
    assert (gone["result"], gone["post_status"]) == ("retracted", status or None)
    assert httpx.get(first["post_url"]).status_code == 404
    assert desk.retract(to, 2, key, attempt=2).json()["data"] == gone | {"replayed": True}
    refusal(desk.retract(to, 2, key), 409, "STALE_ATTEMPT")
    desk.refused(body | {"attempt": 9}, 409, "STALE_ATTEMPT")
    if to == "delete":
        assert desk.posts() == []
        left = {name: count - before[name] for name, count in wp.counts().items()}
        # The image stays in the library, with its row, its meta and its files.
        assert {name for name, count in left.items() if count} == {
            "attachments",
            "postmeta",
            "files",
        }
        assert left["attachments"] == 1
    else:
        assert desk.post()["post_status"] == status
        assert desk.status()["post"]["edited_there"] is False
    image = {"featured_image": {"sha256": desk.stage(png(140))}}
    again = desk.publish(body | image | {"publish_key": str(uuid.uuid4()), "intent": 3})
    assert again["result"] == ("created" if to == "delete" else "updated")
    assert again["post_url"] == first["post_url"]
    assert again["sequence"] == 3
    assert httpx.get(again["post_url"]).status_code == 200


def test_retracting_what_is_not_there(desk: Desk) -> None:
    assert desk.retract("draft", 1).json()["data"]["result"] == "gone"
    assert desk.publish(desk.body(intent=2))["result"] == "created"


def test_retract_killed_in_the_middle(wp: WordPress, desk: Desk) -> None:
    desk.publish(desk.body())
    key = str(uuid.uuid4())
    kill = "add_action('before_delete_post', function () { posix_kill(posix_getpid(), SIGKILL); });"
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.retract("delete", 2, key)
    wp.after_a_death()
    assert desk.retract("delete", 2, key, attempt=2).json()["data"]["result"] == "retracted"
    assert desk.posts() == []


def test_dry_run_writes_nothing(wp: WordPress, desk: Desk) -> None:
    c = desk.content_id
    body = desk.body(
        categories=[{"name": f"dry {c}"}],
        featured_image={"sha256": desk.stage(png(150)), "filename": f"dry-{c}.png"},
        dry_run=True,
    )
    before, rows = everything(wp), wp.sql("SELECT * FROM wp_igny8_publishes")
    plan = desk.send(body).json()["data"]
    assert everything(wp) == before
    assert wp.sql("SELECT * FROM wp_igny8_publishes") == rows
    assert plan["result"] == "created"
    assert plan["taxonomies_processed"]["categories"]["created"] == [f"dry {c}"]
    assert plan["images"] == [
        {"role": "featured", "source": body["featured_image"]["sha256"], "action": "create"}
    ]
    real = desk.publish(body | {"dry_run": False})
    assert real["result"] == plan["result"]
    changed = desk.send(body | {"title": "Changed", "intent": 2}).json()["data"]
    actions = {field["field"]: field["action"] for field in changed["fields"]}
    assert {name for name, action in actions.items() if action == "change"} == {"title"}
    assert changed["images"][0]["action"] == "reuse"
    missing = {"featured_image": {"sha256": "2" * 64}}
    desk.refused(desk.body(title="Other", dry_run=True, **missing), 404, "MEDIA_NOT_STAGED")


def wait_for_claim(wp: WordPress, desk: Desk) -> None:
    """Wait until a request about the content is running, and a little longer."""
    query = f"SELECT state FROM wp_igny8_publishes WHERE content_id = {desk.content_id}"
    for _ in range(100):
        if wp.value(query) == "running":
            time.sleep(0.3)
            return
        time.sleep(0.02)
    raise TimeoutError("the request did not begin")


def sizes_of_one_image(wp: WordPress, desk: Desk) -> int:
    """How many files WordPress made of the featured image."""
    thumbnail = desk.meta()["_thumbnail_id"]
    code = f"echo count(wp_get_attachment_metadata({thumbnail})['sizes']) + 1;"
    return int(wp.php(code))
