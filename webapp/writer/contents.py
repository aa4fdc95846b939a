"""A content's verbs: write, submit, approve, ask for changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.core import decoders, labels, limits, slugs
from webapp.core.clock import utc_now
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid, gather
from webapp.writer import images, keeping, payload, readings, relations, statuses, terms, working
from webapp.writer.draft import COLUMNS, TYPES, UNTITLED, Change, Draft, wrong_anywhere, wrong_of
from webapp.writer.models import Content, ReviewComment
from webapp.writer.payload import Payload
from webapp.writing import placed
from webapp.writing.revisions import UNSAID, Why

COPY = " (copy)"
NOT_COPIED = (
    "This piece was not duplicated. Of it these are longer than may be, or wrong: {}. "
    "Open it in the editor, put them right, and duplicate it then."
)
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


def duplicate(db: Session, content: Content, *, by: Member) -> Content:
    """A new draft with the text, the fields, the terms and the pictures of another one. Raises
    Conflict, naming each field, where it has some that no piece may have any more."""
    values = working.values_of(db, content)
    title = f"{content.title[: limits.TITLE - len(COPY)]}{COPY}"
    pictures = values.pop(working.PICTURES)
    given = {**values, "html": content.html, "title": title, "slug": ""}
    types = TYPES | {content.content_type}
    if wrong := _unreadable(given):
        raise Conflict(NOT_COPIED.format(wrong))
    draft = decoders.convert(given, Draft)
    try:
        made = create(db, content.site_id, draft, by=by, types=types)
    except Invalid as problem:
        raise Conflict(NOT_COPIED.format(_named(problem.fields))) from problem
    with editing(db, made, by=by):
        images.put_all(db, made, pictures)
    return made


def _unreadable(given: dict[str, Any]) -> str:
    """The fields that are longer, or more, than a piece may have now."""
    wrong = []
    for name, value in given.items():
        try:
            decoders.convert({name: value}, Draft)
        except msgspec.ValidationError:
            wrong.append(name)
    return _named(wrong)


def _named(fields: Iterable[str]) -> str:
    return ", ".join(labels.spaced(name).lower() for name in fields)


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
    after = statuses.CONTENT.after(
        content.status,
        "edit",
        keep_approved=keep_approved,
        may_approve=by.may(Capability.APPROVE, content.site_id),
        is_as_approved=as_approved,
        is_as_online=as_online,
    )
    _become(content, after)
    if is_approved(content):
        content.attention = content.attention - {"needs_approval"}
    elif content.status == statuses.APPROVED:
        _sign(db, content, by)


def changed(db: Session, content: Content) -> Payload:
    """Bring hash and counts up to date after anything that belongs to the payload has changed."""
    db.flush()
    content.word_count = readings.keep(db, content).words
    built = payload.build(db, content)
    content.content_hash = payload.digest(built)
    return built


def submit(content: Content) -> None:
    """Hand a draft over for review."""
    _become(content, statuses.CONTENT.after(content.status, "submit"))


def _become(content: Content, status: str) -> None:
    """Its next status; since when it waits for a decision is kept."""
    if status == statuses.REVIEW and content.status != statuses.REVIEW:
        content.in_review_since = utc_now()
    content.status = status


def approve(db: Session, content: Content, *, by: Member) -> bool:
    """Approve exactly this text: the approval is bound to its hash. One that is approved stays as
    it is, with whoever has signed it, unless something was said since; False then."""
    by.must(Capability.APPROVE, content.site_id)
    is_out = content.status == statuses.PUBLISHED
    if is_approved(content) and (is_out or not _is_something_said(db, content)):
        return False
    _become(content, statuses.CONTENT.after(content.status, "approve", may_approve=True))
    _sign(db, content, by)
    return True


def _is_something_said(db: Session, content: Content) -> bool:
    """Whether the last word about the piece is no approval."""
    last = sa.select(ReviewComment.kind).where(ReviewComment.content_id == content.id)
    kind = db.scalar(last.order_by(ReviewComment.id.desc()).limit(1))
    return kind is not None and kind != "approval"


def approve_by_rule(db: Session, content: Content) -> None:
    """The site approves by itself: exactly this text, and nobody's name stands under it."""
    _become(content, statuses.CONTENT.after(content.status, "approve", may_approve=True))
    _sign(db, content, None)


def request_changes(db: Session, content: Content, comment: str, *, by: Member) -> None:
    """Send a piece back to its writer, saying why."""
    words = _words("comment", comment, "Say what should change.")
    _become(content, statuses.CONTENT.after(content.status, "request_changes"))
    forget_approval(content)
    _comment(db, content, "changes", words, by)


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
    content.approved_at = utc_now()
    content.approved_by = by.user_id if by else None
    content.approved_hash = content.content_hash
    content.attention = content.attention - {"needs_approval"}
    if by is not None:
        _comment(db, content, "approval", "", by)


def _comment(db: Session, content: Content, kind: str, text: str, by: Member) -> None:
    db.add(
        ReviewComment(
            account_id=content.account_id,
            content_id=content.id,
            user_id=by.user_id,
            kind=kind,
            text=text,
            content_hash=content.content_hash,
        )
    )


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
    if draft.priority not in (UNSET, content.priority):  # it moves others in the plan
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
