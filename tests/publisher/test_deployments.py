"""Deployments: what is chosen, what becomes of each piece, what a cancel or a crash leaves."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk
from tests.support.destination import Website, WorkerKilled
from webapp.accounts import access
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.publisher.planning import deployment_reads, deployments
from webapp.publisher.planning.deployment_reads import DeploymentLine
from webapp.publisher.records.models import DeploymentItem, DeploymentRecord

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def cancel(desk: Desk, deployment_id: int) -> None:
    with desk.system.db.write() as db:
        found = access.get_for_update(db, desk.owner, DeploymentRecord, deployment_id)
        deployments.cancel(db, desk.system, found)


def told(desk: Desk, deployment_id: int) -> DeploymentLine:
    with desk.system.db.read() as db:
        return deployment_reads.one(db, desk.owner, deployment_id)


def states_of(desk: Desk, deployment_id: int) -> dict[int, str]:
    """What became of each piece, by its id."""
    with desk.system.db.read() as db:
        rows = db.execute(deployment_reads.items(desk.owner, deployment_id)).all()
    return {row.content_id: row.state for row in rows}


def sent(website: Website) -> list[int]:
    return [write.content_id for write in website.writes]


def test_incremental_sends_what_is_not_online_as_it_was_approved(
    desk: Desk, website: Website
) -> None:
    desk.published()
    changed = desk.published()
    desk.edit(changed, title="Another title", keep_approved=True)
    fresh = desk.approved()
    desk.write()
    timed = desk.approved()
    desk.schedule(timed, 3600)
    with desk.system.db.read() as db:
        assert deployments.counts(db, desk.site.id) == {"incremental": 2, "full": 3, "keep": 1}
    before = len(website.writes)
    deployment_id = desk.deploy(deployments.INCREMENTAL)
    deployments.run(desk.system)
    desk.run_worker()
    deployments.run(desk.system)
    found = told(desk, deployment_id)
    assert (found.status, found.total, found.items_deployed) == ("completed", 2, 2)
    assert found.completed_at is not None
    assert sorted(sent(website)[before:]) == [changed, fresh]
    assert desk.content(timed).scheduled_publish_at is not None


def test_full_sends_everything_anew_and_counts_nothing_twice(desk: Desk, website: Website) -> None:
    pieces = [desk.published(), desk.published()]
    with pytest.raises(Conflict, check=lambda problem: problem.code == Code.NOTHING_TO_DEPLOY):
        desk.deploy(deployments.INCREMENTAL)
    before = len(website.writes)
    deployment_id = desk.deploy()
    deployments.run(desk.system)
    desk.run_worker()
    assert sent(website)[before:] == pieces
    assert told(desk, deployment_id).status == "completed"
    assert desk.integration().posts_published_count == 2


def test_one_that_fails_stops_none_of_the_others(desk: Desk, website: Website) -> None:
    bad, good, sent_back = desk.approved(), desk.approved(), desk.approved()
    deployment_id = desk.deploy(deployments.INCREMENTAL)
    desk.edit(sent_back, title="Not approved any more")
    website.fail("publish", "permanent")
    deployments.run(desk.system)
    desk.run_worker()
    deployments.run(desk.system)
    found = told(desk, deployment_id)
    assert (found.status, found.items_failed, found.items_deployed) == ("completed", 2, 1)
    assert states_of(desk, deployment_id) == {bad: "failed", good: "done", sent_back: "failed"}
    [refused] = [one.refused for one in desk.rows(DeploymentItem) if one.content_id == sent_back]
    assert refused is not None
    assert refused["code"] == Code.APPROVAL_NEEDED


def test_it_has_failed_where_nothing_worked(desk: Desk, website: Website) -> None:
    desk.approved()
    website.fail("publish", "permanent")
    deployment_id = desk.deploy(deployments.INCREMENTAL)
    deployments.run(desk.system)
    desk.run_worker()
    assert told(desk, deployment_id).status == "failed"
    deployments.run(desk.system)
    assert desk.row(DeploymentRecord, deployment_id).status == "failed"
    desk.deploy(deployments.INCREMENTAL)  # what failed is among what differs


def test_a_site_has_one_at_a_time(desk: Desk, website: Website) -> None:
    desk.approved()
    desk.deploy(deployments.INCREMENTAL)
    with pytest.raises(Conflict, check=lambda problem: problem.code == Code.DEPLOYMENT_RUNS):
        desk.deploy()


def test_what_is_through_is_over_at_once(desk: Desk, website: Website) -> None:
    desk.approved()
    first = desk.deploy()
    deployments.run(desk.system)
    desk.run_worker()
    with pytest.raises(Conflict):
        cancel(desk, first)
    assert told(desk, first).status == "completed"
    assert told(desk, desk.deploy()).status == "pending"
    assert desk.row(DeploymentRecord, first).status == "completed"


def test_cancel_withdraws_what_has_not_begun(desk: Desk, website: Website) -> None:
    first, second = desk.approved(), desk.approved()
    mine = desk.approved()
    clicked = desk.publish(mine)
    third = desk.approved()
    deployment_id = desk.deploy(deployments.INCREMENTAL)
    deployments.run(desk.system)
    [_, begun] = desk.take(3)
    cancel(desk, deployment_id)
    deployments.run(desk.system)
    assert states_of(desk, deployment_id) == {
        first: "on_its_way",
        second: "cancelled",
        third: "cancelled",
    }
    assert desk.record(clicked).status == "publishing"
    assert begun.content_id == first
    left = desk.content(second)
    assert (left.site_status, left.pinned, left.status) == ("not_published", False, "approved")
    assert told(desk, deployment_id).status == "cancelled"


def test_what_is_clicked_meanwhile_is_the_persons(desk: Desk, website: Website) -> None:
    content_id = desk.approved()
    deployment_id = desk.deploy(deployments.INCREMENTAL)
    clicked = desk.publish(content_id)
    deployments.run(desk.system)
    cancel(desk, deployment_id)
    deployments.run(desk.system)
    assert desk.record(clicked).status == "pending"
    desk.run_worker()
    assert states_of(desk, deployment_id) == {content_id: "done"}


def test_a_click_goes_before_the_many(desk: Desk, website: Website) -> None:
    many = [desk.approved() for _ in range(3)]
    clicked = desk.approved()
    with desk.changing(clicked) as (_, content):
        content.attention = frozenset({"held"})
    desk.deploy(deployments.INCREMENTAL)
    deployments.run(desk.system)
    desk.publish(clicked)
    desk.run_worker()
    assert sent(website) == [clicked, *many]


def test_a_crash_changes_nothing(desk: Desk, website: Website) -> None:
    pieces = [desk.approved() for _ in range(4)]
    deployment_id = desk.deploy(deployments.INCREMENTAL)
    website.fail("publish", "killed_after")
    deployments.run(desk.system)
    with pytest.raises(WorkerKilled):
        desk.run_worker()
    desk.system.clock.advance(seconds=120)  # type: ignore[attr-defined]
    desk.run_worker()
    assert told(desk, deployment_id).items_deployed == 4
    assert sorted(website.posts) == pieces
