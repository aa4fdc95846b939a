"""Hearing what was changed at a website: whose piece it is, in which order, and what it makes of
what we know of the website.

What was taken over is from then on what we left there: the hash of what is online moves along, so
that the piece is not "changed since it was published" by it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.core import decoders
from webapp.core.errors import NotFound
from webapp.core.system import System
from webapp.integrations import from_website, installation, placements
from webapp.integrations.models import Placement, SiteIntegration, WebsiteChange
from webapp.publisher.delivery.following import Following
from webapp.publisher.delivery.told import Heard, Outcome, Shown, Told
from webapp.publisher.records import records, stands, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import payload, takeover
from webapp.writer.models import Content
from webapp.writer.payload import Payload
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
    if told.sequence <= placement.heard_sequence:
        return _again(db, placement, told)
    outcome = _follow(db, site, content, placement, told)
    _keep(db, placement, told, outcome)
    records.announce(db, system, content)
    return _answer(told.sequence, outcome)


def shown_of(db: Session, content: Content) -> list[tuple[WebsiteChange, Shown]]:
    """What people are to be shown of a piece: each field as it stood last at its website, of the
    changes since it was published there."""
    rows = db.scalars(
        sa.select(WebsiteChange)
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
        .limit(_LOOKED_AT)
    )
    newest: dict[str, tuple[WebsiteChange, Shown] | None] = {}
    for row in rows:
        outcome = decoders.convert(row.outcome, Outcome)
        for no in outcome.refused:
            said = Shown(no.field, "", no.value, no.reason)
            newest.setdefault(f"{no.field} {no.value}", (row, said))
        for one in outcome.shown:
            newest.setdefault(one.field, (row, one) if one.left != one.there else None)
        for field in (*outcome.taken, *outcome.ignored):
            newest.setdefault(field, None)
    return [one for one in newest.values() if one is not None]


_LOOKED_AT = 50
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
) -> Outcome:
    integration = db.get_one(SiteIntegration, site.integration_id)
    sent = _sent(db, placement)
    following = Following(
        db,
        site,
        content,
        sent or payload.build(db, content),
        placement.heard.get("terms", {}),
        from_website.of_config(integration.config_json),
    )
    following.follow(told)
    is_text = bool(TEXTS.intersection(following.outcome.taken))
    was_up_to_date = placement.published_hash == content.content_hash
    with takeover.taking_over(db, content, Scope(told.who, is_text)):
        following.write()
        if sent is not None:
            known = {**placement.heard.get("payload", {}), **following.there}
            placement.heard = {"payload": known, "terms": following.terms_there}
            placement.published_hash = payload.digest(_with(sent, following.there))
        elif was_up_to_date:
            db.flush()
            placement.published_hash = payload.digest(payload.build(db, content))
        db.flush()
        placements.mirror(db, content)
    return following.outcome


def _sent(db: Session, placement: Placement) -> Payload | None:
    """What we left there, with what was taken over since; None where nobody knows it exactly."""
    query = sa.select(PublishingRecord.snapshot).where(PublishingRecord.id == placement.record_id)
    snapshot = db.scalar(query)
    if snapshot is None:
        return None
    known = placement.heard.get("payload", {})
    sent = _with(decoders.convert(snapshot, Payload), known)
    return sent if payload.digest(sent) == placement.published_hash else None


def _with(sent: Payload, values: dict[str, Any]) -> Payload:
    return msgspec.structs.replace(sent, **values)


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
