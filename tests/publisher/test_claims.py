"""Taking records, keeping them, losing them."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.config import Config
from webapp.core import processes
from webapp.core.leases import LeaseLost
from webapp.core.processes import Name
from webapp.core.system import System
from webapp.integrations.base import Failure, Published
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import claims, outcomes
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord

pytestmark = pytest.mark.both_databases
DONE = Published(
    external_id="7",
    external_url="https://x.example/7",
    external_type="post",
    result="created",
    stored_hash="h",
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Connected with the headless destination."""
    desk.connect()
    return desk


def pieces(desk: Desk, number: int) -> list[int]:
    """Records of so many clicked pieces."""
    return [desk.publish(desk.approved()) for _ in range(number)]


def ids(taken: list[Claim]) -> list[int]:
    return [claim.record_id for claim in taken]


def set_lane(desk: Desk, record_id: int, lane: int, mode: str = "scheduled") -> None:
    """As if the record had come from there."""
    with desk.system.db.write() as db:
        record = db.get_one(PublishingRecord, record_id)
        record.lane, record.mode = lane, mode


def set_integration(desk: Desk, **values: object) -> None:
    """Change the destination's row."""
    with desk.system.db.write() as db:
        db.execute(sa.update(SiteIntegration).values(**values))


def test_people_come_before_the_schedule_and_that_before_bulk(desk: Desk) -> None:
    bulk, scheduled, clicked = pieces(desk, 3)
    set_lane(desk, bulk, records.BULK_LANE)
    set_lane(desk, scheduled, records.SCHEDULED_LANE)
    assert ids(desk.take()) == [clicked, scheduled, bulk]


def test_the_last_free_place_is_for_people(desk: Desk) -> None:
    first, second, third = pieces(desk, 3)
    for record_id in (first, second):
        set_lane(desk, record_id, records.BULK_LANE)
    set_lane(desk, third, records.SCHEDULED_LANE)
    assert ids(desk.take(free=2)) == [third], "one of the two places stays free"
    assert desk.take(free=1) == []
    clicked = desk.publish(desk.approved())
    assert ids(desk.take(free=1)) == [clicked]


def test_a_destination_is_not_given_more_than_its_limit(desk: Desk) -> None:
    waiting = pieces(desk, 6)
    assert ids(desk.take()) == waiting[:4]
    assert desk.take() == []
    desk.connect(site=desk.other_site)
    other = desk.publish(desk.approved(site=desk.other_site))
    assert ids(desk.take()) == [other], "another destination is not held up"


def test_the_long_queue_of_a_full_destination_hides_nobody_elses_work(desk: Desk) -> None:
    waiting = pieces(desk, 8 * claims.SPARE + 1)
    desk.connect(site=desk.other_site)
    other = desk.publish(desk.approved(site=desk.other_site))
    assert ids(desk.take()) == [*waiting[:4], other]


def test_a_slowed_down_destination_gets_fewer_and_a_paused_one_none(desk: Desk) -> None:
    waiting = pieces(desk, 3)
    set_integration(desk, paused_at=desk.system.clock())
    assert desk.take() == []
    set_integration(desk, paused_at=None, parallel_limit=2)
    assert ids(desk.take()) == waiting[:2]


def test_what_waits_for_its_next_try_is_left_alone_until_then(desk: Desk, clock: FakeClock) -> None:
    record_id = pieces(desk, 1)[0]
    with desk.system.db.write() as db:
        later = clock.now.replace(microsecond=0)
        db.get_one(PublishingRecord, record_id).next_attempt_at = later
    clock.advance(-1)
    assert desk.take() == []
    clock.advance(1)
    assert ids(desk.take()) == [record_id]


def test_an_ended_lease_is_taken_over_with_the_next_attempt(
    desk: Desk, make_system: MakeSystem, clock: FakeClock
) -> None:
    pieces(desk, 1)
    first = desk.take()[0]
    other = make_system()
    clock.advance(desk.system.config.lease_seconds - 1)
    assert desk.take(system=other) == []
    clock.advance(1)
    second = desk.take(system=other)[0]
    assert (first.fence.attempt, second.fence.attempt) == (1, 2)
    assert second.fence.publish_key == first.fence.publish_key
    assert second.payload == first.payload
    assert second.owner == other.owner != first.owner


