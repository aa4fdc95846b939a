"""A site's publishing settings: what is typed is kept, what moves is shown, then it is applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.accounts.models import Site
from webapp.core.system import System
from webapp.publisher.planning import plans, settings
from webapp.publisher.records.models import PlanChange, PublishingSettings
from webapp.sites import settings_form
from webapp.writer.models import Content

Client = TestClient[Litestar]
FORM: dict[str, Any] = {
    "auto_publish_enabled": "yes",
    "day": ["mon", "tue", "wed", "thu", "fri"],
    "start-0": "09:00",
    "end-0": "17:00",
    "start-1": "",
    "end-1": "",
    "blackout": "",
    "daily_publish_limit": "3",
    "weekly_publish_limit": "",
    "monthly_publish_limit": "",
    "slot_spacing_minutes": "",
    "min_lead_minutes": "10",
    "missed_grace_minutes": "",
    "missed_then": "next_slot",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def path(desk: Desk, clock: Any) -> str:
    """The page; it is Monday, 1 March 2027, 8 o'clock in Berlin."""
    desk.connect()
    clock.now = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
    return f"/settings/sites/{desk.site.id}/publishing"


@pytest.fixture
def client(desk: Desk, path: str) -> Iterator[Client]:
    with desk.browser(desk.owner) as signed_in:
        yield signed_in


def stored(desk: Desk) -> PublishingSettings:
    with desk.system.db.read() as db:
        return settings.of(db, db.get_one(Site, desk.site.id))


def send(client: Client, path: str, given: dict[str, Any], page: str = "") -> Any:
    """Send the form with these fields, and the version that the page holds."""
    version = re.search(r'name="version" value="(\d*)"', page or client.get(path).text)
    assert version
    return client.post(path, data={**FORM, "version": version[1], **given})


def planned(desk: Desk, count: int) -> list[int]:
    """So many approved pieces that the planner has given their times."""
    ids = [desk.approved() for _ in range(count)]
    with desk.system.db.write() as db:
        held = settings.for_update(db, desk.site)
        settings.change(db, desk.system, held, {"auto_publish_enabled": True})
    with desk.system.db.write() as db:
        assert plans.assign(db, desk.system, desk.site.id) == count
    return ids


def times(desk: Desk) -> dict[int, datetime | None]:
    return {row.id: row.scheduled_publish_at for row in desk.rows(Content)}


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_field_is_stored(client: Client, desk: Desk, path: str) -> None:
    answer = send(
        client,
        path,
        {
            "auto_approval_enabled": "yes",
            "day": ["sat", "mon"],
            "start-0": "9:30",
            "end-0": "12:00",
            "start-1": "18:00",
            "end-1": "",
            "start-7": "23:00",
            "end-7": "24:00",
            "blackout": ["2027-12-24", "2027-05-01", ""],
            "daily_publish_limit": "5",
            "weekly_publish_limit": "20",
            "monthly_publish_limit": "0",
            "slot_spacing_minutes": "15",
            "min_lead_minutes": "0",
            "missed_grace_minutes": "90",
            "missed_then": "hold",
        },
    )
    assert answer.status_code == 200
    assert "Saved." in answer.text
    found = settings.as_dict(stored(desk))
    assert found == {
        "auto_approval_enabled": True,
        "auto_publish_enabled": True,
        "daily_publish_limit": 5,
        "weekly_publish_limit": 20,
        "monthly_publish_limit": 0,
        "publish_days": ["mon", "sat"],
        "publish_time_slots": [
            {"start": "09:30", "end": "12:00"},
            {"start": "18:00", "end": "18:00"},
            {"start": "23:00", "end": "24:00"},
        ],
        "slot_spacing_minutes": 15,
        "min_lead_minutes": 0,
        "blackout_dates": ["2027-05-01", "2027-12-24"],
        "missed_grace_minutes": 90,
        "missed_then": "hold",
        "paused": False,
    }
    page = client.get(path).text
    for value in ("09:30", "18:00", "24:00", "2027-12-24", "90"):
        assert f'value="{value}"' in page
    assert "A limit is 0, so nothing goes out by itself." in page


