"""`igny8 doctor`: each part looked at, with what to do where it is not well."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from webapp import health
from webapp.accounts.models import Site
from webapp.backups import daily, sqlite
from webapp.config import Config
from webapp.core import private, zones
from webapp.core.system import System
from webapp.integrations import installation, known_keys
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile

EARLIEST_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """One part: well or not, and what to do."""

    name: str
    ok: bool
    message: str


def examine(system: System) -> list[Finding]:
    """Configuration, database, queue, worker, clock and every active destination."""
    config = system.config
    findings = [
        Finding("configuration", True, f"{config.public_url}, {_kind(config.database_url)}")
    ]
    for name, check in health.checks(system).items():
        findings.append(Finding(name, bool(check["ok"]), str(check["message"]) or "fine"))
    findings += [_whole(config), _files(config), _backups(system)]
    now = system.clock()
    clock_ok = now > EARLIEST_NOW
    findings.append(
        Finding("clock", clock_ok, f"{now:%Y-%m-%d %H:%M} UTC" + ("" if clock_ok else ": set it"))
    )
    if all(finding.ok for finding in findings if finding.name in ("database", "migrations")):
        keys = _keys(system)
        findings += [keys, _installation(system), _zones(system)]
        findings += _destinations(system) if keys.ok else []
    return findings


def _keys(system: System) -> Finding:
    """Without them nothing could be asked of a destination, and what is written of it be wrong."""
    with system.db.engine.connect() as connection:
        said = known_keys.refusal(connection, system.config)
    return Finding("secret keys", not said, said or "those that this installation is used with")


def _whole(config: Config) -> Finding:
    """Whether every page of an SQLite file can be read and is what it should be."""
    path = private.file_of(config.database_url)
    if path is None:
        return Finding("database file", True, "PostgreSQL looks after its own")
    try:
        faults = sqlite.look(path)
    except sqlite3.Error as problem:
        return Finding("database file", False, f"{path} cannot be read: {problem}")
    told = f"{path}: {'; '.join(faults)}. Restore a backup: `igny8 restore`."
    return Finding("database file", not faults, told if faults else "whole")


def _backups(system: System) -> Finding:
    if system.config.backups is None:
        return Finding("backups", True, "none is made by itself; IGNY8_BACKUPS says where to")
    try:
        newest = daily.taken_at(system)
    except OSError as problem:
        told = f"{system.config.backups} cannot be read: {problem.strerror}. Look whose it is."
        return Finding("backups", False, told)
    is_late = newest is None or system.clock() - newest > daily.LATE
    told = f"the newest is of {newest:%Y-%m-%d %H:%M} UTC" if newest else "there is none yet"
    late = ". Look at the worker's log, or make one: `igny8 backup`" if is_late else ""
    return Finding("backups", not is_late, told + late)


def _files(config: Config) -> Finding:
    left = private.repair(config.var, (config.database_url, config.queue_url))
    names = ", ".join(str(path) for path in left)
    told = f"Others on this machine may read {names}: chmod 600" if left else "only their owner's"
    return Finding("files", not left, told)


def _kind(url: str) -> str:
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"


def _installation(system: System) -> Finding:
    with system.db.read() as db:
        we = installation.this(db, system.config)
        refusing = [f"destination {one.id}" for one in installation.refusing(db)]
    answer = " Run `igny8 installation moved` or `igny8 installation copy`." if we.question else ""
    if refusing and not we.question:
        told = f"{', '.join(refusing)}: taken for a copy there. See `igny8 installation`."
        return Finding("installation", False, told)
    return Finding("installation", not we.question, (we.question + answer) or we.installation)


def _zones(system: System) -> Finding:
    """A site's zone is checked when it is chosen; a name that the rules of today do not know came
    from elsewhere, and is taken for UTC."""
    with system.db.read() as db:
        names = db.execute(sa.select(Site.name, Site.timezone))
        unknown = [
            f"{row.name} ({row.timezone})" for row in names if not zones.exists(row.timezone)
        ]
    told = (
        f"unknown at {', '.join(unknown)}: times there are UTC. Choose one in the site's settings."
    )
    return Finding("time zones", not unknown, told if unknown else "known")


def _destinations(system: System) -> list[Finding]:
    with system.db.read() as db:
        ids = db.scalars(sa.select(SiteIntegration.id).where(SiteIntegration.is_active)).all()
    for integration_id in ids:
        reconcile.check_one(system, integration_id)
    with system.db.read() as db:
        rows = db.scalars(sa.select(SiteIntegration).where(SiteIntegration.is_active)).all()
        return [
            Finding(
                f"destination {row.id} ({row.platform} {row.base_url})".replace(" )", ")"),
                row.health == "healthy",
                str(row.health_report.get("message") or row.health),
            )
            for row in rows
        ]
