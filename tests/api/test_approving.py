"""Approving what is approved already changes nothing, and says nothing to anybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.core.db import Base
from webapp.core.notices import Notice
from webapp.publisher.records.models import PlanChange
from webapp.writer.models import Content, ReviewComment

TABLES: tuple[type[Base], ...] = (Content, ReviewComment, PlanChange, Notice)


def rows(desk: Desk) -> list[dict[str, Any]]:
    """All that an approval could leave somewhere."""
    return [
        {name: getattr(row, name) for name in model.__table__.columns.keys()}  # noqa: SIM118
        for model in TABLES
        for row in desk.rows(model)
    ]


@pytest.mark.both_databases
def test_approving_twice_changes_nothing(
    api: Api, api_of: MakeApi, desk: Desk, clock: FakeClock
) -> None:
    content_id = desk.write()
    path = f"/api/v1/writer/content/{content_id}/approve/"
    first = api.post(path, headers={"If-Match": '"1"'})
    assert first.status_code == 200
    before = rows(desk)
    clock.advance(60)
    for client in (api, api_of(desk.teammate)):
        again = client.post(path, headers={"If-Match": '"1"'})
        assert (again.status_code, again.json()) == (200, first.json())
        assert again.headers["etag"] == first.headers["etag"]
    assert rows(desk) == before


@pytest.mark.both_databases
def test_approving_what_went_out_changes_nothing(api: Api, desk: Desk) -> None:
    desk.connect()
    path = f"/api/v1/writer/content/{desk.published()}/approve/"
    before = rows(desk)
    again = api.post(path)
    assert again.status_code == 200, again.text
    assert again.json()["data"]["status"] == "published"
    assert rows(desk) == before


def test_a_new_text_is_approved_anew(api: Api, desk: Desk) -> None:
    content_id = desk.approved()
    desk.edit(content_id, title="Another")
    again = api.post(f"/api/v1/writer/content/{content_id}/approve/").json()["data"]
    assert (again["status"], again["is_approved"]) == ("approved", True)
    assert len(desk.rows(ReviewComment)) == 2
