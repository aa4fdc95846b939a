"""Signing in and out, the theme, and the site a person works on."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import parse_qsl, urlencode

import litestar
import sqlalchemy as sa
from litestar import Request, Response
from sqlalchemy.orm import Session

from webapp.accounts import access, audit, sessions
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import Site, User, UserSession
from webapp.accounts.sessions import Visitor
from webapp.call import Call, Sent, get, post
from webapp.config import Config
from webapp.core import assets, origins
from webapp.core.errors import Invalid, NotFound, Problem
from webapp.core.same_site import check_same_site
from webapp.core.system import System
from webapp.core.web import (
    bare_page,
    html_response,
    id_in,
    is_htmx,
    local_path,
    redirect,
    templates,
)
from webapp.forms import Form, Id, check_kind

LARGEST_FORM = 64 * 1024
# Why somebody who was signed in is asked to sign in (web.sign_in_redirect).
REASONS = {
    "yes": "Your session has ended, so nothing was saved. Sign in, then enter and send it again.",
    "ended": "Your session has ended. Sign in to go on.",
}
TYPE_ONE = "Type your password."
THEMES = ("system", "light", "dark")


class SignInForm(Form):
    """`next`: the page that was wanted; `timezone`: the browser's; `person`: whose page it is that
    the form lies over (static/js/common/sign-in-again.js)."""

    next: str = ""
    email: str = ""
    password: str = ""
    timezone: str = ""
    person: Id = None


class ThemeForm(Form):
    """One of THEMES."""

    theme: str


class ActiveSiteForm(Form):
    """ "" for all sites."""

    site_id: str


@get("/")
def home(call: Call) -> Response[str]:
    """Where the day begins."""
    return call.redirect("/review" if call.request.user else "/sign-in")


@get("/favicon.ico")
def favicon(call: Call) -> Response[str]:
    """Where browsers look for a picture of any page, also of one that names none."""
    return call.redirect(assets.address("icon.svg"))


@get("/sign-in")
def sign_in_page(call: Call, next: str = "", again: str = "") -> Response[str]:
    """The form; whoever is signed in already goes on. `again`: why it is asked for (REASONS). A
    script gets the small one, to lay it over its page."""
    if call.is_htmx:
        return html_response(templates().get_template("accounts/_sign_in_again.html").render())
    if isinstance(call.request.user, Member):
        return call.redirect(local_path(next))
    is_empty = call.db.scalar(sa.select(User.id).limit(1)) is None
    return _form(call.request, local_path(next), REASONS.get(again, ""), is_empty=is_empty)


@get("/session")
def session(call: Call) -> Response[str]:
    """Whether it lives, and the token of now for the forms of a page that is older."""
    return html_response("", events={"csrf": {"token": call.member.csrf}})


@litestar.post("/sign-in", status_code=200, request_max_body_size=LARGEST_FORM)
async def sign_in(request: Request[Any, Any, Any], data: Sent) -> Response[str]:
    """Check the password and start a session. Takes no thread of those that serve pages."""
    check_same_site(request)
    check_kind(request)
    system: System = request.app.state.system
    try:
        typed = SignInForm.read(data)
    except Invalid:  # nobody's name and password
        return _form(request, "/review", sessions.WRONG, status=401)
    if is_htmx(request) and (typed.person is None or not typed.password):
        return _refused(request, typed, TYPE_ONE, 422)
    visitor = Visitor(
        request.client.host if request.client else "",
        request.headers.get("user-agent", ""),
        typed.timezone,
    )
    before = request.cookies.get(sessions.cookie(system.config), "")
    check = functools.partial(
        sessions.sign_in_with_password,
        system,
        typed.email,
        typed.password,
        before,
        visitor,
        typed.person,
    )
    try:
        token = await request.app.state.turns.run(origins.counted(visitor.address), check)
    except Problem as problem:
        said = problem.fields.get("email", problem.message)
        return _refused(request, typed, said, problem.status, problem.headers)
    if token is None:
        return _refused(request, typed, sessions.WRONG, 401)
    answer = _let_in(request, typed, sessions.csrf(system.secrets, token))
    _give_cookie(answer, system.config, token)
    return answer


def _let_in(request: Request[Any, Any, Any], typed: SignInForm, csrf: str) -> Response[str]:
    """On to the page that was wanted; a page that is there already goes on with the new token."""
    if is_htmx(request):
        return html_response("", events={"csrf": {"token": csrf}})
    return redirect(request, local_path(typed.next))


def _refused(
    request: Request[Any, Any, Any],
    typed: SignInForm,
    problem: str,
    status: int,
    headers: dict[str, str] | None = None,
) -> Response[str]:
    """Why not: on the sign-in page, or in the small form over another page."""
    if not is_htmx(request):
        return _form(request, local_path(typed.next), problem, typed.email, status, headers)
    answer = bare_page("accounts/_sign_in_problem.html", status=status, problem=problem)
    answer.headers.update(headers or {})
    return answer


def _give_cookie(answer: Response[str], config: Config, token: str) -> None:
    """The browser keeps it for as long as a session can live; the server decides how long."""
    answer.set_cookie(
        key=sessions.cookie(config),
        value=token,
        max_age=int(sessions.LIFETIME.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=config.secure_cookies,
    )


@post("/sign-out")
def sign_out(call: Call) -> Response[str]:
    """End this browser's session."""
    name = sessions.cookie(call.system.config)
    sessions.sign_out(call.db, call.request.cookies.get(name, ""))
    audit.note(call.db, call.system, Act.SIGNED_OUT, by=call.member)
    answer = call.redirect("/sign-in")
    answer.set_cookie(
        key=name,
        value="",
        max_age=0,
        path="/",
        httponly=True,
        samesite="lax",
        secure=call.system.config.secure_cookies,
    )
    return answer


