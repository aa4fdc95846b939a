"""What a piece says of itself at its site: its status, its time, whether it is up to date."""

from __future__ import annotations

from datetime import datetime

from webapp.publisher.records import states
from webapp.writer.models import Content

NO_TIME: dict[str, None] = {
    "scheduled_publish_at": None,
    "scheduled_wall_time": None,
    "scheduled_zone": None,
}


def move(content: Content, event: str, now: datetime, mode: str = "") -> None:
    """Move `site_status` by its table; whether something is online is `external_url`."""
    content.site_status = states.SITE_STATUS.after(
        content.site_status, event, online=bool(content.external_url), mode=mode
    )
    content.site_status_updated_at = now


def clear_schedule(content: Content) -> None:
    """It has no time any more, and the scheduler gives it none: a person will say when."""
    for name, nothing in NO_TIME.items():
        setattr(content, name, nothing)
    content.pinned = True


def is_up_to_date(content: Content) -> bool:
    """Whether exactly this text is what is online."""
    return bool(content.external_url) and content.published_hash == content.content_hash
