"""Workers whose clocks are wrong by an hour: nothing twice, nothing lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.desk import Desk
from webapp.core.system import System
from webapp.integrations.models import HeadlessDocument
from webapp.publisher.delivery import claims, pipeline

pytestmark = pytest.mark.both_databases
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Connected with the headless destination."""
    desk.connect()
    return desk


def worker(desk: Desk, shift: timedelta, name: str) -> System:
    """Another worker on the same database, whose clock is wrong."""
    right = desk.system.clock
    return replace(desk.system, clock=lambda: right() + shift, owner=f"{name}:1:x")


def written_once(desk: Desk, content_id: int) -> None:
    documents = [row for row in desk.rows(HeadlessDocument) if row.content_id == content_id]
    assert [(row.status, row.sequence) for row in documents] == [("publish", 1)]
    assert desk.content(content_id).site_status == "published"
    assert [record.status for record in desk.records_of(content_id)][-1].startswith("published")


def test_a_worker_an_hour_ahead_takes_over_and_the_first_ones_result_is_void(desk: Desk) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    [first] = desk.take()
    ahead = worker(desk, HOUR, "ahead")
    [second] = desk.take(system=ahead)
    assert (second.record_id, second.fence.attempt) == (record_id, first.fence.attempt + 1)
    pipeline.run(ahead, second)
    pipeline.run(desk.system, first)
    written_once(desk, content_id)
    assert desk.record(record_id).attempt == second.fence.attempt


def test_the_late_worker_may_also_be_the_one_that_wrote(desk: Desk) -> None:
    content_id = desk.approved()
    desk.publish(content_id)
    [first] = desk.take()
    ahead = worker(desk, HOUR, "ahead")
    [second] = desk.take(system=ahead)
    pipeline.run(desk.system, first)
    pipeline.run(ahead, second)
    written_once(desk, content_id)


def test_a_worker_an_hour_behind_leaves_what_it_thinks_is_of_the_future(desk: Desk) -> None:
    content_id = desk.approved()
    desk.publish(content_id)
    behind = worker(desk, -HOUR, "behind")
    assert desk.take(system=behind) == []
    desk.run_worker()
    written_once(desk, content_id)


def test_three_clocks_at_once_publish_everything_once(desk: Desk) -> None:
    contents = [desk.approved() for _ in range(12)]
    for content_id in contents:
        desk.publish(content_id)
    workers = [
        worker(desk, shift, name) for shift, name in ((HOUR, "a"), (-HOUR, "b"), (0 * HOUR, "c"))
    ]

    def work(system: System) -> None:
        for _ in range(30):
            for claim in system.commits.run(lambda db: claims.take(db, system, 2)):
                pipeline.run(system, claim)

    threads = [threading.Thread(target=work, args=(one,)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.run_worker()
    for content_id in contents:
        written_once(desk, content_id)
