"""Threads and suggestions through the API, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.writer import working
from webapp.writer.draft import Draft
from webapp.writing.models import Mention, PlacedAnchor, Remark, Revision, Thread

Client = TestClient[Litestar]
TEXT = "<p>Milk at <b>58 degrees</b> is sweet &amp; warm.</p>\n<p>Stop the steam at 52.</p>"


@pytest.fixture
def piece(desk: Desk) -> int:
    return desk.write(html=TEXT)


def threads(content_id: int) -> str:
    return f"/api/v1/writer/content/{content_id}/threads/"


def begin(client: Client, content_id: int, **given: Any) -> dict[str, Any]:
    answer = client.post(threads(content_id), json=given)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


def text_of(client: Client, content_id: int) -> str:
    return str(client.get(f"/api/v1/writer/content/{content_id}/").json()["data"]["html"])


def edit(client: Client, content_id: int, html: str) -> None:
    answer = client.patch(f"/api/v1/writer/content/{content_id}/", json={"html": html})
    assert answer.status_code == 200, answer.text


@pytest.mark.both_databases
def test_a_thread_goes_with_its_words_and_comes_back_with_them(
    desk: Desk, client: Client, piece: int
) -> None:
    made = begin(client, piece, text="Sure?", words="58 degrees is sweet & warm")
    assert made["quotation"] == "58 degrees</b> is sweet &amp; warm"
    begin(client, piece, text="Good.")
    edit(client, piece, f"<p>First of all.</p>{TEXT}")
    listed = client.get(threads(piece)).json()
    assert [one["quotation"] for one in listed["results"]] == [None, made["quotation"]]
    moved = listed["results"][1]
    assert moved["start"] == made["start"] + len("<p>First of all.</p>")
    edit(client, piece, "<p>Stop the steam at 52.</p>")
    gone = client.get(f"{threads(piece)}{made['id']}/").json()["data"]
    assert (gone["gone"], gone["start"]) == (True, None)
    assert gone["quotation"] == made["quotation"]
    edit(client, piece, TEXT)
    back = client.get(f"{threads(piece)}{made['id']}/").json()["data"]
    assert (back["gone"], back["start"]) == (False, made["start"])


@pytest.mark.both_databases
def test_it_is_replied_to_settled_and_opened_again(desk: Desk, client: Client, piece: int) -> None:
    made = begin(client, piece, text="Which?", words="the steam")
    one = f"{threads(piece)}{made['id']}/"
    name = desk.teammate.name
    said = client.post(f"{one}replies/", json={"text": f"Ask @{name}, not @Nobody."})
    assert said.status_code == 201
    assert [len(remark["mentions"]) for remark in said.json()["data"]["remarks"]] == [0, 1]
    assert [row.user_id for row in desk.rows(Mention)] == [desk.teammate.user_id]
    assert client.post(f"{one}accept/").status_code == 409
    assert client.post(f"{one}resolve/").json()["data"]["status"] == "resolved"
    assert client.post(f"{one}resolve/").status_code == 409
    edit(client, piece, f"<p>New.</p>{TEXT}")
    assert client.get(threads(piece)).json()["count"] == 0
    opened = client.post(f"{one}reopen/").json()["data"]
    assert opened["start"] == made["start"] + len("<p>New.</p>")


@pytest.mark.both_databases
def test_a_suggestion_is_accepted_as_an_edit_of_both(
    desk: Desk, client: Client, piece: int
) -> None:
    with desk.browser(desk.teammate) as other:
        made = begin(other, piece, words="58 degrees is sweet", instead="60 degrees is very sweet")
    assert made["replacement"] == "60 degrees</b> is very sweet"
    assert text_of(client, piece) == TEXT
    answer = client.post(f"{threads(piece)}{made['id']}/accept/")
    assert answer.json()["data"]["status"] == "accepted"
    assert text_of(client, piece) == TEXT.replace("58", "60").replace("is", "is very")
    last = max(desk.rows(Revision), key=lambda one: one.version)
    assert (last.why, last.source) == ("suggested", "igny8")
    names = (desk.teammate.name, desk.owner.name)
    assert last.note == "suggestion by {}, accepted by {}".format(*names)
    assert (last.user_id, last.others) == (desk.owner.user_id, [desk.teammate.user_id])


def test_of_all_suggestions_those_are_taken_that_still_fit(client: Client, piece: int) -> None:
    begin(client, piece, words="Milk", instead="Cream", model="gpt-5")
    begin(client, piece, words="steam", replacement="<i>steam</i>")
    begin(client, piece, words="steam at", instead="steam near")
    changed = begin(client, piece, words="sweet & warm", instead="warm")
    edit(client, piece, TEXT.replace("sweet", "sour"))
    every = client.post(f"/api/v1/writer/content/{piece}/suggestions/accept/")
    assert {**every.json()["data"], "version": 0} == {"accepted": 2, "left": 2, "version": 0}
    assert "<p>Cream at" in text_of(client, piece)
    assert "Stop the <i>steam</i> at 52" in text_of(client, piece)  # of two that overlap one
    refused = client.post(f"{threads(piece)}{changed['id']}/accept/")
    assert refused.status_code == 409
    [clash] = refused.json()["error"]["details"]["clashes"]
    assert (clash["was"], clash["now"], clash["suggested"]) == ("sweet &amp; ", "sour &amp; ", "")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x", "words": "nothing of the kind"}, "words"),
        ({"text": "x", "words": "e"}, "words"),
        ({"text": "x", "picture": "nowhere.png"}, "picture"),
        ({"text": "x", "start": 5, "end": 9000}, "start"),
        ({"text": "x", "instead": "y"}, "words"),
        ({"words": "Milk", "instead": "Milk"}, "instead"),
        ({"words": "warm. Stop", "instead": "y"}, "words"),
        ({"words": "Milk", "replacement": "<b>Milk"}, "replacement"),
        ({"text": "x" * 10_001}, "text"),
    ],
)
def test_what_cannot_be_is_named_by_its_field(
    desk: Desk, client: Client, piece: int, given: dict[str, Any], field: str
) -> None:
    answer = client.post(threads(piece), json=given)
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == [field]


def test_nothing_of_it_is_left_of_a_piece_that_was_deleted_for_good(
    desk: Desk, client: Client, piece: int
) -> None:
    begin(client, piece, text=f"Ask @{desk.teammate.name}.", words="the steam")
    client.delete(f"/api/v1/writer/content/{piece}/").raise_for_status()
    assert client.get(threads(piece)).status_code == 404
    client.delete(f"/api/v1/writer/bin/{piece}/").raise_for_status()
    assert [desk.rows(one) for one in (Thread, Remark, Mention, PlacedAnchor)] == [[], [], [], []]


def test_words_that_lie_beside_the_piece_are_found_once_they_are_in_it(
    desk: Desk, client: Client, piece: int
) -> None:
    desk.approve(piece)
    added = f"{TEXT}<p>Added beside.</p>"
    with desk.changing(piece) as (db, content):
        working.keep(db, content, Draft(html=added), by=desk.owner)
    made = begin(client, piece, text="Really?", words="Added beside.")
    assert (made["gone"], made["quotation"]) == (True, "Added beside.")
    edit(client, piece, added)
    assert client.get(f"{threads(piece)}{made['id']}/").json()["data"]["gone"] is False


def test_a_range_of_an_older_version_is_where_its_words_are_now(client: Client, piece: int) -> None:
    start = TEXT.index("Stop")
    edit(client, piece, f"<p>New.</p>{TEXT}")
    made = begin(client, piece, text="?", start=start, end=start + 4, version=1)
    assert (made["quotation"], made["start"]) == ("Stop", start + len("<p>New.</p>"))
    edit(client, piece, "<p>Another.</p>")
    late = client.post(threads(piece), json={"text": "?", "start": 0, "end": 9, "version": 2})
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "VERSION_CONFLICT"
