"""From a request to the caller: cookie, token or an integration's key."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio.to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from sqlalchemy.orm import Session

from webapp.accounts import brake, routes, sessions, tokens
from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.routes import Caller
from webapp.accounts.throttle import Throttle
from webapp.core import origins
from webapp.core.codes import Code
from webapp.core.errors import (
    Conflict,
    Forbidden,
    NotSignedIn,
    SignedOut,
    StaleForm,
    Typed,
    Unsupported,
)
from webapp.core.same_site import check_same_site
from webapp.core.secrets import fingerprint
from webapp.core.system import System
from webapp.entrance import PROBES
from webapp.integrations import keys

Connection = ASGIConnection[BaseRouteHandler, Caller, str, State]
# What pages send; a form with a file in it is a program's, and brings the token in a header.
FORM = "application/x-www-form-urlencoded"
SAFE = ("GET", "HEAD", "OPTIONS")
PROTOCOL = "1"
ANOTHERS_PAGE = (
    "Somebody else is signed in in this browser by now, so nothing was done. Open this page anew, "
    "or sign in as before."
)
NEVER = datetime.min.replace(tzinfo=UTC)
LONGEST_HOME = 500
MOST_NOTED = 10_000
_noted: dict[str, datetime] = {}


class Authentication(AbstractAuthenticationMiddleware):
    """Sets `request.user` (a Member, a ConnectedSite or None) and `request.auth` (how)."""

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        if connection.scope["path"] in PROBES:  # these ask for another kind of token themselves
            return AuthenticationResult(user=None, auth="")
        bearer = _bearer(connection)
        system: System = connection.app.state.system
        cookie = connection.cookies.get(sessions.cookie(system.config), "")
        if not bearer and not cookie:
            return AuthenticationResult(user=None, auth="")
        throttle: Throttle = connection.app.state.throttle
        digest = fingerprint(bearer) if bearer else ""
        if bearer:  # before anything is asked of the database
            throttle.check(digest)
        address = connection.client.host if connection.client else ""
        home = connection.headers.get("x-igny8-home", "")[:LONGEST_HOME]
        caller = await anyio.to_thread.run_sync(_caller, system, bearer, cookie, address, home)
        if bearer and caller is not None:
            await throttle.take(digest)
        return AuthenticationResult(user=caller, auth="bearer" if bearer else "session")


def _bearer(connection: Connection) -> str:
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    return str(connection.headers.get("x-igny8-api-key", "")).strip()


def _caller(system: System, bearer: str, cookie: str, address: str, home: str) -> Caller:
    now, tries = system.clock(), brake.of_keys(address)
    caller: Caller
    with system.db.read() as db:
        if bearer:
            caller = _of_bearer(db, system, bearer, home)
        else:
            caller = sessions.member_of(db, system.secrets, cookie, now)
        if bearer and caller is None:
            # Only unknown keys are slowed down: whoever guesses from the address of a customer
            # must not be able to lock that customer out.
            brake.check(db, now, tries)
    if bearer and caller is None:
        system.commits.run(lambda db: brake.begin(db, now, tries))
    if isinstance(caller, ConnectedSite) and caller.elsewhere:
        system.commits.run(lambda db: keys.note_elsewhere(db, system, caller))
    if isinstance(caller, Member):
        _note_use(system, bearer or cookie, caller, now)
        return replace(caller, origin=origins.shortened(address))
    return caller


def _note_use(system: System, token: str, member: Member, now: datetime) -> None:
    """Remember when a token or session was last used, now and then: nobody waits for it."""
    used, session_id = fingerprint(token), member.session_id
    every = timedelta(minutes=1) if session_id is None else sessions.SEEN_EVERY
    if now - _noted.get(used, NEVER) < every:
        return
    if len(_noted) > MOST_NOTED:
        _noted.clear()
    _noted[used] = now
    if session_id is None:
        system.commits.in_background(lambda db: tokens.note_use(db, token, now))
    else:
        system.commits.in_background(lambda db: sessions.prolong(db, session_id, now))


def _of_bearer(db: Session, system: System, bearer: str, home: str) -> Caller:
    if bearer.startswith("ig8_"):
        return tokens.member_of(db, bearer, system.clock())
    return keys.site_of(db, bearer, system.clock(), home)


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Every route passes here: the table decides who may, and unsafe calls prove their origin."""
    method = str(dict(connection.scope).get("method", "GET"))
    route = f"{'GET' if method in SAFE else method} {_template(connection)}"
    if "is_public_file" in handler.opt or method == "OPTIONS":  # says which methods there are
        return
    if connection.auth == "bearer" and connection.user is None:
        _refuse_key(route)
    try:
        needs = routes.check(route, connection.user)
    except NotSignedIn as problem:
        if method not in SAFE and (typed := await _typed_here(connection)):
            raise SignedOut(problem.message, typed=typed) from problem
        raise
    if needs is not None and isinstance(connection.user, Member):
        _check_page(connection, connection.user)
        connection.scope["user"] = replace(connection.user, acting=needs.capability)
    if isinstance(connection.user, ConnectedSite):
        _check_protocol(connection)
        if connection.user.elsewhere:
            raise Conflict.of(Code.WEBSITE_COPIED, named=connection.user.elsewhere)
    # A public route, such as signing in, has no session to protect; no other website calls it.
    if method not in SAFE and routes.is_public(route):
        check_same_site(connection)
    is_forgeable = connection.auth == "session" and not routes.is_public(route)
    if method not in SAFE and is_forgeable and isinstance(connection.user, Member):
        await check_origin(connection)


