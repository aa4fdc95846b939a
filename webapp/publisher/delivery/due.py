"""Scheduled contents whose moment has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.integrations.models import IS_DEFAULT, SiteIntegration
from webapp.publisher.delivery import claims, heartbeats
from webapp.publisher.planning import missed, overdue, settings
from webapp.publisher.planning.missed import Policy, Verdict
from webapp.publisher.planning.overdue import Missed
from webapp.publisher.records import letting_go, records, site_status, states
from webapp.publisher.records.models import PublishingRecord, PublishingSettings
from webapp.writer import contents
from webapp.writer.models import Content

# Few at a time: the first ones start while the next are still being taken.
AT_ONCE = 50
Row = TypeVar("Row", PublishingSettings, SiteIntegration)


def next_moment(db: Session) -> datetime | None:
    """The earliest moment for which anything is scheduled, past or future. One index seek."""
    found = _NEXT.rows(db, {})
    return found[0][0] if found else None


def was_kept(db: Session, since: datetime, until: datetime) -> bool:
    """Whether something that was due between these moments still stands there."""
    at = Content.scheduled_publish_at
    is_scheduled = Content.site_status == sa.literal_column(f"'{states.SCHEDULED}'")
    kept = sa.exists().where(is_scheduled, at > since, at <= until)
    return bool(db.scalar(sa.select(kept)))


def standing(db: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many pieces stand there whose time has come, and the earliest of these times."""
    at = Content.scheduled_publish_at
    query = sa.select(sa.func.count(), sa.func.min(at)).where(*_WAITS, at <= now)
    number, oldest = db.execute(query).one()
    return number, oldest


def claim_due(db: Session, system: System) -> int:
    """Begin the publication of what is due, AT_ONCE at most; returns how many were settled.

    The one way anything due is taken. Never early; what was missed goes by the site's policy.
    """
    claims.take_turns(db)
    now = system.clock()
    rows = db.scalars(_DUE, {"now": now}).all()
    if rows:
        return _Decisions(db, system, rows, now).carry_out()
    return 0


def claim_all(system: System) -> None:
    """Every minute: take whatever the dispatchers have left, should they have missed anything."""
    while system.commits.run(lambda db: claim_due(db, system)):
        pass


class _Decisions:
    """What becomes of each piece, with what one must know for it read once for all."""

    def __init__(self, db: Session, system: System, rows: Sequence[Content], now: datetime) -> None:
        self._db, self._system, self._rows, self._now = db, system, rows, now
        sites = {row.site_id for row in rows}
        self._present = heartbeats.since(db, system, min(_moment(row) for row in rows))
        self._settings = _by_site(
            db.scalars(sa.select(PublishingSettings).where(PublishingSettings.site_id.in_(sites)))
        )
        self._integrations = _by_site(
            db.scalars(
                sa.select(SiteIntegration).where(SiteIntegration.site_id.in_(sites), IS_DEFAULT)
            )
        )

    def carry_out(self) -> int:
        """Publish, give a new time, or hold. Returns how many were settled."""
        later: dict[int, dict[int, Missed]] = {}
        begun: list[tuple[Content, PublishingRecord]] = []
        for content in self._rows:
            verdict = self._judge(content)
            if site_status.is_up_to_date(content):
                self._stop(content, Conflict.of(Code.ALREADY_PUBLISHED))
            elif not contents.is_approved(content):
                self._stop(content, Conflict.of(Code.APPROVAL_NEEDED))
            elif verdict.then == missed.NEXT_SLOT:
                later.setdefault(content.site_id, {})[content.id] = Missed(content, verdict)
            elif verdict.then == missed.HOLD:
                overdue.hold(self._db, self._system, Missed(content, verdict))
            elif record := self._publish(content, verdict):
                begun.append((content, record))
        self._db.flush()
        for content, record in begun:
            records.announce(self._db, self._system, content, record)
        settled = len(self._rows) - sum(map(len, later.values()))
        return settled + sum(
            overdue.give_new_times(self._db, self._system, site_id, some)
            for site_id, some in later.items()
        )

    def _judge(self, content: Content) -> Verdict:
        due, chosen = _moment(content), self._settings.get(content.site_id)
        return missed.judge(
            due,
            self._now,
            self._present,
            _policy(chosen),
            was_paused=chosen is not None and settings.pause_covers(chosen, due),
            pinned=content.pinned,
        )

    def _publish(self, content: Content, verdict: Verdict) -> PublishingRecord | None:
        late = int(verdict.late.total_seconds()) if verdict.late is not None else None
        due, trace = _moment(content), content.plan_trace or {}
        integration = self._integrations.get(content.site_id)
        try:
            record = records.publish_scheduled(
                self._db, self._system, content, integration, intended_at=due, missed_seconds=late
            )
        except Conflict as problem:
            self._stop(content, problem)
            return None
        if late is not None:
            content.plan_trace = trace | missed.note(due, verdict)
        return record

    def _stop(self, content: Content, problem: Conflict) -> None:
        _hold(self._db, self._system, content, problem)


def _moment(content: Content) -> datetime:
    assert content.scheduled_publish_at is not None  # by _DUE
    return content.scheduled_publish_at


def _policy(chosen: PublishingSettings | None) -> Policy:
    if chosen is None:
        return Policy()
    grace = chosen.missed_grace_minutes
    return Policy(None if grace is None else timedelta(minutes=grace), chosen.missed_then)


def _by_site(rows: Iterable[Row]) -> dict[int, Row]:
    return {row.site_id: row for row in rows}


_PAUSED = sa.select(PublishingSettings.site_id).where(PublishingSettings.paused)
_WAITS = (
    # Written out and not bound: only then does SQLite use the partial index of what is scheduled.
    Content.site_status == sa.literal_column(f"'{states.SCHEDULED}'"),
    Content.scheduled_publish_at.is_not(None),
    Content.site_id.not_in(_PAUSED),
    ~records.IS_ON_ITS_WAY,
)
_NEXT = Prepared(
    sa.select(Content.scheduled_publish_at)
    .where(*_WAITS)
    .order_by(Content.scheduled_publish_at, Content.id)
    .limit(1)
)
_DUE = (
    sa.select(Content)
    # The text may be large, and is not needed to begin.
    .options(
        load_only(
            Content.account_id,
            Content.site_id,
            Content.status,
            Content.site_status,
            Content.site_status_updated_at,
            Content.attention,
            Content.scheduled_publish_at,
            Content.scheduled_wall_time,
            Content.scheduled_zone,
            Content.pinned,
            Content.priority,
            Content.plan_trace,
            Content.content_hash,
            Content.published_hash,
            Content.approved_at,
            Content.approved_hash,
            Content.external_url,
            Content.first_published_at,
        )
    )
    .where(*_WAITS, Content.scheduled_publish_at <= sa.bindparam("now"))
    .order_by(Content.scheduled_publish_at, Content.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True, of=Content)
)


def _hold(db: Session, system: System, content: Content, problem: Conflict) -> None:
    """A scheduled piece that does not go out: it loses its time and says why. It waits for a
    person, unless there was nothing to do."""
    marks = _MARKS.get(problem.code, {"held"})
    content.plan_trace = {"held": str(problem.code)}
    letting_go.drop_schedule(db, system, content, marks)


_MARKS: dict[str, set[str]] = {
    Code.APPROVAL_NEEDED: {"needs_approval"},
    Code.ALREADY_PUBLISHED: set(),
}
