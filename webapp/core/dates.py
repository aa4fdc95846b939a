"""How a day or a time is written for people, the same everywhere: "Tue 1 Dec 2026, 10:00". Pure;
what is given is what a clock shows.

Where a line has no room, `short` leaves out what stands around it: "1 Dec".
"""

from __future__ import annotations

from datetime import date, datetime


def day(one: date) -> str:
    """ "Tue 1 Dec 2026"."""
    return f"{one:%a} {one.day} {one:%b %Y}"


def short(one: date) -> str:
    """ "1 Dec"."""
    return f"{one.day} {one:%b}"


def time(one: datetime, *, seconds: bool = False) -> str:
    """ "Tue 1 Dec 2026, 10:00"."""
    clock = f"{one:%H:%M:%S}" if seconds else f"{one:%H:%M}"
    return f"{day(one)}, {clock}"
