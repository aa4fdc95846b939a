"""Hearing what was changed at a website: whose piece it is, in which order, and what it makes of
what we know of the website.

What was taken over is from then on what we left there: the hash of what is online moves along, so
that the piece is not "changed since it was published" by it.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.core import decoders
from webapp.core.errors import NotFound
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.integrations import from_website, installation, placements
from webapp.integrations.models import Placement, SiteIntegration, WebsiteChange
from webapp.publisher.delivery import known, shown_there
from webapp.publisher.delivery.following import Following
from webapp.publisher.delivery.told import Heard, Outcome, Shown, Told
from webapp.publisher.records import drifts, records, stands, states
from webapp.writer import payload, takeover
from webapp.writer.models import Content
from webapp.writer.takeover import Scope

# Of these the author of a text is its signer.
TEXTS = frozenset(from_website.FIELDS["texts"])


def hear(db: Session, system: System, site: ConnectedSite, told: Told) -> Heard:
    """Take in what a website tells of a piece of its site."""
    try:
        content = access.get_for_update(db, site, Content, told.content_id)
    except NotFound:
        return Heard(outcome="foreign")
    placement = _placement(db, site, content)
    ours = installation.this(db, system.config).installation
    if placement is None or told.installation not in ("", ours):
        return Heard(outcome="foreign")
    if content.site_status == states.PUBLISHING:
        return Heard(outcome="later", sequence=placement.heard_sequence)
    if told.known > placement.heard_sequence:
        # A backup was put back here. It tells us all of it again.
        return Heard(outcome="stale", sequence=placement.heard_sequence)
    if told.sequence <= placement.heard_sequence:
        return _again(db, placement, told)
    following = _follow(db, site, content, placement, told)
    outcome = following.outcome
    if following.is_shown_there:
        shown = shown_there.Shown(told.post_url, told.updated_at)
        shown_there.note(db, system, content, placement, shown)
    _keep(db, placement, told, outcome)
    _tell(db, system, content, placement, outcome)
    records.announce(db, system, content)
    return _answer(told.sequence, outcome)


def shown_of(db: Session, content: Content) -> list[tuple[WebsiteChange, Shown]]:
    """What people are to be shown of a piece: each field as it stood last at its website, of the
    changes since it was published there, or since somebody decided on them. What was shown stays,
    however much else is changed after it."""
    rows = db.execute(
        sa.select(WebsiteChange, Placement)
        .join(
            Placement,
            sa.and_(
                Placement.content_id == WebsiteChange.content_id,
                Placement.integration_id == WebsiteChange.integration_id,
                Placement.record_id.is_not_distinct_from(WebsiteChange.record_id),
            ),
        )
        .where(WebsiteChange.content_id == content.id)
        .order_by(WebsiteChange.id.desc())
        .options(undefer(Placement.heard))
        .execution_options(yield_per=_AT_ONCE)
    )
    newest: dict[str, tuple[WebsiteChange, Shown] | None] = {}
    for row, placement in rows:
        if known.is_settled(placement, row):
            break
        outcome = decoders.convert(row.outcome, Outcome)
        for no in outcome.refused:
            said = Shown(no.field, "", no.value, no.reason)
            newest.setdefault(f"{no.field} {no.value}", (row, said))
        for one in outcome.shown:
            newest.setdefault(one.field, (row, one) if one.left != one.there else None)
        for field in (*outcome.taken, *outcome.ignored):
            newest.setdefault(field, None)
    return [one for one in newest.values() if one is not None]


_AT_ONCE = 50
_STAY = timedelta(days=30)
_FORGOTTEN = 5_000


def prune(db: Session, system: System) -> None:
    """Forget what was told before the publication that stands there now."""
    is_of_now = sa.exists().where(
        Placement.content_id == WebsiteChange.content_id,
        Placement.integration_id == WebsiteChange.integration_id,
        Placement.record_id.is_not_distinct_from(WebsiteChange.record_id),
    )
    old = sa.select(WebsiteChange.id).where(
        WebsiteChange.created_at < system.clock() - _STAY, ~is_of_now
    )
    db.execute(sa.delete(WebsiteChange).where(WebsiteChange.id.in_(old.limit(_FORGOTTEN))))


def _placement(db: Session, site: ConnectedSite, content: Content) -> Placement | None:
    """What stands of the piece at the connection that calls, online or not."""
    found = sa.select(Placement).where(
        Placement.content_id == content.id,
        Placement.integration_id.in_(stands.same_place(db, site.integration_id)),
    )
    newest = found.order_by(Placement.record_id.desc().nulls_last()).limit(1)
    return db.scalars(newest.options(undefer(Placement.heard))).one_or_none()


def _again(db: Session, placement: Placement, told: Told) -> Heard:
    """The answer that was lost, or that it is old."""
    last = db.scalars(
        sa.select(WebsiteChange)
        .where(
            WebsiteChange.content_id == placement.content_id,
            WebsiteChange.integration_id == placement.integration_id,
        )
        .order_by(WebsiteChange.id.desc())
        .limit(1)
    ).one_or_none()
    same = last is not None and (last.sequence, last.digest) == (told.sequence, told.digest)
    if last is None or not same or told.sequence != placement.heard_sequence:
        return Heard(outcome="stale", sequence=placement.heard_sequence)
    return _answer(told.sequence, decoders.convert(last.outcome, Outcome))


def _follow(
    db: Session, site: ConnectedSite, content: Content, placement: Placement, told: Told
) -> Following:
    integration = db.get_one(SiteIntegration, site.integration_id)
    sent = known.exact(db, placement)
    following = Following(
        db,
        site,
        content,
        sent or payload.build(db, content),
        placement.heard.get("terms", {}),
        from_website.of_config(integration.config_json),
        is_hidden=shown_there.is_hidden(placement),
    )
    following.follow(told)
    is_text = bool(TEXTS.intersection(following.outcome.taken))
    was_up_to_date = placement.published_hash == content.content_hash
    with takeover.taking_over(db, content, Scope(told.who, is_text)):
        following.write()
        if sent is not None:
            placement.heard = {**placement.heard, "terms": following.terms_there}
            known.learn(db, placement, following.there)
        elif was_up_to_date:
            db.flush()
            placement.published_hash = payload.digest(payload.build(db, content))
        db.flush()
        placements.mirror(db, content)
    return following


def _tell(
    db: Session, system: System, content: Content, placement: Placement, outcome: Outcome
) -> None:
    """What was found there by looking is said as it is now: over, or looked at at once."""
    found = drifts.find(db, content.id)
    if outcome.shown or outcome.refused:
        wake(db, system, "look_at_pieces", content.id)
    elif found is not None and found.placement.id == placement.id:
        differ = {one.field for one in found.there.differences} if found.there else {""}
        if found.drift.kind == drifts.EDITED_THERE and differ <= {*outcome.taken}:
            drifts.end(db, system, content, placement.integration_id)


def _keep(db: Session, placement: Placement, told: Told, outcome: Outcome) -> None:
    placement.heard_sequence = told.sequence
    db.add(
        WebsiteChange(
            account_id=placement.account_id,
            site_id=placement.site_id,
            content_id=placement.content_id,
            integration_id=placement.integration_id,
            record_id=placement.record_id,
            sequence=told.sequence,
            digest=told.digest,
            who=told.who,
            happened_at=told.updated_at,
            outcome=msgspec.to_builtins(outcome),
        )
    )


def _answer(sequence: int, outcome: Outcome) -> Heard:
    return Heard(
        outcome="heard",
        sequence=sequence,
        taken=outcome.taken,
        shown=[one.field for one in outcome.shown],
        ignored=outcome.ignored,
        refused=outcome.refused,
    )
