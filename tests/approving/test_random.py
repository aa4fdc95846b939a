"""A random desk: whatever people do in whatever order, only what was signed in all steps goes out,
and no signature is lost but by somebody who took it back or sent the piece back.

    IGNY8_SEEDS=50 IGNY8_STEPS=500 pytest tests/approving/test_random.py
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.support.desk import Desk
from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.approving import lists
from webapp.approving.given import StepGiven
from webapp.approving.lists import Of
from webapp.approving.models import ApprovalStep, Signature
from webapp.core.errors import Problem
from webapp.publisher.planning import autopilot, decisions, schedule, settings, undoing
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records import records
from webapp.writer import contents
from webapp.writer.draft import Change
from webapp.writer.models import Content, ReviewComment

SEEDS, STEPS = int(os.environ.get("IGNY8_SEEDS", "2")), int(os.environ.get("IGNY8_STEPS", "200"))
TITLES = ("One", "Two", "Three")
EDITING, SECOND = StepGiven(name="Editing"), StepGiven(name="Second eyes", not_own=True)
IDEA = StepGiven(name="Idea", survives_edits=True)
LAST, TWO = StepGiven(name="Last look", role="owner"), StepGiven(name="Two", needed=2)
LISTS: tuple[tuple[StepGiven, ...], ...] = (
    (),
    (EDITING,),
    (EDITING, LAST),
    (IDEA, SECOND, LAST),
    (TWO, SECOND),
)


class Machine:
    """A piece, five people, and what they do."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, random.Random(seed)
        self.people = [desk.owner, desk.admin, desk.teammate, desk.viewer, desk.writer]
        self.piece = desk.write(title=TITLES[0], by=desk.owner)
        self.steps: list[tuple[int, Member]] = []
        self.approved: set[str] = set()
        self.stands = ""
        self.did = {"approved": 0, "sent": 0, "refused": 0}

    def act(self) -> str:
        """One act by one person; its name."""
        who = self.random.choice(self.people)
        name, act = self.random.choice(sorted(ACTS.items()))
        voided = self._voided()
        try:
            act(self, who)
        except Problem as problem:
            self.did["refused"] += 1
            name = f"{name} refused by {problem.code}"
        self._look(name, voided)
        return name

    def on_piece(
        self, who: Member, do: Callable[..., int | None], *, approves: bool = False
    ) -> None:
        """Within a transaction, which keeps what a Problem keeps, as every call does."""
        kept: Problem | None = None
        with self.desk.changing(self.piece, who) as (db, content):
            try:
                step = do(db, content)
            except Problem as problem:
                if not problem.keeps:
                    raise
                kept, step = problem, None
        if step:
            self.steps.append((step, who))
        if kept is not None:
            raise kept

    def _look(self, name: str, voided: int) -> None:
        with self.desk.system.db.read() as db:
            content = db.get_one(Content, self.piece)
            approved = content.content_hash if contents.is_approved(content) else ""
            # What was approved by steps of before stays so, also when the text comes back to it.
            comes_back = approved in self.approved and name in ("edit", "undo")
            if approved not in ("", self.stands) and not comes_back:
                assert self._is_signed(db, content), f"nobody approved it: {name}"
                self.did["approved"] += 1
            self.stands = approved
            self.approved.add(approved)
            if content.published_hash:
                assert content.published_hash in self.approved, f"went out unapproved: {name}"
        if name not in ("send_back", "undo"):
            assert self._voided() == voided, f"a signature was lost: {name}"

    def _is_signed(self, db: Session, content: Content) -> bool:
        """By the rows alone: each step by as many people as it needs."""
        if content.approval_list_id is None or content.approval_step == 0:
            said = sa.select(ReviewComment.id).where(
                ReviewComment.content_id == content.id,
                ReviewComment.kind == "approval",
                ReviewComment.content_hash == content.content_hash,
            )
            by_rule = content.approved_by is None
            return by_rule or db.scalar(said.limit(1)) is not None
        for step in db.scalars(
            sa.select(ApprovalStep).where(ApprovalStep.list_id == content.approval_list_id)
        ):
            signed = sa.select(sa.func.count(sa.distinct(Signature.user_id))).where(
                Signature.content_id == content.id,
                Signature.step_id == step.id,
                Signature.voided_at.is_(None),
                sa.or_(
                    sa.literal(step.survives_edits), Signature.content_hash == content.content_hash
                ),
            )
            if (db.scalar(signed) or 0) < step.needed:
                return False
        return True

    def _voided(self) -> int:
        return sum(one.voided_at is not None for one in self.desk.rows(Signature))


