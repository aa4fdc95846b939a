"""The schedule dialog, as page and as fragment: times, what is said of them, and what they do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.reading import rows_read
from webapp.content.zone_words import in_zones
from webapp.core import zones
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import schedule, settings
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records.models import PlanChange

HTMX = {"HX-Request": "true"}
Client = TestClient[Litestar]
TENTH_OF_MARCH = datetime(2027, 3, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def piece(desk: Desk, clock: Any) -> int:
    """An approved piece of a site in Berlin; it is 9 o'clock there, 10 March 2027, a Wednesday."""
    desk.connect()
    clock.now = TENTH_OF_MARCH
    return desk.approved(title="A piece")


@pytest.fixture
def client(desk: Desk, piece: int) -> Iterator[Client]:
    """Signed in on that day."""
    with desk.browser(desk.owner) as signed_in:
        yield signed_in


def said(client: Client, content_id: int, at: str) -> dict[str, list[str]]:
    """What the dialog says of a time."""
    text = client.get(f"/content/{content_id}/schedule/judgement?at={at}", headers=HTMX).text
    return {
        mark: [
            unescape(re.sub(r"<[^>]+>", "", found)).strip()
            for found in re.findall(rf"data-{mark}>(.*?)</p>", text)
        ]
        for mark in ("zones", "problem", "note", "warning")
    }


def test_a_moment_is_said_in_the_zones_that_matter() -> None:
    at = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    new_york, paris = "America/New_York", "Europe/Paris"
    assert in_zones(at, new_york, paris) == (
        "Tue 1 Dec 2026, 10:00 UTC (05:00 in New York, 11:00 your time)"
    )
    assert in_zones(at, paris, paris) == "Tue 1 Dec 2026, 10:00 UTC (11:00 in Paris)"
    assert in_zones(at, "UTC", "UTC") == "Tue 1 Dec 2026, 10:00 UTC"
    assert in_zones(at, "UTC", paris) == "Tue 1 Dec 2026, 10:00 UTC (11:00 your time)"
    late = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
    assert in_zones(late, "Asia/Tokyo", paris) == (
        "Tue 1 Dec 2026, 20:00 UTC (Wed 2 Dec 2026, 05:00 in Tokyo, 21:00 your time)"
    )


def test_the_server_judges_a_time_as_it_is_typed(client: Client, piece: int) -> None:
    fine = said(client, piece, "2027-03-11T10:00")
    assert fine == {
        "zones": ["Thu 11 Mar 2027, 09:00 UTC (10:00 in Berlin)"],
        "problem": [],
        "note": [],
        "warning": [],
    }
    past = said(client, piece, "2027-03-10T08:59")
    assert "That time has passed" in past["problem"][0]
    gap = said(client, piece, "2027-03-28T02:30")
    assert gap["note"] == ["02:30 does not exist on Sun 28 Mar 2027; it runs at 03:00."]
    fold = said(client, piece, "2027-10-31T02:30")
    assert fold["note"] == ["02:30 comes twice on Sun 31 Oct 2027; it runs at the first."]
    for nonsense in ("", "soon", "2027-13-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00"):
        assert said(client, piece, nonsense)["problem"], nonsense
    assert "five years" in said(client, piece, "2090-01-01T10:00")["problem"][0]


def test_limits_warn_and_do_not_refuse(client: Client, desk: Desk, piece: int) -> None:
    for hour in (9, 10, 11):
        other = desk.approved()
        client.post(f"/content/{other}/schedule", data={"at": f"2027-03-11T{hour:02}:00"})
    warned = said(client, piece, "2027-03-11T10:00")["warning"]
    assert warned == [
        "Another piece of the site goes out at the same minute.",
        "That is 4 of 3 for that day.",
    ]
    assert "no publishing day" in said(client, piece, "2027-03-13T10:00")["warning"][0]
    client.post(f"/content/{piece}/schedule", data={"at": "2027-03-11T15:00"})
    assert desk.content(piece).scheduled_publish_at == datetime(2027, 3, 11, 14, 0, tzinfo=UTC)


