"""Which pieces the calendar shows, where, and in which order; asked of both databases."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.calendar.conftest import BERLIN, MONDAY, Calendar, days_after
from tests.support.desk import Desk
from tests.support.rhythm import choose
from webapp.accounts import setup
from webapp.accounts.models import UserSession
from webapp.publisher.planning import settings as publishing
from webapp.publisher.records import site_status
from webapp.writer.models import Cluster, Content

both = pytest.mark.both_databases
MONTH = {"date": str(MONDAY)}


@both
def test_pieces_stand_on_the_sites_own_day_by_time_then_id(calendar: Calendar) -> None:
    late = calendar.piece("Late", MONDAY, time(23, 45))
    calendar.piece("Early", MONDAY, time(0, 15))
    calendar.piece("Same, first", days_after(1), time(9, 0))
    calendar.piece("Same, second", days_after(1), time(9, 0))
    assert calendar.content(late).scheduled_publish_at == datetime(2027, 2, 1, 22, 45, tzinfo=UTC)
    assert calendar.days(**MONTH) == {
        "2027-02-01": ["00:15 Early", "23:45 Late"],
        "2027-02-02": ["09:00 Same, first", "09:00 Same, second"],
    }


@both
def test_what_went_out_stands_where_it_went_online(calendar: Calendar) -> None:
    content_id = calendar.piece("Online", MONDAY)
    calendar.went_out(content_id, datetime(2027, 1, 5, 8, 0, tzinfo=UTC))
    with calendar.desk.changing(content_id) as (_, content):
        site_status.clear_schedule(content)
    assert calendar.days(date="2027-01-05") == {"2027-01-05": ["09:00 Online"]}
    tree = calendar.tree(date="2027-01-05")
    card = tree.xpath(f"//a[@id='p{content_id}']")[0]
    assert card.get("data-move") is None
    assert "Published" in card.text_content()


@both
def test_a_failure_without_a_time_stands_where_it_failed(calendar: Calendar, desk: Desk) -> None:
    content_id = desk.approved(title="Broken")
    with desk.changing(content_id) as (_, content):
        content.site_status = "failed"
        content.attention = frozenset({"failed"})
        content.site_status_updated_at = datetime(2027, 1, 13, 10, 0, tzinfo=UTC)
    assert calendar.days(date="2027-01-14") == {"2027-01-13": ["11:00 Broken"]}
    assert calendar.tray(date="2027-01-14") == []


@both
def test_the_tray_has_what_is_approved_and_has_no_time(calendar: Calendar, desk: Desk) -> None:
    desk.write(title="A draft")
    desk.approved(title="Waits longer")
    desk.approved(title="Waits")
    urgent = desk.approved(title="Urgent")
    with desk.changing(urgent) as (_, content):
        content.priority = 5
    calendar.piece("Has a time", MONDAY)
    assert calendar.tray() == ["Urgent", "Waits longer", "Waits"]


@both
def test_of_a_full_tray_what_waits_longest_is_shown(calendar: Calendar, desk: Desk) -> None:
    copied = desk.approved(title="Waits")
    longest, moved = desk.approved(title="Waits longest"), desk.approved(title="Just moved there")
    with desk.system.db.write() as db:
        row = dict(db.execute(sa.select(Content.__table__).filter_by(id=copied)).mappings().one())
        at = row.pop("approved_at")
        del row["id"]
        later = [{**row, "approved_at": at + timedelta(minutes=n)} for n in range(520)]
        db.execute(sa.insert(Content), later)
        db.get_one(Content, longest).approved_at = at - timedelta(days=1)
        db.get_one(Content, moved).approved_at = at + timedelta(days=9)
    shown = calendar.tray(**MONTH)
    assert (len(shown), shown[0]) == (30, "Waits longest")
    assert calendar.tray(path="/days", new=str(moved), **MONTH) == [*shown, "Just moved there"]


@both
def test_three_a_day_and_the_rest_on_request(calendar: Calendar) -> None:
    for hour in range(8, 15):
        calendar.piece(f"At {hour}", MONDAY, time(hour, 0))
    assert calendar.days(**MONTH) == {"2027-02-01": ["08:00 At 8", "09:00 At 9", "10:00 At 10"]}
    more = calendar.tree(**MONTH).xpath("//a[@class='more-of-day']")
    assert [link.text_content() for link in more] == ["+4 more on Mon 1 Feb 2027"]
    whole = calendar.tree(path=f"/days/{MONDAY}", **MONTH)
    assert len(whole.xpath("//a[contains(@class, 'entry ')]")) == 7


@both
def test_the_last_of_a_day_stands_where_one_more_would(calendar: Calendar) -> None:
    for hour in range(8, 12):
        calendar.piece(f"At {hour}", MONDAY, time(hour, 0))
    assert len(calendar.days(**MONTH)["2027-02-01"]) == 4
    assert not calendar.tree(**MONTH).xpath("//a[@class='more-of-day']")


@both
def test_day_heads_count_what_the_limits_count(calendar: Calendar, desk: Desk) -> None:
    for hour in range(8, 12):
        calendar.piece(f"At {hour}", MONDAY, time(hour, 0))
    update = calendar.piece("An update", days_after(1))
    calendar.went_out(update, datetime(2027, 1, 5, 8, 0, tzinfo=UTC))
    with desk.changing(update) as (_, content):
        content.site_status = "scheduled"
    tree = calendar.tree(**MONTH)
    used = {
        day.get("data-day"): day.xpath(".//span[contains(@class, 'used')]")[0]
        for day in tree.xpath("//li[@data-day]")
        if day.xpath(".//span[contains(@class, 'used')]")
    }
    limit = publishing_limit(desk)
    assert used["2027-02-01"].text_content() == f"4/{limit} used, over the limit"
    assert "is-over" in used["2027-02-01"].get("class")
    assert used["2027-02-02"].text_content() == f"0/{limit} used"
    assert "2027-02-06" not in used, "a Saturday: nothing goes out, and nothing does"


def publishing_limit(desk: Desk) -> int:
    with desk.system.db.read() as db:
        limit = publishing.of(db, desk.site).daily_publish_limit
    assert limit is not None
    return limit


@both
def test_several_sites_each_in_its_own_zone_by_its_own_clock(
    calendar: Calendar, desk: Desk
) -> None:
    with desk.system.db.write() as db:
        tokyo = setup.add_site(db, desk.site.account_id, "Tokyo", "https://t.example", "Asia/Tokyo")
    desk.connect(site=tokyo)
    calendar.piece("Berlin", MONDAY, time(9, 0))
    content_id = desk.approved(title="Tokyo", site=tokyo, by=desk.owner)
    calendar.put(content_id, MONDAY, time(8, 30))
    far = desk.approved(title="Tokyo, late", site=tokyo, by=desk.owner)
    calendar.put(far, MONDAY, time(23, 30))
    assert calendar.days(**MONTH) == {
        "2027-02-01": ["08:30 Tokyo", "09:00 Berlin", "23:30 Tokyo, late"]
    }
    assert calendar.days(site=tokyo.id, **MONTH) == {
        "2027-02-01": ["08:30 Tokyo", "23:30 Tokyo, late"]
    }
    assert "own zone" in calendar.tree(**MONTH).text_content()


@both
def test_filters_narrow_days_and_tray(calendar: Calendar, desk: Desk) -> None:
    with desk.system.db.write() as db:
        cluster = Cluster(
            account_id=desk.site.account_id,
            site_id=desk.site.id,
            sector_id=desk.sector.id,
            name="Bread",
            slug="bread",
        )
        db.add(cluster)
        db.flush()
        cluster_id = cluster.id
    calendar.piece("A page", MONDAY, content_type="page")
    calendar.piece(
        "Of the cluster", MONDAY, time(10, 0), cluster_id=cluster_id, sector_id=desk.sector.id
    )
    calendar.piece("Of an author", MONDAY, time(11, 0), author_email="ada@example.com")
    desk.approved(title="In the tray", content_type="page")

    def titles(**query: object) -> list[str]:
        shown = calendar.days(**MONTH, **query)
        return [card[6:] for cards in shown.values() for card in cards]

    assert titles(type="page") == ["A page"]
    assert titles(cluster=cluster_id) == ["Of the cluster"]
    assert titles(author="ada@example.com") == ["Of an author"]
    assert titles(status="failed") == []
    assert len(titles(status="scheduled")) == 3
    assert calendar.tray(type="page", **MONTH) == ["In the tray"]
    assert calendar.tray(author="ada@example.com", **MONTH) == []


@both
def test_a_list_goes_on_where_it_ended(calendar: Calendar, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.calendar import view

    monkeypatch.setattr(view, "LIST_PAGE", 5)
    for number in range(12):
        calendar.piece(f"N{number:02}", days_after(number // 7), time(8, number))
    seen: list[str] = []
    query: dict[str, str] = {"view": "list", **MONTH}
    for _ in range(5):
        tree = calendar.tree(**query)
        seen += [title.text_content() for title in tree.xpath("//ol//span[@class='entry-title']")]
        following = tree.xpath("//a[@id='next-page']/@href")
        if not following:
            break
        pairs = following[0].split("?")[1].split("&")
        query = dict(pair.split("=", 1) for pair in pairs)
    assert seen == [f"N{number:02}" for number in range(12)]


def test_a_day_of_25_hours_holds_all_of_them(calendar: Calendar) -> None:
    """On 31 October 2027 Berlin's clocks go back: 02:30 comes twice, all of it on one day."""
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for number in range(2):
        content_id = calendar.piece(f"Half past two, {number}", days_after(0))
        with calendar.desk.changing(content_id) as (_, content):
            content.scheduled_publish_at = first + timedelta(hours=number)
    edge = calendar.piece("The last minute", MONDAY)
    with calendar.desk.changing(edge) as (_, content):
        content.scheduled_publish_at = datetime(2027, 10, 31, 22, 59, tzinfo=UTC)
    assert calendar.days(date="2027-10-15") == {
        "2027-10-31": ["02:30 Half past two, 0", "02:30 Half past two, 1", "23:59 The last minute"]
    }


