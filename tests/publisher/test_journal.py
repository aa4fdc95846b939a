"""A destination that is not atomic and keeps no fence: with a journal, every failure makes one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import WorkerKilled
from tests.support.misbehaving import Misbehaving
from tests.support.plain import PLATFORM, Plain, open_plain
from tests.support.samples import some
from webapp.integrations import registry
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile, restored
from webapp.publisher.records import records, states
from webapp.publisher.records.models import JournalRow, PublishingRecord, UndoAction
from webapp.writer.models import Content

pytestmark = [pytest.mark.both_databases, pytest.mark.sampled(of=3)]
TAGS = [{"name": "Tea"}, {"name": "Coffee"}]
# draft, two terms, update, status: the calls of a first publication.
CALLS = 5
PASSING = ["error", "lost", "killed", "killed_after", "late"]


@pytest.fixture
def site(desk: Desk, misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plain]:
    made, platform = open_plain(misbehaving)
    monkeypatch.setitem(registry.PLATFORMS, PLATFORM, platform)
    with desk.system.db.write() as db:
        db.add(
            SiteIntegration(
                account_id=desk.site.account_id,
                site_id=desk.site.id,
                platform=PLATFORM,
                base_url=made.url,
                is_default=True,
            )
        )
    yield made
    made.arrive()


def is_settled(desk: Desk, site: Plain) -> bool:
    """Nothing is on its way, nor to be undone."""
    is_active = any(record.status in states.ACTIVE for record in desk.rows(PublishingRecord))
    return not (site.late or is_active or desk.rows(UndoAction))


def work(desk: Desk, site: Plain, clock: FakeClock) -> None:
    """Workers come and die, and time passes. What was on its way arrives within its deadline, and
    nobody goes on before. When all is settled they come twice more."""
    turns = settled = 0
    while settled < 2:
        settled = settled + 1 if is_settled(desk, site) else 0
        turns += 1
        assert turns <= 14, "it does not come to an end"
        with suppress(WorkerKilled):
            desk.run_worker()
        if site.late:
            clock.advance(seconds=30)
            calls = len(site.calls)
            desk.run_worker()
            assert len(site.calls) == calls, "it waits for what may still arrive"
            site.arrive()
        clock.advance(minutes=2)
        reconcile.find_stuck(desk.system)
        reconcile.clean_up_destinations(desk.system)


def assert_one(desk: Desk, site: Plain, content_id: int) -> None:
    content = desk.content(content_id)
    [post] = site.posts.values()
    assert (post.status, post.title, post.html) == ("publish", content.title, content.html)
    assert sorted(site.terms.values()) == ["Coffee", "Tea"]
    assert content.external_url.endswith(f"/plain/{post.number}")
    assert content.site_status == "published"


def assert_nothing(site: Plain) -> None:
    assert (site.posts, site.terms, site.images) == ({}, {}, {})


def test_the_acts_are_written_down_before_they_are_done(
    desk: Desk, site: Plain, clock: FakeClock
) -> None:
    content_id = desk.approved(tags=TAGS)
    site.faults = {3: "killed"}
    desk.publish(content_id)
    with pytest.raises(WorkerKilled):
        desk.run_worker()
    rows = desk.rows(JournalRow)
    assert [(one.kind, one.state) for one in rows] == [
        ("term", "did"), ("term", "did"), ("draft", "did"), ("update", "will"),
    ]  # fmt: skip
    work(desk, site, clock)
    assert_one(desk, site, content_id)
    assert {one.state for one in desk.rows(JournalRow)} == {"did"}


@pytest.mark.parametrize("call", range(CALLS))
@pytest.mark.parametrize("fault", PASSING)
def test_one_failure_at_any_call_makes_one_post(
    desk: Desk, site: Plain, clock: FakeClock, call: int, fault: str
) -> None:
    content_id = desk.approved(tags=TAGS)
    site.faults = {call: fault}
    desk.publish(content_id)
    work(desk, site, clock)
    assert_one(desk, site, content_id)


def two_calls(first: str, second: str) -> list[tuple[int, int]]:
    """Some of those that are near each other, other ones for each two failures."""
    near = [(call, later) for call in range(CALLS) for later in range(call + 1, call + 4)]
    return some(near, PASSING.index(first) + PASSING.index(second), of=3)


@pytest.mark.parametrize("second", PASSING)
@pytest.mark.parametrize("first", PASSING)
def test_two_failures_at_any_calls_make_one_post(
    desk: Desk, site: Plain, clock: FakeClock, first: str, second: str
) -> None:
    for call, later in two_calls(first, second):
        site.posts.clear()
        site.terms.clear()
        site.calls.clear()
        site.faults = {call: first, later: second}
        content_id = desk.approved(tags=TAGS)
        desk.publish(content_id)
        work(desk, site, clock)
        assert_one(desk, site, content_id)


@pytest.mark.parametrize("call", range(CALLS))
@pytest.mark.parametrize("before", ["", *PASSING])
def test_what_is_refused_leaves_nothing(
    desk: Desk, site: Plain, clock: FakeClock, call: int, before: str
) -> None:
    content_id = desk.approved(tags=TAGS)
    site.faults = {call: "refused"} if not before else {call: before, call + 1: "refused"}
    desk.publish(content_id)
    work(desk, site, clock)
    [record] = desk.records_of(content_id)
    if record.status == "failed":
        assert_nothing(site)
    else:
        assert_one(desk, site, content_id)
    assert desk.rows(UndoAction) == []


@pytest.mark.parametrize("call", range(CALLS))
@pytest.mark.parametrize("fault", ["lost", "late", "error"])
def test_what_is_withdrawn_leaves_nothing_or_is_online(
    desk: Desk, site: Plain, clock: FakeClock, call: int, fault: str
) -> None:
    content_id = desk.approved(tags=TAGS)
    site.faults = {call: fault}
    record_id = desk.publish(content_id)
    desk.run_worker_once()
    with desk.changing(content_id) as (db, content):
        record = db.get_one(PublishingRecord, record_id)
        if record.status == "pending":
            records.cancel(db, desk.system, content, record)
    work(desk, site, clock)
    if desk.record(record_id).status == "cancelled":
        assert_nothing(site)
    else:
        assert_one(desk, site, content_id)


@pytest.mark.parametrize("call", [0, 1])
@pytest.mark.parametrize("fault", [*PASSING, "refused"])
def test_an_update_that_fails_leaves_the_post_as_it_was_or_as_it_shall_be(
    desk: Desk, site: Plain, clock: FakeClock, call: int, fault: str
) -> None:
    content_id = desk.published(tags=TAGS)
    before = desk.content(content_id).title
    desk.edit(content_id, title="Newer", keep_approved=True)
    site.calls.clear()
    site.faults = {call: fault}
    desk.publish(content_id)
    work(desk, site, clock)
    [post] = site.posts.values()
    worked = desk.records_of(content_id)[-1].status == "published"
    assert post.status == "publish"
    assert post.title == ("Newer" if worked else before)
    assert worked == (fault != "refused")


@pytest.mark.parametrize("first", ["lost", "error"])
def test_an_update_that_may_have_been_done_is_taken_back_where_its_repeat_is_refused(
    desk: Desk, site: Plain, clock: FakeClock, first: str
) -> None:
    content_id = desk.published(tags=TAGS)
    before = desk.content(content_id).title
    desk.edit(content_id, title="Newer", keep_approved=True)
    site.calls.clear()
    site.faults = {0: first, 1: "refused"}
    desk.publish(content_id)
    work(desk, site, clock)
    failed = desk.records_of(content_id)[-1].status == "failed"
    [post] = site.online()
    assert post.title == (before if failed else "Newer")
    assert failed == (first == "error"), "what was lost and is there is found"


@pytest.mark.parametrize("call", range(CALLS))
@pytest.mark.parametrize("fault", ["error", "lost", "late"])
def test_what_was_withdrawn_for_a_newer_text_takes_nothing_of_that_back(
    desk: Desk, site: Plain, clock: FakeClock, call: int, fault: str
) -> None:
    content_id = desk.approved(tags=TAGS)
    site.faults = {call: fault}
    desk.publish(content_id)
    desk.run_worker_once()
    desk.edit(content_id, title="Newer", keep_approved=True)
    desk.publish(content_id)
    work(desk, site, clock)
    assert_one(desk, site, content_id)
    assert site.online()[0].title == "Newer"


def test_what_a_person_has_taken_up_stays_and_is_told(
    desk: Desk, site: Plain, clock: FakeClock
) -> None:
    content_id = desk.approved(tags=TAGS)
    site.faults = {3: "killed", 4: "refused"}
    record_id = desk.publish(content_id)
    with pytest.raises(WorkerKilled):
        desk.run_worker()
    [draft] = site.posts.values()
    draft.title = "Taken up by a person"
    site.faults = {len(site.calls): "refused"}
    work(desk, site, clock)
    assert desk.record(record_id).status == "failed"
    [draft] = site.posts.values()
    assert (draft.title, draft.status) == ("Taken up by a person", "draft")
    with desk.browser(desk.owner) as client:
        page = client.get(f"/records/{record_id}").text
    assert "Left there, because somebody had changed it" in page


def test_a_worker_that_lost_its_claim_writes_nothing_more(
    desk: Desk, site: Plain, clock: FakeClock
) -> None:
    content_id = desk.approved(tags=TAGS)
    record_id = desk.publish(content_id)
    taken = sa.update(PublishingRecord).where(PublishingRecord.id == record_id)
    act = site.act

    def overtaken(name: str, work: object) -> object:
        if name == "draft":
            with desk.system.db.write() as db:
                db.execute(taken.values(owner="another", attempt=PublishingRecord.attempt + 1))
        return act(name, work)  # type: ignore[arg-type]

    site.act = overtaken  # type: ignore[method-assign,assignment]
    desk.run_worker_once()
    site.act = act  # type: ignore[method-assign]
    assert site.online() == [], "it stops before its next act"
    with desk.system.db.read() as db:
        assert db.get_one(Content, content_id).external_url == ""


def test_after_a_restore_what_can_go_there_is_held(desk: Desk, site: Plain) -> None:
    """That it has seen nothing of a piece says nothing: it keeps no fence."""
    approved, timed, online = desk.approved(), desk.approved(), desk.published()
    draft = desk.write()
    desk.schedule(timed, 3600)
    done = restored.catch_up(desk.system)
    assert {one.content_id for one in done.held} == {approved, timed, online}
    assert desk.content(timed).scheduled_publish_at is None
    assert "held" not in desk.content(draft).attention
    assert done.numbers != {}
