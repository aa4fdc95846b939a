"""Who this installation is to the destinations, and whether it may be a copy.

A copy of a database has the name of the first one. It is told by the place where it runs, and by a
stamp that only one of the two raises: what destinations have seen of a stamp only moves on. While
its place is in question, nothing is changed at any destination; where a website refuses it, nothing
is changed at that one. A person answers once.
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
from webapp.core.links import web_address
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.integrations.base import Sender
from webapp.integrations.models import Installation, SiteIntegration

# Of the row, for a query that needs them beside its own.
COLUMNS: tuple[Any, ...] = (
    Installation.uuid,
    Installation.address.label("first_address"),
    Installation.place,
    Installation.generation,
    Installation.counter,
    Installation.mark,
)
# In a connection's config: what its website said that knows another one of our name.
REFUSED = "refused"
HELD = "This website knows another IGNY8 of our name: one of the two is a copy."
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
        stamp=_stamp(row),
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
    """A process starts: the first one ever says where this installation lives. So does one that
    starts elsewhere while nobody knows it yet, under a new name: what is left where it was, or was
    copied from, is another one then."""
    with system.db.read() as db:
        place = db.scalar(sa.select(Installation.place))
        if place == place_of(system.config) or (place and _is_known(db)):
            return
    system.commits.run(lambda db: _move_in(db, system.config))


def raise_stamp(system: System) -> None:
    """Once a day: whoever was copied since yesterday is behind now. Not while there is a question,
    or a refusal: the other one may be the real one."""

    def again(db: Session) -> None:
        row = _locked(db)
        now = system.clock()
        is_new = row.raised_at is not None and now - row.raised_at < RAISED_EVERY
        if not is_new and not this(db, system.config).question and not refusing(db):
            _raise(row, now)

    system.commits.run(again)


def was_refused(system: System, integration_id: int, stamp: str, details: dict[str, Any]) -> None:
    """A website knows another one of our name, which has gone on or lives elsewhere: this
    connection is held. Its word holds for no other, and not where our stamp is a newer one now."""

    def note(db: Session) -> None:
        if _stamp(_locked(db)) != stamp:
            return
        integration = db.get_one(SiteIntegration, integration_id, with_for_update=True)
        if is_refused(integration):
            return
        told = {"address": web_address(details.get("address"))}
        integration.config_json = {**integration.config_json, REFUSED: told}
        integration.paused_at = integration.paused_at or system.clock()
        system.notices.send(db, integration.account_id, "integration", integration.id)

    system.commits.run(note)


def is_refused(integration: Any) -> bool:
    """Whether its website takes us for a copy; of an integration, or a row with its config."""
    return REFUSED in (integration.config_json or {})


def refusing(db: Session) -> list[SiteIntegration]:
    """The connections that are held because their websites take us for a copy."""
    held = sa.select(SiteIntegration).where(SiteIntegration.paused_at.is_not(None))
    found = db.scalars(held.order_by(SiteIntegration.id))
    return [one for one in found if is_refused(one)]


def moved(system: System) -> None:
    """A person says that this is the one: it goes on from here, and a copy is refused instead."""
    system.commits.run(lambda db: go_on(db, system))


def go_on(db: Session, system: System) -> None:
    """The same, within a transaction."""
    row = _locked(db)
    row.generation += 1
    _answered(db)
    _raise(row, system.clock())
    _settle(db, system.config)


def begin_anew(db: Session, system: System, *, last_foreign_record: int) -> None:
    """A person says that this is a copy: from now on it is an installation of its own."""
    row = _locked(db)
    row.uuid = str(uuid.uuid4())
    row.generation, row.counter = 1, 0
    _answered(db)
    row.last_foreign_record = last_foreign_record
    _raise(row, system.clock())
    _settle(db, system.config)


def _question(row: Any, config: Config) -> str:
    if row.place and row.place != place_of(config):
        return f"This database was kept by the IGNY8 at {row.first_address}, and runs here now."
    return ""


def _answered(db: Session) -> None:
    """What websites refused holds no more: each is asked anew."""
    for one in refusing(db):
        one.config_json = {name: said for name, said in one.config_json.items() if name != REFUSED}
        one.paused_at = None


def _stamp(row: Any) -> str:
    return f"{row.generation}.{row.counter}.{row.mark}"


def _locked(db: Session) -> Installation:
    return db.scalars(sa.select(Installation).with_for_update()).one()


def _raise(row: Installation, now: datetime) -> None:
    row.counter += 1
    row.mark = secrets.token_hex(8)
    row.raised_at = now


def _is_known(db: Session) -> bool:
    """Whether there ever was a connection: no website knows our name without one."""
    return db.scalar(sa.select(SiteIntegration.id).limit(1)) is not None


def _move_in(db: Session, config: Config) -> None:
    row = _locked(db)
    if row.place == place_of(config) or (row.place and _is_known(db)):
        return  # another process has answered meanwhile
    if row.place:
        row.uuid = str(uuid.uuid4())
    _settle(db, config)


def _settle(db: Session, config: Config) -> None:
    row = _locked(db)
    row.address, row.place = config.public_url, place_of(config)
