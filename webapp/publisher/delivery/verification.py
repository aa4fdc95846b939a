"""Step 7: looking whether what was published really is online, as a reader would find it.

A finding never takes anything back. Checks that fail are repeated with growing pauses; what still
fails then is a finding, looked at again after 5 and 60 minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import structlog

from webapp.core.clock import iso
from webapp.core.codes import Code, sentence
from webapp.core.http import MEGABYTE, OutboundHttp
from webapp.core.system import System
from webapp.integrations.base import Adapter, DestinationError, Published, Remote
from webapp.publisher.delivery import findable, reading, seeing
from webapp.publisher.delivery.reading import Page
from webapp.writer import markup
from webapp.writer.payload import Payload

log = structlog.get_logger()
PAUSES = (1.0, 3.0, 7.0)


class Check(msgspec.Struct, kw_only=True):
    """One thing looked at: `code` is the finding when it is not ok."""

    name: str
    ok: bool
    at: str
    code: str = ""
    message: str = ""
    details: dict[str, Any] = {}


def verify(
    system: System,
    adapter: Adapter,
    payload: Payload,
    published: Published,
    intended_at: datetime | None,
    *,
    patient: bool = True,
) -> list[Check]:
    """All checks; `patient` repeats them until they pass or `verify_seconds` are over."""
    began = time.monotonic()
    pauses = iter(PAUSES if patient else ())
    while True:
        checks = _look(system, adapter, payload, published, intended_at)
        pause = next(pauses, None)
        spent = time.monotonic() - began
        if pause is None or not findings(checks) or spent + pause > system.config.verify_seconds:
            return checks
        time.sleep(pause)


def findings(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


def _look(
    system: System,
    adapter: Adapter,
    payload: Payload,
    published: Published,
    intended_at: datetime | None,
) -> list[Check]:
    def check(name: str, code: Code, ok: bool, **details: Any) -> Check:
        at = iso(system.clock())
        if ok:
            return Check(name=name, ok=True, at=at)
        return Check(name=name, ok=False, at=at, code=code, message=sentence(code), details=details)

    try:
        remote = adapter.lookup(payload.content_id)
    except DestinationError as problem:
        code = problem.failure.code
        return [check("destination", Code.VERIFICATION_UNAVAILABLE, False, reason=code)]
    except Exception:  # it is online whatever is wrong with our looking
        log.exception("a verification met a bug")
        code = Code.INTERNAL_ERROR
        return [check("destination", Code.VERIFICATION_UNAVAILABLE, False, reason=code)]
    if published.is_hidden:
        return [
            *_of_post(remote, published, check),
            *_of_hiding(system.http, payload, published, remote, check),
            *_of_featured(system.http, published, check),
        ]
    return [
        *_of_post(remote, published, check),
        *_of_date(published, intended_at, check),
        *_of_page(system.http, payload, published, adapter.target.base_url, check),
        *_of_featured(system.http, published, check),
    ]


Make = Callable[..., Check]


def _of_post(remote: Remote | None, published: Published, check: Make) -> list[Check]:
    count = remote.posts_with_this_id if remote else 0
    there = remote.terms if remote else {}
    missing = {
        kind: sorted(set(assigned) - set(there.get(kind, [])))
        for kind, assigned in published.terms.items()
    }
    missing = {kind: ids for kind, ids in missing.items() if ids}
    code = Code.DUPLICATE_POSTS if count > 1 else Code.NOT_FOUND
    return [
        check("one_post", code, count == 1, posts_with_this_id=count),
        check("terms", Code.TERMS_NOT_ASSIGNED, not missing, missing=missing),
    ]


def _of_hiding(
    http: OutboundHttp, payload: Payload, published: Published, remote: Remote | None, check: Make
) -> list[Check]:
    """It stands there as it was delivered, and a stranger does not see it."""
    status = remote.status if remote else ""
    is_hidden = remote is not None and not remote.is_online
    found = [check("delivered", Code.DELIVERED_OTHERWISE, is_hidden, status=status)]
    later = published.later_url
    seen = seeing.look_at(http, later, payload.title) if later else seeing.Sight(None)
    if seen.shown is not None:
        url = published.later_url
        found.append(check("hidden", Code.DELIVERED_VISIBLE, not seen.shown, url=url))
    return found


def _of_date(published: Published, intended_at: datetime | None, check: Make) -> list[Check]:
    """Only a post that was created now has the date that was asked for."""
    if intended_at is None or published.result != "created" or published.published_at is None:
        return []
    difference = abs((published.published_at - intended_at).total_seconds())
    intended = iso(intended_at)
    return [
        check(
            "date",
            Code.DATE_DIFFERENT,
            difference < 2,
            intended=intended,
            is_now=iso(published.published_at),
        )
    ]


def _of_page(
    http: OutboundHttp, payload: Payload, published: Published, home: str, check: Make
) -> list[Check]:
    """What readers get at the address; and where that lacks something, whether it is only old."""
    url = published.external_url
    status, body, error, headers = seeing.get(http, "GET", url, seeing.PAGE_BYTES)
    seen = _Seen(payload, Page(body) if status == 200 else None)
    fresh = None if seen.is_whole else _past_caches(http, payload, url)
    details = {"url": url, "http_status": status, "error": error}
    code = Code.PERMALINK_NOT_OK if fresh is None or not fresh.page else Code.PAGE_CACHED
    checks = [check("permalink", code, status == 200, **details)]
    for name, (not_there, text) in seen.wanted.items():
        ok = seen.shown[name] and not (name == "text" and _is_old(seen, fresh))
        is_old = fresh is not None and fresh.shown[name] and not ok
        code = Code.PAGE_CACHED if is_old else not_there
        if seen.page:
            checks.append(check(name, code, ok, text=text))
    if not seen.page:
        return checks
    text = seen.page.source
    return [
        *checks,
        *_of_canonical(payload.canonical_url, text, check),
        *_of_listing(http, payload, _Shown(url, home, headers, text), check),
    ]


class _Shown(NamedTuple):
    """A page as it came; `home` is its website's front page, "" for our own pages."""

    url: str
    home: str
    headers: Mapping[str, str]
    text: str


