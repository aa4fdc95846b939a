"""Signing in and out, and finding the member behind a cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access, audit, brake, members, passwords
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import Membership, Site, User, UserSession
from webapp.accounts.rights import EVERYTHING
from webapp.config import Config
from webapp.core import agents, limits, origins, zones
from webapp.core.errors import Conflict, Invalid
from webapp.core.secrets import Secrets, fingerprint, new_token
from webapp.core.system import System

COOKIE = "igny8_session"
# A browser takes a cookie of this name from nobody but this host, and over https only.
SECURE_COOKIE = f"__Host-{COOKIE}"
REST = timedelta(days=14)
LIFETIME = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=5)
LONGEST_EMAIL = limits.EMAIL
WRONG = "E-mail address or password is wrong."
T = TypeVar("T")
ANOTHERS_PAGE = "This page is somebody else's, so you were not signed in over it."


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from, what its browser calls itself, and in which zone its clock is."""

    address: str = ""
    user_agent: str = ""
    timezone: str = ""


SOMEBODY = Visitor()


def cookie(config: Config) -> str:
    """The name of the session's cookie."""
    return SECURE_COOKIE if config.secure_cookies else COOKIE


def csrf(secrets: Secrets, token: str) -> str:
    """What the forms of a session carry."""
    return secrets.sign("csrf", fingerprint(token))


def sign_in_with_password(
    system: System,
    email: str,
    password: str,
    replacing: str = "",
    visitor: Visitor = SOMEBODY,
    only: int | None = None,
) -> str | None:
    """A new session's token, or None where the password is wrong. Raises as `with_password`."""

    def begin(db: Session, user: User) -> str:
        if not user.timezone and zones.exists(visitor.timezone):
            user.timezone = visitor.timezone
        return sign_in(db, user, system.clock(), replacing, visitor)

    return with_password(system, email, password, begin, visitor, only)


def with_password(
    system: System,
    email: str,
    password: str,
    begin: Callable[[Session, User], T],
    visitor: Visitor = SOMEBODY,
    only: int | None = None,
) -> T | None:
    """What `begin` gives the person whose password this is, or None where it is wrong. Raises
    TooMany, Invalid; with `only`, the one person it may be, also Conflict.

    Called outside of a transaction: while the hash is computed nobody waits for the database.
    """
    email = email.strip().lower()
    if len(email) > LONGEST_EMAIL or "\0" in email:
        return None  # nobody's
    person, origin = brake.of_person(email), brake.of_origin(visitor.address)
    now = system.clock()
    with system.db.read() as db:
        brake.check(db, now, person, origin)  # who is refused writes nothing and costs no hash
        known = db.execute(
            sa.select(User.id, User.password_hash).where(User.email == email, User.is_active)
        ).one_or_none()
    tries = system.commits.run(lambda db: brake.begin(db, now, person, origin))
    if not passwords.matches(known.password_hash if known else "", password) or known is None:
        if known is not None:  # nobody waits for that: how long it takes would tell who is known
            system.commits.in_background(
                lambda db: _note_refusal(db, system, known.id, person, visitor)
            )
        return None
    if only not in (None, known.id):  # told to nobody who does not know the password
        system.commits.in_background(
            lambda db: _note_refusal(db, system, known.id, person, visitor)
        )
        raise Conflict(ANOTHERS_PAGE)
    kept = passwords.renewed(known.password_hash, password)

    def let_in(db: Session) -> T | None:
        user = _unchanged(db, known)
        if user is None:
            return None
        user.password_hash = kept
        brake.succeeded(db, person, tries)
        begun = begin(db, user)
        audit.note_of_user(db, system, Act.SIGNED_IN, user, origin=_place(visitor))
        return begun

    return system.commits.run(let_in)


def _unchanged(db: Session, known: Any) -> User | None:
    """The person, locked, unless the password or the right to sign in changed meanwhile."""
    as_checked = (User.password_hash == known.password_hash, User.is_active)
    return db.scalars(
        sa.select(User).where(User.id == known.id, *as_checked).with_for_update()
    ).one_or_none()


def _note_refusal(
    db: Session, system: System, user_id: int, person: brake.Subject, visitor: Visitor
) -> None:
    user = db.get_one(User, user_id)
    is_slowed = brake.is_last_free(db, system.clock(), person)
    act = Act.SIGN_IN_SLOWED if is_slowed else Act.SIGN_IN_REFUSED
    audit.note_of_user(db, system, act, user, origin=_place(visitor))


