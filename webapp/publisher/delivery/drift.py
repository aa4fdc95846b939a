"""Looking whether what went out still stands as it was left: hourly, and when somebody asks.

One call asks about many posts. Of each that stands otherwise than was known its words are read, and
kept beside what was found. Nothing here changes anything at a destination.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, from_website, placements, registry, theirs
from webapp.integrations.base import DestinationError, Superseded
from webapp.integrations.from_website import FromWebsite
from webapp.integrations.models import Placement, SiteIntegration
from webapp.integrations.theirs import PostState, There, Watch
from webapp.publisher.delivery import collecting, known, shown_there
from webapp.publisher.delivery.following import PUBLISHED_THERE
from webapp.publisher.records import drifts, taking
from webapp.publisher.records.models import Drift
from webapp.writer.models import Content

log = structlog.get_logger()


class _Placed(NamedTuple):
    """What we left of a piece, and what was found of it last; `ignored` is the state whose
    differences the connection ignores."""

    content_id: int
    record_id: int | None
    kind: str
    over: str
    heard_sequence: int
    ignored: str | None
    is_hidden: bool

    def is_put_back(self, state: PostState) -> bool:
        """Whether the website is older than what we know of it: a backup was put back there."""
        return 0 < state.sequence < self.heard_sequence

    def is_behind(self, state: PostState) -> bool:
        """Whether we know less than we told the website: a backup was put back here."""
        return self.heard_sequence < state.known and not state.is_busy


@dataclass(frozen=True)
class _Looking:
    """A look at one website. `is_afresh`: also at what is known already."""

    system: System
    integration_id: int
    watch: Watch
    switches: FromWebsite
    is_afresh: bool


def look_everywhere(system: System) -> None:
    """At all that is online, at every connection that can tell."""
    with system.db.read() as db:
        active = db.scalars(sa.select(SiteIntegration.id).where(SiteIntegration.is_active)).all()
    look_at_connections(system, *active)


def look_at_connections(system: System, *integration_ids: int, is_afresh: bool = False) -> None:
    """At all that is online there. One that does not answer keeps no other from its turn."""
    for integration_id in integration_ids:
        try:
            _look(system, integration_id, is_afresh=is_afresh)
        except (DestinationError, Superseded) as problem:
            log.warning("could not look", integration=integration_id, problem=str(problem))
        except Exception:
            log.exception("looking met a bug", integration=integration_id)


def look_afresh(system: System, *integration_ids: int) -> None:
    """The same, also at what is known already: somebody asked for it, or chose what is shown; a
    job."""
    look_at_connections(system, *integration_ids, is_afresh=True)


def look_at(system: System, placement: Placement) -> None:
    """At one piece, now. Raises DestinationError where the website does not tell."""
    _look(system, placement.integration_id, placement.content_id)


def look_at_pieces(system: System, *content_ids: int) -> None:
    """At these pieces, wherever they are online; a job."""
    with system.db.read() as db:
        found = [one for each in content_ids for one, _ in placements.standing(db, each)]
    for placement in found:
        try:
            look_at(system, placement)
        except (DestinationError, Superseded) as problem:
            log.warning("could not look", content=placement.content_id, problem=str(problem))


def watch_of(db: Session, system: System, integration_id: int) -> Watch | None:
    """How the connection tells what people change there; None where it does not, or is off."""
    integration = db.get_one(SiteIntegration, integration_id)
    if not integration.is_active:
        return None
    try:
        target = connections.open_target(db, system, integration)
    except Unreadable:
        return None
    if registry.of(target.platform).has_key and not target.credentials:
        return None
    return registry.watch_for(system, target)


def _look(
    system: System, integration_id: int, content_id: int | None = None, *, is_afresh: bool = False
) -> None:
    with system.db.read() as db:
        watch = watch_of(db, system, integration_id)
        if watch is None:
            return
        placed = _placed(db, integration_id, content_id)
        integration = db.get_one(SiteIntegration, integration_id)
        switches = from_website.of_config(integration.config_json)
    looking = _Looking(system, integration_id, watch, switches, is_afresh)
    for start in range(0, len(placed), theirs.MOST):
        part = {one.content_id: one for one in placed[start : start + theirs.MOST]}
        for state in _states(looking, part):
            if state.content_id in part:
                _judge(looking, part[state.content_id], state)


def _states(looking: _Looking, part: dict[int, _Placed]) -> list[PostState]:
    """How these stand. What we have forgotten of them is told again, and is till then no more ours
    than what anybody else changed there."""
    watch = looking.watch
    states = watch.states(list(part))
    forgotten = [one for one in states if one.content_id in part]
    forgotten = [one for one in forgotten if part[one.content_id].is_behind(one)]
    if not forgotten:
        return states
    for one in forgotten:
        watch.forget(one.content_id, part[one.content_id].heard_sequence)
    log.warning("a backup was put back here", forgotten=len(forgotten))
    looking.system.commits.run(
        lambda db: collecting.is_due(db, looking.integration_id, looking.system.clock())
    )
    return watch.states(list(part))


def _placed(db: Session, integration_id: int, content_id: int | None) -> list[_Placed]:
    """What is online there and nothing of it on its way."""
    query = (
        sa.select(
            Placement.content_id,
            Placement.record_id,
            Drift.kind,
            Drift.over,
            Placement.heard_sequence,
            Placement.heard["ignored"].as_string(),
            Placement.status,
        )
        .join(Content, Content.id == Placement.content_id)
        .outerjoin(
            Drift,
            sa.and_(
                Drift.content_id == Placement.content_id,
                Drift.integration_id == Placement.integration_id,
            ),
        )
        .where(
            Placement.integration_id == integration_id,
            Placement.status.in_(placements.STANDING),
            Content.site_status != "publishing",
            Content.deleted_at.is_(None),
        )
        .order_by(Placement.content_id)
    )
    if content_id is not None:
        query = query.where(Placement.content_id == content_id)
    return [
        _Placed(
            row[0],
            row[1],
            row[2] or "",
            row[3] or "",
            row[4],
            row[5],
            is_hidden=row[6] != placements.ONLINE,
        )
        for row in db.execute(query)
    ]


def _judge(looking: _Looking, placed: _Placed, state: PostState) -> None:
    """Note what is new of it: nothing is written of what stands as it was known."""
    if placed.is_hidden and state.status == PUBLISHED_THERE and not state.is_busy:
        _is_shown(looking, placed, state)
        return
    kind = _kind(looking, placed, state)
    over = state.over or (placed.over if state.is_there else "")
    is_known = (kind, over) == (placed.kind, placed.over) or (kind and over == placed.ignored)
    if state.is_busy or (is_known and not (looking.is_afresh and (kind or placed.kind))):
        return
    there = looking.watch.there(placed.content_id) if kind and state.is_there else None
    if there is not None and (there.is_busy or state.over not in ("", there.hash)):
        return  # it changes just now: looked at again in an hour, or when it is told
    looking.system.commits.run(lambda db: _note(db, looking, placed, state, there))


def _kind(looking: _Looking, placed: _Placed, state: PostState) -> str:
    """What became of it, "" where it stands as it was left."""
    is_put_back = placed.is_put_back(state)
    return drifts.kind_of(
        state, looking.switches, is_put_back=is_put_back, is_hidden=placed.is_hidden
    )


def _is_shown(looking: _Looking, placed: _Placed, state: PostState) -> None:
    """Somebody has made it public there, which is no edit where nothing else was changed; else the
    next look finds the rest."""
    system, integration_id = looking.system, looking.integration_id
    there = looking.watch.there(placed.content_id)
    with system.db.read() as db:
        placement = placements.at(db, placed.content_id, [integration_id])
    if there is None or placement is None:
        return
    sequence = 0
    if {one.field for one in there.differences} == {"status"}:
        sequence = looking.watch.accept(placed.content_id, there.hash, placement.published_hash)

    def write(db: Session) -> None:
        content = db.get(Content, placed.content_id, with_for_update=True, populate_existing=True)
        now = placements.at(db, placed.content_id, [integration_id])
        if content is None or now is None or now.record_id != placed.record_id:
            return
        now.heard_sequence = max(now.heard_sequence, sequence)
        if drifts.is_free(db, content):
            shown = shown_there.Shown(state.url, state.changed_at or system.clock())
            shown_there.note(db, system, content, now, shown)
            drifts.end(db, system, content, integration_id)

    system.commits.run(write)


def _note(
    db: Session, looking: _Looking, placed: _Placed, state: PostState, there: There | None
) -> None:
    system, integration_id = looking.system, looking.integration_id
    content = db.get(Content, placed.content_id, with_for_update=True, populate_existing=True)
    placement = placements.at(db, placed.content_id, [integration_id])
    if content is None or placement is None or placement.record_id != placed.record_id:
        return
    if not drifts.is_free(db, content):
        return
    kind = _kind(looking, placed, state)
    if kind and there is not None and not state.over and not _differs(db, placement, there):
        kind = kind if not state.is_public else ""
    ignored = ""
    if kind == drifts.EDITED_THERE and there is not None and there.differences:
        shown = [one for one in there.differences if not looking.switches.ignores(one.field)]
        kind, ignored = (kind, "") if shown else ("", state.over)
    placement.heard = {**placement.heard, "ignored": ignored}
    if not kind:
        drifts.end(db, system, content, integration_id)
        return
    found = Drift(
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        integration_id=integration_id,
        record_id=placed.record_id,
        kind=kind,
        status_there=state.status,
        over=there.hash if there is not None else "",
        there=msgspec.to_builtins(there) if there is not None else None,
        changed_by=state.by.name if state.by else "",
        changed_at=state.changed_at,
        found_at=system.clock(),
    )
    drifts.note(db, system, content, found)


def _differs(db: Session, placement: Placement, there: There) -> bool:
    """Whether the words there are others than those that we know of."""
    sent = known.side(db, placement)
    if sent is None:
        return False
    return taking.there_fields(there, sent, {}, is_put_back=True) != taking.sent_fields(sent)
