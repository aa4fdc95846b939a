"""What a line of the queue is made of, as it was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from webapp.accounts.access import Member
from webapp.content import holdups
from webapp.content.state import Planned
from webapp.publisher.records import goes


class Piece(Planned, Protocol):
    """The columns of a content that its line needs; `moment` is the one of its tab."""

    id: int
    version: int
    title: str
    attention: frozenset[str]
    content_type: str
    site_id: int
    scheduled_publish_at: datetime | None
    pinned: bool
    external_url: str
    external_id: str
    published_hash: str
    plan_trace: dict[str, Any] | None
    moment: datetime | None


class Destination(holdups.Way, Protocol):
    """Where a piece goes or stands; None in all of them where a site has no default."""

    integration_id: int | None
    platform: str | None
    base_url: str | None


class Home(Destination, Protocol):
    """A piece's site with its default destination."""

    id: int
    name: str
    timezone: str
    obstacle: str
    paused: bool | None


class Latest(Destination, goes.Sending, Protocol):
    """The newest record of a piece."""

    id: int
    content_id: int
    action: str
    mode: str
    attempt: int
    error: dict[str, Any] | None
    next_attempt_at: datetime
    missed_seconds: int | None


class Step(Protocol):
    """The last step that a record has told."""

    record_id: int
    step: str
    step_number: int
    attempt: int


class Around(NamedTuple):
    """What belongs to a piece's line: the columns of its site, those of its latest record and the
    last step of that (or None), what the look afterwards found, and who looks at it, where and
    when."""

    tab: str
    site: Home
    record: Latest | None
    step: Step | None
    member: Member
    now: datetime
    findings: Sequence[str] = ()
