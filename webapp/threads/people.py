"""Who may be named in what is said about a piece: whoever sees it."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access, rights
from webapp.accounts.access import Member
from webapp.accounts.models import Membership, SiteMembership, User
from webapp.accounts.rights import Capability, Role, Sees
from webapp.writer.models import Content, ContentShare

# So many people are offered; an account with more names them by typing more of the name.
MOST = 200


class Person(NamedTuple):
    """Somebody who sees the piece; `is_guest`: only what is shared with clients."""

    user_id: int
    name: str
    is_guest: bool


def who_see(db: Session, content: Content, *, by: Member) -> list[Person]:
    """Those who see the piece, by name."""
    own = sa.and_(
        SiteMembership.user_id == Membership.user_id,
        SiteMembership.account_id == Membership.account_id,
        SiteMembership.site_id == content.site_id,
    )
    shared = sa.exists().where(
        ContentShare.user_id == Membership.user_id, ContentShare.content_id == content.id
    )
    query = access.visible(
        by,
        Membership,
        User.id,
        User.name,
        User.email,
        sa.func.coalesce(SiteMembership.role, Membership.role).label("role"),
        shared.label("is_shared"),
    )
    query = query.join(User, User.id == Membership.user_id).outerjoin(SiteMembership, own)
    rows = db.execute(query.where(User.is_active).order_by(User.name, User.id).limit(MOST)).all()
    return [
        Person(row.id, row.name or row.email, not rights.may(Role(row.role), Capability.FOLLOW))
        for row in rows
        if row.role and _sees(Role(row.role), row.id == content.writer_id, row.is_shared)
    ]


def named_in(text: str, people: list[Person]) -> list[tuple[int, int, Person]]:
    """Where the text says `@` and somebody's name: from, to, whom. The longest name counts."""
    found = []
    at = text.find("@")
    while at >= 0:
        rest = text[at + 1 :].casefold()
        fitting = [one for one in people if _begins_with(rest, one.name.casefold())]
        if fitting:
            one = max(fitting, key=lambda person: len(person.name))
            found.append((at, at + 1 + len(one.name), one))
        at = text.find("@", at + 1)
    return found


def _begins_with(text: str, name: str) -> bool:
    """Whether the name stands there as a whole."""
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def _sees(role: Role, is_own: bool, is_shared: bool) -> bool:
    return {Sees.ALL: True, Sees.OWN: is_own, Sees.SHARED: is_shared}[rights.OF_ROLES[role].sees]
