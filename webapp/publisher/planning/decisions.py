"""What people decide about a piece. Each verb writes, tells the open pages, and has the scheduler
look soon where a piece may get a time by it, or has given one back; nobody who calls one has to
think of that.

`content` is locked by the caller (access.get_for_update), who also asks whether it is the version
that was read (`contents.check_version`, `contents.check_read`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.core.system import System
from webapp.integrations import content_types
from webapp.publisher.planning import changes
from webapp.publisher.planning.steps import Stood
from webapp.publisher.records import records, site_status, states
from webapp.writer import binned, contents, duplicating, images, restoring
from webapp.writer.draft import Change, Draft
from webapp.writer.images import Picture
from webapp.writer.models import Content, Image
from webapp.writer.pictures import Sound
from webapp.writing.revisions import UNSAID, Why


def create(db: Session, system: System, site_id: int, draft: Draft, *, by: Member) -> Content:
    """A new piece, as a draft. Raises Invalid with every wrong field."""
    types = content_types.known(db, site_id)
    content = contents.create(db, site_id, draft, by=by, types=types)
    records.announce(db, system, content)
    return content


def duplicate(db: Session, system: System, content: Content, *, by: Member) -> Content:
    """The same piece once more, as a draft of whoever asks, with its fields, terms and pictures."""
    made = duplicating.duplicate(db, content, by=by)
    records.announce(db, system, made)
    return made


def edit(
    db: Session,
    system: System,
    content: Content,
    change: Change,
    *,
    by: Member,
    why: Why = UNSAID,
    pictures: list[dict[str, str]] | None = None,
) -> None:
    """Change a piece, and let these be its pictures; an approved one goes back to review, unless
    the change says otherwise."""
    types = content_types.known(db, content.site_id)
    contents.edit(db, content, change, by=by, types=types, why=why, pictures=pictures)
    _tell(db, system, content)


def add_image(
    db: Session, system: System, content: Content, picture: Picture, *, by: Member
) -> Image:
    """Give the piece a picture: an edit like any other."""
    with contents.editing(db, content, by=by):
        image = images.add(db, content, picture)
    _tell(db, system, content)
    return image


def change_image(
    db: Session,
    system: System,
    content: Content,
    image: Image,
    given: Mapping[str, str],
    file: Sound | None,
    *,
    by: Member,
) -> None:
    """Replace a picture of the piece, or what is said of it: an edit like any other. Raises
    Invalid with every wrong field."""
    with contents.editing(db, content, by=by):
        images.change(db, content, image, given, file)
    _tell(db, system, content)


def remove_image(
    db: Session, system: System, content: Content, image: Image, *, by: Member
) -> None:
    """Put a picture of the piece away: an edit like any other."""
    with contents.editing(db, content, by=by):
        images.remove(image)
    _tell(db, system, content)


def order_images(
    db: Session, system: System, content: Content, ids: list[int], *, by: Member
) -> None:
    """Let the piece's pictures stand in this order: an edit like any other. Raises Invalid unless
    each of them is named once."""
    with contents.editing(db, content, by=by):
        images.put_in_order(db, content, ids)
    _tell(db, system, content)


def restore(
    db: Session, system: System, content: Content, version: int, *, by: Member
) -> list[str]:
    """Make the piece what it was in that version: an edit like any other. Returns a sentence for
    each thing that could not be brought back. Raises NotFound where the version is not kept."""
    types = content_types.known(db, content.site_id)
    lost = restoring.restore(db, content, version, by=by, types=types)
    _tell(db, system, content)
    return lost


def submit(db: Session, system: System, content: Content) -> None:
    """Hand a draft over for review."""
    contents.submit(db, content)
    _tell(db, system, content)


def approve(
    db: Session, system: System, content: Content, *, by: Member, step: int | None = None
) -> int:
    """Approve exactly this text: the approval is bound to its hash; of several steps sign the one
    that was shown. Returns what Undo takes back, 0 where nothing was changed."""
    before = Stood.of(content)
    if not contents.approve(db, content, by=by, step=step):
        return 0
    _tell(db, system, content)
    return changes.keep_decision(db, content, changes.APPROVAL, before, by=by)


def request_changes(
    db: Session, system: System, content: Content, comment: str, *, by: Member
) -> int:
    """Send a piece back to its writer, saying why. What waits to go out is withdrawn; a time that
    is to come stays. Returns the step that Undo takes back; 0 where a publication was withdrawn,
    which nothing brings back. Raises Conflict while it is being published."""
    before = Stood.of(content)
    contents.request_changes(db, content, comment, by=by)
    withdrawn = records.call_back(db, system, content)
    records.announce(db, system, content)
    if withdrawn:
        return 0
    return changes.keep_decision(db, content, changes.CHANGE_REQUEST, before, by=by)


def delete(db: Session, system: System, content: Content, *, by: Member) -> int:
    """Put a piece into the bin, with its time and with what of it waits to go out. Returns the step
    that Undo takes back; 0 where a publication was withdrawn, which nothing brings back. Raises
    Conflict while it is being published, and where it is online, or may be; Forbidden where it was
    approved, and `by` may not decide what goes out."""
    by.must(binned.needed(content), content.site_id)
    records.check_known(db, content)
    before = Stood.of(content)
    withdrawn = records.call_back(db, system, content)
    if content.site_status == states.SCHEDULED:
        site_status.move(content, "unschedule", system.clock())
        site_status.clear_schedule(content)
    binned.put_away(content, by=by, now=system.clock())
    _tell(db, system, content)
    return 0 if withdrawn else changes.keep_one(db, content, changes.DELETION, before, by).id


def bring_back(db: Session, system: System, content: Content, *, by: Member) -> int:
    """Take a piece out of the bin (binned.find), as the draft that somebody approves anew. Returns
    the step that Undo takes back."""
    by.must(Capability.WRITE, content.site_id)
    before = Stood.of(content)
    binned.bring_back(content)
    _tell(db, system, content)
    return changes.keep_one(db, content, changes.RETURN, before, by).id


def empty(db: Session, system: System, content: Content, *, by: Member) -> None:
    """Delete a piece in the bin (binned.find) for good. Raises Conflict where it is online."""
    by.must(Capability.PUBLISH, content.site_id)
    binned.empty(db, content, system.clock())
    records.announce(db, system, content)


def _tell(db: Session, system: System, content: Content) -> None:
    records.announce(db, system, content)
    changes.plan_soon(db, system, content.site_id)