def _check_page(connection: Connection, member: Member) -> None:
    """The scripts of a page say whose it is: nobody else acts on it."""
    if connection.headers.get("x-page-of", str(member.user_id)) != str(member.user_id):
        raise Conflict(ANOTHERS_PAGE)


def _refuse_key(route: str) -> None:
    if routes.is_public(route):
        return
    raise NotSignedIn(
        "This key or token is not known, has ended or was revoked.",
        code="INVALID_CREDENTIALS",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _check_protocol(connection: Connection) -> None:
    """A plugin of another major version is told so, instead of being misunderstood."""
    spoken = connection.headers.get("x-igny8-protocol", PROTOCOL).split(".")[0]
    if spoken != PROTOCOL:
        raise Unsupported(
            f"The plugin speaks protocol {spoken[:20]}, IGNY8 speaks {PROTOCOL}. Update the plugin."
        )


def _template(connection: Connection) -> str:
    template = str(connection.scope["path_template"])
    return template.rstrip("/") or "/"


async def check_origin(connection: Connection) -> None:
    """CSRF: the browser's Origin must be ours, and the form must carry the session's token."""
    check_same_site(connection)
    sent, typed = connection.headers.get("x-csrf-token", ""), {}
    if not sent:
        typed = await _form(connection)
        sent = str(next(iter(typed.get("_csrf", [])), ""))
    member = need_member(connection.user)
    if not member.csrf or not hmac.compare_digest(sent.encode(), member.csrf.encode()):
        raise StaleForm(
            "This page was open for too long, or you signed in again elsewhere. "
            "Go back, reload it, and send it again.",
            typed=typed,
        )


async def _typed_here(connection: Connection) -> Typed:
    """What somebody typed into a form of ours: only where the browser says that it was ours."""
    if not connection.headers.get("origin", "").startswith("http"):
        return {}
    try:
        check_same_site(connection)
    except Forbidden:
        return {}
    return {name: given for name, given in (await _form(connection)).items() if name != "_csrf"}


async def _form(connection: Connection) -> Typed:
    """The fields of a form of ours; nothing where the body is none."""
    if not connection.headers.get("content-type", "").startswith(FORM):
        return {}
    from litestar import Request

    request = Request[Caller, str, State](connection.scope, connection.receive, connection.send)
    form = await request.form()
    return {name: form.getall(name) for name in form}


def need_member(caller: Caller) -> Member:
    """The signed-in member; routes that take both kinds of caller decide themselves."""
    if not isinstance(caller, Member):
        raise NotSignedIn("Sign in first.")
    return caller
