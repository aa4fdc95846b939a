"""From a request to the caller: cookie, token or an integration's key."""

from __future__ import annotations

from urllib.parse import urlsplit

import anyio.to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from sqlalchemy.orm import Session

from webapp.accounts import passwords, routes, sessions, tokens
from webapp.accounts.access import Member
from webapp.accounts.routes import Caller
from webapp.core.errors import Forbidden, NotSignedIn
from webapp.core.system import System
from webapp.integrations import connections

Connection = ASGIConnection[BaseRouteHandler, Caller, str, State]
SAFE = ("GET", "HEAD", "OPTIONS")


class Authentication(AbstractAuthenticationMiddleware):
    """Sets `request.user` (a Member, a ConnectedSite or None) and `request.auth` (how)."""

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        bearer = _bearer(connection)
        cookie = connection.cookies.get(sessions.COOKIE, "")
        if not bearer and not cookie:
            return AuthenticationResult(user=None, auth="")
        system: System = connection.app.state.system
        origin = connection.client.host if connection.client else "unknown"
        caller = await anyio.to_thread.run_sync(_caller, system, bearer, cookie, origin)
        return AuthenticationResult(user=caller, auth="bearer" if bearer else "session")


def _bearer(connection: Connection) -> str:
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    return str(connection.headers.get("x-igny8-api-key", "")).strip()


def _caller(system: System, bearer: str, cookie: str, origin: str) -> Caller:
    now = system.clock()
    with system.db.read() as db:
        if not bearer:
            return sessions.member_of(db, system.secrets, cookie, now)
        passwords.check_brake(db, f"token {origin}", now)
        caller = _of_bearer(db, system, bearer)
    if caller is None:
        with system.db.write() as db:
            passwords.note_failure(db, f"token {origin}", now)
    return caller


def _of_bearer(db: Session, system: System, bearer: str) -> Caller:
    if bearer.startswith("ig8_"):
        return tokens.member_of(db, bearer, system.clock())
    return connections.site_of_key(db, bearer, system.clock())


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Every route passes here: the table decides who may, and unsafe calls prove their origin."""
    method = str(dict(connection.scope).get("method", "GET"))
    route = f"{'GET' if method in SAFE else method} {_template(connection)}"
    if "is_public_file" in handler.opt:
        return
    routes.check(route, connection.user)
    if method not in SAFE and isinstance(connection.user, Member) and connection.auth == "session":
        await check_origin(connection)


def _template(connection: Connection) -> str:
    template = str(connection.scope["path_template"])
    return template.rstrip("/") or "/"


async def check_origin(connection: Connection) -> None:
    """CSRF: the browser's Origin must be ours, and the form must carry the session's token."""
    check_same_site(connection)
    sent = connection.headers.get("x-csrf-token", "")
    if not sent and "form" in connection.headers.get("content-type", ""):
        from litestar import Request

        form = await Request[Caller, str, State](
            connection.scope, connection.receive, connection.send
        ).form()
        sent = str(form.get("_csrf", ""))
    if not connection.user.csrf or sent != connection.user.csrf:  # type: ignore[union-attr]
        raise Forbidden(
            "This page was open for too long, or you signed in again elsewhere. "
            "Go back, reload it, and send it again.",
            code="CSRF",
        )


def check_same_site(connection: Connection) -> None:
    """Refuse an unsafe call that another website made the browser send."""
    origin = connection.headers.get("origin")
    if origin and origin != "null":
        host = connection.headers.get("host", "")
        own = urlsplit(connection.app.state.system.config.public_url).netloc
        if urlsplit(origin).netloc not in (host, own):
            raise Forbidden("This was sent from another website.", code="CSRF")
    elif connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("This was sent from another website.", code="CSRF")


def need_member(caller: Caller) -> Member:
    """The signed-in member; routes that take both kinds of caller decide themselves."""
    if not isinstance(caller, Member):
        raise NotSignedIn("Sign in first.")
    return caller
