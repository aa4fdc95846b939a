"""Undo at its one address: of one step and of many, told truly, and small however much it moved."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.core import labels
from webapp.publisher.planning import changes, schedule
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.planning.steps import Move, Place
from webapp.writer.models import Content

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.connect()
    return desk


def hold(desk: Desk, content_id: int) -> int:
    """A step that takes its time away; its id."""
    with desk.changing(content_id) as (db, content):
        return schedule.hold(db, desk.system, content, by=desk.owner).change_id


def held(desk: Desk, number: int) -> tuple[list[int], list[int]]:
    """Pieces with a time that were put on hold, and the steps."""
    ids = [desk.approved() for _ in range(number)]
    for content_id in ids:
        desk.schedule(content_id, 86_400)
    return ids, [hold(desk, content_id) for content_id in ids]


def events(client: Client, steps: list[int]) -> dict[str, Any]:
    answer = client.post("/publisher/undo", data={"step": steps}, headers=HTMX)
    assert answer.status_code == 200
    assert len(answer.headers["HX-Trigger"]) < 1000
    told: dict[str, Any] = json.loads(answer.headers["HX-Trigger"])
    return told


def test_pages_hear_which_pieces_came_back(desk: Desk, client: Client) -> None:
    ids, steps = held(desk, 3)
    told = events(client, steps)
    assert told["undone"] == {"topic": "content", "ids": ids}
    assert (told["toast"]["text"], told["toast"]["kind"]) == ("3 pieces put back.", "ok")
    assert all(desk.content(one).scheduled_publish_at for one in ids)


def test_a_step_of_very_many_is_told_as_one_plan(
    desk: Desk, client: Client, clock: FakeClock
) -> None:
    """A header has little room, and a proxy that finds it too long hides that it was done."""
    first = desk.approved()
    number = changes.ONE_BY_ONE + 1
    ids = [first, *(desk.approved() for _ in range(number - 1))]
    at = clock.now + timedelta(days=1)
    with desk.system.db.write() as db:
        pieces = [db.get_one(Content, one) for one in ids]
        before = {one.id: Place.of(one) for one in pieces}
        for one in pieces:
            one.scheduled_publish_at = at
            one.site_status = "scheduled"
        moves = [Move(one.id, before[one.id], Place.of(one)) for one in pieces]
        step = changes.keep(
            db, desk.site.account_id, desk.site.id, "replan", moves, by=desk.owner
        ).id
    told = events(client, [step])
    assert told["undone"] == {"topic": "plan", "ids": [desk.site.id]}
    assert told["toast"]["text"] == f"{number} pieces put back."


def test_what_stayed_of_several_steps_is_counted_and_stands(desk: Desk, client: Client) -> None:
    ids, steps = held(desk, 6)
    for content_id in ids[1:]:
        with desk.changing(content_id) as (db, content):
            schedule.release(db, desk.system, content, by=desk.owner)
    toast = events(client, steps)["toast"]
    assert toast["text"] == "“Piece 1” put back. 5 pieces stayed: acted on since, or too late."
    assert toast["kind"] == "problem", "it does not leave by itself"


def test_without_a_script_a_partial_undo_is_told_on_a_page(desk: Desk, client: Client) -> None:
    ids, steps = held(desk, 2)
    with desk.changing(ids[0]) as (db, content):
        schedule.release(db, desk.system, content, by=desk.owner)
    page = client.post("/publisher/undo", data={"step": steps, "home": "/content?q=a"})
    assert "put back. 1 piece stayed" in page.text
    assert 'href="/content?q=a"' in page.text


def test_of_a_step_that_is_not_theirs_nothing_is_done(desk: Desk, client: Client) -> None:
    ids, steps = held(desk, 1)
    [foreign] = held_by_stranger(desk)
    answer = client.post("/publisher/undo", data={"step": [*steps, foreign]}, headers=HTMX)
    assert answer.status_code == 404
    assert desk.content(ids[0]).attention == {"held"}


def held_by_stranger(desk: Desk) -> list[int]:
    content_id = desk.approved(site=desk.other_site)
    with desk.changing(content_id, desk.stranger) as (db, content):
        return [schedule.hold(db, desk.system, content, by=desk.stranger).change_id]


def test_without_a_step_nothing_is_said_to_be_done(desk: Desk, client: Client) -> None:
    assert client.post("/publisher/undo", data={}, headers=HTMX).status_code == 422


def test_a_title_of_any_length_fits_a_sentence() -> None:
    assert labels.named("Milk at 58 degrees") == "“Milk at 58 degrees”"
    assert labels.named("") == "“Without a title”"
    long = labels.named("Every " + "very " * 30 + "long title")
    assert long.endswith(" very…”")
    assert len(long) <= labels.LONGEST_NAME + 3
    assert labels.named("x" * 500) == "“" + "x" * labels.LONGEST_NAME + "…”"


def test_two_hundred_steps_are_taken_back_without_a_script_too(desk: Desk, client: Client) -> None:
    answer = client.post(
        "/publisher/undo",
        data={"step": [str(10**9 + n) for n in range(200)], "home": "/content", "_csrf": "x"},
    )
    assert answer.status_code == 404, "asked for, and not refused for its size"


def test_what_comes_back_is_told_what_it_meets(desk: Desk, client: Client) -> None:
    first, second = desk.approved(title="First"), desk.approved(title="Second")
    at = (desk.system.clock() + timedelta(days=3)).replace(second=0, microsecond=0)
    with desk.changing(first) as (db, content):
        schedule.schedule(db, desk.system, content, Choice(at, desk.owner))
    with desk.changing(first) as (db, content):
        step = schedule.unschedule(db, desk.system, content, by=desk.owner).change_id
    with desk.changing(second) as (db, content):
        schedule.schedule(db, desk.system, content, Choice(at, desk.owner))
    answer = client.post("/publisher/undo", data={"step": step}, headers=HTMX)
    told = json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert told.startswith("“First” put back. Another piece of the site goes out at")


def test_a_page_offers_no_step_of_another_piece(desk: Desk, client: Client) -> None:
    [here, there], steps = held(desk, 2)
    shown = client.get(f"/content/{here}/schedule", params={"done": steps[1]})
    assert "data-takes-back" not in shown.text
    shown = client.get(f"/content/{there}/schedule", params={"done": steps[1]})
    assert "data-takes-back" in shown.text
    client.post("/publisher/undo", data={"step": steps[1]}, headers=HTMX)
    shown = client.get(f"/content/{there}/schedule", params={"done": steps[1]})
    assert "data-takes-back" not in shown.text, "it is undone"
