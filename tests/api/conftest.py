"""Clients of the API: by token, by key, by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.application import open_client
from tests.support.described import is_described
from tests.support.desk import Desk
from webapp.accounts import tokens
from webapp.accounts.access import Member

Api = TestClient[Litestar]
MakeApi = Callable[..., Api]


@pytest.fixture
def api_of(desk: Desk) -> Iterator[MakeApi]:
    """Makes a client that carries a member's token, or the bearer key that is given."""
    with ExitStack() as stack:

        def make(
            member: Member | None = None, *, key: str = "", scopes: tuple[str, ...] = tokens.SCOPES
        ) -> Api:
            if member is not None:
                key = token_of(desk, member, scopes)
            client = stack.enter_context(open_client(desk.system))
            client.event_hooks = {"response": [is_described]}
            if key:
                client.headers["Authorization"] = f"Bearer {key}"
            return client

        yield make


@pytest.fixture
def api(api_of: MakeApi, desk: Desk) -> Api:
    """The owner's."""
    return api_of(desk.owner)


def token_of(desk: Desk, member: Member, scopes: tuple[str, ...] = tokens.SCOPES) -> str:
    with desk.system.db.write() as db:
        return tokens.create(
            db,
            user_id=member.user_id,
            account_id=member.account_id,
            name="tests",
            scopes=list(scopes),
        )
