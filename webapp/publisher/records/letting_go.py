"""A piece lets go of its time, or of its post."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.integrations import placements
from webapp.publisher.records import records, site_status
from webapp.writer import contents, statuses
from webapp.writer.models import Content


def drop_schedule(db: Session, system: System, content: Content, marks: set[str]) -> None:
    """A scheduled piece loses its time and waits for a person, who is told why by the marks."""
    content.attention = content.attention | marks
    site_status.clear_schedule(content)
    site_status.move(content, "unschedule", system.clock())
    records.announce(db, system, content)


def unpublish(db: Session, system: System, content: Content) -> None:
    """Forget the link only: the remote post stays as it is, and the piece becomes a draft."""
    if not content.external_id:
        raise Conflict.of(Code.NOT_PUBLISHED)
    records.call_back(db, system, content)
    site_status.move(content, "forget", system.clock())
    site_status.clear_schedule(content)
    content.status = statuses.CONTENT.after(content.status, "unpublished")
    contents.forget_approval(content)
    placements.forget(db, content)
    records.announce(db, system, content)