def _of_listing(http: OutboundHttp, payload: Payload, page: _Shown, check: Make) -> list[Check]:
    """Whether search engines may list it. What the website says of its front page too is a fact of
    the site, and no finding of the piece."""
    hidden = findable.hidden_by(page.headers, page.text)
    if hidden and page.home:
        front = seeing.get(http, "GET", page.home, seeing.PAGE_BYTES)
        of_site = findable.hidden_by(front.headers, front.body.decode("utf-8", errors="replace"))
        hidden = {code: said for code, said in hidden.items() if code not in of_site}
    other = "" if payload.canonical_url else findable.sent_elsewhere(page.url, page.text)
    found = [check("listing", code, False, said=said) for code, said in hidden.items()]
    if other:
        found.append(check("listing", Code.CANONICAL_ELSEWHERE, False, on_the_page=other))
    return found or [check("listing", Code.NOINDEX_TAG, True)]


class _Seen:
    """What of a piece a page shows; `page` is None where none came."""

    def __init__(self, payload: Payload, page: Page | None) -> None:
        self.page = page
        title, description = markup.line(payload.title), markup.plain(payload.meta_description)
        meta_title = markup.plain(payload.meta_title)
        parts = reading.parts(markup.clean(payload.html))
        self.missing = page.missing(parts) if page else parts
        every: dict[str, tuple[Code, str, bool]] = {
            "title": (Code.TITLE_NOT_VISIBLE, title, bool(page and page.shows(title))),
            "meta_title": (
                Code.META_TITLE_NOT_VISIBLE,
                meta_title,
                bool(page and page.is_titled(meta_title)),
            ),
            "description": (
                Code.DESCRIPTION_NOT_VISIBLE,
                description,
                bool(page and page.shows(description)),
            ),
            "text": (
                Code.TEXT_NOT_VISIBLE,
                _beginnings(self.missing or parts),
                bool(page and reading.is_there(page, parts)),
            ),
        }
        wanted = {name: one for name, one in every.items() if reading.letters(one[1])}
        self.wanted = {name: (code, text) for name, (code, text, _) in wanted.items()}
        self.shown = {name: is_shown for name, (_, _, is_shown) in every.items()}
        self.is_whole = not self.missing and all(self.shown[name] for name in wanted)


def _beginnings(parts: list[str]) -> str:
    return "; ".join(one[:200] for one in parts[:3])


def _past_caches(http: OutboundHttp, payload: Payload, url: str) -> _Seen:
    """The same page at an address that no cache has kept."""
    status, body, *_ = seeing.get(http, "GET", seeing.fresh(url), seeing.PAGE_BYTES)
    return _Seen(payload, Page(body) if status == 200 else None)


def _is_old(seen: _Seen, fresh: _Seen | None) -> bool:
    """Whether the page that readers get lacks of the text what a fresh one has, and that only."""
    return bool(fresh and fresh.page and set(fresh.missing) < set(seen.missing))


def _of_canonical(wanted: str, page: str, check: Make) -> list[Check]:
    """Whether the page sends search engines where the piece's original stands."""
    if not wanted:
        return []
    named = [findable.plain(one) for one in findable.canonicals(page)]
    ok = named == [findable.plain(wanted)]
    return [check("canonical", Code.CANONICAL_DIFFERENT, ok, wanted=wanted, on_the_page=named)]


def _of_featured(http: OutboundHttp, published: Published, check: Make) -> list[Check]:
    url = published.featured_image_url
    if not url:
        return []
    status, _, error, _ = seeing.get(http, "HEAD", url, 0)
    if status in (403, 405, 501):
        status, _, error, _ = seeing.get(http, "GET", url, 20 * MEGABYTE, {"Range": "bytes=0-0"})
        status = 200 if status == 206 else status
    details = {"url": url, "http_status": status, "error": error}
    return [check("featured_image", Code.FEATURED_IMAGE_NOT_OK, status == 200, **details)]