def test_the_heartbeat_keeps_a_lease(desk: Desk, make_system: MakeSystem, clock: FakeClock) -> None:
    record_id = pieces(desk, 1)[0]
    desk.take()
    other = make_system()
    for _ in range(5):
        clock.advance(20)
        desk.system.commits.run(lambda db: claims.LEASES.renew(db, desk.system, [record_id]))
        other.commits.run(lambda db: claims.LEASES.renew(db, other, [record_id]))
        assert desk.take(system=other) == []
    clock.advance(31)
    other.commits.run(lambda db: claims.LEASES.renew(db, other, [record_id]))
    assert ids(desk.take(system=other)) == [record_id], "only its owner renews a lease"


def test_whoever_lost_the_lease_ends_nothing(desk: Desk, clock: FakeClock) -> None:
    pieces(desk, 1)
    late = desk.take()[0]
    clock.advance(31)
    current = desk.take()[0]
    failure = Failure(code="X", message="x", step="connection", step_number=2)
    endings = [
        lambda db: outcomes.published(db, desk.system, late, DONE, []),
        lambda db: outcomes.try_again(db, desk.system, late, failure, after=None, counts=True),
        lambda db: outcomes.gave_up(db, desk.system, late, failure, left_behind=True),
        lambda db: outcomes.retracted(db, desk.system, late),
    ]
    before = desk.record(late.record_id)
    for end in endings:
        with pytest.raises(LeaseLost):
            desk.system.commits.run(end)
    after = desk.record(late.record_id)
    assert (after.status, after.attempt, after.error) == (before.status, 2, None)
    desk.system.commits.run(lambda db: outcomes.published(db, desk.system, current, DONE, []))
    assert desk.record(late.record_id).status == "published"


def test_a_finished_record_cannot_be_finished_again(desk: Desk) -> None:
    pieces(desk, 1)
    claim = desk.take()[0]
    desk.system.commits.run(lambda db: outcomes.published(db, desk.system, claim, DONE, []))
    with pytest.raises(LeaseLost):
        desk.system.commits.run(lambda db: outcomes.published(db, desk.system, claim, DONE, []))


def test_a_worker_takes_back_what_its_dead_predecessor_on_this_host_held(
    desk: Desk, make_system: MakeSystem
) -> None:
    held = {}
    # The highest pid that Linux gives is 4194304; this one can belong to nobody.
    here = Name(*desk.system.owner.split(":"))
    for name, owner in {
        "dead": here._replace(pid="99999999"),
        "in another container of this name": here._replace(pid="99999999", place="0000aaaa"),
        "alive": processes.name_of(1),
        "of its pid, later": here._replace(start="1"),
    }.items():
        worker = make_system()
        worker.owner = str(owner)
        held[name] = desk.publish(desk.approved())
        assert ids(desk.take(system=worker)) == [held[name]]
    assert desk.system.commits.run(lambda db: claims.LEASES.release_dead(db, desk.system)) == 2
    assert set(ids(desk.take())) == {held["dead"], held["of its pid, later"]}


def test_what_is_sent_does_not_change_with_later_edits(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.approved(title="As approved")
    desk.publish(content_id)
    first = desk.take()[0]
    desk.edit(content_id, title="Edited while it was being sent")
    clock.advance(31)
    second = desk.take()[0]
    assert first.payload is not None
    assert first.payload.title == "As approved"
    assert second.payload == first.payload
    assert second.content_hash == first.content_hash


def test_eight_workers_take_nothing_twice_and_leave_nothing(
    desk: Desk, make_system: MakeSystem, config: Config
) -> None:
    records_made = set(pieces(desk, 60))
    workers = [make_system(replace(config, destination_parallel=64)) for _ in range(8)]
    taken: Counter[int] = Counter()
    lock = threading.Lock()

    def work(worker: System) -> None:
        empty = 0
        while empty < 3:
            found = worker.commits.run(lambda db: claims.take(db, worker, 3))
            empty = 0 if found else empty + 1
            for claim in found:
                worker.commits.run(
                    lambda db, claim=claim: outcomes.published(db, worker, claim, DONE, [])  # type: ignore[misc]
                )
            with lock:
                taken.update(ids(found))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, workers))
    assert set(taken) == records_made
    assert set(taken.values()) == {1}
    assert {desk.record(one).status for one in records_made} == {"published"}


def test_many_workers_together_respect_a_destinations_limit(
    desk: Desk, make_system: MakeSystem
) -> None:
    pieces(desk, 20)
    workers = [make_system() for _ in range(6)]
    start = threading.Barrier(6)

    def work(worker: System) -> int:
        start.wait()
        return len(worker.commits.run(lambda db: claims.take(db, worker, 8)))

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(work, workers)) == 4
