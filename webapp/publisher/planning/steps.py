"""What a step that can be undone keeps of a piece: where it stood in the plan and how it was
decided on, before and after.

A step's moves are `[content id, before, after]`, each side as `Place` written compactly, so that a
replan of a hundred thousand pieces is one row. Where it decided on a piece, an `Approval` follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from webapp.core import zones
from webapp.publisher.records import states
from webapp.writer import statuses
from webapp.writer.models import Content


class Place(NamedTuple):
    """Where a piece stands in the plan: its moment as seconds since 1970, or None for the tray."""

    at: int | None
    wall: str | None
    zone: str | None
    pinned: bool
    site_status: str
    attention: str

    @classmethod
    def of(cls, content: Any) -> Place:
        """Of a Content, or a row with its columns."""
        at = content.scheduled_publish_at
        return cls(
            int(at.timestamp()) if at else None,
            content.scheduled_wall_time,
            content.scheduled_zone,
            content.pinned,
            content.site_status,
            ",".join(sorted(content.attention)),
        )

    @property
    def moment(self) -> datetime | None:
        return datetime.fromtimestamp(self.at, UTC) if self.at is not None else None

    def in_zone(self, zone: str) -> Place:
        """The same moment, meant as what the clocks of this zone say then."""
        if self.moment is None or self.zone == zone:
            return self
        wall = zones.local(self.moment, zones.zone(zone))
        return self._replace(wall=wall.isoformat(timespec="minutes"), zone=zone)

    def columns(self) -> dict[str, Any]:
        """The place as the columns of a content."""
        return {
            "scheduled_publish_at": self.moment,
            "scheduled_wall_time": self.wall,
            "scheduled_zone": self.zone,
            "pinned": self.pinned,
            "site_status": self.site_status,
            "attention": frozenset(filter(None, self.attention.split(","))),
        }


# Of a piece whose approval is one person's.
NO_STEPS = (None, 0, 0, None)


class Approval(NamedTuple):
    """How approved a piece was before somebody decided on it. `until` and `made`: since when it was
    approved afterwards, and its status then; `text` is the hash of the text that was decided on,
    and `said` the id of what the decision left under the piece (0 in steps of before). `steps` is
    how far it was, where its site approves in steps."""

    status: str
    at: str | None
    by: int | None
    hash: str
    until: str | None = None
    made: str = statuses.APPROVED
    text: str = ""
    said: int = 0
    steps: tuple[int | None, int, int, str | None] = NO_STEPS

    @classmethod
    def of(cls, content: Content) -> Approval:
        return cls(
            content.status,
            iso(content.approved_at),
            content.approved_by,
            content.approved_hash,
            steps=(
                content.approval_list_id,
                content.approval_step,
                content.step_signatures,
                iso(content.step_since),
            ),
        )

    def if_changed(self, content: Content) -> Approval | None:
        """This, to be kept with a step, where the step has decided on the piece."""
        return None if Approval.of(content) == self else self.kept(content)

    def kept(self, content: Content) -> Approval:
        """This, to be kept with a step, which left the piece as it is now."""
        now = Approval.of(content)
        return self._replace(until=now.at, made=now.status, text=content.content_hash)

    def still_holds(self, row: Any) -> bool:
        """Whether what the step decided is what stands there: nobody has edited the piece since, or
        decided anew. `row.decided` is the id of the newest decision's words."""
        is_same_text = row.content_hash == self.text or not self.text
        is_newest = row.decided == self.said or not self.said
        is_as_made = (row.status, iso(row.approved_at)) == (self.made, self.until)
        return is_same_text and is_newest and is_as_made

    def columns(self) -> dict[str, Any]:
        """The approval as the columns of a content."""
        list_id, done, signatures, since = self.steps
        return {
            "status": self.status,
            "approved_at": datetime.fromisoformat(self.at) if self.at else None,
            "approved_by": self.by,
            "approved_hash": self.hash,
            "approval_list_id": list_id,
            "approval_step": done,
            "step_signatures": signatures,
            "step_since": datetime.fromisoformat(since) if since else None,
        }


class Stood(NamedTuple):
    """How a piece stood before a step."""

    place: Place
    approval: Approval

    @classmethod
    def of(cls, content: Content) -> Stood:
        return cls(Place.of(content), Approval.of(content))

    def until(self, content: Content) -> Move:
        """The move from there to how it stands now."""
        return Move(content.id, self.place, Place.of(content), self.approval.if_changed(content))


class Move(NamedTuple):
    """One piece of a change; `approval` is the one from before, where the step decided on it."""

    content_id: int
    before: Place
    after: Place
    approval: Approval | None = None

    def is_left(self, stands: Place) -> bool:
        """Whether the piece is where the step left it, or all that has happened since is that the
        scheduler gave it a time, because of it. Nobody has pinned it."""
        then = self.after
        is_scheduled = stands.site_status == states.SCHEDULED and not stands.pinned
        untimed = stands._replace(at=None, wall=None, zone=None, site_status=then.site_status)
        return stands == then or (then.at is None and is_scheduled and untimed == then)

    def is_to_come(self, now: datetime) -> bool:
        """Whether what the piece had before is still to be had: its time has not passed, or it says
        only that the piece failed then."""
        is_over = self.before.site_status == states.FAILED
        return is_over or self.before.moment is None or self.before.moment > now

    @classmethod
    def read(cls, kept: Sequence[Any]) -> Move:
        """A move as it was kept, by this version, one before it, or one after."""
        known = len(Approval._fields)
        approval = Approval(*kept[3][:known]) if len(kept) > 3 and kept[3] else None
        return cls(kept[0], Place(*kept[1]), Place(*kept[2]), approval)


def iso(moment: datetime | None) -> str | None:
    """As it is kept."""
    return moment.isoformat() if moment else None
