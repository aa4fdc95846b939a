"""What a stranger gets at an address, and whether that shows a piece."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx

from webapp.core.http import MEGABYTE, OutboundHttp, Refused, TooLarge
from webapp.core.links import place_of
from webapp.publisher.delivery import reading
from webapp.publisher.delivery.reading import Page
from webapp.writer import markup

PAGE_BYTES = 8 * MEGABYTE
PAGE_SECONDS = 15.0
_SIGN_IN = re.compile(r"\b(?:wp-login|log-?in|sign-?in|auth)\b", re.I)


class Sight(NamedTuple):
    """What an address shows of a piece; `shown` is None where it cannot be seen, and `why` says
    why."""

    shown: bool | None
    why: str = ""


def look_at(http: OutboundHttp, url: str, title: str) -> Sight:
    """Whether an address still shows the piece of this title, past all caches.

    One that leads elsewhere shows it only where that page is headed so: websites send readers of
    what is gone to a page that resembles it.
    """
    try:
        answer = http.fetch(
            "GET", fresh(url), seconds=PAGE_SECONDS, max_bytes=PAGE_BYTES, redirects=5
        )
    except (Refused, TooLarge, httpx.HTTPError) as problem:
        return Sight(None, str(problem) or type(problem).__name__)
    if answer.status in (404, 410):
        return Sight(shown=False)
    if answer.status != 200:
        return Sight(None, f"HTTP {answer.status}")
    page, wanted = Page(answer.body), markup.line(title)
    if not reading.letters(title):
        return Sight(None, "its title has neither letters nor digits to look for")
    is_there = _is_same(answer.url, url)
    if not is_there and _SIGN_IN.search(urlsplit(answer.url).path):
        return Sight(None, "it leads to a page to sign in")
    return Sight(page.shows(wanted) if is_there else page.is_headed(wanted))


def _is_same(url: str, other: str) -> bool:
    """Whether two addresses name one page; what `fresh` adds is left out."""
    asked = [
        {pair for pair in parse_qsl(urlsplit(one).query) if pair[0] != "igny8"}
        for one in (url, other)
    ]
    return place_of(url) == place_of(other) and asked[0] == asked[1]


def fresh(url: str) -> str:
    """An address that no cache has kept."""
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    fresh = parts._replace(query=f"{query}igny8={secrets.token_hex(6)}", fragment="")
    return urlunsplit(fresh)


class Got(NamedTuple):
    status: int
    body: bytes
    error: str
    headers: Mapping[str, str]


def get(
    http: OutboundHttp, method: str, url: str, max_bytes: int, headers: dict[str, str] | None = None
) -> Got:
    try:
        answer = http.fetch(
            method, url, seconds=PAGE_SECONDS, max_bytes=max_bytes, redirects=5, headers=headers
        )
    except (Refused, TooLarge, httpx.HTTPError) as problem:
        return Got(0, b"", str(problem) or type(problem).__name__, {})
    return Got(answer.status, answer.body, "", answer.headers)
