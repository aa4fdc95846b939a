"""What the app does not take of one piece keeps no other back, and what it will never take is put
aside and said."""

from __future__ import annotations

import json
from typing import Any

from tests.support.wordpress import WordPress
from tests.wordpress.app import App, heard
from tests.wordpress.desk import Desk
from tests.wordpress.test_changes import TITLE, app, desk, edit, published, wp

__all__ = ["app", "desk", "wp"]
LAST = "wp_update_post(array('ID' => $id, 'post_title' => 'Theirs, last'));"


def pieces(wp: WordPress, desk: Desk, number: int) -> dict[int, int]:
    """Pieces that were changed there one after the other, with their posts."""
    posts = {}
    for _ in range(number):
        posts[desk.content_id] = published(desk)
        edit(wp, posts[desk.content_id], TITLE)
        desk.other_content()
    return posts


def told(app: App) -> list[int]:
    return [one["content_id"] for one in app.messages("changes")]


def run(wp: WordPress, command: str) -> dict[str, Any]:
    """`wp igny8 …`."""
    done: dict[str, Any] = json.loads(
        wp.php(f"echo wp_json_encode(Igny8\\Cli\\Commands::run('{command}'));")
    )
    return done


def test_what_will_never_be_taken_is_put_aside_with_its_reason(
    wp: WordPress, app: App, desk: Desk
) -> None:
    posts = pieces(wp, desk, 2)
    first = min(posts)
    app.judges = lambda message: 422 if message["content_id"] == first else heard(message)
    assert desk.flush() == {"sent": 1, "unchanged": 0, "waiting": 0, "problem": ""}
    assert desk.health()["changes"]["refused"] == 1
    app.received.clear()
    assert desk.flush()["problem"] == ""
    assert told(app) == [], "it is not tried for ever"
    doctor = run(wp, "doctor")
    assert doctor["code"] == 1
    [line] = [one for one in doctor["lines"] if "No, 422." in one]
    assert "Theirs" in line
    assert any("No, 422." in one for one in run(wp, "status")["lines"])
    page = wp.php("wp_set_current_user(1); Igny8\\Admin\\Dashboard::show_page();")
    assert "No, 422." in page
    # A later change of it is another message; so it is when an administrator says so.
    edit(wp, posts[first], LAST)
    desk.flush()
    assert told(app) == [first]
    app.judges = heard
    assert run(wp, "flush")["code"] == 0
    assert told(app) == [first, first]
    assert run(wp, "doctor")["lines"][-1].startswith("changes: OK")
    assert desk.health()["changes"]["refused"] == 0


def test_a_piece_that_the_app_fails_at_keeps_no_other_back(
    wp: WordPress, app: App, desk: Desk
) -> None:
    first, second, third = posts = pieces(wp, desk, 3)
    app.judges = lambda message: 500 if message["content_id"] == first else heard(message)
    assert desk.flush() == {"sent": 2, "unchanged": 0, "waiting": 1, "problem": "status 500"}
    assert told(app) == [first, second, third]
    # It waits by itself, longer each time, while the others go on.
    app.received.clear()
    edit(wp, posts[second], LAST)
    wp.php("Igny8\\Changes\\Courier::run_by_cron();")
    assert told(app) == [second]
    [row] = wp.sql(
        "SELECT tries, next_try_at - UNIX_TIMESTAMP() AS pause FROM wp_igny8_outbox"
        f" WHERE content_id = {first}"
    )
    assert (row["tries"], 30 < int(str(row["pause"])) <= 60) == ("1", True)
    app.judges = heard
    assert desk.flush()["waiting"] == 0
    assert told(app)[-1] == first


def test_an_app_that_is_away_is_not_asked_for_each_piece(
    wp: WordPress, app: App, desk: Desk
) -> None:
    posts = pieces(wp, desk, 12)
    app.judges = lambda _: 503
    assert desk.flush()["problem"] == "status 503"
    assert len(told(app)) == 10
    app.received.clear()
    app.judges = heard
    wp.php("Igny8\\Changes\\Courier::run_by_cron();")
    assert told(app) == [*posts], "none of them has to wait for that"
