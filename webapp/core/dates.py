"""How a day or a time is written for people, the same everywhere: "Tue 1 Dec 2026, 10:00". Pure;
what is given is what a clock shows.

Where a line has no room, `short` leaves out what stands around it: "1 Dec". Seconds stand where
they are the proof (records, their checks and steps, the security log) and where somebody waits for
them (the next try), and nowhere else.
"""

from __future__ import annotations

from datetime import date, datetime


def day(one: date) -> str:
    """ "Tue 1 Dec 2026"."""
    return f"{one:%a} {one.day} {one:%b %Y}"


def short(one: date) -> str:
    """ "1 Dec"."""
    return f"{one.day} {one:%b}"


def span(first: date, last: date) -> str:
    """From "30 Nov 2026" to "10 Jan 2027"; what both share stands once: "7" to "13 Dec 2026"."""
    year = f" {first:%Y}" if first.year != last.year else ""
    month = f" {first:%b}" if year or first.month != last.month else ""
    return f"{first.day}{month}{year} – {last.day} {last:%b %Y}"


def time(one: datetime, *, seconds: bool = False) -> str:
    """ "Tue 1 Dec 2026, 10:00"."""
    clock = f"{one:%H:%M:%S}" if seconds else f"{one:%H:%M}"
    return f"{day(one)}, {clock}"
