"""The pipeline as a state machine: random clicks, edits, times, failures and killed workers.

A model of what a person would expect is kept beside it, and after every step the rules that must
always hold are looked at. A failing run prints the steps that lead there; `--hypothesis-seed=N`
repeats a run, and IGNY8_RUNS=2000 makes it a long one."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.publisher import unknown
from tests.support import sqlite
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import FAULTS, PLATFORM, WorkerKilled, open_website
from tests.support.misbehaving import Misbehaving
from tests.support.watched import platform_of
from webapp.config import Config
from webapp.core import system as systems
from webapp.core.errors import Conflict, NotFound
from webapp.integrations import registry
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import pipeline, reconcile
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.planning import decisions
from webapp.publisher.records import records, states
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer import contents

RUNS = int(os.environ.get("IGNY8_RUNS", "25"))
METHODS = ["publish", "publish", "retract", "abandon", "lookup", "result_of"]
# Without the website that refuses what it has done: nothing can be known of a liar.
FAULT = st.sampled_from(sorted(set(FAULTS) - {"unheard"}))
FINAL = (
    states.PUBLISHED,
    states.PUBLISHED_WITH_ISSUES,
    states.FAILED,
    states.RETRACTED,
    states.CANCELLED,
)


class Pipeline(RuleBasedStateMachine):
    """One desk with three pieces, one destination, and workers that come and go."""

    key: str

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="igny8-machine-"))
        sqlite.new_database(self.directory / "igny8.sqlite")
        self.pages = Misbehaving()
        self.pages.__enter__()
        self.website = open_website(self.pages)
        self.registered = registry.PLATFORMS.get(PLATFORM)
        registry.PLATFORMS[PLATFORM] = platform_of(self.website)
        self.system = systems.create(
            Config(
                var=self.directory,
                database_url=f"sqlite:///{self.directory / 'igny8.sqlite'}",
                queue_url=f"sqlite:///{self.directory / 'queue.sqlite'}",
                secret_keys=(self.key,),
                public_url="http://127.0.0.1:1",
                allow_private_destinations=True,
                verify_seconds=0.1,
            )
        )
        self.clock = FakeClock()
        self.system.clock = self.clock
        self.desk = Desk(self.system)
        self.desk.connect_to_website()
        self.hanging: list[Claim] = []
        self.final: dict[int, tuple[str, str, Any]] = {}
        self.signed: set[tuple[int, str]] = set()

    pieces = Bundle("pieces")

    @initialize(target=pieces)
    def first_piece(self) -> int:
        return self.desk.approved()

    @rule(target=pieces)
    def another_piece(self) -> int:
        return self.desk.write()

    # People

    @rule(piece=pieces, keep=st.booleans(), word=st.sampled_from("ABC"))
    def edit(self, piece: int, keep: bool, word: str) -> None:
        self._unless_refused(
            lambda: self.desk.edit(piece, title=f"Title {word}", keep_approved=keep)
        )

    @rule(piece=pieces)
    def send_back(self, piece: int) -> None:
        self._unless_refused(
            lambda: self._decide(piece, decisions.request_changes, "Not like this.")
        )

    @rule(piece=pieces)
    def approve(self, piece: int) -> None:
        self._unless_refused(lambda: self.desk.approve(piece))

    @rule(piece=pieces)
    def put_away(self, piece: int) -> None:
        self._unless_refused(lambda: self._decide(piece, decisions.delete))

    @rule(piece=pieces, force=st.booleans())
    def click(self, piece: int, force: bool) -> None:
        self._unless_refused(lambda: self.desk.publish(piece, force=force))

    @rule(piece=pieces, to=st.sampled_from(records.RETRACT_TO))
    def take_down(self, piece: int, to: str) -> None:
        self._unless_refused(lambda: self.desk.retract(piece, to))

    @rule(piece=pieces, minutes=st.sampled_from([0, 1, 90]))
    def schedule(self, piece: int, minutes: int) -> None:
        self._unless_refused(lambda: self.desk.schedule(piece, in_seconds=60 * minutes))

    @rule(piece=pieces)
    def withdraw(self, piece: int) -> None:
        active = [one for one in self.desk.records_of(piece) if one.status in states.ACTIVE]
        if active:
            self._unless_refused(lambda: self._cancel(piece, active[0].id))

    # The world

    @rule(seconds=st.sampled_from([1, 11, 31, 301, 3601]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(method=st.sampled_from(METHODS), faults=st.lists(FAULT, min_size=1, max_size=4))
    def things_will_go_wrong(self, method: str, faults: list[str]) -> None:
        self.website.fail(method, *faults)

    # The machine

    @rule()
    def work(self) -> None:
        approved, written = self._approved(), len(self.website.writes)
        waiting = {one.id for one in self._records() if one.status == states.PENDING}
        begun = {one.id for one in self._records()} - waiting
        try:
            self.desk.run_worker_once()
        except WorkerKilled:
            """Its lease ends some time."""
        for write in self.website.writes[written:]:
            if write.act == "publish" and write.fence.intent not in begun:
                assert approved.get(write.content_id) == write.content_hash, "nobody approved that"

    @rule()
    def a_worker_hangs(self) -> None:
        """It has claimed, and its thread goes on only much later."""
        self.hanging += self.desk.take(free=2)

    @rule()
    def a_hanging_worker_goes_on(self) -> None:
        if self.hanging:
            try:
                pipeline.run(self.system, self.hanging.pop(0))
            except WorkerKilled:
                """Gone after all."""

    @rule(piece=pieces)
    def somebody_looks_there(self, piece: int) -> None:
        unknown.look_there(self.desk, self.website, piece)

    @rule()
    def the_minute_strikes(self) -> None:
        for periodic in (
            reconcile.find_stuck,
            reconcile.verify_again,
            reconcile.clean_up_destinations,
            reconcile.check_health,
        ):
            try:
                periodic(self.system)
            except WorkerKilled:
                """It runs again in a minute."""

    # What must always hold

    @invariant()
    def a_final_record_stays_as_it_is(self) -> None:
        for record in self.desk.rows(PublishingRecord):
            if record.status not in FINAL:
                assert record.id not in self.final, f"{self.final[record.id]} came back to life"
                continue
            now = (record.status, record.publish_key, record.finished_at)
            before = self.final.setdefault(record.id, now)
            if before != now:
                assert before[0] in ("published_with_issues", "failed", "cancelled"), before
                assert now[0] == "published"
                self.final[record.id] = now

    @invariant()
    def the_piece_agrees_with_its_records(self) -> None:
        for content in self.desk.rows(_content()):
            history = self.desk.records_of(content.id)
            active = [record for record in history if record.status in states.ACTIVE]
            assert len(active) <= 1
            if content.site_status == states.PUBLISHING:
                assert active, "publishing, and nobody does"
            if active and active[0].mode == "manual":
                assert content.site_status == states.PUBLISHING
            if content.site_status == states.FAILED:
                assert not content.external_url
            if content.site_status == states.SCHEDULED and not active:
                assert content.scheduled_publish_at is not None
            if content.status == "published":
                assert content.external_url

    @invariant()
    def what_nobody_knows_is_unclear(self) -> None:
        unknown.what_failed_is_not_online(self.desk, self.website)
        unknown.what_is_unclear_is_asked(self.desk)

    @invariant()
    def writes_come_in_the_order_of_their_fences(self) -> None:
        seen: dict[int, tuple[int, int]] = {}
        hashes: dict[str, str] = {}
        for write in self.website.writes:
            order = (write.fence.intent, write.fence.attempt)
            assert order >= seen.get(write.content_id, (0, 0))
            seen[write.content_id] = order
            if write.act == "publish":
                kept = hashes.setdefault(write.fence.publish_key, write.content_hash)
                assert kept == write.content_hash, "an intent sends one snapshot only"
        done = [one.fence.publish_key for one in self.website.writes if one.act == "publish"]
        assert len(done) == len(set(done)), "each intent publishes at most once"

    @invariant()
    def what_was_sent_was_approved(self) -> None:
        for content_id, approved in self._approved().items():
            self.signed.add((content_id, approved))
        sent = {
            (one.content_id, one.content_hash)
            for one in self.website.writes
            if one.act == "publish"
        }
        assert sent <= self.signed

    @invariant()
    def what_is_put_away_is_not_online(self) -> None:
        active = {one.content_id for one in self._records() if one.status in states.ACTIVE}
        for content in self.desk.rows(_content()):
            if content.deleted_at is not None:
                assert not content.external_url
                assert content.id not in active

    @invariant()
    def what_is_said_to_be_online_is_online(self) -> None:
        """Judged at the destination, for the last intent that was finished there."""
        asked = {undo.record_id for undo in self.desk.rows(UndoAction)}  # and not answered yet
        for content in self.desk.rows(_content()):
            history = self.desk.records_of(content.id)
            if not history or history[-1].status in states.ACTIVE:
                continue
            if asked & {record.id for record in history}:
                continue
            post = self.website.posts.get(content.id)
            is_online = post is not None and post.status == "publish"
            assert is_online == bool(content.external_url), (history[-1].status, post)
            if post is not None and is_online:
                assert post.content_hash == content.published_hash

    def teardown(self) -> None:
        """In the end, when nothing goes wrong any more, every intent comes to its end."""
        try:
            self._come_to_an_end()
        finally:
            self.system.close()
            self.pages.__exit__()
            if self.registered is None:
                registry.PLATFORMS.pop(PLATFORM, None)
            shutil.rmtree(self.directory, ignore_errors=True)

    def _come_to_an_end(self) -> None:
        self.website.faults.clear()
        for _ in range(12):
            self.clock.advance(hours=1)
            reconcile.check_health(self.system)
            reconcile.clean_up_destinations(self.system)
            reconcile.find_stuck(self.system)
            self.desk.run_worker()
        for claim in self.hanging:  # everything has long been decided without them
            pipeline.run(self.system, claim)
        assert not [one for one in self.desk.rows(PublishingRecord) if one.status in states.ACTIVE]
        assert self.desk.rows(UndoAction) == []
        integration = self.desk.rows(SiteIntegration)[0]
        created = {
            record.content_id
            for record in self.desk.rows(PublishingRecord)
            if record.result and record.result["result"] == "created"
        }
        assert integration.posts_published_count >= len(created)
        self.what_is_said_to_be_online_is_online()
        self.the_piece_agrees_with_its_records()
        self.writes_come_in_the_order_of_their_fences()
        self.a_final_record_stays_as_it_is()

    def _cancel(self, piece: int, record_id: int) -> None:
        with self.desk.changing(piece) as (db, content):
            record = db.get_one(PublishingRecord, record_id)
            records.cancel(db, self.system, content, record)

    def _decide(self, piece: int, verb: Callable[..., object], *said: str) -> None:
        with self.desk.changing(piece) as (db, content):
            verb(db, self.system, content, *said, by=self.desk.teammate)

    def _unless_refused(self, act: Callable[[], object]) -> None:
        with contextlib.suppress(Conflict, NotFound):
            act()

    def _records(self) -> list[PublishingRecord]:
        return self.desk.rows(PublishingRecord)

    def _approved(self) -> dict[int, str]:
        """The texts that are approved as they stand, by content id."""
        return {
            one.id: one.content_hash
            for one in self.desk.rows(_content())
            if one.deleted_at is None and contents.is_approved(one)
        }


def _content() -> Any:
    from webapp.writer.models import Content

    return Content


@pytest.mark.heavy
def test_whatever_happens_the_rules_hold() -> None:
    from tests.conftest import KEY

    quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=quiet)  # hundreds of failures are meant to happen here
    Pipeline.key = KEY
    run_state_machine_as_test(
        Pipeline,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=40,
            deadline=None,
            print_blob=True,
            phases=(Phase.generate,),  # shrinking would take minutes: the seed says enough
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
