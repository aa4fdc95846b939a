"""The queue page: which piece stands where, page by page, and what can be done with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts import setup
from webapp.core.system import System
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import settings
from webapp.queue import filters, listing
from webapp.queue.filters import Cursor, Filters
from webapp.writer.models import Content

QUEUE = "/publisher/publishing-queue"
HTMX = {"HX-Request": "true"}
Client = TestClient[Litestar]


def ids_on(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'id="q-(\d+)"', page)]


def tab_counts(page: str) -> dict[str, int]:
    found = re.findall(r'id="tab-(\w+)".*?tab-count[^>]*>([\d,]+)<', page, re.S)
    return {name: int(number.replace(",", "")) for name, number in found}


def many(desk: Desk, count: int, **columns: Any) -> list[int]:
    """So many contents, past the verbs; their ids."""
    with desk.system.db.write() as db:
        made = [
            Content(
                account_id=desk.owner.account_id,
                site_id=desk.site.id,
                title=f"Piece of many {number}",
                status="approved",
                **columns,
            )
            for number in range(count)
        ]
        db.add_all(made)
        db.flush()
        return [one.id for one in made]


def test_each_piece_stands_in_its_tab(desk: Desk, client: Client, website: Website) -> None:
    desk.connect_to_website()
    scheduled = desk.approved()
    desk.schedule(scheduled, 3600)
    website.fail("publish", "permanent")
    failed, online = desk.published(), desk.published()
    waiting = desk.approved()
    desk.publish(waiting)
    desk.write()
    pages = {tab: client.get(f"{QUEUE}?tab={tab}").text for tab in filters.TABS}
    assert {tab: ids_on(page) for tab, page in pages.items()} == {
        "attention": [failed],
        "publishing": [waiting],
        "scheduled": [scheduled],
        "published": [online],
    }
    assert tab_counts(pages["attention"]) == dict.fromkeys(filters.TABS, 1)
    assert ids_on(client.get(QUEUE).text) == [failed], "needs attention comes first"
    assert 'id="queue-count"' in pages["published"]
    assert "The website did not accept the piece as it was sent" in pages["attention"]


@pytest.mark.both_databases
@pytest.mark.parametrize("tab", filters.TABS)
def test_pages_go_on_to_the_end(desk: Desk, tab: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece once, in order, also where many share a moment."""
    monkeypatch.setattr(listing, "PAGE_SIZE", 7)
    state = "not_published" if tab == "attention" else tab
    moments = [desk.system.clock() + timedelta(minutes=number // 5) for number in range(15)]
    for number, at in enumerate(moments):
        marks = {"failed"} if tab == "attention" and number % 3 == 0 else set()
        marks |= {"held"} if tab == "attention" and not marks else set()
        many(
            desk,
            1 + number % 2,
            site_status=state,
            attention=frozenset(marks),
            scheduled_publish_at=at,
            site_status_updated_at=at,
        )
    seen: list[int] = []
    after, totals = "", set()
    with desk.system.db.read() as db:
        while True:
            chosen = Filters(tab, after=Cursor.read(after))
            queue = listing.load(db, desk.system, desk.owner, chosen)
            assert (queue.first, queue.last) == (len(seen) + 1, len(seen) + len(queue.rows))
            seen += [row.id for row in queue.rows]
            totals.add(queue.total)
            if queue.next_cursor is None:
                break
            after = str(queue.next_cursor)
    rows = {row.id: row for row in desk.rows(Content)}
    assert sorted(seen) == sorted(rows)
    assert totals == {len(rows)}
    expected = sorted(rows, key=lambda one: (rows[one].site_status_updated_at, one))
    if tab in ("attention", "published"):
        expected.reverse()
    if tab == "attention":
        expected.sort(key=lambda one: "failed" not in rows[one].attention)
    assert seen == expected


def test_marks_of_an_address_are_read_or_left_out() -> None:
    mark = Cursor(1, datetime(2026, 11, 21, 9, 0, 0, 123456, UTC), 77, 200)
    assert Cursor.read(str(mark)) == mark
    for wrong in ("", "x", "1.2.3", "-1.2.3.4", "1.2.3.99999999999", "²", f"1.{'9' * 40}.1.1"):
        assert Cursor.read(wrong) is None, wrong


def test_filters_narrow_and_count(desk: Desk, client: Client) -> None:
    with desk.system.db.write() as db:
        account = desk.owner.account_id
        other = setup.add_site(db, account, "Second", "https://second.example", "Asia/Tokyo").id
    for title, content_type, site_id in (
        ("Red apples", "post", desk.site.id),
        ("Red pears", "page", desk.site.id),
        ("Green apples", "post", other),
    ):
        content_id = desk.approved(title=title, content_type=content_type)
        desk.schedule(content_id, 3600)
        with desk.system.db.write() as db:
            db.get_one(Content, content_id).site_id = other if site_id == other else desk.site.id

    def shown(query: str) -> tuple[int, str]:
        page = client.get(f"{QUEUE}?tab=scheduled&{query}").text
        counted = re.search(r"data-count>(.*?)<", page)
        return len(ids_on(page)), counted[1] if counted else ""

    assert shown("") == (3, "3 pieces")
    assert shown("q=apples+red") == (1, "1 piece")
    assert shown("type=page") == (1, "1 piece")
    assert shown(f"site={other}") == (1, "1 piece")
    assert shown(f"site={desk.other_site.id}") == (0, "")
    assert "Nothing matches" in client.get(f"{QUEUE}?tab=scheduled&q=zebra").text


def test_a_shared_address_shows_its_site_whatever_the_reader_is_switched_to(
    desk: Desk, client: Client
) -> None:
    with desk.system.db.write() as db:
        account = desk.owner.account_id
        other = setup.add_site(db, account, "Second", "https://second.example", "Asia/Tokyo").id
    ours, theirs = desk.approved(), desk.approved()
    for content_id in (ours, theirs):
        desk.schedule(content_id, 3600)
    with desk.system.db.write() as db:
        db.get_one(Content, theirs).site_id = other
    client.post("/active-site", data={"site_id": desk.site.id})
    assert ids_on(client.get(f"{QUEUE}?tab=scheduled").text) == [ours]
    assert ids_on(client.get(f"{QUEUE}?tab=scheduled&site={other}").text) == [theirs]
    shared = f"{client.base_url}{QUEUE}?tab=scheduled&site={other}"
    switched = client.post(
        "/active-site",
        data={"site_id": desk.site.id},
        headers={"Referer": shared},
        follow_redirects=False,
    )
    assert switched.headers["location"] == f"{QUEUE}?tab=scheduled"


def test_late_ones_stand_in_a_group_of_their_own(desk: Desk, client: Client) -> None:
    late, coming = desk.approved(), desk.approved()
    desk.schedule(late, -300)
    desk.schedule(coming, 300)
    page = client.get(f"{QUEUE}?tab=scheduled").text
    heads = re.findall(r'class="queue-day-head"[^>]*>(?:<svg.*?</svg>)?([^<]+)<', page)
    assert heads[0] == "Overdue"
    assert heads[1].startswith(("Today, ", "Tomorrow, "))
    assert ids_on(page) == [late, coming]


def test_a_paused_site_says_so(desk: Desk, client: Client) -> None:
    with desk.system.db.write() as db:
        settings.pause(db, desk.system, settings.for_update(db, desk.site))
    assert f'data-paused="{desk.site.id}"' in client.get(QUEUE).text


def test_a_row_says_when_it_has_left_the_tab(desk: Desk, client: Client) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, 300)
    path = f"{QUEUE}/rows/{content_id}"
    assert "has-left" not in client.get(f"{path}?tab=scheduled").text
    assert "has-left" in client.get(f"{path}?tab=published").text
    stranger = desk.approved(site=desk.other_site)
    assert client.get(f"{QUEUE}/rows/{stranger}").status_code == 404


def test_a_full_page_is_light(desk: Desk, client: Client, system: System) -> None:
    """As many rows as fit, each with an error, in eight queries with all that the frame asks."""
    desk.connect()
    ids = many(desk, 101, site_status="failed", attention=frozenset({"failed"}))
    error = {
        "code": "DESTINATION_ERROR",
        "message": "The website had an error of its own. It is tried again; its log says more.",
        "step": "creating_post",
        "details": {"body": "<html> of a website " * 100},
    }
    with system.db.write() as db:
        records = [desk_record(desk, content_id, error) for content_id in ids]
        db.add_all(records)
    statements: list[str] = []
    listen = lambda *given: statements.append(given[2])  # noqa: E731
    sa.event.listen(system.db.engine, "before_cursor_execute", listen)
    answer = client.get(QUEUE)
    sa.event.remove(system.db.engine, "before_cursor_execute", listen)
    assert len(ids_on(answer.text)) == listing.PAGE_SIZE
    assert "75 of 101" in answer.text
    assert len(answer.content) <= 150 * 1024
    asked = [one for one in statements if one.startswith("SELECT")]
    assert len(asked) <= 8, asked


def desk_record(desk: Desk, content_id: int, error: dict[str, Any]) -> Any:
    from webapp.publisher.records.models import PublishingRecord

    return PublishingRecord(
        account_id=desk.owner.account_id,
        site_id=desk.site.id,
        content_id=content_id,
        integration_id=desk.integration().id,
        destination="headless",
        status="failed",
        publish_key=f"key-{content_id}",
        next_attempt_at=datetime.now(UTC),
        error=error,
    )


@pytest.mark.parametrize("by_site", [False, True])
@pytest.mark.parametrize("tab", filters.TABS)
def test_lists_are_read_along_an_index(desk: Desk, tab: str, by_site: bool) -> None:
    """No sorting, no scan: otherwise a page would cost more the more pieces there are."""
    site = desk.site.id if by_site else None
    mark = Cursor(1 if tab == "attention" else 0, desk.system.clock(), 5, 100)
    chosen = Filters(tab, switched_to=site, after=Cursor.read(str(mark)))
    plans: list[str] = []

    def explain(connection: Any, _c: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT contents.id"):
            found = connection.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row[3]) for row in found)

    with desk.system.db.read() as db:
        sa.event.listen(desk.system.db.engine, "before_cursor_execute", explain)
        listing.load(db, desk.system, desk.owner, chosen)
        sa.event.remove(desk.system.db.engine, "before_cursor_execute", explain)
    assert plans
    assert all(one.startswith("SEARCH contents USING INDEX ix_contents") for one in plans), plans
    if by_site and tab in ("published", "scheduled"):
        assert all(f"ix_contents_{tab}_site" in one for one in plans), plans


def test_each_row_names_the_destination_of_its_own_publication(
    desk: Desk, client: Client, website: Website
) -> None:
    """What was begun goes where it was begun to, whatever the site's default is since; what failed
    is sent anew."""
    website_id = desk.connect_to_website()
    online = desk.published()
    website.fail("publish", "permanent")
    failed = desk.published()
    website.fail("publish", "outage")
    again = desk.approved()
    desk.schedule(again)
    desk.run_worker()
    waiting, planned = desk.approved(), desk.approved()
    desk.publish(waiting)
    desk.schedule(planned, 3600)
    desk.connect()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, website_id).base_url = "https://first.example"
        own = next(one for one in db.query(SiteIntegration) if one.platform == "headless")
        connections.make_default(db, own)
    pages = "".join(client.get(f"{QUEUE}?tab={tab}").text for tab in filters.TABS)
    named = dict(re.findall(r'id="q-(\d+)".*?→ ([^<]+)<', pages, re.DOTALL))
    first = {str(one): "first.example" for one in (online, again, waiting)}
    anew = {str(one): "IGNY8’s own pages" for one in (failed, planned)}
    assert named == {**first, **anew}
