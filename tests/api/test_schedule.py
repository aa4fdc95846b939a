"""A piece's time, a site's publishing settings and its plan, by API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk
from webapp.accounts import setup
from webapp.accounts.models import Site

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("monday")]


@pytest.fixture
def api(api: Api, desk: Desk) -> Api:
    desk.connect()
    return api


def data(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["data"]


def error(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["error"]
    return found


def path(desk: Desk, rest: str = "publishing-settings/") -> str:
    return f"/api/v1/sites/{desk.site.id}/{rest}"


def test_schedule_unschedule_hold(api: Api, desk: Desk) -> None:
    content_id = desk.approved()
    base = f"/api/v1/content/{content_id}"
    done = data(api.post(f"{base}/schedule/", json={"local_time": "2030-01-08T10:00"}))
    assert done["scheduled_at"] == "2030-01-08T09:00:00Z"
    assert done["local_time"] == "2030-01-08T10:00"
    assert done["timezone"] == "Europe/Berlin"
    moved = {"scheduled_at": "2030-01-09T10:00:00+02:00", "seen": "2030-01-08T09:00:00Z"}
    assert data(api.post(f"{base}/schedule/", json=moved))["local_time"] == "2030-01-09T09:00"
    assert error(api.post(f"{base}/schedule/", json=moved), 409)["code"] == "MOVED_MEANWHILE"
    shown = data(api.get(f"{base}/schedule/"))
    assert shown["why"] == "Owner chose this time."
    assert shown["next_free"][0]["local_time"] == "2030-01-07T11:40"
    assert data(api.post(f"{base}/unschedule/"))["scheduled_at"] is None
    data(api.post(f"{base}/hold/"))
    assert desk.content(content_id).attention == {"held"}
    undone = {"change_id": done["change_id"]}
    assert error(api.post(path(desk, "replan/undo/"), json=undone), 409)["code"] == (
        "ALREADY_UNDONE"
    )


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({}, 422, "VALIDATION_FAILED"),
        ({"local_time": "tomorrow"}, 422, "VALIDATION_FAILED"),
        ({"local_time": "2030-01-08T10:00:30"}, 422, "VALIDATION_FAILED"),
        ({"scheduled_at": "2030-01-08T10:00:00"}, 422, "VALIDATION_FAILED"),
        ({"scheduled_at": "2030-01-08T10:00:30Z"}, 422, "VALIDATION_FAILED"),
        ({"scheduled_at": "9999-12-31T23:59:00-05:00"}, 422, "VALIDATION_FAILED"),
        ({"scheduled_at": "9999-12-31T23:59:00Z"}, 422, "VALIDATION_FAILED"),
        ({"scheduled_at": "0001-01-01T00:00:00Z"}, 422, "VALIDATION_FAILED"),
        ({"scheduled_at": "2039-01-01T00:00:00Z"}, 422, "VALIDATION_FAILED"),
        ({"local_time": "2039-01-01T00:00"}, 422, "VALIDATION_FAILED"),
        ({"local_time": "9998-12-31T23:59"}, 422, "VALIDATION_FAILED"),
        (
            {"local_time": "2030-01-08T10:00", "scheduled_at": "2030-01-08T10:00:00Z"},
            422,
            "VALIDATION_FAILED",
        ),
        ({"local_time": "2030-01-07T08:59"}, 409, "IN_THE_PAST"),
        ({"scheduled_at": "2030-01-07T08:00:00Z"}, 409, "IN_THE_PAST"),
    ],
)
def test_bad_times_change_nothing(
    api: Api, desk: Desk, body: dict[str, Any], status: int, says: str
) -> None:
    content_id = desk.approved()
    found = error(api.post(f"/api/v1/content/{content_id}/schedule/", json=body), status)
    assert found["code"] == says
    if status == 422 and len(body) == 1:
        assert found["fields"].keys() == body.keys(), "it names what was sent"
    assert desk.content(content_id).scheduled_publish_at is None


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("at", ["9999-12-31T23:59:00Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("verb", ["schedule", "unschedule", "hold"])
def test_the_ends_of_the_calendar_are_refused_by_name(
    api: Api, desk: Desk, zone: str, at: str, verb: str
) -> None:
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).timezone = zone
    content_id = desk.approved()
    field = "scheduled_at" if verb == "schedule" else "seen"
    refused = error(api.post(f"/api/v1/content/{content_id}/{verb}/", json={field: at}), 422)
    assert refused["fields"].keys() == {field}


def test_settings_are_read_checked_and_changed(api: Api, desk: Desk) -> None:
    before = data(api.get(path(desk)))
    assert (before["auto_publish_enabled"], before["daily_publish_limit"]) == (False, 3)
    wrong = {
        "daily_publish_limit": -1,
        "weekly_publish_limit": "many",
        "publish_days": ["someday"],
        "publish_time_slots": [{"start": "09:00", "end": "17:00"}, {"start": "17", "end": "09:00"}],
        "min_lead_minutes": None,
        "blackout_dates": ["2030-02-30"],
        "missed_then": "forget",
        "paused": "yes",
        "timezone": "Berlin",
    }
    fields = error(api.post(path(desk, "publishing-settings/preview/"), json=wrong), 422)["fields"]
    assert set(fields) == {
        "daily_publish_limit",
        "weekly_publish_limit",
        "publish_days",
        "publish_time_slots.1",
        "min_lead_minutes",
        "blackout_dates.0",
        "missed_then",
        "paused",
    }
    assert error(api.put(path(desk), json={"timezone": "Berlin"}), 422)["fields"].keys() == {
        "timezone"
    }
    chosen = {
        "auto_publish_enabled": True,
        "daily_publish_limit": 1,
        "publish_days": ["wed", "mon"],
        "publish_time_slots": [{"start": "10:00", "end": "10:00"}],
        "version": before["version"],
    }
    changed = data(api.put(path(desk), json=chosen))["settings"]
    assert changed["publish_days"] == ["mon", "wed"]
    assert changed["version"] == before["version"] + 1
    assert error(api.put(path(desk), json=chosen), 409)["code"] == "VERSION_CONFLICT"


def test_a_zone_that_does_not_exist_is_named_in_the_preview(api: Api, desk: Desk) -> None:
    answer = api.post(path(desk, "publishing-settings/preview/"), json={"timezone": "Mars/Base"})
    assert set(error(answer, 422)["fields"]) == {"timezone"}


def test_preview_replan_undo_and_forecast(api: Api, desk: Desk) -> None:
    ids = [desk.approved() for _ in range(4)]
    rules = {"publish_days": ["mon", "tue"], "daily_publish_limit": 1, "auto_publish_enabled": True}
    shown = data(api.post(path(desk, "publishing-settings/preview/"), json=rules))
    assert (shown["placed"], shown["moved"], shown["lost"]) == (4, 0, 0)
    assert [one["after"] for one in shown["shifts"]] == [
        "2030-01-08T08:00:00Z",
        "2030-01-14T08:00:00Z",
        "2030-01-15T08:00:00Z",
        "2030-01-21T08:00:00Z",
    ]
    looked = data(api.post(path(desk, "forecast/"), json=rules))
    assert looked["sentence"] == "At 1 a day the 4 approved pieces end on Mon 21 Jan 2030."
    done = data(api.put(path(desk), json={**rules, "replan": True}))["applied"]
    assert done["moved"] == 4
    assert desk.content(ids[0]).scheduled_wall_time == "2030-01-08T09:00"
    undone = data(api.post(path(desk, "replan/undo/"), json={"change_id": done["change_ids"][0]}))
    assert undone == {"restored": ids, "left": []}
    assert desk.content(ids[0]).scheduled_publish_at is None
    assert desk.content(ids[0]).site_status == "not_published"


def test_another_zone_keeps_wall_times(api: Api, desk: Desk) -> None:
    content_id = desk.approved()
    data(
        api.post(f"/api/v1/content/{content_id}/schedule/", json={"local_time": "2030-01-08T10:00"})
    )
    wanted = {"timezone": "America/New_York"}
    shown = data(api.post(path(desk, "publishing-settings/preview/"), json=wanted))
    assert [(one["before"], one["after"]) for one in shown["shifts"]] == [
        ("2030-01-08T09:00:00Z", "2030-01-08T15:00:00Z")
    ]
    assert data(api.put(path(desk), json=wanted))["applied"]["moved"] == 1
    content = desk.content(content_id)
    assert content.scheduled_wall_time == "2030-01-08T10:00"
    assert content.scheduled_zone == "America/New_York"
    assert content.scheduled_publish_at == datetime(2030, 1, 8, 15, 0, tzinfo=UTC)


def test_strangers_find_nothing(api_of: MakeApi, api: Api, desk: Desk) -> None:
    content_id = desk.approved()
    base = f"/api/v1/content/{content_id}"
    done = data(api.post(f"{base}/schedule/", json={"local_time": "2030-01-08T10:00"}))
    stranger = api_of(desk.stranger)
    error(stranger.get(path(desk)), 404)
    error(stranger.post(f"{base}/schedule/", json={"local_time": "2030-01-08T10:00"}), 404)
    own = f"/api/v1/sites/{desk.other_site.id}/replan/undo/"
    body = {"change_id": done["change_id"]}
    assert set(error(stranger.post(own, json=body), 422)["fields"]) == {"change_id"}


def test_a_step_is_undone_at_its_site_only(api: Api, desk: Desk) -> None:
    content_id = desk.approved()
    body = {"local_time": "2030-01-08T10:00"}
    change = data(api.post(f"/api/v1/content/{content_id}/schedule/", json=body))["change_id"]
    with desk.system.db.write() as db:
        other = setup.add_site(
            db, desk.site.account_id, "Another", "https://another.example", "Europe/Berlin"
        ).id
    answer = api.post(f"/api/v1/sites/{other}/replan/undo/", json={"change_id": change})
    assert answer.status_code == 404
    assert desk.content(content_id).scheduled_publish_at is not None
