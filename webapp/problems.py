"""How a problem is answered: JSON to programs, a page or a toast to people."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from webapp import layout, request_log
from webapp.accounts import routes, sessions
from webapp.accounts.access import Member
from webapp.core import away, origins, trail, web
from webapp.core.codes import Code
from webapp.core.errors import (
    Forbidden,
    NotFound,
    NotSignedIn,
    Problem,
    SignedOut,
    StaleForm,
    TooMany,
    Typed,
)
from webapp.error_frame import Framed
from webapp.integrations import connections

log = structlog.get_logger()
AnyRequest = Request[Any, Any, Any]
NAMES = {400: "BAD_REQUEST", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}


def _signed_out(so: str) -> web.Toast:
    words = f"You are signed out, so {so}"
    return web.Toast(words, "problem", href="/sign-in", link="Sign in", aside=True, key="lost")


NOT_SAVED = _signed_out("nothing was saved. What you typed is still here.")
NOT_FETCHED = _signed_out("nothing came. What you typed is still here.")
SIGNED_IN_AGAIN = web.Toast(
    "You signed in again since this page was opened, so nothing was saved yet. Send it again.",
    "problem",
)
# The fields of our forms that are passwords (accounts/pages.py, people/pages/own_account.py).
PASSWORDS = frozenset({"password", "old", "new"})
SENTENCES = {
    404: "Perhaps it was deleted or moved, or the address has a slip.",
    405: "This address does not take that kind of request.",
    413: "This is larger than what can be sent here.",
}


def of_ours(request: AnyRequest, problem: Problem) -> Response[Any]:
    """What a verb refused, with its reason."""
    if isinstance(problem, Forbidden | TooMany):
        _log_refusal(request, problem)
    if _is_program(request):
        return _json(problem.status, problem.as_dict(), problem.headers)
    if isinstance(problem, NotSignedIn) and web.is_htmx(request):
        reads = request.method in ("GET", "HEAD")
        return _stay(problem.status, NOT_FETCHED if reads else NOT_SAVED)
    if isinstance(problem, SignedOut) and not _holds_secrets(problem.typed):
        return _typed_again(request, problem)
    if isinstance(problem, NotSignedIn) and request.headers.get("sec-fetch-dest") == "iframe":
        return web.signed_out_frame()
    if isinstance(problem, NotSignedIn):
        cookie = sessions.cookie(request.app.state.system.config)
        return web.sign_in_redirect(request, had_session=cookie in request.cookies)
    if isinstance(problem, StaleForm) and web.is_htmx(request):
        return _stay(problem.status, SIGNED_IN_AGAIN, csrf=request.user.csrf)
    if isinstance(problem, StaleForm) and problem.typed and not _holds_secrets(problem.typed):
        return _typed_again(request, problem)
    answer = _error_page(request, problem.status, problem.told)
    answer.headers.update(problem.headers)
    return answer


def _stay(status: int, toast: web.Toast, csrf: str = "") -> Response[str]:
    """The page stays with all that was typed on it, and can send it again: with the token of the
    session that is there by now."""
    events = {"csrf": {"token": csrf}} if csrf else {}
    return web.html_response("", status=status, toast=toast, headers=web.STAYS, events=events)


def _log_refusal(request: AnyRequest, problem: Problem) -> None:
    """For whoever looks for attempts. The route and not the path: that may hold what is secret."""
    caller = request.scope.get("user")
    log.warning(
        "refused",
        status=problem.status,
        code=problem.code,
        route=_route(request),
        user=getattr(caller, "user_id", None),
        origin=origins.shortened(request.client.host if request.client else ""),
    )


def _route(request: AnyRequest) -> str:
    return f"{request.method} {request.scope.get('path_template', '')}"


def _holds_secrets(typed: Typed) -> bool:
    """Whether a form has what may stand on no page again, not even hidden."""
    return bool(typed.keys() & (PASSWORDS | connections.secret_fields()))


def _typed_again(request: AnyRequest, problem: StaleForm | SignedOut) -> Response[str]:
    """What was typed, to be sent again by its author. Only a form that a page of ours sent comes
    here: for others the origin is refused before."""
    typed = [
        (name, text)
        for name, texts in problem.typed.items()
        for text in texts
        if name != "_csrf" and isinstance(text, str)
    ]
    return web.bare_page(
        "shared/stale.html",
        status=problem.status,
        action=request.url.path,
        typed=typed,
        member=request.user,
        theme=getattr(request.user, "theme", "system"),
    )


def of_litestar(request: AnyRequest, problem: HTTPException) -> Response[Any]:
    """What the framework refused: unknown paths, wrong methods, malformed bodies."""
    status = problem.status_code
    if status == 405 and request.method in ("GET", "HEAD") and _reads_pages(request):
        return _page_above(request)
    if not _is_program(request):
        answer = _error_page(request, status, SENTENCES.get(status, problem.detail))
        answer.headers.update(problem.headers or {})
        return answer
    error: dict[str, Any] = {"code": NAMES.get(status, f"HTTP_{status}"), "message": problem.detail}
    if problem.extra:
        error["details"] = {"problems": problem.extra}
    return _json(status, error, dict(problem.headers or {}))


def of_bug(request: AnyRequest, problem: Exception) -> Response[Any]:
    """What should not have happened: logged whole, answered with a reference to the log. A database
    that is away is no bug: whoever asked is told to come again."""
    if said := away.said_of(problem):
        return _away(request, problem, said)
    reference = trail.current()  # it stands in each line of this request
    log.error("a request met a bug", route=_route(request), exc_info=problem)
    message = "Something went wrong that should not have. Nothing was saved."
    if not _is_program(request):
        return _error_page(request, 500, message, reference)
    details = {"reference": reference}
    return _json(500, {"code": "INTERNAL_ERROR", "message": message, "details": details}, {})


def _away(request: AnyRequest, problem: Exception, said: str) -> Response[Any]:
    request_log.is_away(request.scope, "the database is away")
    log.error("the database is away", route=_route(request), exc_info=problem)
    headers = {"Retry-After": str(away.AGAIN_AFTER)}
    if _is_program(request):
        return _json(503, {"code": Code.DATABASE_AWAY, "message": said}, headers)
    answer = _error_page(request, 503, said)
    answer.headers.update(headers)
    return answer


def _page_above(request: AnyRequest) -> Response[str]:
    """A form was sent to this address, and somebody comes back to it."""
    query = f"?{request.url.query}" if request.url.query else ""
    return web.redirect(request, routes.page_above(request.url.path) + query)


def _reads_pages(request: AnyRequest) -> bool:
    return web.wants_page(request) and not web.is_htmx(request) and not _is_program(request)


def _error_page(
    request: AnyRequest, status: int, message: str, reference: str = ""
) -> Response[str]:
    """Nobody is asked for where no route was found: then the cookie tells. Nor is the database: it
    may be what is broken, and here all requests wait; the frame is made later (error_frame.py)."""
    cookie = sessions.cookie(request.app.state.system.config)
    member = request.scope.get("user")
    is_signed_in = member is not None if "user" in request.scope else cookie in request.cookies
    is_ours = is_signed_in and (member is None or isinstance(member, Member))
    words = _words(status, message, request)
    nav = layout.nav(member) if is_ours else ()
    bare = web.error_page(request, status, words, reference, is_signed_in=is_signed_in, nav=nav)
    if not is_ours or status >= 500 or web.is_htmx(request):
        return bare
    return Framed(request, bare, heading=web.heading_of(status), message=words, is_signed_in=True)


def _words(status: int, message: str, request: AnyRequest) -> str:
    """The page's heading says already that there is nothing; the toast has none."""
    says_no_more = message in ("", NotFound().told)
    return SENTENCES.get(status, message) if says_no_more and not web.is_htmx(request) else message


def _is_program(request: AnyRequest) -> bool:
    return request.url.path.startswith(("/api/", "/events", "/healthz", "/readyz", "/metrics"))


def _json(status: int, error: dict[str, Any], headers: dict[str, str]) -> Response[Any]:
    return Response({"success": False, "error": error}, status_code=status, headers=headers)
