"""The next free slots for pieces that somebody chose: planned together, kept as one step a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.content.outcome import Outcome
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Forbidden, NotFound, Problem
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.integrations import connections
from webapp.publisher.planning import explanation, plan_input, planner, schedule, settings, times
from webapp.publisher.planning.times import Row, Step
from webapp.publisher.records import site_status, stands, states
from webapp.writer import contents
from webapp.writer.models import Content


def give_free_ones(
    db: Session, system: System, member: Member, content_ids: Sequence[int], outcome: Outcome
) -> None:
    """Schedule each at the earliest slot that is free for it, in the planner's order, and note what
    came of it."""
    by_site: dict[int, list[Content]] = {site_id: [] for site_id in _hold(db, member, content_ids)}
    for content_id in content_ids:
        try:
            content = access.get_for_update(db, member, Content, content_id)
        except (NotFound, Forbidden) as problem:
            outcome.refused.append((f"Piece {content_id}", problem.message))
            continue
        try:
            _check(db, content)
        except Problem as problem:
            outcome.refused.append((content.title, problem.message))
        else:
            by_site.setdefault(content.site_id, []).append(content)
    for site_id, chosen in by_site.items():
        site = access.get(db, member, Site, site_id)
        step, refused = _give(db, system, member, site, chosen)
        outcome.refused += refused
        outcome.steps += [step.change_id] if step.change_id else []
    outcome.done = len(content_ids) - len(outcome.refused)


def _hold(db: Session, member: Member, content_ids: Sequence[int]) -> list[int]:
    """The pieces' sites, their settings locked before any piece is, as everybody does who plans."""
    query = access.visible(member, Content, Content.site_id).where(Content.id.in_(content_ids))
    found = sorted(one for one in set(db.scalars(query)) if member.may(Capability.PUBLISH, one))
    for site_id in found:
        settings.for_update(db, access.get(db, member, Site, site_id))
    return found


def _check(db: Session, content: Content) -> None:
    """Raises Conflict for what cannot go out by itself."""
    if content.site_status == states.PUBLISHING:
        raise Conflict.of(Code.IN_FLIGHT)
    if content.site_status == states.SCHEDULED:
        raise Conflict("It has a time already. Choose another one on the row.")
    goes = connections.default_of(db, content.site_id)
    if goes is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    stands.check_goes(db, content, goes)
    if site_status.is_up_to_date(content):
        raise Conflict.of(Code.ALREADY_PUBLISHED)
    if not contents.is_approved(content):
        raise Conflict.of(Code.APPROVAL_NEEDED)


def _give(
    db: Session, system: System, member: Member, site: Site, chosen: list[Content]
) -> tuple[Step, list[tuple[str, str]]]:
    """The pieces of one site: the step that was made, and for which pieces there was no slot, with
    the reason."""
    place = plan_input.read(db, site, settings.rules(settings.of(db, site)), system.clock())
    items = [plan_input.item(one) for one in chosen]
    plan = planner.plan(place, items)
    by_id = {content.id: content for content in chosen}
    rows, refused = [], []
    for one in plan:
        content = by_id[one.id]
        if one.at is None or one.wall is None:
            refused.append((content.title, explanation.sentence(one.trace)))
        else:
            rows.append(_row(content, Moment(one.at, one.wall), site.timezone, one.trace))
    moves = times.moves(by_id, rows)
    times.write(db, rows, place.now)
    return times.keep(db, system, site, "move", moves, member), refused


def _row(content: Content, moment: Moment, zone: str, trace: Mapping[str, Any]) -> Row:
    """A person asked for the time, so it stays there, and what waited for one is answered."""
    answered = {"pinned": True, "attention": content.attention - schedule.ANSWERED}
    return times.set_schedule(content.id, moment, zone, trace) | answered
