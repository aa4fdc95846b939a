"""`auth/me/`: whose session, token or key this is."""

from __future__ import annotations

import msgspec
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite, Member, Scoped
from webapp.accounts.models import Account, Site
from webapp.api.endpoint import get
from webapp.call import Call
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


ROUTES = [me]
