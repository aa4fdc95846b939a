"""Whose piece: what was published before installations had names, and what a copy gives up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations import installation, keys, placements, registry
from webapp.integrations.base import Adapter, Fence, Offer, Target
from webapp.integrations.health import Health
from webapp.integrations.models import Installation, Placement, SiteIntegration
from webapp.publisher.records import newest, site_status, states
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer import statuses
from webapp.writer.models import Content

CONTENTS_A_CALL = 100
KEYS_A_CONTENT = 20
# In the connection's config: as whom, and how many pieces named nobody after that.
PROVEN = "proven"
# Marks that tell of a post at a destination.
ABOUT_THERE = frozenset(
    {"unclear", "failed_update", "edited_there", "unpublished_there", "gone", "issues"}
)


def with_proof(system: System, target: Target, content_id: int, fence: Fence) -> Fence:
    """The fence with the keys of the content's earlier publications: the website may have been put
    back to a state in which it does not know us."""
    if not registry.of(target.platform).takes_proof:
        return fence
    with system.db.read() as db:
        return proven(db, content_id, fence)


def proven(db: Session, content_id: int, fence: Fence) -> Fence:
    """The same, where a session is open."""
    keys = [key for one in _offers(db, [content_id]) for key in one.publish_keys]
    return replace(fence, proof=tuple(key for key in keys if key != fence.publish_key))


def offer(system: System, adapter: Adapter, health: Health) -> None:
    """After a healthy answer: prove to the website what is ours of that which names nobody.

    Once; and again where their number has changed since, as after a restored backup there.
    """
    known, sender = health.report.get("installation"), adapter.target.sender
    unproven = known.get("unproven") if isinstance(known, dict) else None
    if type(unproven) is not int or sender is None or sender.question:
        return
    done = {"as": sender.installation, "unproven": unproven}
    if adapter.target.config.get(PROVEN) == done:
        return
    if unproven:
        done["unproven"] = _prove(system, adapter)
    integration_id = adapter.target.integration_id
    system.commits.run(lambda db: _note(db, integration_id, done))


def answer(system: System, said: str | None) -> tuple[list[str], bool]:
    """What a person says of this installation, "moved" or "copy": the lines that tell what has
    become of it, and whether nothing is in question."""
    if said == "moved":
        installation.moved(system)
        return [f"This installation goes on at {system.config.public_url}."], True
    if said == "copy":
        given_up = system.commits.run(lambda db: become_a_copy(db, system))
        return [
            "This is an installation of its own now.",
            f"{given_up} pieces no longer count as published; what is online stays online.",
            "Its WordPress connections have no key any more: make new ones to publish from here.",
        ], True
    with system.db.read() as db:
        we = installation.this(db, system.config)
        refusing = [(one.id, one.base_url) for one in installation.refusing(db)]
    lines = [f"{we.installation} at {we.address}, stamp {we.stamp}"]
    lines += [
        f"Connection {number} ({url}) takes this one for a copy; nothing is sent there."
        for number, url in refusing
    ]
    if we.question:
        lines.append(f"{we.question} Nothing is published until you say which it is:")
    if we.question or refusing:
        lines += [
            "  igny8 installation moved    the one; it goes on from here",
            "  igny8 installation copy     a copy; what is out there is the other one's",
            "After putting a backup back, `igny8 after-restore` says it too.",
        ]
    return lines, not we.question and not refusing


def become_a_copy(db: Session, system: System) -> int:
    """A person says that this database is a copy: what is out there belongs to the other one.

    Nothing of it is touched. Here it is forgotten, with all that was on its way there, and the keys
    of the other one's websites. Returns how many pieces are no longer taken for published.
    """
    installation.begin_anew(db, system, last_foreign_record=_newest(db))
    is_elsewhere = SiteIntegration.platform.in_(registry.elsewhere())
    there = sa.select(SiteIntegration.id).where(is_elsewhere)
    of_there = PublishingRecord.integration_id.in_(there)
    db.execute(
        sa.delete(UndoAction).where(
            UndoAction.record_id.in_(sa.select(PublishingRecord.id).where(of_there))
        )
    )
    now = system.clock()
    db.execute(
        sa.update(PublishingRecord)
        .where(of_there, PublishingRecord.status.in_(states.ACTIVE))
        .values(status=states.CANCELLED, finished_at=now, owner=None, lease_until=None)
    )
    db.execute(sa.update(PublishingRecord).where(of_there).values(verify_at=None))
    for integration in db.scalars(sa.select(SiteIntegration).where(is_elsewhere)).all():
        keys.end_all(integration)
    return _forget(db, system, there)


def _newest(db: Session) -> int:
    return db.scalar(sa.select(sa.func.max(PublishingRecord.id))) or 0


def _forget(db: Session, system: System, there: sa.Select[int]) -> int:
    """What stands at the connections `there` loses its link. What was begun and goes there next
    loses its time and waits for a person. What was said of it there last loses its marks. All
    that concerns a destination of one's own stays."""
    next_there = Content.site_id.in_(
        sa.select(SiteIntegration.site_id).where(
            SiteIntegration.id.in_(there), SiteIntegration.is_default
        )
    )
    online = sa.select(Placement.content_id).where(
        Placement.integration_id.in_(there), Placement.status.in_(placements.STANDING)
    )
    about = _About(
        stands=Content.id.in_(online),
        goes=sa.and_(Content.site_status == states.SCHEDULED, next_there),
        told=Content.id.in_(_last_told(there)),
    )
    found = db.execute(sa.select(Content, *about).where(sa.or_(*about))).all()
    for content, *is_there in found:
        _forget_one(db, system, content, there, _About(*is_there))
    return sum(bool(row[1]) for row in found)


