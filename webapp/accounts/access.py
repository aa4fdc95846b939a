"""Who is asking, and what that person may see.

Every query of a tenant's table starts with `visible` or `get`: they add the account, and what of
it the person sees (narrowing.py), so that no page, API route or job can forget it. What is not seen
looks like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import narrowing, rights
from webapp.accounts.rights import Capability, Role, Sees, Sight
from webapp.core import trail
from webapp.core.db import LARGEST_INTEGER, Base
from webapp.core.errors import Forbidden, Invalid, NotFound


class Scoped(Protocol):
    """Anyone whose view is limited to one account, or to a part of it."""

    @property
    def account_id(self) -> int: ...

    @property
    def sight(self) -> Sight: ...


@dataclass(frozen=True)
class Member:
    """A signed-in person or a token acting for one, in one account.

    `role` is that in the account, None for those who only have roles `at_sites`. `acting` is what
    the called route needs: it is checked again at the site of every row that the route asks for.
    """

    user_id: int
    account_id: int
    role: Role | None
    email: str
    name: str
    timezone: str
    site_id: int | None = None
    session_id: int | None = None
    csrf: str = ""
    theme: str = "system"
    has_keys: bool = True
    scopes: frozenset[str] | None = None
    origin: str = ""
    at_sites: Mapping[int, Role] = field(default_factory=dict, hash=False)
    acting: Capability | None = None

    @cached_property
    def sight(self) -> Sight:
        to = self.acting if self.acting in rights.TO_LOOK else Capability.READ
        return rights.sight(self.user_id, self.role, self.at_sites, to)

    def looking(self, capability: Capability) -> Member:
        """The same member, seeing what that capability lets them see: for what an act answers with,
        or a stream tells."""
        return replace(self, acting=capability)

    def role_at(self, site_id: int) -> Role | None:
        """The role on a site: its own, else that in the account."""
        return self.at_sites.get(site_id, self.role)

    def may(self, capability: Capability, site_id: int) -> bool:
        """Whether the member may do that on this site."""
        return rights.may(self.role_at(site_id), capability)

    @property
    def roles(self) -> str:
        """What the member is here, in words: the role in the account, else those on sites."""
        return str(self.role or ", ".join(sorted({str(one) for one in self.at_sites.values()})))

    @property
    def may_write(self) -> bool:
        """Whether the member may write somewhere."""
        return self.may_somewhere(Capability.WRITE)

    @property
    def may_approve(self) -> bool:
        """Whether the member may decide on pieces somewhere."""
        return self.may_somewhere(Capability.APPROVE)

    @property
    def may_publish(self) -> bool:
        """Whether the member may schedule and publish somewhere."""
        return self.may_somewhere(Capability.PUBLISH)

    @property
    def administers(self) -> bool:
        """Whether the member manages the account."""
        return self.may_somewhere(Capability.ADMINISTER)

    def sees_setup(self, site_id: int) -> bool:
        """Whether the member may see how a site is set up: its connections, its limits."""
        return self.may(Capability.SEE_SITES, site_id)

    def writes(self, site_id: int) -> bool:
        """Whether the member may write pieces of this site."""
        return self.may(Capability.WRITE, site_id)

    def may_somewhere(self, capability: Capability) -> bool:
        """Whether the member may do that in the account, or on one of its sites at least."""
        at_sites = () if capability in rights.OF_ACCOUNT else self.at_sites.values()
        return any(rights.may(one, capability) for one in (self.role, *at_sites))

    def must(self, capability: Capability, site_id: int) -> None:
        """Raise Forbidden unless the member may do that on this site."""
        if not self.may(capability, site_id):
            raise Forbidden(rights.refusal(self.role_at(site_id), capability))


@dataclass(frozen=True)
class ConnectedSite:
    """A destination calling us with its integration's key: it sees its own site only.

    `elsewhere` is the address that it names, where that is not the connected website's. `is_late`:
    its key is the one before, which is taken for a day after a new one was made.
    """

    account_id: int
    site_id: int
    integration_id: int
    elsewhere: str = ""
    is_late: bool = False

    @property
    def sight(self) -> Sight:
        return Sight(None, ((self.site_id, Sees.ALL),))


T = TypeVar("T", bound=Base)


def visible(
    who: Scoped, model: type[T], *columns: Any, also_deleted: bool = False
) -> sa.Select[Any]:
    """A select of the rows (or only the columns) of a table that `who` may see."""
    query = sa.select(*columns) if columns else sa.select(model)
    row = model.__table__.c
    query = query.select_from(model).where(
        row.account_id == who.account_id, *narrowing.conditions(who.sight, model.__table__)
    )
    if also_deleted or "deleted_at" not in row:
        return query
    return query.where(row.deleted_at.is_(None))


def get(db: Session, who: Scoped, model: type[T], row_id: int) -> T:
    """The row with this id, or NotFound. Forbidden where the member lacks on its site what the
    called route needs."""
    row: T = _found(db, _one(model, who.sight), who, row_id)
    return row


def get_for_update(
    db: Session, who: Scoped, model: type[T], row_id: int, *, also_deleted: bool = False
) -> T:
    """The row, locked until the transaction ends: for verbs that decide by its state."""
    row: T = _found(db, _one_locked(model, who.sight, also_deleted), who, row_id)
    return row


@dataclass(frozen=True)
class _Anyone:
    """Stands for whoever asks, in statements that are put together once."""

    sight: Sight
    account_id: Any


@lru_cache(maxsize=2048)
def _one(model: type[T], sight: Sight, also_deleted: bool = False) -> sa.Select[Any]:
    anyone = _Anyone(sight, sa.bindparam("account", type_=sa.Integer))
    query = visible(anyone, model, also_deleted=also_deleted)
    return query.where(model.id == sa.bindparam("this"))


@lru_cache(maxsize=2048)
def _one_locked(model: type[T], sight: Sight, also_deleted: bool) -> sa.Select[Any]:
    query = _one(model, sight, also_deleted).with_for_update(of=model)
    return query.execution_options(populate_existing=True)


def _found(db: Session, query: sa.Select[Any], who: Scoped, row_id: int) -> Any:
    given = {"account": who.account_id, "this": row_id}
    row = db.scalars(query, given).one_or_none()
    if row is None:
        raise NotFound
    if isinstance(who, Member) and who.acting is not None and who.at_sites:
        site_id = _site_of(db, row)
        if site_id is not None:
            who.must(who.acting, site_id)
    _note(row)
    return row


def _note(row: Any) -> None:
    """The request is about this row, its piece and its site: for its line in the log."""
    word = _WORDS.get(row.__tablename__)
    if word is not None:
        about = {"content": "content_id", "site": "site_id"}
        named = {one: getattr(row, key, None) for one, key in about.items()}
        trail.note(**{one: value for one, value in named.items() if value}, **{word: row.id})


_WORDS = {"contents": "content", "sites": "site", "publishing_records": "record"}


def _site_of(db: Session, row: Any) -> int | None:
    """The site to which a row belongs, itself or by its piece; None for one of the account's."""
    columns = row.__table__.c
    if row.__tablename__ == "sites" or "site_id" in columns:
        own: int | None = row.id if row.__tablename__ == "sites" else row.site_id
        return own
    if "content_id" in columns:
        return _id(db, narrowing.site_of_content(row.content_id))
    return _id(db, narrowing.site_of_record(row.record_id)) if "record_id" in columns else None


def _id(db: Session, query: sa.Select[Any]) -> int | None:
    found: int | None = db.scalar(query)
    return found


def check_ids(db: Session, who: Scoped, model: type[T], field: str, ids: list[int]) -> None:
    """Ids inside a body: a foreign one is wrong input, named by its field."""
    if not ids:
        return
    possible = [one for one in ids if abs(one) <= LARGEST_INTEGER]
    found = set(db.scalars(visible(who, model, model.id).where(model.id.in_(possible))))
    missing = [str(one) for one in ids if one not in found]
    if missing:
        raise Invalid({field: f"There is no such id: {', '.join(missing)}."})
