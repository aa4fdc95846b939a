"""A content's verbs: write, submit, approve, ask for changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.approving.rules import Progress
from webapp.core import limits, slugs
from webapp.core.clock import utc_now
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid, gather
from webapp.writer import images, keeping, payload, readings, relations, signing, statuses, terms
from webapp.writer.draft import (
    COLUMNS,
    OF_THE_PLAN,
    TYPES,
    UNTITLED,
    Change,
    Draft,
    wrong_anywhere,
    wrong_of,
)
from webapp.writer.models import Content, ReviewComment
from webapp.writer.payload import Payload
from webapp.writing import placed
from webapp.writing.revisions import UNSAID, Why

EDITED = "This piece was edited meanwhile; look at it again."


def create(
    db: Session, site_id: int, draft: Draft, *, by: Member, types: frozenset[str] = TYPES
) -> Content:
    """A new piece, as a draft; `types` are those that it may have. Raises Invalid with every wrong
    field."""
    wrong = {} if draft.title is not UNSET else {"title": UNTITLED}
    with gather(wrong):
        access.check_ids(db, by, Site, "site_id", [site_id])
    if "site_id" in wrong:
        raise Invalid(wrong | wrong_anywhere(draft))
    by.must(Capability.WRITE, site_id)
    content = Content(account_id=by.account_id, site_id=site_id, writer_id=by.user_id)
    db.add(content)
    db.flush()
    with gather(wrong):
        write(db, content, draft, by=by, types=types)
    if wrong:
        raise Invalid(wrong)
    keeping.keep(db, content, changed(db, content), by=by)
    return content


def edit(
    db: Session, content: Content, change: Change, *, by: Member, types: frozenset[str] = TYPES,
    why: Why = UNSAID, pictures: list[dict[str, str]] | None = None,
) -> Content:  # fmt: skip
    """Change a piece, and let these be its pictures (images.listed); `types` are those that it may
    have. An approved or published one goes back to review, unless an approver says `keep_approved`.
    Raises Invalid with every wrong field."""
    with editing(db, content, by=by, keep_approved=change.keep_approved, why=why):
        write(db, content, change, by=by, types=types)
        if pictures is not None:
            images.put_all(db, content, pictures)
    return content


@contextmanager
def editing(
    db: Session, content: Content, *, by: Member, keep_approved: bool = False,
    why: Why = UNSAID,
) -> Iterator[None]:  # fmt: skip
    """What is done within, such as to its pictures, is an edit of the piece like any other: a
    version, which is kept with `why` it came to be."""
    before, text = content.content_hash, content.html
    keeping.keep_first(db, content)
    yield
    built = changed(db, content)
    if content.content_hash == before:
        return
    content.version += 1
    keeping.keep(db, content, built, by=by, why=why)
    placed.follow(db, content, text)
    _was_edited(db, content, by, keep_approved)


def check_version(content: Content, version: int | None) -> None:
    """Raise Conflict where somebody else has changed the piece since `version` was read."""
    if version is not None and version != content.version:
        raise Conflict.of(Code.VERSION_CONFLICT, version=content.version)


def check_read(content: Content, version: int | None) -> None:
    """Raise Conflict where a person who decides has another version before them."""
    if version is not None and version != content.version:
        raise Conflict(EDITED, code=Code.VERSION_CONFLICT, details={"version": content.version})


def _was_edited(db: Session, content: Content, by: Member, keep_approved: bool) -> None:
    """The state to which an edit takes the piece. The very text that was approved is approved
    again, and nobody need sign it twice."""
    as_approved = bool(content.approved_hash) and content.approved_hash == content.content_hash
    as_online = bool(content.external_url) and content.published_hash == content.content_hash
    may_approve = by.may(Capability.APPROVE, content.site_id)
    was, in_steps = content.status, keep_approved and signing.takes_steps(db, content)
    after = statuses.CONTENT.after(
        was,
        "edit",
        keep_approved=keep_approved,
        may_approve=may_approve and not in_steps,
        is_as_approved=as_approved,
        is_as_online=as_online,
    )
    _become(db, content, after)
    signing.refresh(db, content)
    if is_approved(content):
        content.attention = content.attention - {"needs_approval"}
    elif content.status == statuses.APPROVED:
        _sign(db, content, by)
    elif in_steps and was in statuses.MAY_GO_OUT:
        _sign_what_one_may(db, content, by)


def _sign_what_one_may(db: Session, content: Content, by: Member) -> None:
    """Who changed it keeps it approved, as far as that is theirs to say."""
    found = signing.progress(db, content)
    if found is not None and not signing.refusal(db, content, found, by):
        _sign_step(db, content, found, by)


def changed(db: Session, content: Content) -> Payload:
    """Bring hash and counts up to date after anything that belongs to the payload has changed."""
    db.flush()
    content.word_count = readings.keep(db, content).words
    built = payload.build(db, content)
    content.content_hash = payload.digest(built)
    return built


def submit(db: Session, content: Content) -> None:
    """Hand a draft over for review."""
    _become(db, content, statuses.CONTENT.after(content.status, "submit"))


def _become(db: Session, content: Content, status: str) -> None:
    """Its next status; since when it waits for a decision is kept, and whose decisions it needs."""
    if status == statuses.REVIEW and content.status != statuses.REVIEW:
        content.in_review_since = utc_now()
        signing.enter(db, content)
    content.status = status


def approve(db: Session, content: Content, *, by: Member, step: int | None = None) -> bool:
    """Approve exactly this text: the approval is bound to its hash. One that is approved stays as
    it is, with whoever has signed it, unless something was said since; False then.

    Where the site approves in steps, one is signed (`step` is the one that was shown), and the text
    is approved by the last (`is_approved`)."""
    by.must(Capability.SIGN, content.site_id)
    is_out = content.status == statuses.PUBLISHED
    if is_approved(content) and (is_out or not _is_something_said(db, content)):
        return False
    if content.status == statuses.DRAFT and signing.takes_steps(db, content):
        submit(db, content)
    if (found := signing.progress(db, content)) is not None and found.open is not None:
        _sign_step(db, content, found, by, step)
        return True
    by.must(Capability.APPROVE, content.site_id)
    _become(db, content, statuses.CONTENT.after(content.status, "approve", may_approve=True))
    _sign(db, content, by)
    return True


def _sign_step(
    db: Session, content: Content, found: Progress, by: Member, step: int | None = None
) -> None:
    """Sign the step that waits; by the last one the text is approved."""
    signing.check(db, content, found, by, step)  # before its words stand there as an approval
    is_last = found.is_last
    said = _comment(db, content, "approval" if is_last else "signature", found.words, by)
    if signing.sign(db, content, found, said, by=by):
        _become(db, content, statuses.CONTENT.after(content.status, "approve", may_approve=True))
        _is_signed(content, by)


def _is_something_said(db: Session, content: Content) -> bool:
    """Whether the last word about the piece is no approval."""
    last = sa.select(ReviewComment.kind).where(ReviewComment.content_id == content.id)
    kind = db.scalar(last.order_by(ReviewComment.id.desc()).limit(1))
    return kind is not None and kind != "approval"


def approve_by_rule(db: Session, content: Content) -> None:
    """The site approves by itself: exactly this text, and nobody's name stands under it."""
    _become(db, content, statuses.CONTENT.after(content.status, "approve", may_approve=True))
    _sign(db, content, None)


