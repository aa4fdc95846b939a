"""A line and a figure for each request, and the id that runs through all that came of it.

The route and not the path: that may hold what is secret, such as a calendar's address. Probes and
files that are answered well are counted and not told.
"""

from __future__ import annotations

import time
from http import HTTPMethod, HTTPStatus
from typing import Any

import structlog

from webapp.core import figures, trail
from webapp.entrance import PROBES, App, Message, Receive, Send

log = structlog.get_logger()
STREAMS = ("/events",)
GONE = 499  # whoever asked had gone before the answer began
# What the address of a route names, by the words that lines have for it.
NAMED = {"content_id": "content", "site_id": "site", "record_id": "record"}
_METHODS = frozenset(HTTPMethod)
_REQUESTS = figures.counter("igny8_http_requests", "Requests answered", "route", "method", "status")
# Without labels it is there with 0: of a figure that is born with 1 nobody sees an increase.
_BUGS = figures.counter("igny8_bugs", "Requests that met a bug of ours: answered with 500")
_SECONDS = figures.durations(
    "igny8_http_request_seconds",
    "From the head of a request to the end of its answer, without event streams",
    "route",
    "method",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class RequestLog:
    """The application with its requests told."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(trail.HEADER.lower().encode(), b"")
        own = trail.taken_id(given.decode("latin-1"))
        began, status = time.perf_counter(), GONE

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", own.encode())]
                message["headers"] = headers
            await send(message)

        with structlog.contextvars.bound_contextvars(request=own), trail.noting() as about:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                _tell(scope, status, time.perf_counter() - began, about)


def is_away(scope: Any, said: str) -> None:
    """Note at a request that a service was away: such requests are told once a minute."""
    scope["igny8_problem"] = said


def _tell(scope: Any, status: int, seconds: float, about: dict[str, int]) -> None:
    route = str(scope.get("path_template", "")) or "none"
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    _REQUESTS.labels(route, method, str(status)).inc()
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _BUGS.inc()
    if not scope["path"].startswith(STREAMS):
        _SECONDS.labels(route, method).observe(seconds)
    is_probe = scope["path"] in PROBES
    if status < 400 and (is_probe or scope["path"].startswith("/static/")):
        return
    is_unready = is_probe and status == HTTPStatus.SERVICE_UNAVAILABLE
    problem = scope.get("igny8_problem") or (is_unready and "not ready")
    log.log(
        30 if status >= 500 else 20,
        "request",
        route=f"{method} {route}",
        status=status,
        ms=round(seconds * 1000, 1),
        **_named(scope, about),
        **({"problem": problem} if problem else {}),
    )


def _named(scope: Any, about: dict[str, int]) -> dict[str, int]:
    """Who asked, and about what: by the address, and by what was looked up for it."""
    user = getattr(scope.get("user"), "user_id", None)
    given = scope.get("path_params") or {}
    named = {word: given.get(name) for name, word in NAMED.items()}
    return {
        **({"user": user} if user is not None else {}),
        **{word: number for word, number in named.items() if isinstance(number, int)},
        **about,
    }