def test_however_much_is_planned_a_time_is_judged_by_what_is_near(
    client: Client, desk: Desk, piece: int
) -> None:
    """Also when the dialog opens, whose next free slots are near."""
    limits = {"daily_publish_limit": 3, "weekly_publish_limit": 9, "monthly_publish_limit": 40}
    with desk.system.db.write() as db:
        settings.change(db, desk.system, settings.for_update(db, desk.site), limits)
    opened, judged = [], []
    for start in (datetime(2027, 3, 10, 12, tzinfo=UTC), datetime(2027, 9, 1, 12, tzinfo=UTC)):
        _plan_hourly(desk, start, 30)
        with rows_read(desk.system, "contents") as read:
            view = client.get(f"/content/{piece}/schedule", headers=HTMX)
        assert len(re.findall(r'name="slot"', view.text)) == 5
        opened.append(sum(read))
        with rows_read(desk.system, "contents") as read:
            warned = said(client, piece, "2027-03-11T13:00")["warning"]
        judged.append(sum(read))
        assert warned == [
            "Another piece of the site goes out at the same minute.",
            "That is 20 of 3 for that day.",
            "That is 31 of 9 for that week.",
        ]
    assert judged[0] == judged[1] > 30
    assert opened[0] == opened[1] > 30


def _plan_hourly(desk: Desk, start: datetime, count: int) -> None:
    for hour in range(count):
        content_id = desk.approved()
        with desk.changing(content_id) as (db, content):
            at = start + timedelta(hours=hour)
            schedule.schedule(db, desk.system, content, Choice(at, desk.owner, approves=True))


def test_without_a_script_it_is_a_page_with_undo(client: Client, desk: Desk, piece: int) -> None:
    page = client.get(f"/content/{piece}/schedule?home=queue")
    assert 'value="2027-03-10T11:40' in page.text, "the next free slot stands in the field"
    data = {"at": "2027-03-12T14:30", "home": "queue", "seen": ""}
    answer = client.post(f"/content/{piece}/schedule", data=data, follow_redirects=False)
    assert answer.status_code == 303
    after = client.get(answer.headers["location"])
    assert "It goes out Fri 12 Mar 2027, 14:30." in after.text
    content = desk.content(piece)
    assert (content.site_status, content.pinned) == ("scheduled", True)
    assert (content.scheduled_wall_time, content.scheduled_zone) == (
        "2027-03-12T14:30",
        "Europe/Berlin",
    )
    step = re.search(r'name="step" value="(\d+)"', after.text)
    assert step
    undone = client.post("/publisher/undo", data={"step": step[1], "home": "/content"})
    assert undone.url.path == "/content"
    assert desk.content(piece).scheduled_publish_at is None


def test_the_next_free_times_are_others_than_its_own(
    client: Client, desk: Desk, piece: int
) -> None:
    first, *others = _offers(client, piece)
    client.post(f"/content/{piece}/schedule", data={"slot": first, "home": "content", "seen": ""})
    assert desk.content(piece).scheduled_wall_time == first
    offered = _offers(client, piece)
    assert offered[: len(others)] == others
    assert len(offered) == 5


def _offers(client: Client, content_id: int) -> list[str]:
    page = client.get(f"/content/{content_id}/schedule").text
    return re.findall(r'name="slot"\s+value="([^"]+)"', page)


def test_what_is_wrong_with_the_site_is_said_once(client: Client, desk: Desk, piece: int) -> None:
    desk.schedule(piece, 86400)
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, desk.integration().id).is_active = False
    page = client.get(f"/content/{piece}/schedule").text
    assert page.count("data-stop") == 1
    assert "data-refusal" not in page
    assert 'name="at"' not in page


def test_in_a_dialog_a_toast_tells_and_offers_undo(client: Client, desk: Desk, piece: int) -> None:
    offered = client.get(f"/content/{piece}/schedule", headers=HTMX).text
    slot = re.findall(r'name="slot"\s+value="([^"]+)"', offered)
    assert len(slot) == 5
    data = {"slot": slot[1], "at": "2027-03-12T14:30", "dialog": "yes", "seen": ""}
    answer = client.post(f"/content/{piece}/schedule", data=data, headers=HTMX)
    change = desk.rows(PlanChange)[-1].id
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["undo"] == [change]
    assert '"scheduled"' in answer.headers["HX-Trigger"]
    assert desk.content(piece).scheduled_wall_time == slot[1]
    undone = client.post("/publisher/undo", data={"step": change}, headers=HTMX)
    told = json.loads(undone.headers["HX-Trigger"])["toast"]["text"]
    assert told == "“A piece” put back."
    again = client.post("/publisher/undo", data={"step": change}, headers=HTMX)
    assert (again.status_code, again.headers["HX-Reswap"]) == (409, "none")