def request_changes(db: Session, content: Content, comment: str, *, by: Member) -> None:
    """Send a piece back to its writer, saying why."""
    words = _words("comment", comment, "Say what should change.")
    _become(db, content, statuses.CONTENT.after(content.status, "request_changes"))
    forget_approval(content)
    signing.void(db, content, _comment(db, content, "changes", words, by), by=by)


def _words(field: str, text: str, missing: str) -> str:
    """What somebody has written into the field; Invalid where it is nothing, or too much."""
    words = text.strip()
    if not words:
        raise Invalid({field: missing})
    too_long = limits.wrong("review_comments", {"text": words})
    if too_long:
        raise Invalid({field: too_long["text"]})
    return words


def forget_approval(content: Content) -> None:
    """Nobody has approved it, in this version or any other."""
    content.approved_at, content.approved_by, content.approved_hash = None, None, ""


class Approvable(Protocol):
    """A Content, or a row with these of its columns."""

    status: str
    content_hash: str
    approved_hash: str


def is_approved(content: Approvable) -> bool:
    """Whether the text of a Content, or of a row of one, is the one that was approved."""
    same = bool(content.approved_hash) and content.approved_hash == content.content_hash
    return same and content.status in statuses.MAY_GO_OUT


# The same of a row that the database looks at, in which a deleted piece is not approved.
IS_APPROVED = sa.and_(
    sa.or_(*(Content.status == one for one in statuses.MAY_GO_OUT)),
    Content.approved_hash != "",
    Content.approved_hash == Content.content_hash,
    Content.deleted_at.is_(None),
)


def _sign(db: Session, content: Content, by: Member | None) -> None:
    _is_signed(content, by)
    if by is not None:
        _comment(db, content, "approval", "", by)


def _is_signed(content: Content, by: Member | None) -> None:
    content.approved_at = utc_now()
    content.approved_by = by.user_id if by else None
    content.approved_hash = content.content_hash
    content.attention = content.attention - {"needs_approval"}


def _comment(db: Session, content: Content, kind: str, text: str, by: Member) -> int:
    """Leave words under the piece; their id."""
    said = ReviewComment(
        account_id=content.account_id,
        content_id=content.id,
        user_id=by.user_id,
        kind=kind,
        text=text,
        content_hash=content.content_hash,
    )
    db.add(said)
    db.flush()
    return said.id


def wrong_here(
    db: Session, content: Content, draft: Draft, by: Member, types: frozenset[str]
) -> dict[str, str]:
    """A sentence for each field of the draft that this piece cannot have."""
    language = _language(db, content, by)
    wrong = wrong_of(draft, language, types | {content.content_type})
    return wrong | relations.wrong_of(db, content, draft, by)


def write(
    db: Session, content: Content, draft: Draft, *, by: Member, types: frozenset[str]
) -> None:
    """Put into the piece what is given. Done by `create`, or within `editing`."""
    wrong = wrong_here(db, content, draft, by, types)
    if wrong:
        raise Invalid(wrong)
    if any(getattr(draft, one) not in (UNSET, getattr(content, one)) for one in OF_THE_PLAN):
        by.must(Capability.PUBLISH, content.site_id)
    for name in COLUMNS:
        value: Any = getattr(draft, name)
        if value is not UNSET:
            setattr(content, name, value)
    language = _language(db, content, by)
    content.slug = slugs.typed(content.slug, language)
    if not content.slug:
        content.slug = slugs.of_title(content.title, language)
    if draft.categories is not UNSET:
        terms.assign(db, content, "category", draft.categories)
    if draft.tags is not UNSET:
        terms.assign(db, content, "tag", draft.tags)
    if draft.keyword_ids is not UNSET:
        relations.set_keywords(db, content, draft.keyword_ids)


def _language(db: Session, content: Content, by: Member) -> str:
    """The language of the piece's site, as WordPress names it; empty where nobody knows it."""
    return (
        db.scalar(access.visible(by, Site, Site.language).where(Site.id == content.site_id)) or ""
    )
