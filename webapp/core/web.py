"""HTML answers: a page, a fragment of it, a redirect, and the headers that go with them.

Page and fragment are one template: `page(..., block="pane")` renders only that block. Everything
is rendered to a string inside the handler, so a template never touches the database later.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType
from markupsafe import escape
from sqlalchemy.orm import Session

from webapp.config import root
from webapp.core import assets, labels, limits
from webapp.core.db import LARGEST_INTEGER

HTML_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; "
        "font-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Vary": "HX-Request",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

# For a page that shows a piece's own pictures: they may lie anywhere.
PICTURES_FROM_ANYWHERE = {
    "Content-Security-Policy": HTML_HEADERS["Content-Security-Policy"].replace(
        "img-src 'self' data:", "img-src * data:"
    )
}

# To htmx: the page stays as it is, its address too.
STAYS = {"HX-Reswap": "none", "HX-Push-Url": "false"}

LONGEST_PATH = 2000

# A piece's own text: it may look like anything and do nothing. Without `allow-scripts` nothing
# in it runs; `allow-same-origin` lets the page around it measure its height.
PREVIEW_HEADERS = {
    **HTML_HEADERS,
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src * data:; media-src *; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-same-origin allow-popups"
    ),
}


@dataclass(frozen=True)
class Toast:
    """A line about something that happened elsewhere. `kind` is "ok" or "problem".

    `undo`: the steps that its Undo button takes back; `aside`: its link opens in another tab.
    Of two with one `key` the newer stays; "lost" ones go when the connection is back.
    """

    text: str
    kind: str = "ok"
    href: str = ""
    link: str = ""
    undo: Sequence[int] = ()
    aside: bool = False
    key: str = ""


# Beside those of the pages: a platform keeps its own in its folder.
TEMPLATE_FOLDERS = [Path(__file__).parents[1] / "integrations"]


@cache
def _sources() -> dict[str, tuple[str, str, Callable[[], bool]]]:
    """Every template as it was when this was first asked: by its name the text, the file, and that
    it is still so. What an upgrade lays on the disk since is another release's."""
    return {
        str(path.relative_to(folder)): (path.read_text(), str(path), lambda: True)
        for folder in (root() / "templates", *TEMPLATE_FOLDERS)
        for path in sorted(folder.rglob("*.*ml"))
    }


