"""How far a piece's approval is, where its site approves in steps: for the panel and the lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import members
from webapp.accounts.access import Member
from webapp.approving.models import ApprovalStep
from webapp.approving.rules import Progress, Step
from webapp.core.labels import counted
from webapp.writer import contents, signing, statuses
from webapp.writer.models import Content

# How many steps the piece's list has; 0 where one person's approval is all.
STEPS = (
    sa.select(sa.func.count())
    .where(ApprovalStep.list_id == Content.approval_list_id)
    .correlate(Content)
    .scalar_subquery()
    .label("steps")
)


class Line(NamedTuple):
    """One step: `is_signed`, or by whom so far, of how many."""

    name: str
    is_signed: bool
    is_open: bool
    signers: str
    needed: int


@dataclass(frozen=True)
class Steps:
    """`open` is the name of the step that waits, `number` its place from 1 on; `is_last`: the next
    signature is all that is missing; `refusal` says why the reader cannot sign it, "" where they
    can."""

    lines: list[Line]
    open: str
    number: int
    is_last: bool
    refusal: str


def of(db: Session, content: Content, member: Member) -> Steps | None:
    """The steps of a piece that is not approved yet; None where it is, or takes none."""
    if content.status not in (statuses.DRAFT, statuses.REVIEW) or contents.is_approved(content):
        return None
    found = signing.to_come(db, content)
    if found is None or found.open is None:
        return None
    return Steps(
        lines=_lines(db, found),
        open=found.open.name,
        number=found.done + 1,
        is_last=found.is_last,
        refusal=signing.refusal(db, content, found, member),
    )


def told(done: int, steps: int) -> str:
    """Of a row in a list: "1 of 3 steps signed"; "" where it takes none."""
    return f"{done} of {steps} steps signed" if steps else ""


def told_of_many(approved: int, signed: int) -> str:
    """How many are approved, and how many wait for another step."""
    waits = f"{counted(signed, 'piece')} signed: other steps are missing." if signed else ""
    return waits if signed and not approved else f"{counted(approved, 'piece')} approved. {waits}"


def _lines(db: Session, found: Progress) -> list[Line]:
    names = members.called(db, found.signers)
    signed_by = ", ".join(names[one] for one in sorted(found.signers))

    def line(number: int, step: Step) -> Line:
        is_open = number == found.done
        who = signed_by if is_open else ""
        return Line(step.name, number < found.done, is_open, who, step.needed)

    return [line(number, step) for number, step in enumerate(found.steps)]
