"""Giving a piece a time, and its approval: which doors approve, and what Undo takes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.accounts.models import Site
from webapp.publisher.planning import decisions, plans, schedule
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records.models import PlanChange
from webapp.writer import contents
from webapp.writer.models import Content, ReviewComment

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}
EDITED = "Will not go out: edited after approval"
TUESDAY = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
CALENDAR = "/publisher/content-calendar"


@pytest.fixture
def client(desk: Desk, clock: Any) -> Iterator[Client]:
    """Signed in, on 1 March 2027, a Monday."""
    desk.connect()
    clock.now = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
    with desk.browser(desk.owner) as signed_in:
        yield signed_in


@pytest.fixture
def piece(client: Client, desk: Desk) -> int:
    """It has a time, and was edited after it was approved."""
    content_id = desk.approved(title="Planned")
    put(desk, content_id)
    desk.edit(content_id, title="Planned, then edited")
    return content_id


def put(desk: Desk, content_id: int) -> None:
    with desk.changing(content_id) as (db, content):
        schedule.schedule(db, desk.system, content, Choice(TUESDAY, desk.owner, approves=True))


def moved(client: Client, desk: Desk, content_id: int, **where: str) -> Any:
    seen = desk.content(content_id).scheduled_publish_at
    given = {"id": content_id, "day": "2027-03-10", "seen": seen.isoformat() if seen else ""}
    return client.post(f"{CALENDAR}/moves", data=given | where, headers=HTMX)


def by_drag(client: Client, desk: Desk, content_id: int) -> Any:
    return moved(client, desk, content_id, time="")


def by_keys(client: Client, desk: Desk, content_id: int) -> Any:
    return moved(client, desk, content_id, time="11:30")


def by_inserting(client: Client, desk: Desk, content_id: int) -> Any:
    return moved(client, desk, content_id, time="11:30", insert="1")


def by_dialog(client: Client, desk: Desk, content_id: int) -> Any:
    given = {"at": "2027-03-10T11:30", "dialog": "yes"}
    return client.post(f"/content/{content_id}/schedule", data=given, headers=HTMX)


def by_api(client: Client, desk: Desk, content_id: int) -> Any:
    body = {"local_time": "2027-03-10T11:30"}
    return client.post(f"/api/v1/content/{content_id}/schedule/", json=body)


def by_replan(client: Client, desk: Desk, content_id: int) -> Any:
    with desk.changing(content_id) as (_, content):
        content.pinned = False
    with desk.system.db.write() as db:
        plans.replan(db, desk.system, db.get_one(Site, desk.site.id), by=desk.owner)
    return None


MOVES = [by_drag, by_keys, by_inserting, by_dialog, by_api, by_replan]


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("how", ["edited", "sent back"])
def test_no_door_approves_what_is_only_moved(
    client: Client, desk: Desk, piece: int, move: Any, how: str
) -> None:
    if how == "sent back":
        with desk.changing(piece) as (db, content):
            decisions.request_changes(db, desk.system, content, "Shorter.", by=desk.owner)
    before = desk.content(piece)
    answer = move(client, desk, piece)
    assert answer is None or answer.status_code == 200, answer.text
    content = desk.content(piece)
    assert content.scheduled_publish_at not in (None, TUESDAY)
    assert not contents.is_approved(content)
    assert (content.status, content.approved_at) == (before.status, before.approved_at)


@pytest.mark.parametrize("door", [by_dialog, by_api])
def test_what_gets_its_first_time_is_approved_by_that_and_undo_takes_both_back(
    client: Client, desk: Desk, door: Any
) -> None:
    content_id = desk.write()
    shown = client.get(f"/content/{content_id}/schedule").text
    assert "Approve and schedule" in shown
    answer = door(client, desk, content_id)
    content = desk.content(content_id)
    assert (content.status, content.site_status) == ("approved", "scheduled")
    change = (
        re.search(r'"undo": \[(\d+)\]', answer.headers["hx-trigger"])
        if door is by_dialog
        else re.search(r'"change_id":(\d+)', answer.text)
    )
    assert change
    assert client.post("/publisher/undo", data={"step": change[1]}, headers=HTMX).status_code == 200
    content = desk.content(content_id)
    assert (content.status, content.site_status, content.scheduled_publish_at) == (
        "draft",
        "not_published",
        None,
    )
    assert (content.approved_at, content.approved_by, content.approved_hash) == (None, None, "")
    assert [one.kind for one in desk.rows(ReviewComment)] == ["undone"]


def test_undo_leaves_what_was_approved_again_where_it_is(client: Client, desk: Desk) -> None:
    content_id = desk.write()
    done = client.post(
        f"/api/v1/content/{content_id}/schedule/", json={"local_time": "2027-03-10T11:30"}
    ).json()["data"]
    desk.edit(content_id, title="Better")
    desk.approve(content_id, by=desk.teammate)
    refused = client.post("/publisher/undo", data={"step": done["change_id"]}, headers=HTMX)
    assert refused.status_code == 409
    content = desk.content(content_id)
    assert (content.status, content.scheduled_publish_at is None) == ("approved", False)
    assert content.approved_by == desk.teammate.user_id


@pytest.mark.parametrize("door", [by_drag, by_keys, by_inserting])
def test_a_drag_never_approves_and_says_what_is_missing(
    client: Client, desk: Desk, door: Any
) -> None:
    content_id = desk.approved()
    desk.edit(content_id, title="Edited while its card was still in the tray")
    answer = door(client, desk, content_id)
    assert answer.status_code == 409
    assert "Approve it again" in answer.headers["hx-trigger"]
    assert desk.content(content_id).scheduled_publish_at is None


def places(client: Client, content_id: int) -> dict[str, str]:
    """What is said of a piece in each place that shows its time."""
    found = {
        "panel": f"/content/{content_id}/panel?home=content",
        "row": f"/publisher/publishing-queue/rows/{content_id}?tab=scheduled",
        "card": f"{CALENDAR}?date=2027-03-09",
        "peek": f"{CALENDAR}/pieces/{content_id}",
        "dialog": f"/content/{content_id}/schedule",
        "review": f"/review/rows/{content_id}",
        "content": f"/content/rows/{content_id}",
    }
    return {name: unescape(client.get(path, headers=HTMX).text) for name, path in found.items()}


def test_every_place_says_before_its_time_that_it_will_not_go_out(
    client: Client, desk: Desk, piece: int
) -> None:
    for name, text in places(client, piece).items():
        assert EDITED in text, name
        assert "Goes out" not in text, name
    shown = places(client, piece)
    assert f'action="/content/{piece}/approval"' in shown["panel"]
    assert f'data-approve="{piece}"' in shown["peek"]
    assert "/publisher/publishing-queue/approvals" in shown["row"]
    client.post("/publisher/publishing-queue/approvals?tab=scheduled", data={"only": str(piece)})
    assert contents.is_approved(desk.content(piece))
    for name, text in places(client, piece).items():
        assert "Will not go out" not in text, name


def test_what_was_sent_back_does_not_say_that_it_was_edited(
    client: Client, desk: Desk, piece: int
) -> None:
    with desk.changing(piece) as (db, content):
        decisions.request_changes(db, desk.system, content, "Shorter.", by=desk.owner)
    for name, text in places(client, piece).items():
        assert "Will not go out: not approved" in text, name


def test_an_edited_piece_that_waits_for_its_turn_says_so(client: Client, desk: Desk) -> None:
    content_id = desk.approved()
    desk.publish(content_id)
    desk.edit(content_id, title="Edited while it waits")
    [record] = desk.records_of(content_id)
    for path in (
        f"content/{content_id}/panel",
        f"publisher/publishing-queue/rows/{content_id}?tab=publishing",
        f"review/rows/{content_id}",
        f"content/rows/{content_id}",
        f"records/{record.id}",
    ):
        assert EDITED in client.get(f"/{path}", headers=HTMX).text, path


def test_the_calendar_of_other_programs_says_so_too(client: Client, desk: Desk, piece: int) -> None:
    client.post(f"{CALENDAR}/feeds", data={"site_id": str(desk.site.id)})
    page = client.get(f"{CALENDAR}/feeds").text
    address = re.search(r"http[^\"<]*\.ics", page)
    assert address
    text = client.get(address[0][address[0].index(CALENDAR) :]).text
    assert "will not go out" in re.sub(r"\r\n ", "", text)


def test_a_step_of_before_approvals_were_kept_can_still_be_undone(
    client: Client, desk: Desk
) -> None:
    content_id = desk.approved()
    put(desk, content_id)
    with desk.system.db.read() as db:
        [change] = db.query(PlanChange)
        assert [len(move) for move in change.moves] == [3]
    assert client.post("/publisher/undo", data={"step": change.id}, headers=HTMX).status_code == 200
    content: Content = desk.content(content_id)
    assert (content.status, content.scheduled_publish_at) == ("approved", None)
