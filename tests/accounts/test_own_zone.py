"""In which zone "your time" is: told by the browser at signing in, or chosen."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp.accounts.models import User
from webapp.publisher.planning import schedule
from webapp.publisher.planning.schedule import Choice


def sign_in(desk: Desk, zone: str) -> str:
    """The zone that is kept of the owner after signing in with a browser of that zone."""
    with desk.browser() as nobody:
        form = {"email": desk.owner.email, "password": PASSWORD, "timezone": zone}
        answer = nobody.post("/sign-in", data=form, follow_redirects=False)
        assert answer.status_code == 303, answer.text
    return desk.row(User, desk.owner.user_id).timezone


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("Mars/Olympus", ""),
        ("../../etc/passwd", ""),
        ("", ""),
    ],
)
def test_the_browsers_zone_is_taken_where_none_is_known(desk: Desk, told: str, kept: str) -> None:
    assert sign_in(desk, told) == kept


def test_what_is_known_or_chosen_is_not_changed_by_another_browser(
    desk: Desk, client: TestClient[Litestar]
) -> None:
    assert sign_in(desk, "Asia/Tokyo") == "Asia/Tokyo"
    assert sign_in(desk, "America/New_York") == "Asia/Tokyo"
    client.post("/account/timezone", data={"timezone": "UTC"})
    assert sign_in(desk, "America/New_York") == "UTC"
    client.post("/account/timezone", data={"timezone": ""})
    assert sign_in(desk, "America/New_York") == "America/New_York"


def test_your_time_is_said_in_it(desk: Desk, clock: FakeClock) -> None:
    desk.connect()
    clock.now = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
    content_id = desk.approved()
    with desk.changing(content_id) as (db, content):
        at = datetime(2027, 3, 9, 9, 0, tzinfo=UTC)
        schedule.schedule(db, desk.system, content, Choice(at, desk.owner, approves=True))
    with desk.browser(desk.owner) as client:
        client.post("/account/timezone", data={"timezone": "Asia/Tokyo"})
        path = f"/content/{content_id}/schedule/judgement?at=2027-03-09T10:00"
        assert "18:00 your time" in unescape(client.get(path).text)
        peek = unescape(client.get(f"/publisher/content-calendar/pieces/{content_id}").text)
        assert "18:00 your time" in peek


def test_a_zone_that_is_none_is_refused(desk: Desk, client: TestClient[Litestar]) -> None:
    answer = client.post("/account/timezone", data={"timezone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert "is no time zone" in unescape(answer.text)
    assert desk.row(User, desk.owner.user_id).timezone == ""
