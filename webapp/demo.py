"""The demo account: what a first look shows."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from webapp.accounts.models import Account
from webapp.core.system import System


@dataclass(frozen=True)
class Login:
    """How to sign in to the demo."""

    email: str
    password: str


def ensure(system: System) -> Login | None:
    """Make the demo in an empty database; None where there are accounts already."""
    with system.db.write() as db:
        if db.scalar(sa.select(sa.func.count()).select_from(Account)):
            return None
    return None