def edit(machine: Machine, who: Member) -> None:
    title, keeps = machine.random.choice(TITLES), machine.random.random() < 0.3
    change = Change(title=title, keep_approved=keeps)

    def act(db: Session, content: Content) -> None:
        who.must(Capability.WRITE, content.site_id)
        contents.edit(db, content, change, by=who)

    machine.on_piece(who, act)


def approve(machine: Machine, who: Member) -> None:
    system = machine.desk.system
    names = machine.random.random() < 0.8

    def act(db: Session, content: Content) -> int:
        step = content.approval_step + 1 if names else None
        return decisions.approve(db, system, content, by=who, step=step)

    machine.on_piece(who, act)


def send_back(machine: Machine, who: Member) -> None:
    system = machine.desk.system

    def act(db: Session, content: Content) -> int:
        who.must(Capability.APPROVE, content.site_id)
        return decisions.request_changes(db, system, content, "Again, please.", by=who)

    machine.on_piece(who, act)


def submit(machine: Machine, who: Member) -> None:
    machine.on_piece(who, contents.submit)


def publish(machine: Machine, who: Member) -> None:
    def act(db: Session, content: Content) -> None:
        who.must(Capability.PUBLISH, content.site_id)
        records.publish(db, machine.desk.system, content, by=who)

    machine.on_piece(who, act)


def give_a_time(machine: Machine, who: Member) -> None:
    system = machine.desk.system
    at = (system.clock() + timedelta(minutes=machine.random.randint(2, 60))).replace(
        second=0, microsecond=0
    )

    def act(db: Session, content: Content) -> int:
        who.must(Capability.PUBLISH, content.site_id)
        choice = Choice(at, who, approves=machine.random.random() < 0.5)
        return schedule.schedule(db, system, content, choice).change_id

    machine.on_piece(who, act)


def work(machine: Machine, _: Member) -> None:
    machine.desk.system.clock.advance(machine.random.choice((1, 600, 3600)))  # type: ignore[attr-defined]
    machine.did["sent"] += machine.desk.run_worker_once()


def undo(machine: Machine, _: Member) -> None:
    if not machine.steps:
        return
    step, by = machine.steps.pop()
    with machine.desk.system.db.write() as db:
        undoing.undo(db, machine.desk.system, step, by=by)


def change_the_list(machine: Machine, _: Member) -> None:
    desk = machine.desk
    with desk.system.db.write() as db:
        lists.replace(db, Of(desk.site.id), machine.random.choice(LISTS), by=desk.owner)


def rule(machine: Machine, _: Member) -> None:
    desk = machine.desk
    with desk.system.db.write() as db:
        is_on = machine.random.random() < 0.3
        settings.for_update(db, desk.site).auto_approval_enabled = is_on
    autopilot.run(desk.system, [desk.site.id])


ACTS: dict[str, Callable[[Machine, Member], None]] = {
    "edit": edit,
    "approve": approve,
    "approve_again": approve,
    "send_back": send_back,
    "submit": submit,
    "publish": publish,
    "publish_too": publish,
    "give_a_time": give_a_time,
    "work": work,
    "work_on": work,
    "undo": undo,
    "change_the_list": change_the_list,
    "rule": rule,
}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_only_what_was_signed_in_all_steps_goes_out(desk: Desk, seed: int) -> None:
    desk.connect()
    machine = Machine(desk, seed)
    for _ in range(STEPS):
        machine.act()
    assert min(machine.did.values()) > 0, machine.did
