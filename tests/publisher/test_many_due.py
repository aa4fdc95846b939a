"""Very much is due at once, and many workers take it: nothing twice, nothing left.

The long form, with real processes: `python -m tests.chaos.crowd --contents 10000 --workers 8`.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.conftest import MakeSystem
from tests.support import copies
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.rhythm import alive
from webapp.config import Config
from webapp.core.system import System
from webapp.integrations.base import Published
from webapp.publisher.delivery import claims, due, outcomes
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

pytestmark = pytest.mark.both_databases
MANY, WORKERS = 400, 8
DONE = Published(
    external_id="7",
    external_url="https://x.example/7",
    external_type="post",
    result="created",
    stored_hash="h",
)


def finish(system: System, claim: claims.Claim) -> None:
    system.commits.run(lambda db: outcomes.published(db, system, claim, DONE, []))


def test_hundreds_of_due_pieces_and_eight_workers(
    desk: Desk, config: Config, make_system: MakeSystem, clock: FakeClock
) -> None:
    desk.connect()
    alive(desk.system)
    pieces = set(copies.scheduled(desk.system.db, desk.approved(), MANY, clock.now))
    workers = [make_system(replace(config, destination_parallel=64)) for _ in range(WORKERS)]
    taken: Counter[int] = Counter()
    begun: list[int] = []
    lock, start = threading.Lock(), threading.Barrier(WORKERS)

    def work(worker: System) -> None:
        start.wait()
        idle = 0
        while idle < 3:
            some = worker.commits.run(lambda db: due.claim_due(db, worker))
            found = worker.commits.run(lambda db: claims.take(db, worker, 8))
            for claim in found:
                finish(worker, claim)
            idle = 0 if some or found else idle + 1
            with lock:
                begun.append(some)
                taken.update(claim.content_id for claim in found)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, workers))
    assert sum(begun) == MANY
    assert set(taken) == pieces
    assert set(taken.values()) == {1}
    made = desk.rows(PublishingRecord)
    assert Counter(record.status for record in made) == {"published": MANY}
    assert {record.content_id for record in made} == pieces
    assert {record.missed_seconds for record in made} == {None}
    done = [content for content in desk.rows(Content) if content.id in pieces]
    assert {(one.site_status, one.scheduled_publish_at) for one in done} == {("published", None)}


def test_the_every_minute_job_and_dispatchers_at_once(
    desk: Desk, make_system: MakeSystem, clock: FakeClock
) -> None:
    desk.connect()
    alive(desk.system)
    pieces = copies.scheduled(desk.system.db, desk.approved(), 3 * due.AT_ONCE, clock.now)
    start = threading.Barrier(3)

    def sweep(system: System) -> None:
        start.wait()
        due.claim_all(system)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(sweep, [make_system() for _ in range(3)]))
    made = desk.rows(PublishingRecord)
    assert sorted(record.content_id for record in made) == sorted(pieces)
    assert {record.status for record in made} == {"pending"}
