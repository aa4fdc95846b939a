"""Members with other roles, and what was shared with them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.accounts.test_doors import house  # noqa: F401
from tests.support.desk import Desk
from webapp.accounts import sessions, setup
from webapp.accounts.access import Member
from webapp.accounts.models import Membership, Site, SiteMembership
from webapp.accounts.rights import Role
from webapp.writer.models import ContentShare

OF_SITES = ("content_id", "record_id", "integration_id", "site_id", "change_id")


@pytest.fixture
def second(desk: Desk) -> Site:
    """Another site of the same account."""
    with desk.system.db.write() as db:
        return setup.add_site(db, desk.owner.account_id, "Second", "https://two.example", "UTC")


def share(desk: Desk, content_id: int, who: Member) -> None:
    with desk.system.db.write() as db:
        db.add(ContentShare(account_id=who.account_id, content_id=content_id, user_id=who.user_id))


def at_sites(desk: Desk, who: Member, role: Role | None, roles: dict[int, Role]) -> Member:
    """The member as a request finds it, after it was given other roles."""
    with desk.system.db.write() as db:
        of_both = (Membership.user_id == who.user_id, Membership.account_id == who.account_id)
        db.execute(sa.update(Membership).where(*of_both).values(role=role or ""))
        for site_id, one in roles.items():
            db.add(
                SiteMembership(
                    account_id=who.account_id, user_id=who.user_id, site_id=site_id, role=one
                )
            )
    token = desk.session_of(who)
    with desk.system.db.read() as db:
        found = sessions.member_of(db, desk.system.secrets, token, desk.system.clock())
    assert found is not None
    return found
