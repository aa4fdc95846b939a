"""The calendar for other programs: opened by a library, right across a change of the clock."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar as ICalendar
from litestar import Litestar
from litestar.testing import TestClient

from tests.calendar.conftest import Calendar
from tests.support.desk import Desk
from webapp.accounts.models import Membership, User

PATH = "/publisher/content-calendar/feeds"


def subscribe(client: TestClient[Litestar], site_id: int | str) -> str:
    """Make an address; its path."""
    before = set(re.findall(r"http://\S+?\.ics", client.get(PATH).text))
    client.post(PATH, data={"site_id": str(site_id)})
    after = set(re.findall(r"http://\S+?\.ics", client.get(PATH).text))
    return str(urlsplit((after - before).pop()).path)


@pytest.fixture
def anyone(desk: Desk, calendar: Calendar) -> TestClient[Litestar]:
    """Somebody who is not signed in."""
    return TestClient(calendar.client.app)


def read(anyone: TestClient[Litestar], path: str) -> ICalendar:
    answer = anyone.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    found = ICalendar.from_ical(answer.text)
    assert isinstance(found, ICalendar)
    return found


def starts(event: Any) -> datetime:
    at = event["DTSTART"].dt
    assert isinstance(at, datetime)
    return at


def test_local_times_are_right_across_a_change_of_the_clock(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    days = [date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29), date(2027, 10, 31)]
    ids = [calendar.piece(f"On {day}, <b>&", day, time(9, 30)) for day in days]
    found = read(anyone, subscribe(calendar.client, desk.site.id))
    assert {zone["TZID"] for zone in found.walk("VTIMEZONE")} == {"Europe/Berlin"}
    events = {str(event["UID"]): event for event in found.walk("VEVENT")}
    host = urlsplit(desk.system.config.public_url).netloc
    assert set(events) == {f"content-{one}@{host}" for one in ids}
    for content_id, day in zip(ids, days, strict=True):
        begins = starts(events[f"content-{content_id}@{host}"])
        assert begins.replace(tzinfo=None) == datetime.combine(day, time(9, 30))
        assert begins == calendar.content(content_id).scheduled_publish_at
        assert events[f"content-{content_id}@{host}"]["SUMMARY"] == f"On {day}, &", "no markup"


def test_the_zone_that_is_given_says_the_same_without_a_zone_database(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    """Programs read the offsets from the file itself."""
    calendar.piece("Winter", date(2027, 3, 27))
    calendar.piece("Summer", date(2027, 3, 29))
    found = read(anyone, subscribe(calendar.client, desk.site.id))
    zone: Any = found.walk("VTIMEZONE")[0]
    own = zone.to_tz(lookup_tzid=False)
    winter = datetime(2027, 3, 27, 9, 30, tzinfo=own).utcoffset()
    summer = datetime(2027, 3, 29, 9, 30, tzinfo=own).utcoffset()
    assert (winter, summer) == (timedelta(hours=1), timedelta(hours=2))


def test_of_an_hour_that_comes_twice_the_second_is_meant_exactly(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    content_id = calendar.piece("The second half past two", date(2027, 10, 31))
    second = datetime.fromisoformat("2027-10-31T01:30:00+00:00")
    with desk.changing(content_id) as (_, content):
        content.scheduled_publish_at = second
    (event,) = read(anyone, subscribe(calendar.client, "")).walk("VEVENT")
    assert starts(event) == second


def test_a_piece_that_moves_is_the_same_event(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    content_id = calendar.piece("Moves", date(2027, 2, 1))
    path = subscribe(calendar.client, "")
    (before,) = read(anyone, path).walk("VEVENT")
    calendar.put(content_id, date(2027, 2, 3))
    (after,) = read(anyone, path).walk("VEVENT")
    assert before["UID"] == after["UID"]
    assert starts(before) != starts(after)


def test_only_who_knows_the_address_reads_it(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    calendar.piece("Secret", date(2027, 2, 1))
    path = subscribe(calendar.client, "")
    assert "Secret" in anyone.get(path).text
    flipped = path[:-5] + ("0" if path[-5] != "0" else "1") + ".ics"
    assert anyone.get(flipped).status_code == 404
    assert anyone.get(f"{PATH}/nonsense").status_code == 404
    subscribe(calendar.client, "")
    assert anyone.get(path).status_code == 404, "the old address still works"


def test_a_feed_shows_what_its_owner_may_see(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    desk.connect(site=desk.other_site)
    other = desk.approved(title="Of others", site=desk.other_site)
    calendar.put(other, date(2027, 2, 1))
    calendar.piece("Of ours", date(2027, 2, 1))
    path = subscribe(calendar.client, "")
    assert [str(event["SUMMARY"]) for event in read(anyone, path).walk("VEVENT")] == ["Of ours"]
    with desk.system.db.write() as db:
        membership = db.query(Membership).filter_by(user_id=desk.owner.user_id).one()
        db.delete(membership)
    assert anyone.get(path).status_code == 404, "who left still reads"


def test_a_disabled_person_reads_nothing(
    calendar: Calendar, desk: Desk, anyone: TestClient[Litestar]
) -> None:
    path = subscribe(calendar.client, "")
    with desk.system.db.write() as db:
        db.get_one(User, desk.owner.user_id).is_active = False
    assert anyone.get(path).status_code == 404


def test_another_accounts_site_cannot_be_subscribed_to(calendar: Calendar, desk: Desk) -> None:
    answer = calendar.client.post(PATH, data={"site_id": str(desk.other_site.id)})
    assert answer.status_code == 404
