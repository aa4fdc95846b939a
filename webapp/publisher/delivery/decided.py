"""What a person decides about a piece that differs at its website: the three versions that are
compared, and what the piece and its placement become by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core.system import System
from webapp.integrations import placements
from webapp.integrations.models import Placement
from webapp.integrations.theirs import There
from webapp.publisher.delivery import known, shown_there
from webapp.publisher.planning import decisions, taken
from webapp.publisher.records import records, site_status, taking
from webapp.publisher.records.drifts import TRASH, Found
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents, payload, statuses
from webapp.writer.models import Content


@dataclass(frozen=True)
class Sides:
    """The three versions of a piece that differs there, by field (records/taking.py)."""

    sent: dict[str, Any]
    there: dict[str, Any]
    here: dict[str, Any]

    @property
    def both(self) -> str | None:
        """The text with both changes, where they fit together."""
        return taking.both(self.sent, self.there, self.here)


def of(db: Session, content: Content, placement: Placement, there: There) -> Sides:
    """The three versions of a piece."""
    here = payload.build(db, content)
    sent = known.side(db, placement) or here
    pictures: dict[str, str] = {}
    if placement.record_id is not None:
        record = db.get_one(PublishingRecord, placement.record_id)
        pictures = ((record.result or {}).get("report") or {}).get("inline_images") or {}
    is_put_back = 0 < there.sequence < placement.heard_sequence
    return Sides(
        taking.sent_fields(sent),
        taking.there_fields(there, sent, pictures, is_put_back=is_put_back),
        taking.here_fields(here, sent),
    )


def take(
    db: Session,
    system: System,
    content: Content,
    at: Found,
    there: There | None,
    takes: Mapping[str, str] | None,
    *,
    by: Member,
) -> PublishingRecord | None:
    """Make the piece what was decided: all of theirs, or of each field what `takes` says. What is
    chosen otherwise than it stands there goes out again: then the record of that is returned."""
    placement = db.get_one(Placement, at.placement.id)
    three = of(db, content, placement, there) if there is not None else None
    if three is not None and there is not None:
        wanted = three.there
        if takes is not None:
            wanted = taking.chosen(three.sent, three.there, three.here, takes)
        editor = at.drift.changed_by
        # What is not chosen of theirs is a revision all the same.
        kept = [three.there] if taking.drops(three.sent, three.there, wanted) else []
        for fields in (*kept, wanted):
            taken.edit(db, system, content, fields, editor, by=by, keep_approved=True)
        if wanted != three.there:
            return records.publish(db, system, content, by=by, over=there.hash)
        _is_theirs(db, system, content, placement, three, there, by=by)
    is_off = there is None or not there.is_public
    if shown_there.is_hidden(placement):
        is_off = there is None or there.status == TRASH
    if is_off:
        known.settle(db, placement)
        _is_offline(db, system, content, placement)
    return None


def _is_theirs(
    db: Session,
    system: System,
    content: Content,
    placement: Placement,
    three: Sides,
    there: There,
    *,
    by: Member,
) -> None:
    """What stands there is the piece, unless it has more that was changed here only: pictures of
    the text, sectors, keywords. Then it counts as changed since it went out."""
    placement.stored_hash = there.stored_hash
    placement.heard_sequence = there.sequence or placement.heard_sequence
    now = payload.build(db, content)
    alike = [
        name
        for name in taking.FIELDS
        if three.there[name] != three.sent[name]
        or three.there[name] == taking.plain(getattr(now, name))
    ]
    known.taken_over(db, now, placement, alike)
    if known.side(db, placement) is None:
        placement.published_hash = content.content_hash
    db.flush()
    placements.mirror(db, content)
    if placement.published_hash != content.content_hash:
        return
    if not contents.is_approved(content):
        decisions.approve(db, system, content, by=by)
    allows = statuses.CONTENT.allows(content.status, "went_out", is_what_went_out=True)
    if allows and not shown_there.is_hidden(placement):
        content.status = statuses.PUBLISHED


def _is_offline(db: Session, system: System, content: Content, placement: Placement) -> None:
    """Somebody took it offline there; here it is offline as well, and can be published anew."""
    placements.take_down(db, content, [placement.integration_id])
    site_status.clear_schedule(content)
    site_status.move(content, "forget", system.clock())
    if not content.external_url and statuses.CONTENT.allows(content.status, "retracted"):
        content.status = statuses.CONTENT.after(content.status, "retracted")
