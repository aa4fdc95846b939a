"""What a piece has been is kept: who, when, why, and the text byte for byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp import housekeeping
from webapp.accounts.access import Member
from webapp.core.clock import utc_now
from webapp.publisher.records import marks
from webapp.writer import contents, keeping
from webapp.writer.draft import Change
from webapp.writing import revisions
from webapp.writing.models import Revision, Text
from webapp.writing.revisions import Entry, Why

NINE, ELEVEN = timedelta(minutes=9), timedelta(minutes=11)


def history(desk: Desk, content_id: int, by: Member | None = None) -> list[Entry]:
    with desk.system.db.read() as db:
        return revisions.listed(db, by or desk.owner, content_id)[0]


def save(desk: Desk, content_id: int, html: str, by: Member | None = None, why: str = "") -> None:
    with desk.changing(content_id, by) as (db, content):
        contents.edit(db, content, Change(html=html), by=by or desk.owner, why=Why(why))


def later(desk: Desk, content_id: int, by: timedelta) -> None:
    """As if all that was saved so far had been saved so much earlier."""
    then = utc_now() - by
    with desk.system.db.write() as db:
        db.execute(
            sa.update(Revision)
            .where(Revision.content_id == content_id)
            .values(created_at=then, begun_at=then)
        )


def text(desk: Desk, content_id: int, version: int) -> str | None:
    with desk.changing(content_id) as (db, content):
        found = keeping.of_version(db, content, version)
        return found.html if found else None


@pytest.mark.both_databases
def test_each_save_is_kept_with_who_and_why(desk: Desk) -> None:
    content_id = desk.write(html="<p>One.</p>", by=desk.writer)
    save(desk, content_id, "<p>One two.</p>", by=desk.teammate)
    save(desk, content_id, "<p>One two three four.</p>", by=desk.teammate, why=revisions.PASTED)
    newest, second, first = history(desk, content_id)
    assert (first.version, first.people, first.why, first.words_added) == (
        1,
        ["Writer"],
        "typed",
        1,
    )
    assert (second.version, second.people, second.why) == (2, ["Teammate"], "typed")
    assert (newest.version, newest.why, newest.words) == (3, "pasted", 4)
    assert (newest.words_added, newest.words_removed) == (2, 0)
    assert text(desk, content_id, 2) == "<p>One two.</p>"
    assert text(desk, content_id, 3) == "<p>One two three four.</p>"
    assert text(desk, content_id, 4) is None


def test_saves_of_one_person_within_ten_minutes_are_one(desk: Desk) -> None:
    content_id = desk.write(html="<p>One.</p>")
    save(desk, content_id, "<p>One two.</p>")
    later(desk, content_id, NINE)
    save(desk, content_id, "<p>One two three.</p>")
    (line,) = history(desk, content_id)
    assert (line.version, line.words_added) == (3, 3)
    assert line.saved_at - line.begun_at > timedelta(minutes=8)
    assert text(desk, content_id, 1) == "<p>One.</p>"  # a page that was opened then can be merged
    assert text(desk, content_id, 2) == "<p>One two.</p>"
    later(desk, content_id, ELEVEN)
    save(desk, content_id, "<p>One two three four.</p>")
    assert [one.version for one in history(desk, content_id)] == [4, 3]
    assert [one.words_added for one in history(desk, content_id)] == [1, 3]


def test_two_people_who_write_at_once_are_one_revision(desk: Desk) -> None:
    content_id = desk.write(html="<p>One.</p>", by=desk.writer)
    save(desk, content_id, "<p>One two.</p>", by=desk.teammate, why=revisions.MERGED)
    save(desk, content_id, "<p>One two three.</p>", by=desk.writer, why=revisions.MERGED)
    (line,) = history(desk, content_id)
    assert (line.people, line.why) == (["Writer", "Teammate"], "merged")


def test_what_was_approved_or_spoken_of_stays_by_itself(desk: Desk) -> None:
    content_id = desk.write(html="<p>One.</p>")
    desk.approve(content_id)
    save(desk, content_id, "<p>One two.</p>")
    with desk.changing(content_id) as (db, content):
        contents.request_changes(db, content, "Shorter?", by=desk.teammate)
    save(desk, content_id, "<p>One three.</p>")
    assert [one.version for one in history(desk, content_id)] == [3, 2, 1]


def test_a_program_says_that_it_was_one(desk: Desk) -> None:
    program = replace(desk.owner, scopes=frozenset({"write"}))
    content_id = desk.write(by=program)
    save(desk, content_id, "<p>Two.</p>", by=program)
    assert [(one.why, one.source) for one in history(desk, content_id)] == [("api", "api")] * 2


def test_what_was_written_before_revisions_were_kept_is_not_lost(desk: Desk) -> None:
    content_id = desk.write(html="<p>Old.</p>")
    with desk.system.db.write() as db:
        db.execute(sa.delete(Revision))
    save(desk, content_id, "<p>New.</p>")
    assert text(desk, content_id, 1) == "<p>Old.</p>"


def test_an_edit_of_anything_else_keeps_it_too(desk: Desk) -> None:
    content_id = desk.write(title="Milk", html="<p>One.</p>")
    later(desk, content_id, ELEVEN)
    desk.edit(content_id, title="Warm milk", tags=[{"name": "Dairy"}])
    desk.edit(content_id, html="<p>One.</p>")  # nothing changed
    with desk.changing(content_id) as (db, content):
        first, second = (keeping.of_version(db, content, number) for number in (1, 2))
    assert first is not None
    assert second is not None
    assert (first.fields["title"], second.fields["title"]) == ("Milk", "Warm milk")
    assert [tag["name"] for tag in second.fields["tags"]] == ["Dairy"]
    assert [one.version for one in history(desk, content_id)] == [2, 1]


@pytest.mark.both_databases
def test_one_text_is_stored_once_per_account(desk: Desk) -> None:
    for member in (desk.owner, desk.owner, desk.stranger):
        site = desk.site if member is desk.owner else desk.other_site
        desk.write(html="<p>The same — ütf-8 🙂.</p>", by=member, site=site)
    rows = desk.rows(Text)
    assert len(rows) == 2
    assert {row.length for row in rows} == {len("<p>The same — ütf-8 🙂.</p>".encode())}


def test_the_list_goes_on_page_by_page(desk: Desk) -> None:
    content_id = desk.write()
    for number in range(5):
        save(desk, content_id, f"<p>{number}</p>", why=revisions.PASTED)
    with desk.system.db.read() as db:
        first, more = revisions.listed(db, desk.owner, content_id, size=4)
        rest, no_more = revisions.listed(db, desk.owner, content_id, first[-1].version, size=4)
        foreign, _ = revisions.listed(db, desk.stranger, content_id)
    assert [one.version for one in (*first, *rest)] == [6, 5, 4, 3, 2, 1]
    assert (more, no_more, foreign) == (True, False, [])


def test_no_list_reads_a_text(desk: Desk) -> None:
    content_id = desk.write()
    asked: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(desk.system.db.engine, "before_cursor_execute", note)
    history(desk, content_id)
    sa.event.remove(desk.system.db.engine, "before_cursor_execute", note)
    assert len([one for one in asked if one.startswith("SELECT")]) == 2
    assert "packed" not in "".join(asked)
    assert "fields" not in "".join(asked)


@pytest.mark.both_databases
def test_bases_go_after_a_day_and_texts_with_their_last_version(
    desk: Desk, clock: FakeClock
) -> None:
    content_id = desk.write(html="<p>One.</p>")
    for html in ("<p>One two.</p>", "<p>One.</p>", "<p>Three.</p>"):
        save(desk, content_id, html)
    other = desk.write(html="<p>One two.</p>")
    clock.now = utc_now() + timedelta(hours=23)
    housekeeping.prune(desk.system)
    assert text(desk, content_id, 1) == "<p>One.</p>"
    clock.now = utc_now() + timedelta(hours=25)
    housekeeping.prune(desk.system)
    assert text(desk, content_id, 1) is None
    assert text(desk, content_id, 4) == "<p>Three.</p>"
    assert text(desk, other, 1) == "<p>One two.</p>"
    assert len(desk.rows(Text)) == 2


def test_what_was_approved_and_what_is_online_is_marked(desk: Desk) -> None:
    desk.connect("headless")
    content_id = desk.published(html="<p>One.</p>")
    desk.edit(content_id, html="<p>Two.</p>")
    desk.approve(content_id, by=desk.admin)
    desk.edit(content_id, html="<p>Three.</p>")
    with desk.changing(content_id) as (db, content):
        found = marks.of(db, content)
    told = [
        [(mark.kind, mark.who) for mark in found.get(line.content_hash, [])]
        for line in history(desk, content_id)
    ]
    assert told == [[], [("approved", "Admin")], [("approved", "Owner"), ("online", "Gazette")]]
    online = found[history(desk, content_id)[-1].content_hash][-1]
    assert online.url == desk.content(content_id).external_url
