"""The publish panel: where a piece stands, what can be done now, and the steps of what is done.

It is read from the rows each time, so that a reload, another tab and a reconnect show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access, rights
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call
from webapp.content import approval, holdups, latest, piece
from webapp.content.approval import Steps
from webapp.content.checks import Check
from webapp.content.holdups import There, Through
from webapp.content.latest import Latest
from webapp.content.state import state_of, will_not_go_out
from webapp.core import labels
from webapp.core.errors import NotFound, Problem
from webapp.forms import Form, Number
from webapp.history import since
from webapp.history.since import Since
from webapp.integrations import delivered, obstacles, registry
from webapp.integrations.models import SiteIntegration
from webapp.integrations.obstacles import OBSTACLES, Obstacle
from webapp.publisher.delivery import hearing, heartbeats, progress
from webapp.publisher.planning import explanation
from webapp.publisher.records import delivery, edits, goes, site_status, stands, states
from webapp.publisher.records.models import PublishingSettings
from webapp.writer import binned, contents, statuses
from webapp.writer.models import Content, WorkingChange

HOMES = ("review", "content")


class PanelForm(Form):
    """Where a panel stands, and beside which `version` of the text where that is not fetched with
    it; `step` is that of the approval which was shown, from 1 on."""

    home: str = "review"
    version: Number = None
    step: Number = None

    @property
    def page(self) -> str:
        """The page of the panel: one of HOMES."""
        return self.home if self.home in HOMES else "review"

    @property
    def typed(self) -> str:
        """A comment that was refused, and shall not be lost."""
        return ""


class ChangedThere(NamedTuple):
    """A field that stands otherwise at the website than we left it, and who did it there."""

    field: str
    left: str
    there: str
    why: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Panel:
    """`home` is the screen that the panel stands on: review or content; `version` is the one
    that is shown beside it, which its forms name. `destination` is where it is on its way to, or
    where Publish sends it, and `goes` the mark of that; `stands_at` is where it is online and
    taken offline, which may be elsewhere. `hidden_as`: draft or private, where it stands there
    and is not shown. `deliver_as` is how Publish sends it, `choices` how it may be sent, where
    there is a choice."""

    home: str
    content: Content
    version: int
    site_id: int
    zone: str
    destination: str
    goes: str
    stands_at: str
    is_elsewhere: bool
    removed: list[str]  # what the destination left out of the text that is online
    latest: Latest | None
    blocking: list[Check]
    obstacle_key: str
    may: frozenset[Capability]
    holdup: str  # what it waits for, where its moment has come
    now: datetime
    problem: Problem | None = None
    comment: str = ""
    beside: bool = False
    changed_there: tuple[ChangedThere, ...] = ()
    steps: Steps | None = None
    since: Since | None = None
    hidden_as: str = ""
    deliver_as: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def may_delete(self) -> bool:
        """Whether the piece may go into the bin."""
        is_free = not self.content.external_id and not self.is_busy
        return is_free and binned.needed(self.content) in self.may

    @property
    def is_busy(self) -> bool:
        return self.latest is not None and self.latest.is_active

    @property
    def stop(self) -> str:
        """Why it will not go out though it has a time, or waits for its turn; "" if it will."""
        latest = self.latest
        waits = latest is not None and (latest.status, latest.action) == (states.PENDING, "publish")
        return will_not_go_out(self.content, waits=waits, obstacle=self.obstacle_key)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why nothing goes out by the site's connections; None where it does."""
        return OBSTACLES.get(self.obstacle_key)

    @property
    def can_send(self) -> bool:
        """Whether a publication could go out at all: there is somewhere to go, and it is not online
        elsewhere."""
        return not self.obstacle_key and not self.is_elsewhere

    @property
    def state(self) -> str:
        """The word for where the piece stands."""
        takes_down = self.latest is not None and self.latest.action == "retract"
        one = self.content
        return state_of(one.status, one.site_status, one.attention, takes_down=takes_down)

    @property
    def is_up_to_date(self) -> bool:
        """Whether exactly this text is online."""
        return site_status.is_up_to_date(self.content)

    @property
    def is_changed(self) -> bool:
        """Whether another text of it is online."""
        return bool(self.content.external_url) and not self.is_up_to_date

    @property
    def is_as_delivered(self) -> bool:
        """Whether exactly this text stands there, as it is to stand."""
        return self.content.published_hash == self.content.content_hash

    @property
    def chosen(self) -> str:
        """What was chosen for the piece, in words."""
        return dict(self.choices)[self.content.deliver_as]

    @property
    def publish_word(self) -> str:
        """What stands on the button that sends it."""
        if self.deliver_as in ("draft", "private"):
            return f"Deliver {'the changes ' if self.hidden_as else ''}as {self.deliver_as}"
        return "Publish the changes" if self.is_changed else "Publish"

    @property
    def can_approve(self) -> bool:
        """Whether the reader may approve it, or sign the step that waits."""
        if self.steps is not None:
            return not self.steps.refusal
        return Capability.APPROVE in self.may and self.content.status in ("draft", "review")

    @property
    def may_follow(self) -> bool:
        return Capability.FOLLOW in self.may

    @property
    def may_write(self) -> bool:
        return Capability.WRITE in self.may

    @property
    def may_decide(self) -> bool:
        return Capability.PUBLISH in self.may

    @property
    def can_request_changes(self) -> bool:
        return self._can("request_changes", Capability.APPROVE)

    @property
    def can_submit(self) -> bool:
        return self._can("submit", Capability.WRITE)

    def _can(self, event: str, capability: Capability) -> bool:
        allows = statuses.CONTENT.allows(self.content.status, event)
        return capability in self.may and not self.is_busy and allows

    @property
    def needs_publish(self) -> bool:
        """Whether trying again would send what nobody has approved: Publish approves it too."""
        is_publication = self.latest is not None and self.latest.action == "publish"
        return is_publication and not contents.is_approved(self.content)

    @property
    def percent(self) -> int:
        return self.latest.progress.percent if self.latest else 0

    @property
    def over(self) -> str:
        """What names the edits at the destination that the panel shows; "" where there are none."""
        return edits.seen(self.latest.status, self.latest.error) if self.latest else ""

    @property
    def why(self) -> str:
        """Why it has its time, or none, in a sentence."""
        online = bool(self.content.external_url)
        if Capability.SEE_SITES not in self.may:  # it tells of the site's other pieces
            return ""
        return explanation.sentence(
            self.content.plan_trace, obstacle=self.obstacle_key, is_online=online
        )

    @property
    def step(self) -> progress.Step | None:
        """The step that is being done, or at which it stopped."""
        steps = self.latest.progress.steps if self.latest else []
        return next((one for one in steps if one.state in ("running", "failed")), None)


