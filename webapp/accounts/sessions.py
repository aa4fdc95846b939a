"""Signing in and out, and finding the member behind a cookie."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import members, passwords
from webapp.accounts.access import Member
from webapp.accounts.models import Membership, User, UserSession
from webapp.core.errors import Invalid
from webapp.core.secrets import Secrets, fingerprint, new_token
from webapp.core.system import System

COOKIE = "igny8_session"
LIFETIME = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
WRONG = "E-mail address or password is wrong."


def sign_in_with_password(
    system: System, email: str, password: str, replacing: str = ""
) -> str | None:
    """A new session's token, or None where the password is wrong. Raises TooMany, Invalid.

    Called outside of a transaction: while the hash is computed nobody waits for the database.
    """
    email = email.strip().lower()
    subject = f"sign-in {email}"
    now = system.clock()
    with system.db.read() as db:
        passwords.check_brake(db, subject, now)  # who is refused writes nothing
        known = db.execute(
            sa.select(User.id, User.password_hash).where(User.email == email, User.is_active)
        ).one_or_none()
    try_id = system.commits.run(lambda db: passwords.begin_try(db, subject, now))
    if not passwords.matches(known.password_hash if known else "", password) or known is None:
        return None
    kept = passwords.renewed(known.password_hash, password)

    def begin(db: Session) -> str | None:
        as_checked = (User.password_hash == known.password_hash, User.is_active)
        user = db.scalars(
            sa.select(User).where(User.id == known.id, *as_checked).with_for_update()
        ).one_or_none()
        if user is None:
            return None
        user.password_hash = kept
        passwords.succeeded(db, subject, try_id)
        return sign_in(db, user, now, replacing)

    return system.commits.run(begin)


def sign_in(db: Session, user: User, now: datetime, replacing: str = "") -> str:
    """A new session's token, for the cookie. The session that was there before ends."""
    membership = db.scalars(
        sa.select(Membership).where(Membership.user_id == user.id).order_by(Membership.id)
    ).first()
    if membership is None:
        raise Invalid({"email": "This person belongs to no account any more."})
    if replacing:
        sign_out(db, replacing)
    db.execute(sa.delete(UserSession).where(UserSession.expires_at < now))
    token = new_token("ses")
    db.add(
        UserSession(
            token_hash=fingerprint(token),
            user_id=user.id,
            account_id=membership.account_id,
            expires_at=now + LIFETIME,
            seen_at=now,
        )
    )
    return token


def sign_out(db: Session, token: str) -> None:
    db.execute(sa.delete(UserSession).where(UserSession.token_hash == fingerprint(token)))


def member_of(db: Session, secrets: Secrets, token: str, now: datetime) -> Member | None:
    """The member whose session this is; None when it ended or the person was disabled."""
    query = members.behind(
        UserSession, UserSession.id.label("session_id"), UserSession.site_id, UserSession.theme
    )
    row = db.execute(
        query.where(UserSession.token_hash == fingerprint(token), UserSession.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    return members.member(
        row,
        site_id=row.site_id,
        session_id=row.session_id,
        csrf=secrets.sign("csrf", fingerprint(token)),
        theme=row.theme,
    )


def prolong(db: Session, session_id: int, now: datetime) -> None:
    """A session in use lives on; written at most every few minutes."""
    db.execute(
        sa.update(UserSession)
        .where(UserSession.id == session_id, UserSession.seen_at < now - SEEN_EVERY)
        .values(seen_at=now, expires_at=now + LIFETIME)
    )
