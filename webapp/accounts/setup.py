"""The first account, its owner, its site if it is named; and tokens from the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import audit, passwords, sites, tokens
from webapp.accounts.audit import Act
from webapp.accounts.models import Account, Membership, Site, User
from webapp.accounts.rights import Role
from webapp.accounts.sites import NewSite
from webapp.core.errors import Invalid
from webapp.core.system import System

NAME = "setup"  # of the tokens that it makes


@dataclass(frozen=True)
class Wanted:
    """What `igny8 setup` is asked for; without a `site`, that is added on the page. The new token
    may replace those that it made before."""

    account: str
    email: str
    password: str
    site: str = ""
    url: str = ""
    timezone: str = ""
    replaces_token: bool = False


def ensure(system: System, wanted: Wanted) -> dict[str, Any]:
    """Make what is missing. Again with the same names: the same ids, password, and a new token;
    `earlier_tokens` are the ids of those made before that still work.

    Called outside of a transaction: nobody waits for the database while the password is hashed.
    """
    if "@" not in wanted.email:
        raise Invalid({"email": "This is no e-mail address."})
    with system.db.read() as db:
        is_known = _user(db, wanted.email) is not None
    password_hash = (
        ""
        if is_known
        else passwords.hash_password(wanted.password, wanted.email, wanted.account, wanted.site)
    )
    with system.db.write() as db:
        return _ensure(db, system, wanted, password_hash)


def _ensure(db: Session, system: System, wanted: Wanted, password_hash: str) -> dict[str, Any]:
    account = _account(db, wanted.account)
    user = _user(db, wanted.email) or add_user(db, wanted.email, password_hash)
    if _membership(db, account.id, user.id) is None:
        join(db, account.id, user.id, Role.OWNER)
        _note(db, system, Act.MEMBER_JOINED, user, account.id, f"{user.email}: owner")
    made = _site(db, account.id, wanted)
    earlier = tokens.living(db, system, user.id, account.id, NAME)
    if wanted.replaces_token:
        tokens.end_all(db, system, earlier, user)
        earlier = []
    token = tokens.create(
        db, user_id=user.id, account_id=account.id, name=NAME, scopes=list(tokens.SCOPES)
    )
    _note(db, system, Act.TOKEN_MADE, user, account.id, f"{NAME} ({token[:12]}…)")
    ids = {"account_id": account.id, "user_id": user.id, **made}
    return {**ids, "token": token, "earlier_tokens": [one.id for one in earlier]}


def _site(db: Session, account_id: int, wanted: Wanted) -> dict[str, Any]:
    """The site and its sector, as they are told; empty where none is wanted."""
    if not (wanted.site or wanted.url or wanted.timezone):
        return {}
    site = add_site(db, account_id, wanted.site, wanted.url, wanted.timezone)
    sector = sites.add_sector(db, site, sites.FIRST_SECTOR)
    return {"site_id": site.id, "site_slug": site.slug, "sector_id": sector.id}


def token_for(db: Session, system: System, email: str, name: str, scopes: list[str]) -> str:
    """A token of the person with this address, for that person's first account."""
    row = db.execute(
        sa.select(User, Membership.account_id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.email == email.strip().lower(), User.is_active)
        .order_by(Membership.id)
    ).first()
    if row is None:
        raise Invalid({"email": "There is nobody with this address."})
    wanted = scopes or list(tokens.SCOPES)
    made = tokens.create(
        db, user_id=row.User.id, account_id=row.account_id, name=name, scopes=wanted
    )
    about = f"{name} ({made[:12]}…): {', '.join(wanted)}"
    _note(db, system, Act.TOKEN_MADE, row.User, row.account_id, about)
    return made


def _note(db: Session, system: System, act: Act, user: User, account_id: int, about: str) -> None:
    audit.note_of_user(
        db, system, act, user, origin="", about=about, by=audit.COMMAND_LINE, account_id=account_id
    )


def add_user(
    db: Session, email: str, password_hash: str, name: str = "", timezone: str = ""
) -> User:
    user = User(
        email=email.strip().lower(), name=name, timezone=timezone, password_hash=password_hash
    )
    db.add(user)
    db.flush()
    return user


def join(db: Session, account_id: int, user_id: int, role: Role) -> Membership:
    """Make the user a member, once."""
    found = _membership(db, account_id, user_id)
    if found is None:
        found = Membership(account_id=account_id, user_id=user_id, role=role)
        db.add(found)
        db.flush()
    return found


def _membership(db: Session, account_id: int, user_id: int) -> Membership | None:
    of_both = (Membership.account_id == account_id, Membership.user_id == user_id)
    return db.scalars(sa.select(Membership).where(*of_both)).one_or_none()


def add_site(db: Session, account_id: int, name: str, url: str, timezone: str) -> Site:
    """The account's site of this name; made if there is none."""
    wanted = NewSite(name, url, timezone, sector="").tidy()
    wrong = sites.problems(wanted)
    if wrong:
        raise Invalid(wrong)
    found = db.scalars(
        sa.select(Site)
        .where(Site.account_id == account_id, Site.name == wanted.name)
        .order_by(Site.id)
        .limit(1)
    ).one_or_none()
    return found or sites.make(db, account_id, wanted)


def _account(db: Session, name: str) -> Account:
    found = db.scalars(sa.select(Account).where(Account.name == name)).one_or_none()
    if found is None:
        found = Account(name=name)
        db.add(found)
        db.flush()
    return found


def _user(db: Session, email: str) -> User | None:
    return db.scalars(sa.select(User).where(User.email == email.strip().lower())).one_or_none()
