"""Verbs of the change that lies beside an approved or published piece (writer/working.py). Each
writes, and tells the open pages, like those of decisions.py; `content` is locked by the caller."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System
from webapp.integrations import content_types
from webapp.publisher.planning import decisions
from webapp.publisher.records import records, site_status
from webapp.writer import contents, keeping, restoring, signing, statuses, working
from webapp.writer.draft import Change, Draft
from webapp.writer.models import Content
from webapp.writing import revisions
from webapp.writing.revisions import Why

NOTHING = "No change lies beside this piece: it was handed in or thrown away meanwhile."
SENT_BACK = (
    "The piece is not approved any more, so nothing of it was kept approved or sent. What was "
    "typed lies beside it still: submit the piece, or hand the change in; it is reviewed with it."
)
STALE = (
    "The piece itself was changed meanwhile, and so was this: {}. Open the editor, choose what "
    "shall stand there, and hand it in then."
)
KEPT_TOO = (
    "What lay beside the piece until now is kept as version {} of its revisions. It can be brought "
    "back from there."
)


def keep(
    db: Session,
    system: System,
    content: Content,
    draft: Draft,
    *,
    by: Member,
    pictures: working.Pictures | None = None,
) -> None:
    """Let what was typed, and these pictures, lie beside the piece. Raises Invalid with every wrong
    field."""
    wrong = contents.wrong_here(db, content, draft, by, content_types.known(db, content.site_id))
    if wrong:
        raise Invalid(wrong)
    working.keep(db, content, draft, by=by, pictures=pictures)
    records.announce(db, system, content)


def hand_in(
    db: Session, system: System, content: Content, *, by: Member, keep_approved: bool = False
) -> None:
    """Make the change an edit of the piece: it goes back to review, unless an approver keeps it
    approved. Raises Conflict where there is none, or where the piece has changed in the same
    places."""
    standing = working.standing(db, content)
    if standing.change is None:
        raise Conflict(NOTHING)
    if standing.stale:
        raise Conflict(STALE.format(", ".join(standing.stale)), code=Code.VERSION_CONFLICT)
    change = working.as_edit(standing, keep_approved=keep_approved)
    pictures = working.pictures_of(standing)
    why = Why(people=tuple(working.people(standing.change)))
    working.discard(db, content)
    decisions.edit(db, system, content, change, by=by, why=why, pictures=pictures)


def submit(db: Session, system: System, content: Content, *, by: Member) -> None:
    """Hand a draft over for review, with what lies beside it. Raises Conflict where somebody has to
    choose first what of that shall stand."""
    if working.find(db, content) is not None:
        hand_in(db, system, content, by=by)
    decisions.submit(db, system, content)


def update(db: Session, system: System, content: Content, *, by: Member) -> bool:
    """Hand it in, approved by whoever does it; what is online is sent again. Whether it was. What
    has its time still goes out at it, with the new text. Raises Conflict where the piece was sent
    back meanwhile."""
    by.must(Capability.APPROVE, content.site_id)
    if not working.goes_beside(content):
        raise Conflict(SENT_BACK)
    hand_in(db, system, content, by=by, keep_approved=True)
    if not contents.is_approved(content):
        raise signing.missing(db, content, "sent", by=by)
    if content.status != statuses.PUBLISHED and not content.external_url:
        return False
    if site_status.is_up_to_date(content):
        return False
    by.must(Capability.PUBLISH, content.site_id)
    records.publish(db, system, content, by=by)
    return True


def discard(db: Session, system: System, content: Content, *, by: Member) -> int:
    """Throw the change away. It stays among the piece's revisions; the version that it has there,
    by which `restore` brings it back. Raises Conflict where there is none."""
    now = working.standing(db, content)
    if now.change is None:
        raise Conflict(NOTHING)
    kept = keeping.throw_away(db, content, now, by=by)
    records.announce(db, system, content)
    return kept


def restore(
    db: Session, system: System, content: Content, version: int, *, by: Member
) -> list[str]:
    """Make the piece what it was in that version (decisions.restore). What was thrown away lies
    beside it again, where its text may go out; what lay there until then is kept. Returns a
    sentence for that, and for each thing that could not be brought back. Raises NotFound where the
    version is not kept."""
    if revisions.why_of(db, content.id, version) != revisions.DISCARDED:
        return decisions.restore(db, system, content, version, by=by)
    types = content_types.known(db, content.site_id) | {content.content_type}
    draft, pictures, lost = restoring.discarded(db, content, version, by=by, types=types)
    people = [by.user_id, *revisions.people_of(db, content.id, version)]
    if working.goes_beside(content):
        if working.find(db, content) is not None:
            lost.append(KEPT_TOO.format(discard(db, system, content, by=by)))
        keep(db, system, content, draft, by=by, pictures=pictures)
        if change := working.find(db, content):
            working.credit(change, people)
        return lost
    given = {name: getattr(draft, name) for name in draft.__struct_fields__}
    why = Why(revisions.RESTORED, f"version {version}", tuple(people))
    decisions.edit(db, system, content, Change(**given), by=by, why=why, pictures=pictures)
    return lost