def _place(visitor: Visitor) -> str:
    return origins.shortened(visitor.address) if visitor.address else ""


def sign_in(
    db: Session, user: User, now: datetime, replacing: str = "", visitor: Visitor = SOMEBODY
) -> str:
    """A new session's token, for the cookie. The session that was there before ends."""
    account_id = home_of(db, user)
    if replacing:
        sign_out(db, replacing)
    db.execute(sa.delete(UserSession).where(UserSession.expires_at < now))
    token = new_token("ses")
    db.add(
        UserSession(
            token_hash=fingerprint(token),
            user_id=user.id,
            account_id=account_id,
            expires_at=now + REST,
            ends_at=now + LIFETIME,
            seen_at=now,
            origin=_place(visitor),
            agent=agents.words(visitor.user_agent),
        )
    )
    return token


def home_of(db: Session, user: User) -> int:
    """The account in which a person who signs in acts. Raises Invalid where there is none."""
    mine = sa.select(Membership.account_id).where(Membership.user_id == user.id)
    account_id = db.scalar(mine.order_by(Membership.id).limit(1))
    if account_id is None:
        raise Invalid({"email": "This person belongs to no account any more."})
    return account_id


def sign_out(db: Session, token: str) -> None:
    db.execute(sa.delete(UserSession).where(UserSession.token_hash == fingerprint(token)))


def member_of(db: Session, secrets: Secrets, token: str, now: datetime) -> Member | None:
    """The member whose session this is; None when it ended or the person was disabled."""
    query = members.behind(
        UserSession, UserSession.id.label("session_id"), UserSession.site_id, UserSession.theme
    )
    alive = (UserSession.expires_at > now, UserSession.ends_at > now)
    row = db.execute(
        query.where(UserSession.token_hash == fingerprint(token), *alive)
    ).one_or_none()
    if row is None:
        return None
    member = members.member(
        db,
        row,
        site_id=row.site_id,
        session_id=row.session_id,
        csrf=csrf(secrets, token),
        theme=row.theme,
    )
    return member if _sees_its_site(db, member) else replace(member, site_id=None)


def _sees_its_site(db: Session, member: Member) -> bool:
    """Whether the site that was chosen in this session is still one that the member sees."""
    if member.site_id is None or member.sight == EVERYTHING:
        return True
    chosen = access.visible(member, Site, Site.id).where(Site.id == member.site_id)
    return db.scalar(chosen) is not None


def prolong(db: Session, session_id: int, now: datetime) -> None:
    """A session in use lives on, up to its end; written at most every few minutes."""
    rested = now + REST
    until = sa.case(
        (UserSession.ends_at < rested, UserSession.ends_at),
        else_=sa.literal(rested, UserSession.expires_at.type),
    )
    db.execute(
        sa.update(UserSession)
        .where(UserSession.id == session_id, UserSession.seen_at < now - SEEN_EVERY)
        .values(seen_at=now, expires_at=until)
    )


def prune(db: Session, system: System) -> None:
    """Forget sessions that are over."""
    db.execute(sa.delete(UserSession).where(UserSession.expires_at < system.clock()))


def of_member(db: Session, who: Member, now: datetime) -> list[UserSession]:
    """All browsers in which the person is signed in, the one used last first."""
    query = (
        sa.select(UserSession)
        .where(UserSession.user_id == who.user_id, UserSession.expires_at > now)
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return list(db.scalars(query))


def end(db: Session, who: Member, session_id: int) -> UserSession | None:
    """End one of the person's own sessions; None where there is no such one."""
    found = db.scalars(
        sa.select(UserSession).where(
            UserSession.id == session_id, UserSession.user_id == who.user_id
        )
    ).one_or_none()
    if found is not None:
        db.delete(found)
    return found


def end_all(db: Session, user_id: int, but: int | None = None) -> int:
    """End the person's sessions, all or all but one; how many ended."""
    query = sa.delete(UserSession).where(UserSession.user_id == user_id)
    done = db.execute(query if but is None else query.where(UserSession.id != but))
    return int(getattr(done, "rowcount", 0))
