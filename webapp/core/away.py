"""Whether what a database or queue raised means that it is away, or has no room, and not that we
are wrong.

Such a request can be sent again: its transaction was not committed, or that is not known.
"""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

from webapp.core.codes import Code, sentence

SAID = sentence(Code.DATABASE_AWAY)
BUSY = "The database has too much to do right now. Nothing was saved; try again in a moment."
AGAIN_AFTER = 5  # seconds
# PostgreSQL's classes and codes (its manual, appendix A): no connection, no room, an operator's
# stop; and a lock or an answer that took too long, or that two waited for by turns.
_AWAY = ("08", "53", "57P")
_SLOW = ("55P03", "57014", "40P01", "40001")
# SQLite's own words for a file that cannot be read or written.
_UNREADY = (
    "database is locked",
    "disk i/o error",
    "unable to open database file",
    "database or disk is full",
    "readonly database",
)


def said_of(problem: BaseException) -> str:
    """The sentence for people, where the database is away or too busy; "" where it is neither."""
    if isinstance(problem, sa.exc.TimeoutError):  # all connections of the pool are taken
        return BUSY
    if not isinstance(problem, sa.exc.DBAPIError):
        return ""
    code = str(getattr(problem.orig, "sqlstate", None) or "")
    if code in _SLOW:
        return BUSY
    if code.startswith(_AWAY) or problem.connection_invalidated:
        return SAID
    text = str(problem.orig).lower()
    is_refused = (
        isinstance(problem, sa.exc.OperationalError)
        and not code
        and "sqlite" not in (type(problem.orig).__module__)
    )
    return SAID if is_refused or any(words in text for words in _UNREADY) else ""


def is_away(problem: BaseException) -> bool:
    """Whether a service that we stand on is away: the database, Redis, the queue's file."""
    return bool(said_of(problem)) or _is_of_queue(problem)


def sentence_of(problem: BaseException | None) -> str:
    """What the service said, in one line."""
    first = f"{problem}".strip().partition("\n")[0]
    return f"{type(problem).__name__}: {first}"


def _is_of_queue(problem: BaseException) -> bool:
    """Redis is known by its name: its client may not be installed."""
    if isinstance(problem, sqlite3.OperationalError):
        return any(words in str(problem).lower() for words in _UNREADY)
    of_redis = any(kind.__module__ == "redis.exceptions" for kind in type(problem).__mro__)
    return of_redis or isinstance(problem, ConnectionError)
