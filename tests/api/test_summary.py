"""A website asks how it stands, by its connection's key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import MakeApi
from tests.support.clock import FakeClock
from tests.support.contract import assert_valid
from tests.support.desk import Desk
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records.models import PublishingRecord

API = "/api/v1/integration/integrations"


def connected(desk: Desk) -> tuple[int, str]:
    """A connection, and its key."""
    with desk.system.db.write() as db:
        address = "https://news.example.com"
        made, key = connections.connect(db, desk.system, desk.site, "wordpress", base_url=address)
        return made.id, key


def ended(desk: Desk, title: str, status: str, **facts: Any) -> None:
    """A publication that has ended so, as the worker leaves it."""
    content_id = desk.approved(title=title)
    desk.publish(content_id)
    with desk.changing(content_id) as (db, content):
        record = db.get_one(PublishingRecord, desk.records_of(content_id)[-1].id)
        record.status = content.site_status = status
        content.attention = frozenset({status} & {"failed"})
        for name, value in facts.items():
            setattr(record, name, value)


@pytest.mark.both_databases
def test_a_website_asks_how_it_stands(api_of: MakeApi, desk: Desk, clock: FakeClock) -> None:
    integration_id, key = connected(desk)
    website = api_of(key=key)
    path = f"{API}/{integration_id}/summary/"
    empty = website.get(path).json()
    assert_valid("summary.response", empty)
    assert empty["data"] == {
        "site_name": desk.site.name,
        "pending_today": 0,
        "scheduled": 0,
        "failed": 0,
        "last_publication": None,
        "activities": [],
    }
    ended(desk, "Olive oil", "published", external_url="https://news.example.com/olive-oil/")
    ended(desk, "Broken", "failed", error={"code": "TITLE_MISSING", "message": "No title."})
    clock.now = datetime(2030, 6, 3, 9, tzinfo=UTC)
    desk.schedule(desk.approved(), 3600)
    desk.schedule(desk.approved(), timedelta(days=2).total_seconds())
    answer = website.get(path).json()
    assert_valid("summary.response", answer)
    told = answer["data"]
    assert (told["pending_today"], told["scheduled"], told["failed"]) == (1, 2, 1)
    assert [one["content_title"] for one in told["activities"]] == ["Broken", "Olive oil"]
    assert told["activities"][0]["message"]
    assert told["last_publication"]["external_url"] == "https://news.example.com/olive-oil/"


def test_a_website_is_told_of_itself_only(api_of: MakeApi, desk: Desk) -> None:
    _, key = connected(desk)
    other = desk.connect()
    assert desk.row(SiteIntegration, other).site_id == desk.site.id
    assert api_of(key=key).get(f"{API}/{other}/summary/").status_code == 404
