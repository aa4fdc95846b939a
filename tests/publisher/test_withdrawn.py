"""Withdrawing a record whose earlier attempt may have worked, its answer lost."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk
from webapp.accounts import access
from webapp.core.errors import Conflict
from webapp.integrations import connections, registry
from webapp.integrations.base import Adapter, RetryLater
from webapp.integrations.journal import unwritten
from webapp.integrations.models import HeadlessDocument, SiteIntegration
from webapp.publisher.delivery import outcomes, pipeline, reconcile
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.delivery.progress import Reporter
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.models import Content

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Connected with the headless destination."""
    desk.connect()
    return desk


def adapter_of(desk: Desk, claim: Claim) -> Adapter:
    with desk.system.db.read() as db:
        integration = db.get_one(SiteIntegration, claim.integration_id)
        target = connections.open_target(db, desk.system, integration)
    return registry.adapter_for(desk.system, target)


def answer_lost(desk: Desk, claim: Claim) -> None:
    """The attempt fails for us, whatever the destination did."""
    lost = RetryLater("DESTINATION_TIMEOUT", "creating_post").failure
    desk.system.commits.run(
        lambda db: outcomes.try_again(db, desk.system, claim, lost, after=None, counts=True)
    )


def withdraw(desk: Desk, content_id: int, record_id: int) -> None:
    with desk.system.db.write() as db:
        content = access.get_for_update(db, desk.owner, Content, content_id)
        record = db.get_one(PublishingRecord, record_id)
        records.cancel(db, desk.system, content, record)


def test_what_had_worked_is_shown_as_online(desk: Desk) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    [claim] = desk.take()
    assert claim.payload is not None
    publication = pipeline.publication_of(desk.system, claim, claim.payload)
    adapter_of(desk, claim).publish(publication, lambda _step: None, unwritten(desk.system.clock))
    answer_lost(desk, claim)
    withdraw(desk, content_id, record_id)
    reconcile.clean_up_destinations(desk.system)
    content = desk.content(content_id)
    assert desk.record(record_id).status == "published"
    assert (content.site_status, bool(content.external_url)) == ("published", True)
    assert desk.rows(UndoAction) == []


def test_what_had_not_worked_stays_withdrawn_and_nothing_of_it_can_arrive_late(desk: Desk) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    [claim] = desk.take()
    answer_lost(desk, claim)
    withdraw(desk, content_id, record_id)
    reconcile.clean_up_destinations(desk.system)
    pipeline.run(desk.system, claim)
    assert desk.record(record_id).status == "cancelled"
    assert desk.content(content_id).site_status == "not_published"
    assert [row for row in desk.rows(HeadlessDocument) if row.status == "publish"] == []


def test_a_piece_scheduled_meanwhile_keeps_its_time(desk: Desk) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    [claim] = desk.take()
    assert claim.payload is not None
    publication = pipeline.publication_of(desk.system, claim, claim.payload)
    adapter_of(desk, claim).publish(publication, lambda _step: None, unwritten(desk.system.clock))
    answer_lost(desk, claim)
    withdraw(desk, content_id, record_id)
    desk.schedule(content_id, in_seconds=3600)
    reconcile.clean_up_destinations(desk.system)
    content = desk.content(content_id)
    assert (content.site_status, bool(content.external_url)) == ("scheduled", True)
    assert content.scheduled_publish_at is not None


def test_taking_down_cannot_be_withdrawn_once_it_was_sent(desk: Desk) -> None:
    content_id = desk.published()
    record_id = desk.retract(content_id)
    [claim] = desk.take()
    adapter_of(desk, claim).retract(claim.fence, content_id, "draft")
    answer_lost(desk, claim)
    with pytest.raises(Conflict):
        withdraw(desk, content_id, record_id)


def test_taking_down_that_worked_unheard_ends_as_taken_down(desk: Desk) -> None:
    content_id = desk.published()
    record_id = desk.retract(content_id)
    [claim] = desk.take()
    adapter = adapter_of(desk, claim)
    adapter.retract(claim.fence, content_id, "draft")
    report = Reporter(desk.system, claim)
    report.begin("connection")
    problem = RetryLater("DESTINATION_TIMEOUT", "connection")
    pipeline.give_up(desk.system, claim, adapter, report, problem)
    assert desk.record(record_id).status == "retracted"
    assert desk.content(content_id).external_url == ""
