"""Signing a piece, one step after the other, where its site approves in steps (approving/).

The text counts as approved once the last step is signed; until then the piece stays in review.
`Content.approval_step`, `step_signatures` and `step_since` tell lists how far it is.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.approving import lists, rules
from webapp.approving.lists import Of
from webapp.approving.models import Signature
from webapp.approving.rules import Person, Progress, Signed, Step
from webapp.core.clock import utc_now
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Forbidden, HalfDone
from webapp.writer import statuses
from webapp.writer.models import Content, ReviewComment
from webapp.writing.models import Revision


def enter(db: Session, content: Content) -> None:
    """The piece comes in for review: with the steps that its site has now."""
    of = Of(content.site_id, content.content_type, content.source)
    found = lists.current(db, of)
    content.approval_list_id = found.id if found else None
    content.step_since = utc_now() if found else None
    refresh(db, content)


def takes_steps(db: Session, content: Content) -> bool:
    """Whether the piece would be approved in steps, if it came in for review now."""
    of = Of(content.site_id, content.content_type, content.source)
    return lists.current(db, of) is not None


def progress(db: Session, content: Content) -> Progress | None:
    """How far the text is; None where one person's approval is all."""
    if content.approval_list_id is None:
        return None
    steps = lists.steps_of(db, content.approval_list_id)
    signed = db.execute(
        sa.select(Signature.step_id, Signature.user_id, Signature.content_hash).where(
            Signature.content_id == content.id, Signature.voided_at.is_(None)
        )
    )
    return rules.progress(steps, [Signed(*one) for one in signed], content.content_hash)


def to_come(db: Session, content: Content) -> Progress | None:
    """The same of a draft, as it will be once it has come in for review."""
    if content.status != statuses.DRAFT:
        return progress(db, content)
    of = Of(content.site_id, content.content_type, content.source)
    found = lists.current(db, of)
    if found is None:
        return None
    return rules.progress(lists.steps_of(db, found.id), [], content.content_hash)


def refresh(db: Session, content: Content) -> None:
    """Bring what lists show of it up to date, after an edit, a signature, or a step back."""
    db.flush()
    found = progress(db, content)
    before = (content.approval_step, content.step_signatures)
    content.approval_step = found.done if found else 0
    content.step_signatures = len(found.signers) if found else 0
    if found is not None and content.approval_step != before[0]:
        content.step_since = utc_now()


def refusal(db: Session, content: Content, found: Progress, by: Member) -> str:
    """Why this member cannot sign the step that waits, in a sentence; "" where they can."""
    who = Person(by.user_id, by.role_at(content.site_id))
    late = found.open is not None and rules.is_late(found.open, content.step_since, utc_now())
    typed = _typists(db, content) if found.open and found.open.not_own else ()
    return rules.refusal(found, who, typed, late=late)


def check(
    db: Session, content: Content, found: Progress, by: Member, named: int | None = None
) -> None:
    """Raise Forbidden unless this member can sign the step that waits. `named`: the number of the
    step that they mean, from 1 on; who has signed one must name the next, so that an act that is
    sent again signs nothing more. Raises Conflict there."""
    said = refusal(db, content, found, by)
    if said:
        raise Forbidden(said)
    if named is None and by.user_id in found.before:
        raise Conflict(
            f"You have signed a step of this text. {waits_for(db, content, found)} Sign "
            "it by itself.",
            code=Code.STEPS_MISSING,
        )
    if named not in (None, found.done + 1):
        raise Conflict(
            f"That step is signed. {waits_for(db, content, found)}", code=Code.STEPS_MISSING
        )


def sign(db: Session, content: Content, found: Progress, comment_id: int, *, by: Member) -> bool:
    """Sign the step that waits, and no other; whether the text is approved by that. `comment_id`
    is what stands under the piece of it. The caller has asked whether `by` may (`check`)."""
    assert found.open is not None
    db.add(
        Signature(
            account_id=content.account_id,
            content_id=content.id,
            step_id=found.open.id,
            user_id=by.user_id,
            content_hash=content.content_hash,
            comment_id=comment_id,
        )
    )
    refresh(db, content)
    return content.approval_step == len(found.steps)


def void(db: Session, content: Content, comment_id: int, *, by: Member) -> None:
    """Nothing that was signed of the piece holds any more: it was sent back with these words."""
    _void(db, Signature.content_id == content.id, by, comment_id)
    refresh(db, content)


def take_back(db: Session, comment_ids: Collection[int], *, by: Member) -> None:
    """Of pieces whose columns are put back by the caller: void what was signed with these words;
    what was voided with them holds again."""
    _void(db, Signature.comment_id.in_(comment_ids), by)
    db.execute(
        sa.update(Signature)
        .where(Signature.void_comment_id.in_(comment_ids), Signature.account_id == by.account_id)
        .values(voided_at=None, voided_by=None, void_comment_id=0)
    )


def _void(db: Session, which: sa.ColumnElement[bool], by: Member, comment_id: int = 0) -> None:
    db.execute(
        sa.update(Signature)
        .where(which, Signature.account_id == by.account_id, Signature.voided_at.is_(None))
        .values(voided_at=utc_now(), voided_by=by.user_id, void_comment_id=comment_id)
    )


def waits_for(db: Session, content: Content, found: Progress | None = None) -> str:
    """For which step the text waits and who may sign it, in a sentence; "" where for none."""
    found = found or progress(db, content)
    if found is None or found.open is None:
        return ""
    return f"It waits for {found.words}, signed by {_whom(db, content, found.open)}."


def _whom(db: Session, content: Content, step: Step) -> str:
    if step.has_empty_places:
        return rules.whom(step)
    staff = lists.staff(db, content.account_id, content.site_id)
    return ", ".join(name for user_id, name in staff.items() if user_id in step.people)


def missing(db: Session, content: Content, done: str, *, by: Member) -> HalfDone:
    """What somebody is told whose act was to approve a text, of which steps are missing: whether
    they have signed one, that nothing was `done`, and whom it waits for."""
    found = progress(db, content)
    assert found is not None
    assert found.open is not None
    has_signed = by.user_id in found.signers | found.before
    began = "You have signed this text" if has_signed else "This text is not approved yet"
    return HalfDone(
        f"{began}, and nothing was {done}. {waits_for(db, content)}",
        code=Code.STEPS_MISSING,
        details={"step": found.done + 1, "steps": len(found.steps), "name": found.open.name},
    )


def _typists(db: Session, content: Content) -> frozenset[int]:
    """Who has written in the piece since it was approved last: in whatever way, one's own."""
    last = (
        sa.select(ReviewComment.content_hash)
        .where(ReviewComment.content_id == content.id, ReviewComment.kind == "approval")
        .order_by(ReviewComment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    version = (
        sa.select(sa.func.max(Revision.version))
        .where(Revision.content_id == content.id, Revision.content_hash == last)
        .scalar_subquery()
    )
    rows = db.execute(
        sa.select(Revision.user_id, Revision.others).where(
            Revision.content_id == content.id, Revision.version > sa.func.coalesce(version, 0)
        )
    ).all()
    found = {one.user_id for one in rows} | {other for one in rows for other in one.others}
    return frozenset(found - {None}) or frozenset({content.writer_id} - {None})
