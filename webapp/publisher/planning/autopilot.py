"""What a site's rules do without anybody's click: approve what waits, and give it a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, aliased

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.core.db import among
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, registry
from webapp.publisher.planning import changes, plan_input, plans, settings
from webapp.publisher.planning.limits import Limits
from webapp.publisher.records import records, validation
from webapp.publisher.records.models import PublishingSettings
from webapp.writer import contents, payload, statuses
from webapp.writer.models import Content, ReviewComment
from webapp.writing.models import Thread

log = structlog.get_logger()
AT_ONCE = 100
WRITTEN_HERE = "igny8"


def run(system: System, only: Sequence[int] | None = None) -> None:
    """Approve by rule where sites have chosen that (written here, no fault that would stop it,
    nothing said that a person has not answered), then give times: on all sites every quarter of
    an hour, on `only` these right after an approval or a change of their settings."""
    with system.db.read() as db:
        sites = db.scalars(
            sa.select(PublishingSettings.site_id).where(
                PublishingSettings.auto_approval_enabled, among(PublishingSettings.site_id, only)
            )
        ).all()
    for site_id in sites:
        try:
            _approve_all(system, site_id)
        except Exception:  # one site's trouble must not stop the others'
            log.exception("what waits for review could not be approved", site=site_id)
    plans.assign_all(system, only)


def times_follow(db: Session, by: Member, content_ids: Sequence[int]) -> str:
    """Which of the pieces, just approved, get a time by the rhythm of their site, in a sentence;
    "" for none."""
    looking = access.visible(by, Content, Content.site_id).where(
        Content.id.in_(content_ids), *plan_input.LOOKS_FOR_TIME
    )
    of_sites = db.scalars(looking).all()
    giving = _giving_times(db, set(of_sites)) if of_sites else set()
    count = sum(site_id in giving for site_id in of_sites)
    if count == 0:
        return ""
    if count < len(content_ids):
        get = "gets its time" if count == 1 else "get their times"
        return f"{count} of them {get} by the site’s rhythm."
    return f"{'Its time follows' if count == 1 else 'Their times follow'} by the site’s rhythm."


def _giving_times(db: Session, site_ids: Collection[int]) -> set[int]:
    """Those of the sites that give times by themselves, and have one to give."""
    chosen = sa.select(PublishingSettings).where(
        PublishingSettings.site_id.in_(site_ids),
        PublishingSettings.auto_publish_enabled,
        PublishingSettings.paused.is_(False),
    )
    rules = {one.site_id: settings.rules(one) for one in db.scalars(chosen)}
    return {
        site_id
        for site_id, one in rules.items()
        if one.publish_days and one.publish_time_slots and 0 not in Limits.of(one)
    }


def _approve_all(system: System, site_id: int) -> None:
    with system.db.read() as db:
        waiting = db.scalars(_waiting(site_id, Content.id).order_by(Content.updated_at)).all()
    for some in changes.chunks(waiting, AT_ONCE):
        with system.db.read() as db:
            read = {one: found for one in some if (found := _without_fault(db, system, one))}
        system.commits.run(lambda db, read=read: _approve(db, system, site_id, read))  # type: ignore[misc]


def _waiting(site_id: int, *columns: Any) -> sa.Select[Any]:
    """The site's pieces in review that were written here, about which no thread is open, and about
    which nobody has said anything since a person last approved them. What somebody has asked for, a
    person has to see done."""
    said, signed = aliased(ReviewComment), aliased(ReviewComment)
    answered = sa.exists().where(
        signed.content_id == said.content_id, signed.kind == "approval", signed.id > said.id
    )
    is_open = sa.exists().where(said.content_id == Content.id, said.kind != "approval", ~answered)
    talked_about = sa.exists().where(Thread.content_id == Content.id, Thread.status == "open")
    return sa.select(*columns or (Content,)).where(
        Content.site_id == site_id,
        Content.status == statuses.REVIEW,
        Content.deleted_at.is_(None),
        Content.source == WRITTEN_HERE,
        ~is_open,
        ~talked_about,
    )


def _without_fault(db: Session, system: System, content_id: int) -> str:
    """The hash of the piece's text where nothing of it would stop its publication; else ""."""
    sent = payload.build_by_id(db, content_id)
    site_id = db.scalars(sa.select(Content.site_id).where(Content.id == content_id)).one()
    integration = connections.default_of(db, site_id)
    if integration is None or validation.of_payload(sent):
        return ""
    try:
        target = connections.open_target(db, system, integration)
    except Unreadable:
        return ""
    stops = registry.adapter_for(system, target).check(sent)
    return "" if stops else payload.digest(sent)


def _approve(db: Session, system: System, site_id: int, read: dict[int, str]) -> None:
    """Approve these pieces where their text is still the one that was looked at. The approval is
    bound to it, as a person's is. Nothing happens where the site approves by itself no more, nor
    where a step waits for a person."""
    chosen = db.scalars(
        sa.select(PublishingSettings).where(PublishingSettings.site_id == site_id)
    ).one_or_none()
    if chosen is None or not chosen.auto_approval_enabled:
        return
    waiting = _waiting(site_id).where(Content.id.in_(read))
    for content in db.scalars(waiting.with_for_update(skip_locked=True, of=Content)):
        if content.content_hash == read[content.id] and content.approval_list_id is None:
            contents.approve_by_rule(db, content)
            records.announce(db, system, content)
