"""The security log: who did what, when and from where. Rows are added and never changed.

It holds names and numbers of things, never a secret, and nothing that a stranger typed.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.models import AuditEvent, Membership, User
from webapp.core.system import System

COMMAND_LINE, WEBSITE = "command line", "the website"
LONGEST = 300


class Act(StrEnum):
    """What is kept of what people do to the safety of an account."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_SLOWED = "sign_in_slowed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_REFUSED = "password_refused"  # noqa: S105
    TOKEN_MADE = "token_made"  # noqa: S105
    TOKEN_ENDED = "token_ended"  # noqa: S105
    MEMBER_JOINED = "member_joined"
    MEMBER_DISABLED = "member_disabled"
    MEMBER_ENABLED = "member_enabled"
    SITE_ADDED = "site_added"
    CONNECTION_MADE = "connection_made"
    CONNECTION_CHANGED = "connection_changed"
    KEY_ROTATED = "key_rotated"
    KEY_ENDED = "key_ended"
    SITE_SHOWN = "site_shown"
    SITE_HIDDEN = "site_hidden"
    SETTINGS_CHANGED = "settings_changed"


WORDS = {
    Act.SIGNED_IN: "signed in",
    Act.SIGN_IN_REFUSED: "was refused: wrong password",
    Act.SIGN_IN_SLOWED: "was refused too often: further tries must wait",
    Act.SIGNED_OUT: "signed out",
    Act.SESSION_ENDED: "ended a session",
    Act.PASSWORD_CHANGED: "changed a password",
    Act.PASSWORD_REFUSED: "gave a wrong password to change it",
    Act.TOKEN_MADE: "made an API token",
    Act.TOKEN_ENDED: "ended an API token",
    Act.MEMBER_JOINED: "gave a role",
    Act.MEMBER_DISABLED: "disabled a person",
    Act.MEMBER_ENABLED: "enabled a person again",
    Act.SITE_ADDED: "added a site",
    Act.CONNECTION_MADE: "connected a site",
    Act.CONNECTION_CHANGED: "changed a connection",
    Act.KEY_ROTATED: "made a new key for a connection",
    Act.KEY_ENDED: "ended a key of a connection",
    Act.SITE_SHOWN: "made a site's pages public",
    Act.SITE_HIDDEN: "took a site's pages from the public",
    Act.SETTINGS_CHANGED: "changed how a site publishes",
}


def note(db: Session, system: System, act: Act, about: str = "", *, by: Member) -> None:
    """What a member did, in the transaction in which it is done."""
    db.add(
        AuditEvent(
            account_id=by.account_id,
            user_id=by.user_id,
            who=by.email,
            act=act,
            about=about[:LONGEST],
            origin=by.origin,
            at=system.clock(),
        )
    )


def note_of_website(db: Session, system: System, act: Act, about: str, by: ConnectedSite) -> None:
    """What a website did by its connection's key."""
    db.add(
        AuditEvent(
            account_id=by.account_id, who=WEBSITE, act=act, about=about[:LONGEST], at=system.clock()
        )
    )


def note_of_user(
    db: Session,
    system: System,
    act: Act,
    user: User,
    *,
    origin: str,
    about: str = "",
    by: str = "",
    account_id: int | None = None,
) -> None:
    """What happened to a person who is not signed in; seen in that account, or in every one to
    which the person belongs."""
    accounts = sa.select(Membership.account_id).where(Membership.user_id == user.id)
    if account_id is not None:
        accounts = accounts.where(Membership.account_id == account_id)
    for home in db.scalars(accounts.order_by(Membership.account_id)):
        db.add(
            AuditEvent(
                account_id=home,
                user_id=user.id,
                who=by or user.email,
                act=act,
                about=about[:LONGEST],
                origin=origin,
                at=system.clock(),
            )
        )


def prune(db: Session, system: System) -> None:
    """Forget what is older than the configuration says."""
    oldest = system.clock() - timedelta(days=system.config.audit_days)
    db.execute(sa.delete(AuditEvent).where(AuditEvent.at < oldest))