class _About(NamedTuple):
    """Whether a piece stands there, is to go there next, or was last spoken of there."""

    stands: Any
    goes: Any
    told: Any


def _last_told(there: sa.Select[int]) -> sa.Select[int]:
    """The contents whose newest record went to one of the connections."""
    chosen = newest.of_each(sa.select(PublishingRecord.id))
    return sa.select(PublishingRecord.content_id).where(
        PublishingRecord.id.in_(chosen), PublishingRecord.integration_id.in_(there)
    )


def _forget_one(
    db: Session, system: System, content: Content, there: sa.Select[int], about: _About
) -> None:
    if about.told or about.stands:
        content.attention = content.attention - ABOUT_THERE
    if about.stands:
        placements.forget(db, content, there)
        content.first_published_at = None
        if statuses.CONTENT.allows(content.status, "retracted"):
            content.status = statuses.CONTENT.after(content.status, "retracted")
    if about.goes or (about.told and content.site_status == states.PUBLISHING):
        content.attention = content.attention | {"held"}
        content.plan_trace = {"held": str(Code.INSTALLATION_COPIED)}
        site_status.clear_schedule(content)
        site_status.move(content, "withdraw", system.clock())
    elif about.stands and content.site_status == states.PUBLISHED:
        site_status.move(content, "forget", system.clock())


def _prove(system: System, adapter: Adapter) -> int:
    """Page by page; how many pieces there still name nobody."""
    last, left = 0, 0
    while True:
        with system.db.read() as db:
            ids = db.scalars(
                sa.select(PublishingRecord.content_id)
                .where(
                    PublishingRecord.site_id == adapter.target.site_id,
                    PublishingRecord.content_id > last,
                    _IS_OURS,
                )
                .group_by(PublishingRecord.content_id)
                .order_by(PublishingRecord.content_id)
                .limit(CONTENTS_A_CALL)
            ).all()
            offers = list(_offers(db, ids))
        if not offers:
            return left
        left = adapter.prove(offers)
        last = ids[-1]


_IS_OURS = PublishingRecord.id > sa.select(Installation.last_foreign_record).scalar_subquery()


def _offers(db: Session, content_ids: Any) -> Iterator[Offer]:
    """Each content with the keys of its newest records, newest first."""
    keys: dict[int, list[str]] = {}
    for row in db.execute(
        sa.select(PublishingRecord.content_id, PublishingRecord.publish_key)
        .where(PublishingRecord.content_id.in_(content_ids), _IS_OURS)
        .order_by(PublishingRecord.id.desc())
    ):
        keys.setdefault(row.content_id, []).append(row.publish_key)
    for content_id, known in sorted(keys.items()):
        yield Offer(content_id, tuple(known[:KEYS_A_CONTENT]))


def _note(db: Session, integration_id: int, done: dict[str, Any]) -> None:
    integration = db.get_one(SiteIntegration, integration_id, with_for_update=True)
    integration.config_json = {**integration.config_json, PROVEN: done}
