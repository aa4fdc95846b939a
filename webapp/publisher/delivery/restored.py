"""After a backup was put back: websites have seen more than this database knows.

They hold (intent, attempt) against whatever is older, so nothing is overwritten meanwhile, and
nothing goes out either. `catch_up` asks them what they have seen, keeps from going out what they
know a newer publication of, and only then gives out numbers that none of them has seen.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import Conflict
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, installation, registry
from webapp.integrations.base import Adapter, DestinationError, Fence, NeedsAction
from webapp.integrations.models import IS_DEFAULT, SiteIntegration
from webapp.publisher.delivery import drift
from webapp.publisher.records import newest, records, site_status, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import statuses
from webapp.writer.models import Content

# More than anybody publishes between a backup and its return; room for two thousand returns.
LEAP = 1_000_000
NUMBERED = ("contents", "publishing_records")
MARKS = frozenset({"failed", "failed_update", "missed"})
Fate = Literal["as it is", "held", "goes on"]


class Piece(msgspec.Struct, frozen=True):
    """A content, and where its site publishes."""

    content_id: int
    title: str
    integration_id: int


class CaughtUp(msgspec.Struct):
    """What was done. `silent` are the websites that did not answer, each with the reason.

    `held` wait for a person; `goes_on` are publications that were on their way and can go on.
    `numbers` are the highest ids given out so far, by table: empty where nothing was changed.
    """

    asked: int = 0
    silent: dict[str, str] = {}
    held: list[Piece] = []
    goes_on: list[Piece] = []
    numbers: dict[str, int] = {}


def catch_up(system: System, *, hold_silent: bool = False) -> CaughtUp:
    """Bring this database past what its websites have seen; it may run while others work.

    Where a website is silent nothing is changed, unless `hold_silent`: then whatever would go there
    is held as well. So is what would go to one that keeps no fence.
    """
    with system.db.read() as db:
        if not installation.is_at_home(db, system.config):
            raise Conflict(
                f"{installation.this(db, system.config).question} Say first which it is: "
                "`igny8 installation moved` or `igny8 installation copy`."
            )
    # Websites have seen newer stamps than the one in the backup.
    installation.moved(system)
    pieces = _pieces(system)
    told = _Told(system)
    with ThreadPoolExecutor(system.config.destination_parallel) as pool:
        seen = list(pool.map(told.by_website, pieces))
    done = CaughtUp(asked=len(pieces), silent=told.silent())
    if done.silent and not hold_silent:
        return done
    for piece, fence in zip(pieces, seen, strict=True):
        last = fence or told.of_nothing(piece)
        if last is not None:
            fate = system.commits.run(lambda db, p=piece, n=last: settle(db, system, p, n))  # type: ignore[misc]
            if fate == "held":
                done.held.append(piece)
            elif fate == "goes on":
                done.goes_on.append(piece)
    # What was taken over since the backup is an edit there again, before anything goes out over it.
    drift.look_everywhere(system)
    done.numbers = system.commits.run(leap)
    return done


def lines(done: CaughtUp) -> list[str]:
    """What was done, for people: a line for each piece and website that it concerns."""
    said = [f"Asked about {done.asked} pieces."]
    said += [f"no answer  {website}: {problem}" for website, problem in done.silent.items()]
    said += [f"held       {piece.content_id} {piece.title}" for piece in done.held]
    said += [f"goes on    {piece.content_id} {piece.title}" for piece in done.goes_on]
    if not done.numbers:
        return [*said, "Nothing was changed. Try again when all websites answer, or --hold-silent."]
    after = ", ".join(f"{table} after {last}" for table, last in done.numbers.items())
    return [*said, f"New numbers: {after}."]


def settle(db: Session, system: System, piece: Piece, seen: Fence) -> Fate:
    """Compare what the website has seen with what is known here, and act on one piece."""
    content = db.get_one(Content, piece.content_id, with_for_update=True)
    there = sa.select(PublishingRecord).where(
        PublishingRecord.integration_id == piece.integration_id
    )
    query = newest.of(there, piece.content_id).with_for_update()
    known: PublishingRecord | None = db.scalars(query).one_or_none()
    if seen is _UNKNOWN and not _can_go_out(content):
        return "as it is"
    if known is not None and (known.id, known.publish_key) == (seen.intent, seen.publish_key):
        if known.status not in states.ACTIVE or known.attempt >= seen.attempt:
            return "as it is"
        # Its next attempt is answered with what an earlier one did, or does it.
        known.attempt = seen.attempt
        return "goes on"
    if known is not None and seen.intent < known.id:
        return "as it is"
    if known is not None and known.status in states.ACTIVE:
        _end(known, system)
    _hold(db, system, content)
    return "held"


def leap(db: Session) -> dict[str, int]:
    """Numbers that no website has seen, for intents; and for pieces, so that a new one is never
    taken for another that was written and published after the backup."""
    raised = {}
    for table in NUMBERED:
        raised[table] = _last_number(db, table) + LEAP
        if raised[table] > LARGEST_INTEGER - LEAP:
            raise Conflict(f"{table} has run out of numbers.")
        _set_last_number(db, table, raised[table])
    return raised


def _can_go_out(content: Content) -> bool:
    """Whether it may leave the house unasked, or by one click."""
    is_begun = content.site_status in (states.SCHEDULED, states.PUBLISHING)
    return is_begun or content.status in statuses.MAY_GO_OUT


def _end(record: PublishingRecord, system: System) -> None:
    """The website has seen a later intent, so this one can do nothing any more."""
    event = "withdraw" if record.status == states.PENDING else "fail"
    record.status = states.RECORD.after(record.status, event, recoverable=False)
    record.error = msgspec.to_builtins(NeedsAction(Code.NEWER_THERE, "connection").failure)
    record.finished_at = system.clock()
    record.owner, record.lease_until, record.deadline = None, None, None


def _hold(db: Session, system: System, content: Content) -> None:
    if content.site_status in (states.SCHEDULED, states.FAILED):
        site_status.move(content, "unschedule", system.clock())
    elif content.site_status == states.PUBLISHING:
        site_status.move(content, "withdraw", system.clock())
    site_status.clear_schedule(content)
    content.attention = (content.attention - MARKS) | {"held"}
    content.plan_trace = {"held": str(Code.NEWER_THERE)}
    records.announce(db, system, content)


_NEWER_THAN_ALL = Fence("", LARGEST_INTEGER, 0)
# The same of a website that keeps no fence, which holds only what can go out.
_UNKNOWN = Fence("", LARGEST_INTEGER, 1)


def _pieces(system: System) -> list[Piece]:
    connected = sa.and_(SiteIntegration.site_id == Content.site_id, IS_DEFAULT)
    with system.db.read() as db:
        rows = db.execute(
            sa.select(Content.id, Content.title, SiteIntegration.id)
            .join(SiteIntegration, connected)
            .where(Content.deleted_at.is_(None))
            .order_by(Content.id)
        )
        return [Piece(*row) for row in rows]


@dataclass
class _Told:
    """What websites say; one that did not answer is not asked again."""

    system: System
    problems: dict[int, str] = field(default_factory=dict)
    platforms: dict[int, str] = field(default_factory=dict)

    def by_website(self, piece: Piece) -> Fence | None:
        """The newest intent and attempt that its website has seen of a piece."""
        if self.is_silent(piece):
            return None
        try:
            return self._adapter(piece.integration_id).seen(piece.content_id)
        except Unreadable:
            self.problems[piece.integration_id] = "its key cannot be opened"
        except DestinationError as problem:
            self.problems[piece.integration_id] = problem.failure.message
        return None

    def is_silent(self, piece: Piece) -> bool:
        return piece.integration_id in self.problems

    def of_nothing(self, piece: Piece) -> Fence | None:
        """What it means that a website has told of nothing: one that is silent, or keeps no fence,
        may have seen anything."""
        if self.is_silent(piece):
            return _NEWER_THAN_ALL
        keeps_fence = registry.of(self._platform(piece.integration_id)).keeps_fence
        return None if keeps_fence else _UNKNOWN

    def _platform(self, integration_id: int) -> str:
        if integration_id not in self.platforms:
            with self.system.db.read() as db:
                one = db.get_one(SiteIntegration, integration_id)
                self.platforms[integration_id] = one.platform
        return self.platforms[integration_id]

    def silent(self) -> dict[str, str]:
        """The problems by what people call the websites."""
        with self.system.db.read() as db:
            asked = [db.get_one(SiteIntegration, one) for one in self.problems]
        return {f"{one.platform} {one.base_url}".strip(): self.problems[one.id] for one in asked}

    def _adapter(self, integration_id: int) -> Adapter:
        with self.system.db.read() as db:
            target = connections.target_of(db, self.system, integration_id)
        return registry.adapter_for(self.system, target)


def _last_number(db: Session, table: str) -> int:
    if db.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table, "id")
        return int(db.scalar(sa.select(sa.func.nextval(sequence))) or 0)
    last = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    return int(db.scalar(last, {"table": table}) or 0)


def _set_last_number(db: Session, table: str, number: int) -> None:
    if db.get_bind().dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table, "id")
        db.execute(sa.select(sa.func.setval(sequence, number)))
        return
    given = {"table": table, "number": number}
    db.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), given)
    db.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)"), given)
