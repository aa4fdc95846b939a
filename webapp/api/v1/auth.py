"""`auth/`: a pass for a password, and whose session, token or key this is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from webapp.accounts import access, passes, sessions
from webapp.accounts.access import ConnectedSite, Member, Scoped
from webapp.accounts.models import Account, Site, User
from webapp.accounts.passes import Pass
from webapp.accounts.sessions import Visitor
from webapp.api.endpoint import get, post
from webapp.call import Call
from webapp.core import limits
from webapp.core.errors import NotSignedIn
from webapp.integrations.models import SiteIntegration


class Named(msgspec.Struct):
    id: int
    name: str


class Person(msgspec.Struct):
    """A member; `timezone` is an IANA zone. `role` is client, viewer, writer, editor, admin or
    owner; "" where there are only roles on single sites: `site_roles`, by the site's id."""

    id: int
    email: str
    name: str
    timezone: str
    role: str
    site_roles: dict[int, str]


class Connection(msgspec.Struct):
    id: int
    platform: str


class Me(msgspec.Struct, omit_defaults=True):
    """`kind` is session, token or integration. A token has scopes, a key its site."""

    kind: str
    account: Named
    user: Person | None = None
    scopes: list[str] | None = None
    site: Named | None = None
    integration: Connection | None = None


class Login(msgspec.Struct):
    """An e-mail address and its password."""

    email: Annotated[str, msgspec.Meta(max_length=limits.EMAIL)]
    password: Annotated[str, msgspec.Meta(max_length=limits.PASSWORD)]


class RefreshToken(msgspec.Struct):
    """The second half of a pass."""

    refresh: Annotated[str, msgspec.Meta(max_length=limits.NAME)]


class Tokens(msgspec.Struct):
    """A pass: `access` is a bearer token that reads, and manages connections as far as the person
    may, until `expires_at`. `refresh` makes a new pair for an hour after that, once."""

    access: str
    refresh: str
    expires_at: datetime


class LoggedOut(msgspec.Struct):
    """The pass opens nothing any more."""

    ended: bool


@post("/auth/login", takes=Login, gives=Tokens, public=True, signs_in=True, errors=(401,))
def login(call: Call, given: Login) -> Tokens:
    """Get a pass for a password: for a program that connects a website, and gives it up then."""
    system, client = call.system, call.request.client
    visitor = Visitor(client.host if client else "", call.request.headers.get("user-agent", ""))

    def begin(db: Session, user: User) -> Pass:
        return passes.give(db, user, system.clock(), "connecting a website")

    made = sessions.with_password(system, given.email, given.password, begin, visitor)
    if made is None:
        raise NotSignedIn(sessions.WRONG, code="INVALID_CREDENTIALS")
    return Tokens(made.access, made.refresh, made.expires_at)


@post("/auth/refresh", takes=RefreshToken, gives=Tokens, public=True, errors=(401,))
def refresh(call: Call, given: RefreshToken) -> Tokens:
    """Prolong a pass: a new pair in the place of the one before."""
    made = passes.prolong(call.db, given.refresh, call.system.clock())
    return Tokens(made.access, made.refresh, made.expires_at)


@post("/auth/logout", takes=RefreshToken, gives=LoggedOut, public=True)
def logout(call: Call, given: RefreshToken) -> LoggedOut:
    """Give a pass up."""
    passes.end(call.db, given.refresh)
    return LoggedOut(True)


@get("/auth/me", gives=Me)
def me(call: Call) -> Me:
    """Whose session, token or key this is."""
    who = call.request.user
    return _of_key(call.db, who) if isinstance(who, ConnectedSite) else _of_member(call.db, who)


def _of_key(db: Session, who: ConnectedSite) -> Me:
    integration = access.get(db, who, SiteIntegration, who.integration_id)
    return Me(
        kind="integration",
        account=_account(db, who),
        site=_site(db, who, who.site_id),
        integration=Connection(integration.id, integration.platform),
    )


def _of_member(db: Session, who: Member) -> Me:
    site_roles = {site_id: str(role) for site_id, role in who.at_sites.items()}
    return Me(
        kind="session" if who.scopes is None else "token",
        account=_account(db, who),
        user=Person(
            who.user_id, who.email, who.name, who.timezone, str(who.role or ""), site_roles
        ),
        scopes=None if who.scopes is None else sorted(who.scopes),
        site=_site(db, who, who.site_id) if who.site_id else None,
    )


def _account(db: Session, who: Scoped) -> Named:
    account = db.get_one(Account, who.account_id)
    return Named(account.id, account.name)


def _site(db: Session, who: Scoped, site_id: int) -> Named:
    site = access.get(db, who, Site, site_id)
    return Named(site.id, site.name)


ROUTES = [login, refresh, logout, me]