@cache
def templates() -> Environment:
    """The template environment; a name that a view does not give is an error, not a gap."""
    env = Environment(
        loader=FunctionLoader(_sources().get),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["static"] = assets.address
    env.globals["imports"] = assets.imports
    env.globals["limits"] = limits
    env.filters |= labels.FILTERS
    # Blocks are also rendered alone, where imports at the top of a template do not run.
    env.globals["ui"] = env.get_template("shared/ui.html").module
    return env


def is_htmx(request: Request[Any, Any, Any]) -> bool:
    """Whether a fragment is wanted: htmx asks, and not in order to restore a whole page."""
    headers = request.headers
    return "hx-request" in headers and "hx-history-restore-request" not in headers


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person at a browser asked, who should get HTML also when it goes wrong."""
    if request.url.path.startswith("/api/"):
        return False
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")


def page(
    request: Request[Any, Any, Any],
    db: Session,
    template: str,
    *,
    block: str | None = None,
    title: str = "",
    status: int = 200,
    toast: Toast | None = None,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """Render a template, or with `block` only that part of it (`title` then renames the tab).

    A whole page also gets `layout`, built by the function that `app.state.layout` holds.
    """
    shown = templates().get_template(template)
    context["member"] = request.user
    if block is None:
        context["layout"] = request.app.state.layout(db, request.user)
        html = shown.render(context)
    else:
        html = "".join(shown.blocks[block](shown.new_context(context)))
        html = f"<title>{escape(title)} · IGNY8</title>{html}" if title else html
    return html_response(html, status=status, toast=toast, headers=headers)


def fragment(
    request: Request[Any, Any, Any],
    template: str,
    *,
    status: int = 200,
    toast: Toast | None = None,
    events: Mapping[str, Any] | None = None,
    **context: Any,
) -> Response[str]:
    """Render a template that pages include, alone."""
    html = templates().get_template(template).render({**context, "member": request.user})
    return html_response(html, status=status, toast=toast, events=events)


def bare_page(template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A page without the layout: sign-in, and errors of people who are not signed in."""
    return html_response(templates().get_template(template).render(context), status=status)


def html_response(
    html: str,
    *,
    status: int = 200,
    toast: Toast | None = None,
    headers: dict[str, str] | None = None,
    events: Mapping[str, Any] | None = None,
) -> Response[str]:
    """HTML with the headers that every page of ours carries. A script gets the `events`, by name
    with their details, and the toast."""
    told = {**({"toast": vars(toast)} if toast else {}), **(events or {})}
    trigger = {"HX-Trigger": json.dumps(told)} if told else {}
    all_headers = {**HTML_HEADERS, **(headers or {}), **trigger}
    return Response(html, status_code=status, headers=all_headers, media_type=MediaType.HTML)


def redirect(request: Request[Any, Any, Any], path: str) -> Response[str]:
    """Go to one of our own pages: 303 for a plain form, HX-Redirect for htmx."""
    path = _as_header(path)
    headers = {"Cache-Control": "no-store"}
    if is_htmx(request):
        return Response("", status_code=200, headers={**headers, "HX-Redirect": path})
    return Response("", status_code=303, headers={**headers, "Location": path})


def local_path(path: str, default: str = "/review") -> str:
    """`path` if it leads to a page of ours, else the default: no redirect to strangers."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    if not is_ours or len(path) > LONGEST_PATH or any(ord(char) < 33 for char in path):
        return default
    return _as_header(path)


def _as_header(path: str) -> str:
    """A path as a header can carry it: in ASCII, and nothing that would end the header."""
    return quote(path, safe=string.punctuation)


def id_in(text: str) -> int | None:
    """The id that a form names; None where that is no id."""
    is_whole = text.isascii() and text.isdigit() and len(text) < 11
    return int(text) if is_whole and int(text) <= LARGEST_INTEGER else None


def heading_of(status: int) -> str:
    """What an error page is called."""
    usual = "Something went wrong" if status >= 500 else "That did not work"
    return {403: "You may not do this", 404: "There is nothing here"}.get(status, usual)


def error_page(
    request: Request[Any, Any, Any],
    status: int,
    message: str,
    reference: str = "",
    *,
    is_signed_in: bool,
    nav: Sequence[Any] = (),
) -> Response[str]:
    """A problem as people see it: a toast where htmx asked, else a page with the way back.

    Without a database session, because that may be what is broken; so of the layout it has the
    navigation only (`nav`: layout.Item). webapp/error_frame.py gives it the rest.
    """
    if is_htmx(request):
        return html_response("", status=status, toast=Toast(message, "problem"), headers=STAYS)
    return bare_page(
        "shared/error.html",
        status=status,
        code=status,
        heading=heading_of(status),
        message=message,
        reference=reference,
        theme=getattr(request.scope.get("user"), "theme", "system"),
        is_signed_in=is_signed_in,
        nav=nav,
    )


def signed_out_frame() -> Response[str]:
    """Instead of a text within a page: the sign-in page may stand in no frame."""
    answer = bare_page("shared/signed_out_frame.html", status=401)
    answer.headers.update(PREVIEW_HEADERS)
    return answer


def sign_in_redirect(request: Request[Any, Any, Any], *, had_session: bool) -> Response[str]:
    """To the sign-in page, and from there back to where the person wanted to go. For whole pages:
    a part of a page never leads it away from what was typed on it.

    Who has had a session, or follows a link of a page of ours, is told that it has ended."""
    had_session = had_session or request.headers.get("sec-fetch-site") == "same-origin"
    is_sent = request.method not in ("GET", "HEAD")
    why = "&again=yes" if is_sent else "&again=ended" if had_session else ""
    wanted = request.headers.get("referer", "") if is_sent else str(request.url)
    host, _, rest = wanted.partition("://")[2].partition("/")
    is_ours = not is_sent or host == request.headers.get("host", "")
    path = local_path(f"/{rest.partition('#')[0]}" if is_ours else "/", "/")
    return redirect(request, f"/sign-in?next={quote(path)}{why}")
