"""A backup is put back while the website has gone on: nothing is overwritten, doubled or lost."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.wordpress import WordPress
from webapp.core.codes import Code, sentence
from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import Conflict
from webapp.integrations import connections
from webapp.integrations.base import Fence
from webapp.publisher.delivery import restored
from webapp.publisher.planning import explanation
from webapp.publisher.records import drifts, states

ONLINE = (
    "SELECT m.meta_value AS id, p.post_title AS title, p.post_content AS html FROM wp_posts p"
    " JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key = '_igny8_content_id'"
    " WHERE p.post_status = 'publish'"
)
Posts = list[tuple[int, str, str]]
Look = Callable[[], Posts]
Run = Callable[[], dict[str, Any]]


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    """A WordPress with the plugin."""
    from tests.wordpress.conftest import start_site

    site = start_site("6.8")
    yield site
    site.stop()


@pytest.fixture(params=["test", pytest.param("wordpress", marks=pytest.mark.heavy)])
def destination(request: pytest.FixtureRequest, desk: Desk, website: Website) -> tuple[Look, Run]:
    """How to look at what is online, by content id and title; and how to run the command."""
    if request.param == "test":
        desk.connect_to_website()
        return lambda: _on(website), lambda: _as_json(desk)
    site: WordPress = request.getfixturevalue("wordpress")
    with desk.system.db.write() as db:
        _, key = connections.connect(db, desk.system, desk.site, "wordpress", base_url=site.url)
    site.set_option("igny8_api_key", key)
    return lambda: _on_wordpress(site), lambda: _by_command(desk)


def _on(website: Website) -> Posts:
    sent = ((number, post.payload) for number, post in website.online().items())
    return sorted((number, sent.title, sent.html) for number, sent in sent if sent)


def _on_wordpress(site: WordPress) -> Posts:
    found = site.sql(ONLINE)
    return sorted((int(str(row["id"])), str(row["title"]), str(row["html"])) for row in found)


def _as_json(desk: Desk) -> dict[str, Any]:
    done: dict[str, Any] = msgspec.to_builtins(restored.catch_up(desk.system))
    return done


def _by_command(desk: Desk) -> dict[str, Any]:
    """`igny8 after-restore`, as an operator runs it."""
    config = desk.system.config
    environment = {
        "IGNY8_VAR": str(config.var),
        "IGNY8_DATABASE_URL": config.database_url,
        "IGNY8_QUEUE_URL": config.queue_url,
        "IGNY8_SECRET_KEYS": ",".join(config.secret_keys),
        "IGNY8_ALLOW_PRIVATE_DESTINATIONS": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "after-restore", "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    done: dict[str, Any] = json.loads(ran.stdout)
    return done


def copy(source: Path, target: Path) -> None:
    """All of a database into another one, as SQLite's own `.backup` and `.restore` do it."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def ids(pieces: list[dict[str, Any]]) -> set[int]:
    return {piece["content_id"] for piece in pieces}


def seen(desk: Desk, content_id: int) -> str:
    """The state of a newer publication that this database does not know, where the website tells
    it: nobody overwrites that unseen."""
    with desk.system.db.read() as db:
        found = drifts.find(db, content_id)
        return found.drift.over if found is not None else ""


