"""Two accounts with people and sites, as most tests begin with them.

They are written once in a process and kind of database; tests get copies of that database, and read
the sites from their own. Nothing that a test changes is seen by another one.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import passwords, setup, sites
from webapp.accounts.access import Member
from webapp.accounts.models import Account, Membership, Sector, Site, User
from webapp.accounts.rights import Role
from webapp.core.db import Base, Database

PASSWORD = "a password of the tests"
_STAFF = {
    "owner": Role.OWNER,
    "admin": Role.ADMIN,
    "teammate": Role.EDITOR,
    "viewer": Role.VIEWER,
    "writer": Role.WRITER,
    "client": Role.CLIENT,
}


@dataclass(frozen=True)
class House:
    """The staff by name and the site of one account, and those of another one."""

    site: Site
    sector: Sector
    other_site: Site
    other_sector: Sector
    staff: Mapping[str, Member]
    stranger: Member


def furnish(db: Session) -> House:
    """Write them into a database that has none of them."""
    account = _account(db, "The Gazette")
    site = setup.add_site(db, account.id, "Gazette", "https://gazette.example", "Europe/Berlin")
    sector = sites.add_sector(db, site, "News")
    other = _account(db, "The Rival")
    other_site = setup.add_site(db, other.id, "Rival", "https://rival.example", "America/New_York")
    other_sector = sites.add_sector(db, other_site, "Sport")
    staff = _people(db, account, _STAFF)
    stranger = _people(db, other, {"stranger": Role.OWNER})["stranger"]
    return House(site, sector, other_site, other_sector, staff, stranger)


def found(db: Session, house: House) -> House:
    """That house in a copy of the database that it was written into."""
    by_id = {site.id: site for site in db.scalars(sa.select(Site))}
    sectors = {sector.id: sector for sector in db.scalars(sa.select(Sector))}
    return House(
        by_id[house.site.id],
        sectors[house.sector.id],
        by_id[house.other_site.id],
        sectors[house.other_sector.id],
        house.staff,
        house.stranger,
    )


def furnished(url: str) -> House:
    """Write them into the empty database at that address."""
    database = Database(url)
    try:
        with database.write() as db:
            return furnish(db)
    finally:
        database.dispose()


@functools.cache
def _password_hash() -> str:
    return passwords.hash_password(PASSWORD)


def _account(db: Session, name: str) -> Account:
    account = Account(name=name)
    db.add(account)
    db.flush()
    return account


def _people(db: Session, account: Account, roles: Mapping[str, Role]) -> dict[str, Member]:
    """New people by name, who work in the account."""
    users = [
        User(email=f"{name}@example.com", name=name.title(), password_hash=_password_hash())
        for name in roles
    ]
    _add(db, users)
    people = dict(zip(roles, users, strict=True))
    _add(
        db,
        [
            Membership(account_id=account.id, user_id=user.id, role=roles[name])
            for name, user in people.items()
        ],
    )
    return {
        name: Member(user.id, account.id, roles[name], user.email, user.name, "UTC")
        for name, user in people.items()
    }


def _add(db: Session, rows: Sequence[Base]) -> None:
    """All with one statement."""
    db.add_all(rows)
    db.flush()
