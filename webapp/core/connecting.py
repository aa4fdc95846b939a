"""How a process connects to its database; on PostgreSQL to the server, or through pgbouncer.

A process never has more connections than it was given, so that an operator can add up those of all
processes. Through pgbouncer each transaction may be another connection: nothing is left in one,
neither a prepared statement nor a setting nor a lock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from webapp.core.errors import Conflict

# No request waits longer: to be let in, for another's lock. Work in the background may ask for
# much, so only what waits is ended there.
LET_IN, LOCKED, IDLE = 5, 15, 300  # seconds
POOLED = (
    "IGNY8_DATABASE_URL leads to pgbouncer, or another pooler, which takes our limits of time "
    "away. Set IGNY8_PGBOUNCER=1, and let pgbouncer pool by transaction or session; or name the "
    'PostgreSQL server itself. See docs/operators.md, "Connections".'
)
_NOT_STARTED = "unsupported startup parameter"


@dataclass(frozen=True)
class Limits:
    """How many connections a process may have, how many seconds one statement may take (0: any),
    and whether pgbouncer stands between."""

    connections: int = 10
    longest: int = 0
    behind_pgbouncer: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """What PostgreSQL is told, by its names."""
        return {
            "statement_timeout": f"{self.longest}s",
            "lock_timeout": f"{LOCKED}s",
            "idle_in_transaction_session_timeout": f"{IDLE}s",
        }

    def set_for_one(self, connection: sa.Connection) -> None:
        """Says them for the transaction that begins, and no longer: the next one on that connection
        may be anybody's."""
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            said = "; ".join(f"SET LOCAL {name} = '{text}'" for name, text in self.settings.items())
            connection.exec_driver_sql(said)


def unpooled(url: str, **options: Any) -> sa.Engine:
    """An engine for a task of its own: its connections end with their use, and leave nothing
    prepared behind."""
    kept = {} if url.startswith("sqlite") else {"connect_args": {"prepare_threshold": None}}
    return sa.create_engine(url, poolclass=sa.NullPool, **kept, **options)


def pool(url: str, limits: Limits) -> dict[str, Any]:
    """For an engine: a pool that finds out when the server is gone, and connections that say whose
    they are."""
    return {
        "pool_size": limits.connections,
        "max_overflow": 0,
        "pool_pre_ping": True,
        # The connection used last knows our statements; those used by turns would learn them one
        # after the other.
        "pool_use_lifo": True,
        "pool_timeout": LET_IN,
        "connect_args": _arguments(url, limits),
    }


def _arguments(url: str, limits: Limits) -> dict[str, Any]:
    given: dict[str, Any] = {
        "application_name": f"igny8 {os.getpid()}",
        "connect_timeout": LET_IN,
        "tcp_user_timeout": LOCKED * 1000,
    }
    if limits.behind_pgbouncer:
        return {**given, "prepare_threshold": None}
    theirs = str(sa.make_url(url).query.get("options", ""))
    ours = [f"-c {name}={text}" for name, text in limits.settings.items()]
    return {**given, "options": " ".join([theirs, *ours]).strip()}


def check(url: str, limits: Limits) -> None:
    """Raise Conflict where a pooler stands between, and nobody has said so."""
    if limits.behind_pgbouncer:
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=_arguments(url, limits))
    try:
        with engine.connect() as connection:
            told = connection.scalar(sa.text("SHOW lock_timeout"))
    except sa.exc.OperationalError as problem:
        if _NOT_STARTED not in str(problem.orig):
            raise
        raise Conflict(POOLED) from None
    if told != limits.settings["lock_timeout"]:
        raise Conflict(POOLED)


@contextmanager
def lock(url: str, number: int, again: float) -> Iterator[None]:
    """Nobody else has this lock meanwhile. It ends with its transaction, so no pool keeps it.
    Whoever waits has no connection, so that a small pool is left to the one who works."""
    engine = unpooled(url)
    while True:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            if connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))):
                yield
                return
        time.sleep(again)