def test_week_shows_free_slots_and_hides_taken_ones(calendar: Calendar) -> None:
    tree = calendar.tree(view="week", **MONTH)
    free = tree.xpath("//li[@id='d2027-02-01']//span[@class='slot']/@data-slot")
    assert free
    calendar.piece("Takes one", MONDAY, time.fromisoformat(free[0]))
    tree = calendar.tree(view="week", **MONTH)
    assert tree.xpath("//li[@id='d2027-02-01']//span[@class='slot']/@data-slot") == free[1:]
    assert tree.xpath("//li[@id='d2027-02-06']//span[@class='slot']") == []  # a Saturday


def test_strangers_pieces_and_sites_are_not_there(
    calendar: Calendar, desk: Desk, client: TestClient[Litestar]
) -> None:
    desk.connect(site=desk.other_site)
    content_id = desk.approved(title="Of others", site=desk.other_site)
    calendar.put(content_id, MONDAY)
    assert calendar.days(**MONTH) == {}
    path = "/publisher/content-calendar"
    assert client.get(path, params={"site": str(desk.other_site.id)}).status_code == 404
    assert client.get(f"{path}/pieces/{content_id}").status_code == 404
    assert calendar.move(content_id, days_after(1)).status_code == 404
    changed = client.get(f"{path}/days", params={"ids": str(content_id), **MONTH})
    assert "Of others" not in changed.text
    assert "data-day" not in changed.text


