"""Deciding on a page that is behind: what nobody has read is neither approved nor sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.publisher.records.models import PublishingRecord

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}
SENTENCE = "This piece was edited meanwhile; look at it again."
QUEUE = "/publisher/publishing-queue"


@pytest.fixture
def client(desk: Desk) -> Iterator[Client]:
    desk.connect()
    with desk.browser(desk.owner) as signed_in:
        yield signed_in


@pytest.fixture
def piece(desk: Desk) -> int:
    return desk.write(title="Read this")


def forms_of(html: str) -> dict[str, dict[str, str]]:
    """The hidden fields of each form, by the last word of its address."""
    found = re.findall(r'<form[^>]*\saction="[^"]*/([a-z-]+)"[^>]*>(.*?)</form>', html, re.S)
    return {
        act: dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inner))
        for act, inner in found
    }


def is_undecided(desk: Desk, content_id: int) -> bool:
    content = desk.content(content_id)
    return content.approved_at is None and not desk.rows(PublishingRecord)


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
@pytest.mark.parametrize("home", ["review", "content"])
@pytest.mark.parametrize("act", ["approval", "publication"])
def test_what_was_edited_since_the_page_was_made_is_not_decided(
    client: Client, desk: Desk, piece: int, act: str, home: str, headers: dict[str, str]
) -> None:
    form = forms_of(client.get(f"/{home}/{piece}").text)[act]
    desk.edit(piece, html="<p>Nobody has read this.</p>")
    answer = client.post(f"/content/{piece}/{act}", data=form, headers=headers)
    assert answer.status_code == 409
    assert SENTENCE in answer.text
    assert f'href="/{home}/{piece}" data-look' in answer.text
    assert is_undecided(desk, piece)
    # The text beside the panel is still the old one: the panel's own buttons stay refused.
    again = client.post(f"/content/{piece}/{act}", data=forms_of(answer.text)[act])
    assert again.status_code == 409
    assert is_undecided(desk, piece)


@pytest.mark.parametrize("act", ["approval", "publication"])
def test_looking_again_lets_one_decide(client: Client, desk: Desk, piece: int, act: str) -> None:
    desk.edit(piece, html="<p>Now it is read.</p>")
    form = forms_of(client.get(f"/review/{piece}").text)[act]
    answer = client.post(f"/content/{piece}/{act}", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert desk.content(piece).approved_at is not None


def test_a_panel_that_renews_itself_keeps_the_version_of_the_text_beside_it(
    client: Client, desk: Desk, piece: int
) -> None:
    page = client.get(f"/review/{piece}").text
    address = unescape(re.findall(r'hx-get="(/content/\d+/panel[^"]*)"', page)[0])
    assert "data-edited" not in page
    desk.edit(piece, html="<p>Nobody has read this.</p>")
    panel = client.get(address, headers=HTMX).text
    assert "data-edited" in panel
    assert forms_of(panel)["approval"]["version"] == forms_of(page)["approval"]["version"]
    assert unescape(re.findall(r'hx-get="(/content/\d+/panel[^"]*)"', panel)[0]) == address


def test_many_at_once_leave_out_what_was_edited_meanwhile(client: Client, desk: Desk) -> None:
    same, other = desk.write(title="Stays"), desk.write(title="Is edited")
    page = client.get("/review?status=all").text
    ticks = re.findall(r'type="checkbox"\s+name="id"\s+value="([^"]+)"', page)
    assert len(ticks) == 2
    desk.edit(other, html="<p>Nobody has read this.</p>")
    answer = client.post("/review/approvals?status=all", data={"id": ticks})
    assert f"<strong>Is edited</strong>: {SENTENCE}" in answer.text
    assert desk.content(same).approved_at is not None
    assert desk.content(other).approved_at is None


def test_the_queue_leaves_out_what_was_edited_meanwhile(client: Client, desk: Desk) -> None:
    piece = desk.approved(title="Waits")
    desk.schedule(piece, 3600)
    desk.edit(piece, html="<p>Somebody has read this.</p>")
    page = client.get(f"{QUEUE}?tab=scheduled").text
    only = re.findall(r'name="id" value="([^"]+)"', page)
    assert only == re.findall(r'name="only" value="([^"]+)"', page)
    desk.edit(piece, html="<p>Nobody has read this.</p>")
    for noun in ("approvals", "publications"):
        answer = client.post(f"{QUEUE}/{noun}?tab=scheduled", data={"only": only[0]})
        assert SENTENCE in answer.text
    assert not desk.rows(PublishingRecord)
    assert desk.content(piece).status == "review"


def test_the_details_on_the_calendar_approve_what_they_were_made_of(
    client: Client, desk: Desk
) -> None:
    piece = desk.approved(title="Waits")
    desk.schedule(piece, 3600)
    desk.edit(piece, html="<p>Somebody has read this.</p>")
    shown = client.get(f"/publisher/content-calendar/pieces/{piece}").text
    version = re.findall(r'data-version="(\d+)"', shown)[0]
    desk.edit(piece, html="<p>Nobody has read this.</p>")
    given: dict[str, Any] = {"home": "calendar", "version": version}
    answer = client.post(f"/content/{piece}/approval", data=given, headers=HTMX)
    assert answer.status_code == 409
    assert SENTENCE in answer.headers["HX-Trigger"]
    assert desk.content(piece).status == "review"


# A time, which approves what has none


@pytest.fixture
def time(clock: FakeClock) -> dict[str, str]:
    return {"at": (clock.now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")}


def dialog_of(client: Client, page: str) -> str:
    """The dialog that a page's Schedule opens, fetched by its link."""
    link = unescape(re.findall(r'href="(/content/\d+/schedule[^"]*)"', page)[0])
    return client.get(link, headers=HTMX).text


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
@pytest.mark.parametrize("path", ["/review/{}", "/content/{}", f"{QUEUE}?tab=attention"])
def test_a_time_approves_what_was_shown_beside_it_and_no_newer_text(
    client: Client, desk: Desk, piece: int, time: dict[str, str], path: str, headers: dict[str, str]
) -> None:
    if "queue" in path:
        with desk.changing(piece) as (_, content):
            content.attention = frozenset({"held"})
    page = client.get(path.format(piece)).text
    desk.edit(piece, html="<p>Nobody has read this.</p>")
    dialog = dialog_of(client, page)
    assert SENTENCE in dialog
    for given in (time, {"slot": time["at"]}):
        form = {**forms_of(dialog)["schedule"], **given}
        answer = client.post(f"/content/{piece}/schedule", data=form, headers=headers)
        assert answer.status_code == 409
        assert SENTENCE in answer.text
        assert forms_of(answer.text)["schedule"]["version"] == form["version"]
        assert is_undecided(desk, piece)
        assert desk.content(piece).scheduled_publish_at is None