def test_every_problem_stands_beside_its_field_and_nothing_is_lost(
    client: Client, desk: Desk, path: str
) -> None:
    wrong = {
        "daily_publish_limit": "many",
        "weekly_publish_limit": "-1",
        "monthly_publish_limit": "99999999",
        "slot_spacing_minutes": "0",
        "min_lead_minutes": "",
        "missed_grace_minutes": "1.5",
        "timezone": "Mars/Olympus",
        "start-0": "17:00",
        "end-0": "09:00",
        "start-1": "25:00",
        "end-1": "26:00",
        "blackout": ["soon"],
        "missed_then": "explode",
    }
    answer = send(client, path, wrong)
    assert answer.status_code == 422
    for field in (
        "daily_publish_limit",
        "weekly_publish_limit",
        "monthly_publish_limit",
        "slot_spacing_minutes",
        "min_lead_minutes",
        "missed_grace_minutes",
        "timezone",
        "publish_time_slots.0",
        "publish_time_slots.1",
        "blackout_dates.0",
        "missed_then",
    ):
        assert f'id="{field}-wrong"' in answer.text, field
        assert f'aria-describedby="{field}-wrong"' in answer.text, field
    for typed in ("many", "-1", "99999999", "1.5", "Mars/Olympus", "17:00", "25:00", "soon"):
        assert f'value="{typed}"' in answer.text, typed
    assert desk.rows(PublishingSettings) == []


def test_what_moves_is_shown_before_it_is_applied(client: Client, desk: Desk, path: str) -> None:
    planned(desk, 4)
    before = times(desk)
    shown = send(client, path, {"daily_publish_limit": "1"})
    assert "This change would move 2 pieces" in text_of(shown.text), (
        "one fits, and one does not move"
    )
    assert times(desk) == before
    assert stored(desk).daily_publish_limit == 3, "nothing is stored by looking"
    digest = re.search(r'name="previewed" value="(\w+)"', shown.text)
    assert digest
    given = {"daily_publish_limit": "1", "previewed": digest[1], "then": "move"}
    applied = send(client, path, given, shown.text)
    assert "2 pieces moved." in text_of(applied.text)
    assert stored(desk).daily_publish_limit == 1
    after = times(desk)
    assert len({at.date() for at in after.values() if at}) == 4
    step = re.search(r'name="step" value="(\d+)"', applied.text)
    assert step
    assert client.post("/publisher/undo", data={"step": step[1], "home": path}).url.path == path
    assert times(desk) == before


def test_undone_moves_are_said_to_be_undone(client: Client, desk: Desk, path: str) -> None:
    planned(desk, 4)
    before = times(desk)
    shown = send(client, path, {"timezone": "Asia/Tokyo"})
    digest = re.search(r'name="previewed" value="(\w+)"', shown.text)
    assert digest
    given = {"timezone": "Asia/Tokyo", "previewed": digest[1], "then": "move"}
    applied = send(client, path, given, shown.text)
    assert "4 pieces moved." in text_of(applied.text), "each is counted once"
    home = re.search(r'name="home" value="([^"]+)"', applied.text)
    steps = re.findall(r'name="step" value="(\d+)"', applied.text)
    assert home
    after = client.post("/publisher/undo", data={"step": steps, "home": unescape(home[1])})
    assert "The moves were taken back; the settings stay" in text_of(after.text)
    assert "data-takes-back" not in after.text
    assert times(desk) == before
    assert "taken back" in text_of(client.get(str(applied.url)).text), "also on the page before"


def test_a_page_offers_no_steps_of_elsewhere(client: Client, desk: Desk, path: str) -> None:
    shown = client.get(path, params={"done": "77-78"})
    assert "data-takes-back" not in shown.text
    assert "77" not in text_of(shown.text)


def test_settings_may_change_and_the_plan_stay(client: Client, desk: Desk, path: str) -> None:
    planned(desk, 4)
    before = times(desk)
    shown = send(client, path, {"daily_publish_limit": "1"})
    digest = re.search(r'name="previewed" value="(\w+)"', shown.text)
    assert digest
    given = {"daily_publish_limit": "1", "previewed": digest[1], "then": "keep"}
    answer = send(client, path, given, shown.text)
    assert "Nothing that is scheduled has moved." in text_of(answer.text)
    assert (stored(desk).daily_publish_limit, times(desk)) == (1, before)


def test_only_what_was_previewed_is_applied(client: Client, desk: Desk, path: str) -> None:
    planned(desk, 4)
    shown = send(client, path, {"daily_publish_limit": "1"})
    digest = re.search(r'name="previewed" value="(\w+)"', shown.text)
    assert digest
    given = {"daily_publish_limit": "2", "previewed": digest[1], "then": "move"}
    other = send(client, path, given, shown.text)
    assert "This change would move" in text_of(other.text)
    assert stored(desk).daily_publish_limit == 3


def test_those_that_lose_their_place_are_counted(client: Client, desk: Desk, path: str) -> None:
    planned(desk, 4)
    shown = send(client, path, {"day": []})
    assert "take it from 4" in text_of(shown.text)
    assert "4 pieces would lose their place" in text_of(shown.text)
    assert "No day is chosen" in shown.text


