"""The seven steps as they are told: never back, never late, complete in the end."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import pytest

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts.access import ConnectedSite
from webapp.integrations.base import STEPS
from webapp.publisher.delivery import inbound, progress
from webapp.publisher.delivery.inbound import Told
from webapp.publisher.delivery.progress import Begun

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def now(desk: Desk, record_id: int) -> progress.Progress:
    """What a page shows of the record."""
    desk.events_of(record_id)
    with desk.system.db.read() as db:
        return progress.of_record(db, desk.record(record_id))


def test_all_seven_steps_in_their_order(desk: Desk) -> None:
    record_id = desk.publish(desk.approved())
    assert now(desk, record_id).percent == 0
    assert {step.state for step in now(desk, record_id).steps} == {"waiting"}
    desk.run_worker()
    events = desk.events_of(record_id)
    assert [event.step for event in events] == list(STEPS)
    assert [event.step_number for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert {event.total_steps for event in events} == {7}
    assert all(before.progress < after.progress for before, after in pairwise(events))
    assert all(event.message for event in events)
    shown = now(desk, record_id)
    assert (shown.percent, {step.state for step in shown.steps}) == (100, {"done"})


def test_half_way(desk: Desk, website: Website) -> None:
    record_id = desk.publish(desk.approved())
    seen: list[progress.Progress] = []
    website.before["lookup"] = lambda: seen.append(now(desk, record_id))
    desk.run_worker()
    states = [step.state for step in seen[0].steps]
    assert states == ["done"] * 6 + ["running"]
    assert 0 < seen[0].percent < 100


def test_a_step_that_was_not_reached_has_no_time(desk: Desk, website: Website) -> None:
    """Also where it was announced, and what came back said that it had failed before."""
    website.fail("publish", "permanent")
    record_id = desk.publish(desk.approved())
    desk.run_worker()
    record = desk.record(record_id)
    with desk.system.db.write() as db:
        for step in ("seo_metadata", "verification"):
            begun = Begun(record.account_id, record_id, 1, step, desk.system.clock())
            progress.write(db, begun)
    shown = now(desk, record_id)
    assert [step.at for step in shown.steps if step.state == "skipped"] == [None, None]
    assert shown.percent < progress.PERCENT["seo_metadata"]


def test_a_failed_step_is_named_and_what_follows_is_skipped(desk: Desk, website: Website) -> None:
    website.fail("publish", "permanent")
    record_id = desk.publish(desk.approved())
    desk.run_worker()
    states = [step.state for step in now(desk, record_id).steps]
    assert states == ["done", "done", "done", "done", "failed", "skipped", "skipped"]


def test_each_attempt_has_its_own_steps(desk: Desk, website: Website, clock: FakeClock) -> None:
    website.fail("publish", "later")
    record_id = desk.publish(desk.approved())
    desk.run_worker()
    clock.advance(10)
    desk.run_worker()
    first = [event.step for event in desk.events_of(record_id) if event.attempt == 1]
    second = [event.step for event in desk.events_of(record_id) if event.attempt == 2]
    assert first == ["validation", "connection"]
    assert second == list(STEPS)


def test_what_a_destination_tells(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    claim = desk.take()[0]
    integration = desk.integration()
    site = ConnectedSite(integration.account_id, integration.site_id, integration.id)
    record = desk.record(record_id)

    def tell(step: str, attempt: int = 1, key: str = record.publish_key, **site_of: int) -> bool:
        who = ConnectedSite(**{**vars(site), **site_of})
        with desk.system.db.write() as db:
            told = Told(key, attempt, content_id, step)
            return inbound.step_begins(db, desk.system, who, told)

    assert tell("taxonomies")
    assert now(desk, record_id).percent == progress.PERCENT["taxonomies"]
    assert tell("media_processing"), "a step that was told out of order is kept"
    assert now(desk, record_id).percent == progress.PERCENT["taxonomies"], "and takes nothing back"
    assert tell("taxonomies")
    assert len(desk.events_of(record_id)) == 2, "the same news twice is one event"
    assert not tell("creating_post", attempt=0)
    assert not tell("creating_post", attempt=2)
    assert not tell("creating_post", key="00000000-0000-0000-0000-000000000000")
    assert not tell("creating_post", account_id=desk.stranger.account_id)
    assert not tell("creating_post", integration_id=integration.id + 1)
    assert len(desk.events_of(record_id)) == 2
    clock.advance(2)
    desk.system.commits.run(
        lambda db: progress.fill_in(
            db,
            claim,
            [
                {"step": "taxonomies", "ms": 5},
                {"step": "creating_post", "ms": 1500},
                {"step": "invented", "ms": 9},
            ],
            desk.system.clock(),
        )
    )
    filled = {event.step: event.at for event in desk.events_of(record_id)}
    assert set(filled) == {"taxonomies", "media_processing", "creating_post"}
    assert (desk.system.clock() - filled["creating_post"]).total_seconds() == 1.5


def test_what_was_told_late_began_after_what_was_told_in_time(desk: Desk, clock: FakeClock) -> None:
    """A website's own clock may run faster than ours."""
    record_id = desk.publish(desk.approved())
    claim = desk.take()[0]
    step = Begun(claim.account_id, record_id, claim.fence.attempt, "taxonomies", clock())
    late = [{"step": "creating_post", "ms": 60_000}, {"step": "seo_metadata", "ms": 100}]
    desk.system.commits.run(lambda db: progress.write(db, step))
    clock.advance(2)
    desk.system.commits.run(lambda db: progress.fill_in(db, claim, late, clock()))
    told = desk.events_of(record_id)
    assert [event.step for event in told] == ["taxonomies", "creating_post", "seo_metadata"]
    assert [(clock() - event.at).total_seconds() for event in told] == [2, 2, 0.1]


def test_a_step_that_was_lost_on_the_way_began_between_its_neighbours(
    desk: Desk, clock: FakeClock
) -> None:
    """Their messages came, its own did not; what it took leaves out what lay between."""
    record_id = desk.publish(desk.approved())
    claim = desk.take()[0]
    for step in ("taxonomies", "seo_metadata", "verification"):
        begun = Begun(claim.account_id, record_id, claim.fence.attempt, step, clock())
        desk.system.commits.run(partial(progress.write, begun=begun))
        clock.advance(1)
    late = [{"step": "creating_post", "ms": 300}, {"step": "seo_metadata", "ms": 400}]
    desk.system.commits.run(lambda db: progress.fill_in(db, claim, late, clock()))
    told = sorted(desk.events_of(record_id), key=lambda event: event.at)
    assert [event.step for event in told] == [
        "taxonomies", "creating_post", "seo_metadata", "verification",
    ]  # fmt: skip
