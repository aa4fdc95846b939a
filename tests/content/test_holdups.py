"""What a piece waits for whose moment has come: said in the same words wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.content import holdups
from webapp.content.holdups import There, Through
from webapp.core.clock import host
from webapp.integrations import installation
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import due, heartbeats
from webapp.publisher.planning import settings

HTMX = {"HX-Request": "true"}
NO_WORKER = "Waits for the worker, which is not running"
NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


def worker_runs(desk: Desk) -> None:
    with desk.system.db.write() as db:
        heartbeats.seen(db, desk.system, 1)


def website_is_down(desk: Desk) -> None:
    worker_runs(desk)
    with desk.system.db.write() as db:
        connection = db.get_one(SiteIntegration, desk.integration().id)
        connection.paused_at = desk.system.clock()


def site_is_paused(desk: Desk) -> None:
    worker_runs(desk)
    with desk.system.db.write() as db:
        settings.pause(db, desk.system, settings.for_update(db, desk.site))


def nothing(_: Desk) -> None:
    """Nobody has started a worker."""


def pages_of(desk: Desk, content_id: int, tab: str) -> dict[str, str]:
    paths = (
        f"/content/{content_id}/panel?home=content",
        f"/publisher/publishing-queue?tab={tab}",
        "/publisher/content-calendar?view=list",
        f"/publisher/content-calendar/pieces/{content_id}",
    )
    with desk.browser(desk.owner) as client:
        return {path: client.get(path, headers=HTMX).text for path in paths}


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (nothing, NO_WORKER),
        (website_is_down, "Waits: the website has been down since "),
        (site_is_paused, "Waits: the site is paused"),
    ],
)
def test_a_piece_that_is_overdue_says_so_everywhere(
    desk: Desk, happens: Callable[[Desk], None], said: str
) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, -120)
    happens(desk)
    silent = [
        one for one, page in pages_of(desk, content_id, "scheduled").items() if said not in page
    ]
    assert silent == []


@pytest.mark.parametrize(("happens", "said"), [(nothing, NO_WORKER), (website_is_down, "Waits: ")])
def test_a_piece_that_was_asked_for_says_so_too(
    desk: Desk, happens: Callable[[Desk], None], said: str
) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.publish(content_id)
    happens(desk)
    pages = pages_of(desk, content_id, "publishing")
    assert [one for one in list(pages)[:2] if said not in pages[one]] == []


def paused_by_a_copy(desk: Desk) -> None:
    website_is_down(desk)
    with desk.system.db.write() as db:
        connection = db.get_one(SiteIntegration, desk.integration().id)
        connection.config_json = {**connection.config_json, installation.REFUSED: "another"}


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (nothing, NO_WORKER),
        (website_is_down, "Waits: the website has been down since "),
        (paused_by_a_copy, "Waits: the website takes this IGNY8 for a copy"),
        (site_is_paused, "Waits: the site is paused"),
    ],
)
def test_a_piece_that_was_begun_by_its_time_waits_too(
    desk: Desk, happens: Callable[[Desk], None], said: str
) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, -10)
    with desk.system.db.write() as db:
        assert due.claim_due(db, desk.system) == 1
    happens(desk)
    pages = pages_of(desk, content_id, "publishing")
    with_record = [one for one in pages if "view=list" not in one]
    assert [one for one in with_record if said not in pages[one]] == []


def test_what_a_person_asked_for_waits_for_no_pause(desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.publish(content_id)
    site_is_paused(desk)
    pages = pages_of(desk, content_id, "publishing")
    assert [one for one, page in pages.items() if "Waits: the site is paused" in page] == []


def test_what_runs_waits_for_its_worker_alone(desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.publish(content_id)
    desk.take()
    website_is_down(desk)
    site_is_paused(desk)
    pages = pages_of(desk, content_id, "publishing")
    assert [one for one, page in pages.items() if "Waits: " in page] == []
    with desk.system.db.write() as db:
        heartbeats.deregister(db, desk.system)
    pages = pages_of(desk, content_id, "publishing")
    assert [one for one, page in pages.items() if NO_WORKER not in page] == []


def test_a_next_try_is_promised_only_where_it_can_be_made(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    website.fail("publish", "later")
    content_id = desk.approved()
    desk.publish(content_id)
    worker_runs(desk)
    desk.run_worker_once()
    pages = pages_of(desk, content_id, "publishing")
    assert [one for one in list(pages)[:2] if "next try" not in pages[one].lower()][1:] == []
    with desk.system.db.write() as db:
        heartbeats.deregister(db, desk.system)
    pages = pages_of(desk, content_id, "publishing")
    panel, queue = list(pages.values())[:2]
    assert NO_WORKER in panel
    assert NO_WORKER in queue
    assert "Trying again" not in panel
    assert "next try" not in queue


def test_what_goes_out_later_waits_for_nothing(desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    assert [
        one for one in pages_of(desk, content_id, "scheduled").values() if NO_WORKER in one
    ] == []


def said_of(way: Through, zone: str, now: datetime) -> str:
    due = now - timedelta(minutes=1)
    return holdups.of_planned("scheduled", due, way, There(zone, is_paused=False), now)


def test_since_when_a_website_is_down_is_said_in_the_time_of_its_site(desk: Desk) -> None:
    worker_runs(desk)
    with desk.system.db.read() as db:
        workers = db.scalar(heartbeats.owners_seen())
    down = Through(datetime(2026, 11, 30, 13, 2, tzinfo=UTC), None, workers)
    assert said_of(down, "Europe/Berlin", NOW) == "Waits: the website has been down since 14:02"
    long = Through(datetime(2026, 11, 28, 13, 2, tzinfo=UTC), None, workers)
    assert said_of(long, "Europe/Berlin", NOW).endswith("since Sat 28 Nov 2026, 14:02")
    assert said_of(Through(None, None, workers), "Europe/Berlin", NOW) == ""


def test_a_worker_elsewhere_that_is_silent_is_not_believed_for_ever(desk: Desk) -> None:
    """Also not by a process that runs for long: the moment is that of the question."""
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, -120)
    elsewhere = replace(desk.system, owner="elsewhere:1:abc", clock=host)
    with desk.system.db.write() as db:
        heartbeats.seen(db, elsewhere, 1)
    assert [p for p in pages_of(desk, content_id, "scheduled").values() if NO_WORKER in p] == []
    with time_machine.travel(host() + timedelta(minutes=5)):
        silent = pages_of(desk, content_id, "scheduled")
    assert [path for path, page in silent.items() if NO_WORKER not in page] == []
