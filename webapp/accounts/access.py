"""Who is asking, and what that person may see.

Every query of a tenant's table starts with `visible` or `get`: they add the account, so that no
page, API route or job can forget it. A stranger's id looks like one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.db import LARGEST_INTEGER, Base
from webapp.core.errors import Invalid, NotFound


class Role(IntEnum):
    """What a member may do; each role may do all that the ones before it may."""

    VIEWER = 1
    EDITOR = 2
    ADMIN = 3
    OWNER = 4


class Scoped(Protocol):
    """Anyone whose view is limited to one account."""

    @property
    def account_id(self) -> int: ...


@dataclass(frozen=True)
class Member:
    """A signed-in person or a token acting for one, in one account."""

    user_id: int
    account_id: int
    role: Role
    email: str
    name: str
    timezone: str
    site_id: int | None = None
    session_id: int | None = None
    csrf: str = ""
    theme: str = "system"
    scopes: frozenset[str] | None = None
    origin: str = ""

    def may(self, role: Role) -> bool:
        return self.role >= role


@dataclass(frozen=True)
class ConnectedSite:
    """A destination calling us with its integration's key: it sees its own site only.

    `elsewhere` is the address that it names, where that is not the connected website's.
    """

    account_id: int
    site_id: int
    integration_id: int
    elsewhere: str = ""


T = TypeVar("T", bound=Base)


def visible(who: Scoped, model: type[T], *columns: Any) -> sa.Select[Any]:
    """A select of the rows (or only the columns) of a table that `who` may see."""
    query = sa.select(*columns) if columns else sa.select(model)
    row = model.__table__.c
    query = query.select_from(model).where(row.account_id == who.account_id)
    return query.where(row.deleted_at.is_(None)) if "deleted_at" in row else query


def get(db: Session, who: Scoped, model: type[T], row_id: int) -> T:
    """The row with this id, or NotFound."""
    row: T = _found(db, _one(model), who, row_id)
    return row


def get_for_update(db: Session, who: Scoped, model: type[T], row_id: int) -> T:
    """The row, locked until the transaction ends: for verbs that decide by its state."""
    row: T = _found(db, _one_locked(model), who, row_id)
    return row


class _Anyone:
    """Stands for whoever asks, in statements that are put together once."""

    account_id: Any = sa.bindparam("account", type_=sa.Integer)


@cache
def _one(model: type[T]) -> sa.Select[Any]:
    return visible(_Anyone(), model).where(model.id == sa.bindparam("this"))


@cache
def _one_locked(model: type[T]) -> sa.Select[Any]:
    return _one(model).with_for_update(of=model).execution_options(populate_existing=True)


def _found(db: Session, query: sa.Select[Any], who: Scoped, row_id: int) -> Any:
    given = {"account": who.account_id, "this": row_id}
    row = db.scalars(query, given).one_or_none()
    if row is None:
        raise NotFound
    return row


def check_ids(db: Session, who: Scoped, model: type[T], field: str, ids: list[int]) -> None:
    """Ids inside a body: a foreign one is wrong input, named by its field."""
    if not ids:
        return
    possible = [one for one in ids if abs(one) <= LARGEST_INTEGER]
    found = set(db.scalars(visible(who, model, model.id).where(model.id.in_(possible))))
    missing = [str(one) for one in ids if one not in found]
    if missing:
        raise Invalid({field: f"There is no such id: {', '.join(missing)}."})
