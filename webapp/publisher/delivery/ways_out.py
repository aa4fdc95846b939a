"""The ways out where a website has something else than we left: take it over, publish over it, or
say which post it is. Taking it offline is records.retract.

Each names the state that a person has seen, and is refused where another stands there by now. What
is written here is written first: should the website not hear of it, the drift is found again.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.core import limits
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System
from webapp.integrations import placements
from webapp.integrations.base import DestinationError, Superseded
from webapp.integrations.models import Placement
from webapp.integrations.theirs import Watch
from webapp.publisher.delivery import decided, known, shown_there
from webapp.publisher.delivery import drift as looking
from webapp.publisher.planning import decisions, taken
from webapp.publisher.records import drifts, records
from webapp.publisher.records.drifts import Found
from webapp.publisher.records.models import Drift, PublishingRecord
from webapp.writer.models import Content

log = structlog.get_logger()
NOT_TOLD = "This connection does not tell what is changed at its website, or is switched off."
CHANGED_AGAIN = "It was changed on the website again meanwhile. Look at what stands there now."


def look(system: System, who: Member, content_id: int) -> None:
    """Look at the piece now. Raises Conflict where the website does not tell."""
    with system.db.read() as db:
        access.get(db, who, Content, content_id)
        found = [one for one, _ in placements.standing(db, content_id)]
    for placement in found:
        _asked(lambda one=placement: looking.look_at(system, one))


def accept(
    system: System, who: Member, content_id: int, seen: str, takes: Mapping[str, str] | None = None
) -> PublishingRecord | None:
    """Take over what stands there: all of it, or of each field what `takes` says. What is chosen
    otherwise than it stands there goes out again: then the record of that is returned.

    Raises Conflict where another state than `seen` stands there, or something is on its way.
    """
    at, watch = _at(system, who, content_id)
    there = _asked(lambda: watch.there(content_id))
    if (there.hash if there is not None else "") != seen:
        _asked(lambda: looking.look_at(system, at.placement))
        raise Conflict(CHANGED_AGAIN, code=Code.EDITED_THERE)
    with system.db.write() as db:
        content = _locked(db, who, content_id, at)
        record = decided.take(db, system, content, at, there, takes, by=who)
        db.flush()
        content_hash = content.content_hash
    if record is not None:
        return record
    if there is not None:
        sequence = _asked(lambda: watch.accept(content_id, there.hash, content_hash))
        system.commits.run(lambda db: _known_to(db, at.placement.id, sequence))
    _ended(system, at.drift)
    log.info("taken over from the website", content=content_id, kind=at.drift.kind)
    return None


def overwrite(system: System, who: Member, content_id: int, seen: str) -> PublishingRecord:
    """Publish over what was seen there. What is replaced is kept as a revision first."""
    with system.db.write() as db:
        content = access.get_for_update(db, who, Content, content_id)
        found = drifts.of(db, who, content_id)
        if found.drift.over != seen:
            raise Conflict(CHANGED_AGAIN, code=Code.EDITED_THERE)
        three = decided.of(db, content, found.placement, found.there) if found.there else None
        if three is not None and three.there != three.sent:
            version = content.version
            taken.edit(db, system, content, three.there, found.drift.changed_by, by=who)
            decisions.restore(db, system, content, version, by=who)
        is_gone = found.drift.kind == drifts.GONE and not seen
        record = records.publish(db, system, content, by=who, over=seen, force=is_gone)
        db.flush()
        return record


def relink(system: System, who: Member, content_id: int, to: str) -> None:
    """The existing post of that number or address is this piece. What stands there is then told as
    changed there: somebody takes it over, or publishes over it."""
    at, watch = _at(system, who, content_id, needs_drift=False)
    if not to.strip() or len(to) > limits.ADDRESS:
        raise Invalid({"post": "Give the number or the address of the post."})
    with system.db.read() as db:
        record_id = at.placement.record_id
        key = db.get_one(PublishingRecord, record_id).publish_key if record_id else ""
    done = _asked(lambda: watch.relink(content_id, key or str(uuid.uuid4()), to.strip()))
    with system.db.write() as db:
        content = _locked(db, who, content_id, at)
        placement = db.get_one(Placement, at.placement.id)
        placement.external_id = done.external_id
        if not shown_there.is_hidden(placement):
            placement.external_url = done.external_url
        placement.external_type, placement.published_hash = done.external_type, ""
        placement.heard, placement.heard_sequence = {}, done.sequence
        known.settle(db, placement)
        db.flush()
        placements.mirror(db, content)
        drifts.end(db, system, content, placement.integration_id)
    log.info("linked to another post", content=content_id, post=done.external_id)
    _asked(lambda: looking.look_at(system, placement))


def _at(
    system: System, who: Member, content_id: int, *, needs_drift: bool = True
) -> tuple[Found, Watch]:
    """What was found of the piece, and how its website is asked."""
    with system.db.read() as db:
        found = drifts.seen_by(db, who, content_id)
        if found is None and not needs_drift:
            placed = placements.standing(db, content_id)
            found = Found(Drift(kind="", over=""), placed[0][0]) if placed else None
        if found is None:
            raise Conflict(drifts.NOTHING)
        watch = looking.watch_of(db, system, found.placement.integration_id)
    if watch is None:
        raise Conflict(NOT_TOLD)
    return found, watch


def _asked(call: Any) -> Any:
    """What a website answers; its refusal as one of the request."""
    try:
        return call()
    except DestinationError as problem:
        failure = problem.failure
        raise Conflict(failure.message, code=failure.code, details=failure.details) from problem
    except Superseded as problem:
        raise Conflict.of(Code.IN_FLIGHT) from problem


def _locked(db: Session, who: Member, content_id: int, at: Found) -> Content:
    """The piece, of which nothing is on its way, and nothing has gone out since."""
    content = access.get_for_update(db, who, Content, content_id)
    placement = db.get(Placement, at.placement.id, populate_existing=True)
    if not drifts.is_free(db, content):
        raise Conflict.of(Code.IN_FLIGHT)
    if placement is None or placement.record_id != at.placement.record_id:
        raise Conflict(CHANGED_AGAIN, code=Code.EDITED_THERE)
    return content


def _known_to(db: Session, placement_id: int, sequence: int) -> None:
    """The website says that we know the post up to this number of its history."""
    placement = db.get_one(Placement, placement_id, with_for_update=True)
    placement.heard_sequence = max(placement.heard_sequence, sequence)


def _ended(system: System, drift: Drift) -> None:
    with system.db.write() as db:
        content = db.get(Content, drift.content_id, with_for_update=True)
        if content is not None:
            drifts.end(db, system, content, drift.integration_id)