def test_a_zone_moves_what_is_scheduled_by_the_clock(client: Client, desk: Desk, path: str) -> None:
    first, *_ = planned(desk, 4)
    wall = desk.content(first).scheduled_wall_time
    before = times(desk)[first]
    shown = send(client, path, {"timezone": "America/New_York"})
    assert "keep their time of day" in text_of(shown.text)
    digest = re.search(r'name="previewed" value="(\w+)"', shown.text)
    assert digest
    given = {"timezone": "America/New_York", "previewed": digest[1], "then": "keep"}
    send(client, path, given, shown.text)
    with desk.system.db.read() as db:
        assert db.get_one(Site, desk.site.id).timezone == "America/New_York"
    content = desk.content(first)
    assert (content.scheduled_wall_time, content.scheduled_zone) == (wall, "America/New_York")
    assert before is not None
    assert content.scheduled_publish_at == before + timedelta(hours=6)


def test_two_people_at_once_the_second_is_told(client: Client, desk: Desk, path: str) -> None:
    page = client.get(path).text
    send(client, path, {"daily_publish_limit": "7"}, page)
    late = send(client, path, {"daily_publish_limit": "9"}, page)
    assert late.status_code == 409
    assert "Somebody else changed this meanwhile" in late.text
    assert 'value="9"' in late.text
    assert stored(desk).daily_publish_limit == 7


def test_what_settings_lead_to_is_said_without_storing(
    client: Client, desk: Desk, path: str
) -> None:
    for _ in range(7):
        desk.approved()
    ahead = client.post(f"{path}/outlook", data={**FORM, "daily_publish_limit": "3"}).text
    assert "At 3 a day the 7 approved pieces end on Wed 3 Mar 2027" in text_of(ahead)
    ahead = client.post(f"{path}/outlook", data={**FORM, "daily_publish_limit": "1"}).text
    assert "At 1 a day the 7 approved pieces end on Tue 9 Mar 2027" in text_of(ahead)
    wrong = client.post(f"{path}/outlook", data={**FORM, "daily_publish_limit": "x"})
    assert "Put the marked fields right" in wrong.text
    few = client.post(f"{path}/outlook", data={**FORM, "slot_spacing_minutes": "400"}).text
    assert "fewer than the daily limit" in few
    assert desk.rows(PublishingSettings) == []


def test_planning_anew_is_looked_at_applied_and_undone(
    client: Client, desk: Desk, system: System, path: str
) -> None:
    planned(desk, 4)
    with system.db.write() as db:
        held = settings.for_update(db, desk.site)
        settings.change(db, system, held, {"daily_publish_limit": 1})
    before = times(desk)
    shown = client.get(f"{path}/replan").text
    assert "Planning anew would move 3 pieces" in text_of(shown)
    assert times(desk) == before
    done = client.post(f"{path}/replan")
    assert "3 pieces moved." in text_of(done.text)
    assert times(desk) != before
    client.post("/publisher/undo", data={"step": desk.rows(PlanChange)[-1].id})
    assert times(desk) == before


def test_pause_and_resume(client: Client, desk: Desk, path: str) -> None:
    base = f"/settings/sites/{desk.site.id}"
    client.post(f"{base}/pause")
    assert stored(desk).paused
    assert "data-paused" in client.get(path).text
    back = client.post(
        f"{base}/resumption", data={"home": "/publisher/publishing-queue"}, follow_redirects=False
    )
    assert back.headers["location"] == "/publisher/publishing-queue"
    away = client.post(
        f"{base}/pause", data={"home": "https://evil.example/"}, follow_redirects=False
    )
    assert away.headers["location"] == path
    assert stored(desk).paused


def test_who_may_what(desk: Desk, path: str) -> None:
    base = f"/settings/sites/{desk.site.id}"
    with desk.browser(desk.teammate) as client:
        page = client.get(path).text
        assert 'id="save"' not in page
        assert client.post(path, data=FORM).status_code == 403
        assert client.post(f"{base}/pause").status_code == 200
    with desk.browser(desk.viewer) as client:
        assert client.get(path).status_code == 200
        assert client.post(f"{base}/resumption").status_code == 403
    with desk.browser(desk.stranger) as client:
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/outlook", data=FORM).status_code == 404
        assert client.post(path, data=FORM).status_code == 404


def test_a_form_reads_back_as_it_was() -> None:
    typed = settings_form.read({**FORM, "version": "4", "blackout": ["2027-01-01"]})
    assert typed.problems == {}
    again = settings_form.of(typed.given, typed.timezone, 4)
    assert settings_form.changes(again, typed) == []
    assert again.digest == typed.digest
    odd = settings_form.read(
        {"start-0": "x", "day": "mon", "version": "²", "min_lead_minutes": "⁵"}
    )
    assert odd.given["publish_days"] == ["mon"]
    assert odd.version is None
    assert {"publish_time_slots.0", "min_lead_minutes", "missed_then", "timezone"} <= set(
        odd.problems
    )