def test_who_saw_another_time_is_told(client: Client, desk: Desk, piece: int) -> None:
    path = f"/content/{piece}/schedule"
    client.post(path, data={"at": "2027-03-12T14:30", "seen": ""})
    late = client.post(path, data={"at": "2027-03-13T09:00", "seen": ""}, headers=HTMX)
    assert late.status_code == 409
    assert "Somebody else moved this piece meanwhile" in late.text
    assert 'value="2027-03-13T09:00"' in late.text, "what was typed is still there"
    seen = re.search(r'name="seen" value="([^"]+)"', late.text)
    assert seen
    client.post(path, data={"at": "2027-03-13T09:00", "seen": seen[1]})
    assert desk.content(piece).scheduled_wall_time == "2027-03-13T09:00"
    wrong = client.post(path, data={"at": "2027-03-14T09:00", "seen": "x"}, headers=HTMX)
    assert wrong.status_code == 422


def test_times_that_cannot_be_had_are_refused(client: Client, desk: Desk, piece: int) -> None:
    path = f"/content/{piece}/schedule"
    for at, status in (
        ("2027-03-10T08:00", 409),
        ("", 422),
        ("x", 422),
        ("2027-03-12T10:00:30", 422),
    ):
        answer = client.post(path, data={"at": at}, headers=HTMX)
        assert answer.status_code == status, at
    assert desk.content(piece).scheduled_publish_at is None
    desk.publish(piece)
    assert "being published right now" in client.get(path, headers=HTMX).text
    assert client.post(path, data={"at": "2027-03-12T10:00"}, headers=HTMX).status_code == 409


def test_unschedule_hold_and_release(client: Client, desk: Desk, piece: int) -> None:
    path = f"/content/{piece}/schedule"
    for noun, attention, pinned in (
        ("removal", frozenset(), True),
        ("hold", frozenset({"held"}), True),
        ("release", frozenset(), False),
    ):
        client.post(path, data={"at": "2027-03-12T14:30"})
        assert desk.content(piece).site_status == "scheduled"
        client.post(f"{path}/{noun}", data={"home": "content"})
        content = desk.content(piece)
        assert (content.site_status, content.scheduled_publish_at) == ("not_published", None)
        assert (content.attention, content.pinned) == (attention, pinned), noun


def test_a_slot_over_a_change_of_the_clock_is_offered_where_it_runs(
    client: Client, desk: Desk, system: System, clock: Any, piece: int
) -> None:
    clock.now = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    desk.sign_in(client, desk.owner)
    given = {"publish_days": ["sun"], "publish_time_slots": [{"start": "02:30", "end": "02:30"}]}
    with system.db.write() as db:
        held = settings.for_update(db, desk.site)
        settings.change(db, system, held, given)
    text = client.get(f"/content/{piece}/schedule", headers=HTMX).text
    said = 'value="2027-03-28T03:00" title="02:30 does not exist on Sun 28 Mar 2027'
    assert said in " ".join(text.split())
    client.post(f"/content/{piece}/schedule", data={"slot": "2027-03-28T03:00"})
    at = desk.content(piece).scheduled_publish_at
    assert at == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert zones.local(at, zones.zone("Europe/Berlin")) == datetime(2027, 3, 28, 3, 0)  # noqa: DTZ001


def test_the_reason_of_a_time_is_shown(client: Client, desk: Desk, piece: int) -> None:
    client.post(f"/content/{piece}/schedule", data={"at": "2027-03-12T14:30"})
    assert "Owner chose this time." in client.get(f"/content/{piece}/schedule").text
    assert "Owner chose this time." in client.get(f"/content/{piece}").text


def test_readers_see_and_cannot_choose(desk: Desk, piece: int) -> None:
    with desk.browser(desk.viewer) as client:
        page = client.get(f"/content/{piece}/schedule").text
        assert 'name="at"' not in page
        answer = client.post(f"/content/{piece}/schedule", data={"at": "2027-03-12T14:30"})
        assert answer.status_code == 403
    with desk.browser(desk.stranger) as client:
        assert client.get(f"/content/{piece}/schedule").status_code == 404
        assert client.get(f"/content/{piece}/schedule/judgement?at=x").status_code == 404
    assert desk.content(piece).scheduled_publish_at is None


def test_a_strangers_step_cannot_be_undone(client: Client, desk: Desk, piece: int) -> None:
    client.post(f"/content/{piece}/schedule", data={"at": "2027-03-12T14:30"})
    change = desk.rows(PlanChange)[-1].id
    with desk.browser(desk.stranger) as other:
        assert other.post("/publisher/undo", data={"step": change}).status_code == 404
    assert desk.content(piece).site_status == "scheduled"
    assert desk.content(piece).scheduled_publish_at - TENTH_OF_MARCH > timedelta(days=2)  # type: ignore[operator]