def test_an_edit_while_the_dialog_is_open_is_not_approved(
    client: Client, desk: Desk, piece: int, time: dict[str, str]
) -> None:
    dialog = client.get(f"/content/{piece}/schedule", headers=HTMX).text
    assert SENTENCE not in dialog
    desk.edit(piece, html="<p>Nobody has read this.</p>")
    form = {**forms_of(dialog)["schedule"], **time}
    assert client.post(f"/content/{piece}/schedule", data=form).status_code == 409
    form = {**forms_of(client.get(f"/content/{piece}/schedule").text)["schedule"], **time}
    assert client.post(f"/content/{piece}/schedule", data=form).status_code == 200
    assert desk.content(piece).status == "approved"


def test_a_time_that_approves_nothing_asks_for_no_version(
    client: Client, desk: Desk, time: dict[str, str]
) -> None:
    piece = desk.approved(title="Waits")
    form = {**forms_of(client.get(f"/content/{piece}/schedule").text)["schedule"], **time}
    desk.edit(piece, html="<p>Edited and approved.</p>")
    desk.approve(piece)
    assert client.post(f"/content/{piece}/schedule", data=form).status_code == 200
    assert desk.content(piece).site_status == "scheduled"


# Publishing over edits


def test_publishing_over_edits_from_the_records_page_takes_no_newer_text(
    desk: Desk, website: Website
) -> None:
    desk.connect_to_website()
    piece = desk.published()
    website.edit(piece, title="Edited by somebody there")
    desk.edit(piece, html="<p>The next text.</p>")
    record_id = desk.publish(piece)
    desk.run_worker()
    assert desk.record(record_id).status == "failed"
    with desk.browser(desk.owner) as client:
        page = client.get(f"/records/{record_id}").text
        form = forms_of(page)["publication"]
        desk.edit(piece, html="<p>Nobody has read this.</p>")
        answer = client.post(f"/content/{piece}/publication", data=form)
        assert answer.status_code == 409
        assert SENTENCE in answer.text
        assert len(desk.records_of(piece)) == 2
        # The page shows no text: what is not approved is looked at where it does.
        page = client.get(f"/records/{record_id}").text
        assert "publication" not in forms_of(page)
        assert f'href="/content/{piece}" data-look' in page
