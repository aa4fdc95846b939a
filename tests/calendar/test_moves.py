"""Moving pieces by the calendar's own requests: what they keep, what they refuse, what they say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from lxml import html as lxml_html

from tests.calendar.conftest import BERLIN, MONDAY, Calendar, days_after
from tests.support.desk import Desk

PATH = "/publisher/content-calendar"
HTMX = {"HX-Request": "true"}


def wall(calendar: Calendar, content_id: int) -> datetime | None:
    at = calendar.content(content_id).scheduled_publish_at
    return at.astimezone(BERLIN).replace(tzinfo=None) if at else None


def toast(answer: object) -> str:
    return str(json.loads(answer.headers["hx-trigger"])["toast"]["text"])  # type: ignore[attr-defined]


def test_a_day_keeps_the_time_of_day_and_answers_with_both_days(calendar: Calendar) -> None:
    content_id = calendar.piece("Moves", MONDAY)
    answer = calendar.move(content_id, days_after(2), days=str(MONDAY))
    assert answer.status_code == 200
    told = answer.json()
    assert told["text"] == "“Moves” moved to Wed 3 Feb 2027, 09:30"
    assert wall(calendar, content_id) == datetime(2027, 2, 3, 9, 30)  # noqa: DTZ001
    assert 'id="d2027-02-01"' in told["html"]
    assert 'id="d2027-02-03"' in told["html"]
    assert told["html"].count("data-day=") == 2
    assert calendar.content(content_id).pinned


def test_across_the_change_of_the_clock_the_time_of_day_stays(calendar: Calendar) -> None:
    content_id = calendar.piece("Over Easter", date(2027, 3, 27), time(2, 30))
    answer = calendar.move(content_id, date(2027, 3, 29))
    assert wall(calendar, content_id) == datetime(2027, 3, 29, 2, 30)  # noqa: DTZ001
    assert calendar.content(content_id).scheduled_publish_at == datetime(
        2027, 3, 29, 0, 30, tzinfo=UTC
    )
    answer = calendar.move(content_id, date(2027, 3, 28))
    assert "put forward" in answer.json()["note"]
    assert wall(calendar, content_id) == datetime(2027, 3, 28, 3, 0)  # noqa: DTZ001


def test_from_the_tray_and_back(calendar: Calendar, desk: Desk) -> None:
    content_id = desk.approved(title="Waits")
    answer = calendar.move(content_id, MONDAY)
    assert answer.json()["text"].startswith("“Waits” scheduled for Mon 1 Feb 2027, ")
    stands = wall(calendar, content_id)
    assert stands is not None
    assert stands.date() == MONDAY
    answer = calendar.move(content_id, None)
    assert answer.json()["text"] == "“Waits” taken off the calendar"
    assert wall(calendar, content_id) is None
    assert f'id="t{content_id}"' in answer.json()["html"]


@pytest.mark.parametrize("to", [MONDAY, None])
def test_what_failed_without_a_time_is_moved_from_where_it_failed(
    calendar: Calendar, desk: Desk, to: date | None
) -> None:
    content_id = desk.approved(title="Broken")
    with desk.changing(content_id) as (_, content):
        content.site_status = "failed"
        content.site_status_updated_at = datetime(2027, 1, 13, 10, 0, tzinfo=UTC)
    card = calendar.tree(date="2027-01-14").xpath(f"//a[@id='c{content_id}']")[0]
    answer = calendar.move(content_id, to, seen=card.get("data-seen"))
    assert answer.status_code == 200, toast(answer)
    stands = wall(calendar, content_id)
    assert (stands.date() if stands else None) == to


def test_a_move_names_what_it_saw(calendar: Calendar) -> None:
    content_id = calendar.piece("Two people", MONDAY)
    at = calendar.content(content_id).scheduled_publish_at
    assert at is not None
    calendar.put(content_id, days_after(4))
    answer = calendar.move(content_id, days_after(1), seen=at.isoformat())
    assert answer.status_code == 409
    assert "Somebody else moved this piece" in toast(answer)
    assert wall(calendar, content_id) == datetime(2027, 2, 5, 9, 30)  # noqa: DTZ001
    assert calendar.move(content_id, days_after(1), seen="").status_code == 409


def test_what_is_past_or_going_out_is_refused_with_a_reason(calendar: Calendar) -> None:
    content_id = calendar.piece("Stays", MONDAY)
    answer = calendar.move(content_id, date(2027, 1, 13))
    assert answer.status_code == 409
    assert "has passed" in toast(answer)
    with calendar.desk.changing(content_id) as (_, content):
        content.site_status = "publishing"
    answer = calendar.move(content_id, days_after(1))
    assert answer.status_code == 409
    assert "being published" in toast(answer)
    assert wall(calendar, content_id) == datetime(2027, 2, 1, 9, 30)  # noqa: DTZ001


def test_wrong_input_is_named(calendar: Calendar) -> None:
    content_id = calendar.piece("Stays", MONDAY)
    for given in (
        {"day": "soon"},
        {"time": "25:00"},
        {"time": "24:00"},
        {"seen": "yesterday"},
        {"seen": "2027-02-01T08:30:00"},
        {"day": "9999-12-31"},
    ):
        answer = calendar.move(content_id, **({"day": days_after(1)} | given))
        assert answer.status_code in (409, 422), given
        assert toast(answer) != "Some fields need attention."
    assert wall(calendar, content_id) == datetime(2027, 2, 1, 9, 30)  # noqa: DTZ001


def test_a_move_can_be_undone_once(calendar: Calendar, client: TestClient[Litestar]) -> None:
    content_id = calendar.piece("There and back", MONDAY)
    steps = calendar.move(content_id, days_after(2)).json()["undo"]
    answer = client.post("/publisher/undo", data={"step": steps}, headers=HTMX)
    events = json.loads(answer.headers["HX-Trigger"])
    assert events["toast"]["text"] == "“There and back” put back."
    assert events["undone"] == {"topic": "content", "ids": [content_id]}
    assert wall(calendar, content_id) == datetime(2027, 2, 1, 9, 30)  # noqa: DTZ001
    again = client.post("/publisher/undo", data={"step": steps}, headers=HTMX)
    assert again.status_code == 409


def test_a_full_day_warns_and_takes_it(calendar: Calendar) -> None:
    for hour in range(9, 13):
        calendar.piece(f"At {hour}", MONDAY, time(hour, 0))
    content_id = calendar.piece("One too many", days_after(1))
    told = calendar.move(content_id, MONDAY).json()
    assert "for that day" in told["note"]
    assert wall(calendar, content_id) == datetime(2027, 2, 1, 9, 30)  # noqa: DTZ001


def test_the_moved_piece_is_shown_however_full_its_day_is(calendar: Calendar) -> None:
    for hour in range(5):
        calendar.piece(f"At {hour}", MONDAY, time(hour, 0))
    content_id = calendar.piece("Late in the day", days_after(1), time(22, 0))
    html = calendar.move(content_id, MONDAY).json()["html"]
    assert f'id="c{content_id}"' in html
    assert "is-new" in html
    assert "+2 more" in html


def test_inserting_moves_what_nobody_pinned(
    calendar: Calendar, desk: Desk, client: TestClient[Litestar]
) -> None:
    other = calendar.piece("Makes room", MONDAY, time(9, 0))
    with desk.changing(other) as (_, content):
        content.pinned = False
    content_id = desk.approved(title="Comes between")
    query: dict[str, Any] = {
        "id": content_id,
        "day": str(MONDAY),
        "time": "09:00",
        "date": str(MONDAY),
    }
    preview = client.get(f"{PATH}/insertion", params=query)
    assert "Makes room" in preview.text
    assert wall(calendar, other) == datetime(2027, 2, 1, 9, 0)  # noqa: DTZ001
    told = calendar.move(content_id, MONDAY, time="09:00", insert="1").json()
    assert told["text"] == "“Comes between” inserted at Mon 1 Feb 2027, 09:00; 1 piece moved along"
    assert wall(calendar, content_id) == datetime(2027, 2, 1, 9, 0)  # noqa: DTZ001
    moved = wall(calendar, other)
    assert moved is not None
    assert moved > datetime(2027, 2, 1, 9, 0)  # noqa: DTZ001
    client.post("/publisher/undo", data={"step": told["undo"]})
    assert wall(calendar, other) == datetime(2027, 2, 1, 9, 0)  # noqa: DTZ001
    assert wall(calendar, content_id) is None


def test_pausing_and_resuming_from_the_bar(
    calendar: Calendar, client: TestClient[Litestar]
) -> None:
    def press(word: str) -> None:
        page = lxml_html.fromstring(client.get(f"{PATH}?view=week").text)
        [form] = page.xpath(f"//form[button[starts-with(normalize-space(), '{word}')]]")
        answer = client.post(form.action, data=dict(form.fields), follow_redirects=False)
        assert "view=week" in answer.headers["location"]
        assert answer.headers["location"].startswith(PATH)

    press("Pause")
    assert "is paused" in client.get("/publisher/publishing-queue").text
    press("Resume")
    assert "is paused" not in client.get("/publisher/publishing-queue").text


def test_views_are_kept_for_the_person_who_named_them(
    calendar: Calendar, desk: Desk, client: TestClient[Litestar]
) -> None:
    query = "view=week&date=2027-02-01&status=failed&nonsense=1"
    client.post(f"{PATH}/views", data={"name": "  My  week ", "query": query})
    page = client.get(f"{PATH}/views")
    assert "/publisher/content-calendar?view=week&amp;status=failed" in page.text
    assert "My week" in page.text
    with desk.browser(desk.teammate) as other:
        assert "My week" not in other.get(f"{PATH}/views").text
        assert other.post(f"{PATH}/views/1/removal").status_code == 404
    client.post(f"{PATH}/views/1/removal")
    assert "My week" not in client.get(f"{PATH}/views").text
