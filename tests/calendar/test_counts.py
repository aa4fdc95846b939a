"""What stands in the bar of a site, and what it costs to count."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from webapp.calendar import counts, sites
from webapp.writer import contents, statuses
from webapp.writer.indexes import STOPPED
from webapp.writer.models import Content

HASHES = ("", "the same", "another")


@pytest.mark.both_databases
def test_stopped_is_what_is_planned_and_not_approved(desk: Desk) -> None:
    """The words by which the database knows its index say the same as the rule."""
    cases = list(itertools.product(statuses.CONTENT.states, HASHES, ("scheduled", "not_published")))
    ids = [desk.write() for _ in cases]
    with desk.system.db.write() as db:
        for content_id, (status, approved, site_status) in zip(ids, cases, strict=True):
            content = db.get_one(Content, content_id)
            content.status, content.approved_hash = status, approved
            content.content_hash, content.site_status = "the same", site_status
    is_planned = Content.site_status == "scheduled"
    with desk.system.db.read() as db:
        by_words = set(db.scalars(sa.select(Content.id).where(STOPPED)))
        by_rule = set(db.scalars(sa.select(Content.id).where(is_planned, ~contents.IS_APPROVED)))
    assert by_words == by_rule
    assert by_words


def test_stopped_pieces_are_counted_along_their_own_index(desk: Desk) -> None:
    """Else each page of the calendar would read all that is planned."""
    desk.connect()
    for number in range(3):
        desk.schedule(desk.approved(), 3600 * (number + 1))
    stopped = desk.approved()
    desk.schedule(stopped, 7200)
    with desk.changing(stopped) as (_, content):
        content.approved_hash = "before"
    plans: list[str] = []

    def explain(connection: Any, _c: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "count(*)" in statement:
            found = connection.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(str(row[3]) for row in found)

    now = desk.system.clock() + timedelta(seconds=1)
    with desk.system.db.read() as db:
        sa.event.listen(desk.system.db.engine, "before_cursor_execute", explain)
        _, shown = sites.choose(db, desk.owner, "")
        used = counts.usage(db, desk.owner, shown, now)
        sa.event.remove(desk.system.db.engine, "before_cursor_execute", explain)
    assert used[desk.site.id].stopped == 1
    assert any("USING INDEX ix_contents_stopped" in one for one in plans), plans