def test_a_restored_database_goes_on_behind_its_websites(
    desk: Desk, destination: tuple[Look, Run], clock: FakeClock, tmp_path: Path
) -> None:
    online, run = destination
    clock.advance(hours=-1)  # a website's clock is the real one
    again = desk.published(title="Published again")
    timed, later = desk.approved(title="With a time"), desk.approved(title="With a later time")
    desk.schedule(timed, 60)
    desk.schedule(later, 600)
    clicked, newer = desk.approved(title="Clicked"), desk.approved(title="Clicked, then edited")
    desk.publish(clicked)
    desk.publish(newer)
    database, backup = tmp_path / "igny8.sqlite", tmp_path / "backup.sqlite"
    copy(database, backup)

    desk.take()  # by a worker that dies: all that was clicked needs a second attempt
    clock.advance(61)
    desk.run_worker()
    for piece in (again, newer):
        desk.edit(piece, html="<p>A newer text than the backup has, and longer.</p>")
        desk.publish(piece)
        desk.run_worker()
    written = desk.published(title="Written after the backup")
    gone_on = online()
    assert [post[0] for post in gone_on] == sorted([again, timed, clicked, newer, written])

    copy(backup, database)
    refused = desk.publish(again, force=True)
    desk.run_worker()
    assert (desk.record(refused).error or {})["code"] == Code.STALE_ATTEMPT
    copy(backup, database)

    done = run()
    assert (ids(done["held"]), ids(done["goes_on"])) == ({again, timed, newer}, {clicked})
    assert done["asked"] == 5 and not done["silent"]  # noqa: PT018
    for piece in (again, timed, newer):
        content = desk.content(piece)
        assert "held" in content.attention
        assert content.scheduled_publish_at is None
        assert explanation.sentence(content.plan_trace) == sentence(Code.NEWER_THERE)
    (withdrawn,) = desk.records_of(newer)
    assert withdrawn.status == states.CANCELLED
    assert (withdrawn.error or {})["code"] == Code.NEWER_THERE

    # By itself nothing goes out that the website has seen since; the rest does, once.
    clock.advance(600)
    desk.run_worker()
    (carried_on,) = desk.records_of(clicked)
    assert (carried_on.receipt or {})["replayed"] is True
    assert (carried_on.receipt or {})["posts_with_this_id"] == 1
    assert desk.content(clicked).site_status == states.PUBLISHED
    posts = online()
    assert [post for post in posts if post[0] != later] == gone_on
    assert [post[1] for post in posts if post[0] == later] == ["With a later time"]

    # A person decides, and from here all is as ever; a new piece is nobody else's.
    fresh = desk.approved(title="Written after the return")
    assert fresh > written
    for piece in (again, timed, newer, fresh):
        desk.publish(piece, force=True, over=seen(desk, piece))
    desk.run_worker()
    posts = online()
    assert [post[0] for post in posts] == sorted(
        [again, timed, later, clicked, newer, written, fresh]
    )
    assert [post for post in posts if post[0] == written] == [p for p in gone_on if p[0] == written]
    assert not any("newer text than the backup" in post[2] for post in posts)
    for piece in (again, timed, newer, fresh):
        assert desk.content(piece).attention <= {"issues"}
        assert desk.records_of(piece)[-1].id > restored.LEAP


def test_a_website_that_does_not_answer_stops_it(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    piece = desk.approved()
    desk.schedule(piece, 60)
    website.fail("seen", "later", "later")
    done = restored.catch_up(desk.system)
    assert (done.numbers, done.held, list(done.silent)) == ({}, [], ["test"])
    assert restored.lines(done)[-1].startswith("Nothing was changed.")
    assert desk.content(piece).site_status == states.SCHEDULED
    assert desk.write() == piece + 1

    done = restored.catch_up(desk.system, hold_silent=True)
    assert [one.content_id for one in done.held] == [piece, piece + 1]
    assert desk.content(piece).site_status == states.NOT_PUBLISHED
    assert "held" in desk.content(piece).attention
    assert desk.write() > restored.LEAP


def test_what_failed_is_not_tried_again_over_something_newer(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    piece = desk.approved()
    website.fail("publish", "permanent")
    desk.publish(piece)
    desk.run_worker()
    assert desk.content(piece).site_status == states.FAILED
    website.posts[piece].fence = Fence("", 1000, 1)
    restored.catch_up(desk.system)
    assert desk.content(piece).site_status == states.NOT_PUBLISHED
    assert desk.content(piece).attention == {"held"}


def test_nothing_is_held_where_nothing_was_restored(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    pieces = [desk.published(), desk.approved()]
    desk.publish(pieces[1])
    (claim,) = desk.take()
    done = restored.catch_up(desk.system)
    assert (done.held, done.goes_on, done.asked) == ([], [], 2)
    assert desk.record(claim.record_id).status == states.PUBLISHING
    assert [desk.content(piece).pinned for piece in pieces] == [False, False]


@pytest.mark.both_databases
def test_new_numbers_are_ones_that_nobody_has_seen(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    before = desk.published()
    assert restored.catch_up(desk.system).numbers.keys() == set(restored.NUMBERED)
    after = desk.published()
    assert after > before + restored.LEAP - 2
    assert desk.records_of(after)[0].id > desk.records_of(before)[0].id + restored.LEAP - 2
    restored.catch_up(desk.system)
    assert desk.write() > after + restored.LEAP - 2


@pytest.mark.both_databases
def test_numbers_that_would_run_out_are_not_raised(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restored, "LEAP", LARGEST_INTEGER)
    before = desk.write()
    with pytest.raises(Conflict, match="run out"):
        restored.catch_up(desk.system)
    assert before < desk.write() <= before + 2