@post("/theme")
def choose_theme(call: Call, data: ThemeForm) -> Response[str]:
    """Light, dark, or as the device says; kept with the session."""
    if data.theme in THEMES:
        _keep(call.db, call.member, theme=data.theme)
    return call.redirect(_back(call))


@post("/active-site")
def choose_site(call: Call, data: ActiveSiteForm) -> Response[str]:
    """Limit the lists to one site; an empty choice shows all of them."""
    wanted = id_in(data.site_id)
    if data.site_id and wanted is None:
        raise NotFound
    site_id = access.get(call.db, call.member, Site, wanted).id if wanted is not None else None
    _keep(call.db, call.member, site_id=site_id)
    back = _back(call)
    return call.redirect("/review" if back.startswith("/review/") else back)


def _keep(db: Session, member: Member, **values: Any) -> None:
    db.execute(sa.update(UserSession).where(UserSession.id == member.session_id).values(**values))


def _back(call: Call) -> str:
    """The page that the form stood on, if that is ours; a site that its address names gives way
    to the one that was chosen."""
    host = call.request.headers.get("host", "")
    _, found, rest = call.request.headers.get("referer", "").partition(f"//{host}/")
    if not found:
        return "/review"
    path, _, query = rest.partition("?")
    kept = urlencode([(k, v) for k, v in parse_qsl(query) if k != "site"])
    return local_path(f"/{path}?{kept}" if kept else f"/{path}")


def _form(
    request: Request[Any, Any, Any],
    wanted: str,
    problem: str = "",
    email: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    is_empty: bool = False,
) -> Response[str]:
    config: Config = request.app.state.system.config
    host = str(request.url.hostname or "")
    answer = bare_page(
        "accounts/sign_in.html",
        status=status,
        next=wanted,
        problem=problem,
        email=email[: sessions.LONGEST_EMAIL],
        is_open=not config.secure_cookies and not origins.is_local(host),
        is_empty=is_empty,
        theme="system",
    )
    answer.headers.update(headers or {})
    return answer


ROUTES = [home, favicon, sign_in_page, sign_in, session, sign_out, choose_theme, choose_site]