_BESIDE = sa.exists().where(WorkingChange.content_id == Content.id).label("beside")


def load(
    call: Call,
    content_id: int,
    place: PanelForm,
    *,
    blocking: list[Check] | None = None,
    problem: Problem | None = None,
) -> Panel:
    """The panel of a piece, or NotFound. `blocking` where the caller knows it already."""
    db, system, member = call.db, call.system, call.member
    query = access.visible(
        member, Content, Content, Site.timezone, PublishingSettings.paused, _BESIDE
    )
    query = query.join(Site, Site.id == Content.site_id)
    query = query.outerjoin(PublishingSettings, PublishingSettings.site_id == Site.id)
    now = system.clock()
    row = db.execute(query.where(Content.id == content_id)).one_or_none()
    if row is None:
        raise NotFound
    content: Content = row.Content
    last = latest.of(db, content.id)
    busy = last is not None and last.is_active
    to = goes.of(db, content)
    placed = stands.placed(db, content) if content.external_id else None
    there = placed[1] if placed is not None else None
    if blocking is None:
        blocking = [] if busy else piece.blocking(db, system, content)
    may = rights.of(member.role_at(content.site_id))
    return Panel(
        home=place.page,
        content=content,
        version=place.version or content.version,
        site_id=content.site_id,
        zone=row.timezone,
        destination=stands.name_of(to),
        goes=goes.mark_of(to),
        stands_at=stands.name_of(there),
        is_elsewhere=there is not None and to is not None and there.id != to.id,
        removed=placed[0].removed if placed is not None else [],
        latest=last,
        blocking=blocking,
        obstacle_key=obstacles.of(db, content.site_id),
        may=may,
        holdup=_holdup(db, row, last, to, now),
        now=now,
        problem=problem,
        comment=place.typed,
        beside=bool(row.beside) and Capability.WRITE in may,
        changed_there=_changed_there(db, content) if placed is not None else (),
        steps=approval.of(db, content, member),
        since=since.approved(db, content) if Capability.FOLLOW in may else None,
        hidden_as=placed[0].status if placed is not None and not content.external_url else "",
        deliver_as=delivery.usual(content, to),
        choices=_choices(content, to),
    )


def _choices(content: Content, to: SiteIntegration | None) -> tuple[tuple[str, str], ...]:
    """How it may be delivered, "" first: as its connection has it. What is online is public."""
    can = registry.of(to.platform).delivers if to is not None else ()
    if to is None or len(can) < 2 or content.external_url:
        return ()
    usual = labels.DELIVERED_AS[delivered.of_config(to.config_json)]
    return (("", f"{usual}, as the connection"), *((one, labels.DELIVERED_AS[one]) for one in can))


def _changed_there(db: Session, content: Content) -> tuple[ChangedThere, ...]:
    found = hearing.shown_of(db, content)
    return tuple(
        ChangedThere(one.field, one.left, one.there, one.why, row.who, row.happened_at)
        for row, one in found
    )


def _holdup(
    db: Session, row: Any, last: Latest | None, to: SiteIntegration | None, now: datetime
) -> str:
    there = There(row.timezone, bool(row.paused))
    if last is not None and last.is_active:
        return holdups.of_sent(last, last.way, there, now)
    content: Content = row.Content
    workers = db.scalar(heartbeats.owners_seen())
    way = Through(to.paused_at if to else None, to.config_json if to else None, workers)
    return holdups.of_planned(content.site_status, content.scheduled_publish_at, way, there, now)