def test_only_the_days_that_changed_are_drawn(calendar: Calendar) -> None:
    first = calendar.piece("One", MONDAY)
    calendar.piece("Two", days_after(3))
    tree = calendar.tree(path="/days", ids=str(first), days="2027-02-10,2099-01-01", **MONTH)
    assert tree.xpath("//li/@data-day") == ["2027-02-01", "2027-02-10"]
    assert tree.xpath("//div[@id='bars']")
    assert tree.xpath("//aside[@id='tray']")


def test_the_site_switch_decides_unless_the_address_does(calendar: Calendar, desk: Desk) -> None:
    with desk.system.db.write() as db:
        second = setup.add_site(
            db, desk.site.account_id, "Second", "https://second.example", "Europe/Berlin"
        )
        for session in db.query(UserSession):
            session.site_id = second.id
    calendar.piece("Of the first", MONDAY)
    assert calendar.days(**MONTH) == {}
    assert calendar.days(site="all", **MONTH) == {"2027-02-01": ["09:30 Of the first"]}
    assert calendar.days(site=desk.site.id, **MONTH) == {"2027-02-01": ["09:30 Of the first"]}


def test_a_month_asks_little_and_is_light(calendar: Calendar) -> None:
    for number in range(60):
        calendar.piece(
            f"A title of the usual length, number {number}",
            days_after(number % 20),
            time(8, number % 60),
        )
    with calendar.counting() as said:
        answer = calendar.client.get("/publisher/content-calendar", params=MONTH)
    # signing in, and the feed of changes
    beside = ("FROM sessions", "UPDATE sessions", "FROM notices", "PRAGMA data_version")
    asked = [one for one in said if not any(part in one for part in beside)]
    assert len(asked) <= 6, "\n\n".join(one[:160] for one in asked)
    assert len(answer.text) < 150 * 1024
    assert answer.text.count("data-id=") == 60


def test_the_bar_says_how_much_is_used_now(calendar: Calendar) -> None:
    calendar.piece("Today", calendar.desk.system.clock().astimezone(BERLIN).date(), time(20, 0))
    calendar.piece("Later this month", datetime(2027, 1, 29).date())  # noqa: DTZ001
    bar = bar_of(calendar)
    assert "Gazettegazette.example" in bar
    assert "Thu 13:00 Europe/Berlin" in bar
    assert f"today 1/{publishing_limit(calendar.desk)}" in bar
    assert "this month 2" in bar
    assert "14 Jan 2027, 20:00" in bar
    assert "will not go out" not in bar


@both
def test_the_bar_promises_nothing_that_will_not_go_out(calendar: Calendar, desk: Desk) -> None:
    today = calendar.desk.system.clock().astimezone(BERLIN).date()
    edited = calendar.piece("First", today, time(19, 0))
    calendar.piece("Second", today, time(20, 0))
    desk.edit(edited, title="Edited since")
    assert "Next Thu 14 Jan 2027, 20:00 1 will not go out" in bar_of(calendar)
    assert "today 2/" in bar_of(calendar), "it holds its place"
    choose(desk, paused=True)
    assert "Next nothing while it is paused" in bar_of(calendar)


def bar_of(calendar: Calendar) -> str:
    """What stands above the calendar."""
    [bars] = calendar.tree(**MONTH).xpath("//div[@id='bars']")
    return " ".join(bars.text_content().split())
