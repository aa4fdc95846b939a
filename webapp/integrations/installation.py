"""Who this installation is to the destinations, and whether it may be a copy.

A copy of a database has the name of the first one. It is told by the place where it runs, and by a
stamp that only one of the two raises: what destinations have seen of a stamp only moves on. While
there is a question, nothing is changed at any destination; a person answers it once.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.config import Config
from webapp.core.addresses import is_here
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.integrations.base import Sender
from webapp.integrations.models import Installation

# Of the row, for a query that needs them beside its own.
COLUMNS: tuple[Any, ...] = (
    Installation.uuid,
    Installation.address.label("first_address"),
    Installation.place,
    Installation.generation,
    Installation.counter,
    Installation.mark,
    Installation.refused,
)
RAISED_EVERY = timedelta(hours=20)
_ROW = Prepared(sa.select(*COLUMNS))


def place_of(config: Config) -> str:
    """What tells an installation from its copy: its public host; on one's own machine, where ports
    come and go, its database."""
    parts = urlsplit(config.public_url)
    host = (parts.hostname or "").lower()
    if not is_here(host):
        port = parts.port if parts.port not in (None, 80, 443) else ""
        return f"{host}:{port}".rstrip(":")
    url = sa.make_url(config.database_url)
    return f"here {url.host or ''}:{url.port or ''}/{url.database}"


def sender(row: Any, config: Config) -> Sender:
    """Who speaks, from a row with COLUMNS."""
    return Sender(
        installation=row.uuid,
        address=config.public_url,
        stamp=f"{row.generation}.{row.counter}.{row.mark}",
        question=_question(row, config),
    )


def this(db: Session, config: Config) -> Sender:
    """Who speaks."""
    return sender(_ROW.rows(db, {})[0], config)


def is_at_home(db: Session, config: Config) -> bool:
    """Whether it runs where it was started first; a restored backup does, a copy does not."""
    row = _ROW.rows(db, {})[0]
    return not row.place or bool(row.place == place_of(config))


def begin(system: System) -> None:
    """A process starts: the first one ever says where this installation lives."""
    with system.db.read() as db:
        if db.scalar(sa.select(Installation.place)):
            return
    system.commits.run(lambda db: _settle(db, system.config))


def raise_stamp(system: System) -> None:
    """Once a day: whoever was copied since yesterday is behind now. Not while there is a question:
    the other one may be the real one."""

    def again(db: Session) -> None:
        row = _locked(db)
        now = system.clock()
        is_new = row.raised_at is not None and now - row.raised_at < RAISED_EVERY
        if not is_new and not this(db, system.config).question:
            _raise(row, now)

    system.commits.run(again)


def was_refused(system: System, details: dict[str, Any]) -> None:
    """A destination knows another one of our name, which has gone on or lives elsewhere."""

    def note(db: Session) -> None:
        row = _locked(db)
        if row.refused is None:
            row.refused = {"by": details.get("by", ""), "address": details.get("address", "")}

    system.commits.run(note)


def moved(system: System) -> None:
    """A person says that this is the one: it goes on from here, and a copy is refused instead."""
    system.commits.run(lambda db: go_on(db, system))


def go_on(db: Session, system: System) -> None:
    """The same, within a transaction."""
    row = _locked(db)
    row.generation += 1
    row.refused = None
    _raise(row, system.clock())
    _settle(db, system.config)


def begin_anew(db: Session, system: System, *, last_foreign_record: int) -> None:
    """A person says that this is a copy: from now on it is an installation of its own."""
    row = _locked(db)
    row.uuid = str(uuid.uuid4())
    row.generation, row.counter, row.refused = 1, 0, None
    row.last_foreign_record = last_foreign_record
    _raise(row, system.clock())
    _settle(db, system.config)


def _question(row: Any, config: Config) -> str:
    if row.place and row.place != place_of(config):
        return f"This database was kept by the IGNY8 at {row.first_address}, and runs here now."
    if row.refused is not None:
        at = row.refused.get("address") or row.first_address
        return f"A website knows another IGNY8 of our name, at {at}: one of the two is a copy."
    return ""


def _locked(db: Session) -> Installation:
    return db.scalars(sa.select(Installation).with_for_update()).one()


def _raise(row: Installation, now: datetime) -> None:
    row.counter += 1
    row.mark = secrets.token_hex(8)
    row.raised_at = now


def _settle(db: Session, config: Config) -> None:
    row = _locked(db)
    row.address, row.place = config.public_url, place_of(config)
