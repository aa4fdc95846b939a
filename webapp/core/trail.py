"""One id from a click to the website and back: `request` in every line of it.

A request gets one, or keeps the one that a proxy has given. The publication that it asks for keeps
it in its row, the worker takes it from there, and what leaves the house carries it on.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from structlog.contextvars import get_contextvars

HEADER = "X-Request-Id"
LONGEST = 64
_ID = re.compile(rf"[A-Za-z0-9_-]{{8,{LONGEST}}}")


def new_id() -> str:
    """An id for what begins here: a request, a scheduled publication, a run of a job."""
    return secrets.token_hex(8)


def taken_id(given: str) -> str:
    """The id that was given, if it is one that can stand in a line; else a new one."""
    return given if _ID.fullmatch(given) else new_id()


def current() -> str:
    """The id of what this thread is about; "" where that has none."""
    return str(get_contextvars().get("request", ""))


def outgoing() -> dict[str, str]:
    """The header by which a website's log can be laid beside ours."""
    own = current()
    return {HEADER: own} if own else {}


def note(**about: int) -> None:
    """What this request turned out to be about: its line says so, too."""
    noted = _ABOUT.get()
    if noted is not None:
        for name, number in about.items():
            noted.setdefault(name, number)


@contextmanager
def noting() -> Iterator[dict[str, int]]:
    """What is noted meanwhile, by whichever thread works for this."""
    about: dict[str, int] = {}
    before = _ABOUT.set(about)
    try:
        yield about
    finally:
        _ABOUT.reset(before)


# Threads get a copy of the context, in which the same dictionary is.
_ABOUT: ContextVar[dict[str, int] | None] = ContextVar("about", default=None)
