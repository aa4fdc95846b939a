"""Changing a password: by its owner, who knows the old one, or by the operator."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import audit, brake, members, passwords, sessions
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import Account, Membership, User, UserSession
from webapp.core.clock import iso
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System


def change(system: System, member: Member, old: str, new: str) -> None:
    """Raises Invalid naming `old` or `new`, and TooMany. Called outside of a transaction.

    Whoever found a browser signed in cannot guess the password there: the brake of signing in
    counts these tries too.
    """
    now, person = system.clock(), brake.of_person(member.email)
    with system.db.read() as db:
        brake.check(db, now, person)
        kept = db.scalars(sa.select(User.password_hash).where(User.id == member.user_id)).one()
        house = db.scalars(sa.select(Account.name).where(Account.id == member.account_id)).one()
    tries = system.commits.run(lambda db: brake.begin(db, now, person))
    if not passwords.matches(kept, old):
        system.commits.run(lambda db: audit.note(db, system, Act.PASSWORD_REFUSED, by=member))
        raise Invalid({"old": "This is not your password."})
    try:
        made = passwords.hash_password(new, member.email, member.name, house)
    except Invalid as refused:
        system.commits.run(lambda db: brake.succeeded(db, person, tries))
        raise Invalid({"new": refused.fields["password"]}) from None

    def keep(db: Session) -> None:
        user = db.scalars(sa.select(User).where(User.id == member.user_id).with_for_update()).one()
        if user.password_hash != kept:
            raise Conflict("The password was changed elsewhere just now. Sign in again.")
        user.password_hash = made
        brake.succeeded(db, person, tries)
        sessions.end_all(db, user.id, but=member.session_id)
        audit.note(db, system, Act.PASSWORD_CHANGED, by=member)

    system.commits.run(keep)


def put(system: System, email: str, new: str) -> None:
    """The operator's way: a new password without the old one; every session ends."""
    with system.db.read() as db:
        known = members.known(db, email)
        made = passwords.hash_password(new, known.email, known.name)
    with system.db.write() as db:
        user = members.known(db, email)
        user.password_hash = made
        sessions.end_all(db, user.id)
        _note(db, system, Act.PASSWORD_CHANGED, user)


def set_active(system: System, email: str, is_active: bool) -> None:
    """Let a person in or out. Whoever is out is out at once, and signs in anew later."""
    with system.db.write() as db:
        user = members.known(db, email)
        user.is_active = is_active
        if not is_active:
            sessions.end_all(db, user.id)
        _note(db, system, Act.MEMBER_ENABLED if is_active else Act.MEMBER_DISABLED, user)


def end_sessions(system: System, email: str) -> int:
    """Sign a person out everywhere; how many sessions ended."""
    with system.db.write() as db:
        user = members.known(db, email)
        number = sessions.end_all(db, user.id)
        _note(db, system, Act.SESSION_ENDED, user)
        return number


def everybody(db: Session) -> list[dict[str, Any]]:
    """Each person of the installation: address, name, roles by account, whether they may sign in,
    and when a session of theirs was last seen."""
    seen = sa.select(sa.func.max(UserSession.seen_at)).where(UserSession.user_id == User.id)
    people = sa.select(User, seen.scalar_subquery().label("seen")).order_by(User.email)
    roles = sa.select(Membership.user_id, Account.name, Membership.role).join(
        Account, Account.id == Membership.account_id
    )
    held: dict[int, dict[str, str]] = {}
    for user_id, account, role in db.execute(roles):
        held.setdefault(user_id, {})[account] = str(role) or "some sites"
    return [
        {
            "email": user.email,
            "name": user.name,
            "roles": held.get(user.id, {}),
            "is_active": user.is_active,
            "seen_at": iso(last) if last else None,
        }
        for user, last in db.execute(people)
    ]


def _note(db: Session, system: System, act: Act, user: User) -> None:
    audit.note_of_user(db, system, act, user, origin="", about=user.email, by=audit.COMMAND_LINE)
