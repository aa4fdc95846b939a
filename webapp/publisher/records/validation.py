"""Step 1: everything that can be known before anything is created, all problems together."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import httpx

from webapp.core import limits
from webapp.core.codes import Code, sentence
from webapp.core.http import OutboundHttp, Refused, TooLarge
from webapp.integrations.base import Adapter, Permanent, Problem, RetryLater
from webapp.writer import markup, outgoing, readings
from webapp.writer.payload import Payload, Picture

MOST_IMAGES = 50
LARGEST_IMAGE = 20 * 1024 * 1024
IMAGE_SECONDS = 10.0
CANONICAL = re.compile(r"https?://[^\s/][^\s]*", re.I)
SLUG = re.compile(r"[^\x00-\x20\x7f/?#%\\]*")


def check(payload: Payload, adapter: Adapter, http: OutboundHttp) -> None:
    """Raise Permanent with every problem found, or RetryLater where only images are unreachable
    for a reason that may pass."""
    problems = [*of_payload(payload), *adapter.check(payload)]
    unreachable = _unreachable(payload, http)
    problems += [problem for problem, passing in unreachable if not passing]
    if problems:
        raise _as_error(problems)
    passing = [problem for problem, may_pass in unreachable if may_pass]
    if passing:
        first = passing[0]
        raise RetryLater(first.code, "validation", first.message, **first.details)


def of_payload(payload: Payload) -> list[Problem]:
    """What is wrong with the piece itself; no network. Also the verdicts of the review page."""
    unread = outgoing.too_complex(payload)
    found = [_problem(Code.CONTENT_TOO_COMPLEX, field) for field in unread]
    if "title" not in unread and not markup.readable(payload.title).strip():
        found.append(_problem(Code.TITLE_MISSING, "title"))
    if len(payload.title) > limits.TITLE:
        found.append(_problem(Code.TITLE_TOO_LONG, "title", length=len(payload.title)))
    size = len(payload.html.encode())
    if size > limits.HTML:
        found.append(_problem(Code.CONTENT_TOO_LARGE, "html", bytes=size, limit=limits.HTML))
    elif readings.of(payload.html).too_complex:
        found.append(_problem(Code.CONTENT_TOO_COMPLEX, "html"))
    elif not markup.has_something(payload.html):
        found.append(_problem(Code.CONTENT_EMPTY, "html"))
    if not SLUG.fullmatch(payload.slug):
        found.append(_problem(Code.SLUG_INVALID, "slug", slug=payload.slug))
    if payload.canonical_url and not CANONICAL.fullmatch(payload.canonical_url):
        address = payload.canonical_url
        found.append(_problem(Code.CANONICAL_INVALID, "canonical_url", canonical_url=address))
    return found + _of_images(payload)


def _of_images(payload: Payload) -> list[Problem]:
    pictures = payload.pictures()
    found: list[Problem] = []
    if len(pictures) > MOST_IMAGES:
        found.append(_problem(Code.TOO_MANY_IMAGES, "images", count=len(pictures)))
    for picture in pictures:
        field = f"images.{picture.ref}"
        if not picture.url and not (picture.sha256 and picture.size):
            found.append(_problem(Code.IMAGE_MISSING, field))
        elif picture.size > LARGEST_IMAGE:
            found.append(_problem(Code.IMAGE_TOO_LARGE, field, bytes=picture.size))
    known = {picture.ref for picture in payload.inline_images}
    for ref in markup.own_references(payload.html):
        if ref not in known:
            found.append(_problem(Code.IMAGE_MISSING, f"images.{ref}", ref=ref))
    return found


def _unreachable(payload: Payload, http: OutboundHttp) -> list[tuple[Problem, bool]]:
    """Problems of images at addresses, each with whether it may pass by itself."""
    pictures = [picture for picture in payload.pictures() if picture.url]
    if not pictures:
        return []
    with ThreadPoolExecutor(max_workers=min(4, len(pictures))) as pool:
        answers = pool.map(lambda picture: _look(picture, http), pictures)
    return [answer for answer in answers if answer is not None]


def _look(picture: Picture, http: OutboundHttp) -> tuple[Problem, bool] | None:
    """HEAD; where that is not answered with success, the first byte."""
    field = f"images.{picture.ref}"
    try:
        answer = http.fetch("HEAD", picture.url, seconds=IMAGE_SECONDS, redirects=5)
        if answer.status >= 400:
            answer = http.fetch(
                "GET",
                picture.url,
                seconds=IMAGE_SECONDS,
                redirects=5,
                headers={"Range": "bytes=0-0"},
                max_bytes=LARGEST_IMAGE,
            )
    except Refused as problem:
        refused = {"image_url": picture.url, "error": str(problem)}
        return _problem(Code.ADDRESS_REFUSED, field, **refused), False
    except TooLarge:
        return _problem(Code.IMAGE_TOO_LARGE, field, image_url=picture.url), False
    except httpx.HTTPError as problem:
        said = str(problem) or type(problem).__name__
        return _problem(Code.IMAGE_UNREACHABLE, field, image_url=picture.url, error=said), True
    if answer.status >= 400:
        details: dict[str, object] = {"image_url": picture.url, "http_status": answer.status}
        passing = answer.status >= 500 or answer.status in (408, 425, 429)
        return _problem(Code.IMAGE_UNREACHABLE, field, **details), passing
    kind = answer.headers.get("content-type", "image/").split(";")[0]
    if not kind.startswith("image/") and kind != "application/octet-stream":
        unfit = {"image_url": picture.url, "content_type": kind}
        return _problem(Code.IMAGE_KIND_UNSUPPORTED, field, **unfit), False
    return None


def _as_error(problems: list[Problem]) -> Permanent:
    if len(problems) == 1:
        only = problems[0]
        return Permanent(only.code, "validation", only.message, field=only.field, **only.details)
    listed = [
        {"code": one.code, "message": one.message, "field": one.field, **one.details}
        for one in problems
    ]
    return Permanent(Code.VALIDATION_FAILED, "validation", problems=listed)


def _problem(code: Code, field: str, **details: object) -> Problem:
    return Problem(code=code, message=sentence(code), field=field, details=details)
