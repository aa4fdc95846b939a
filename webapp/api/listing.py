"""Lists: filter, search, order, and pages by number or by cursor.

With `page` the answer counts and can jump; with `cursor` it goes on from the last row it gave,
which stays fast and exact however long the list is and whatever is added meanwhile.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import msgspec
import sqlalchemy as sa
from litestar import Request
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite, Member
from webapp.api import reading
from webapp.api.endpoint import Listed, Parameter
from webapp.core import decoders, paging
from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import Invalid
from webapp.core.paging import Order
from webapp.core.types import UtcDateTime
from webapp.integrations.models import SiteIntegration

PAGE_SIZE = 50
LARGEST_PAGE = 200
LAST_PAGE = 100_000
LONGEST_SEARCH = 200
_AWARE = Annotated[datetime, msgspec.Meta(tz=True)]
_PAGING = ("search", "ordering", "page", "page_size", "cursor")


@dataclass(frozen=True)
class Listing:
    """What a list is of, and by what it can be filtered, searched and ordered.

    `orderings` may name only columns that are never null; the first is the default, descending.
    """

    model: Any
    columns: tuple[Any, ...]
    filters: dict[str, Any] = field(default_factory=dict)
    search: tuple[Any, ...] = ()
    orderings: dict[str, Any] = field(default_factory=dict)
    joins: tuple[tuple[Any, Any], ...] = ()

    def parameters(self) -> tuple[Parameter, ...]:
        """For the documentation."""
        names = [name for column in self.orderings for name in (column, f"-{column}")]
        whole = {"type": "integer", "minimum": 1}
        found = [
            Parameter(name, "Only these; several with commas between.", _schema_of(column))
            for name, column in self.filters.items()
        ]
        if self.search:
            found.append(Parameter("search", "Only those that hold this text."))
        return (
            *found,
            Parameter("ordering", "`-` in front: descending.", {"type": "string", "enum": names}),
            Parameter("page", "From 1 on.", {**whole, "maximum": LAST_PAGE}),
            Parameter("page_size", "At most 200.", {**whole, "maximum": LARGEST_PAGE}),
            Parameter(
                "cursor", "Empty to begin; then follow `next`. No `count` and no `previous` then."
            ),
        )


def of(
    db: Session,
    request: Request[Any, Any, Any],
    listing: Listing,
    *only: sa.ColumnElement[bool],
    among: sa.Select[Any] | None = None,
) -> Listed:
    """The page that the query asks for. Raises Invalid, naming every parameter it cannot take.

    `among` is the select to choose from, where that is not all that the caller may see.
    """
    asked = dict(request.query_params)
    _check(asked, listing)
    query = _scoped(request.user, listing) if among is None else among
    query = query.where(*only)
    for name, column in listing.filters.items():
        if name in asked:
            query = query.where(column.in_(_values(name, column, asked[name])))
    if asked.get("search") and listing.search:
        query = query.where(_matches(listing, asked["search"]))
    size = reading.integer("page_size", asked.get("page_size", str(PAGE_SIZE)), 1, LARGEST_PAGE)
    page = _Page(request, listing, asked, size)
    return (_after_cursor if "cursor" in asked else _numbered)(db, query, page)


def _check(asked: dict[str, str], listing: Listing) -> None:
    known = {*listing.filters, *_PAGING}
    wrong = {name: "There is no such filter." for name in asked if name not in known}
    if len(asked.get("search", "")) > LONGEST_SEARCH:
        wrong["search"] = f"Search for at most {LONGEST_SEARCH} characters."
    ordering = asked.get("ordering", "")
    if ordering and ordering.removeprefix("-") not in listing.orderings:
        wrong["ordering"] = f"Choose one of: {', '.join(listing.orderings)}."
    if wrong:
        raise Invalid(wrong)


def _scoped(who: Member | ConnectedSite, listing: Listing) -> sa.Select[Any]:
    query = access.visible(who, listing.model, *listing.columns)
    for model, condition in listing.joins:
        query = query.outerjoin(model, condition)
    if isinstance(who, ConnectedSite):  # a key opens its own connection only
        query = query.where(SiteIntegration.id == who.integration_id)
    return query


def _values(name: str, column: Any, text: str) -> list[Any]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    kind = column.type.python_type
    if kind is int:
        return [reading.integer(name, part) for part in parts]
    if kind is bool:
        if any(part not in ("true", "false") for part in parts):
            raise Invalid({name: "Write true or false."})
        return [part == "true" for part in parts]
    return parts


def _matches(listing: Listing, text: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.icontains(text, autoescape=True) for column in listing.search))


def _order(listing: Listing, asked: dict[str, str]) -> tuple[str, Any, bool]:
    """Name, column and whether it is descending."""
    text = asked.get("ordering") or f"-{next(iter(listing.orderings))}"
    name = text.removeprefix("-")
    return text, listing.orderings[name], text.startswith("-")


class _Page(NamedTuple):
    """Which page of what is asked for, `size` rows long."""

    request: Request[Any, Any, Any]
    listing: Listing
    asked: dict[str, str]
    size: int


def _numbered(db: Session, query: sa.Select[Any], page: _Page) -> Listed:
    asked, size, listing = page.asked, page.size, page.listing
    number = reading.integer("page", asked.get("page", "1"), 1, LAST_PAGE)
    _, column, descends = _order(listing, asked)
    count = db.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    order = Order((column, listing.model.id), descends).sorted()
    rows = db.execute(query.order_by(*order).limit(size).offset((number - 1) * size)).all()
    return Listed(
        count=count,
        next=link(page.request, asked, page=number + 1) if number * size < count else None,
        previous=link(page.request, asked, page=number - 1) if number > 1 else None,
        results=list(rows),
    )


def _after_cursor(db: Session, query: sa.Select[Any], page: _Page) -> Listed:
    asked, size, listing = page.asked, page.size, page.listing
    text, column, descends = _order(listing, asked)
    last = listing.model.id
    after = _read_cursor(asked["cursor"], text, column) if asked["cursor"] else ()
    marks = (column.label("_value"), last.label("_id"))
    query = Order((column, last), descends).page(query.add_columns(*marks), size, after)
    rows, more = paging.cut(db.execute(query).all(), size)
    cursor = _write_cursor(text, rows[-1]._value, rows[-1]._id) if more else ""
    return Listed(
        count=None,
        next=link(page.request, asked, cursor=cursor) if more else None,
        previous=None,
        results=rows,
    )


def _write_cursor(ordering: str, value: Any, row_id: int) -> str:
    packed = msgspec.json.encode([ordering, value, row_id])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read_cursor(text: str, ordering: str, column: Any) -> tuple[Any, int]:
    kind = _AWARE if isinstance(column.type, UtcDateTime) else column.type.python_type
    try:
        packed = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        was, value, row_id = decoders.decode(packed, tuple[str, Any, int])
        value = decoders.convert(value, kind)
        value = value.astimezone(UTC) if isinstance(value, datetime) else value
    except (binascii.Error, ValueError, OverflowError, msgspec.MsgspecError):
        raise Invalid({"cursor": "This cursor is not one of ours."}) from None
    numbers = [row_id, *([value] if isinstance(value, int) else [])]
    outside = any(abs(number) > LARGEST_INTEGER for number in numbers)
    if was != ordering or outside or "\x00" in str(value):
        raise Invalid({"cursor": "This cursor belongs to another order."})
    return value, row_id


def link(request: Any, asked: dict[str, str], **changed: Any) -> str:
    root = request.app.state.system.config.public_url
    return f"{root}{request.url.path}?{urlencode({**asked, **changed})}"


def _schema_of(column: Any) -> dict[str, Any]:
    return {"type": "boolean"} if column.type.python_type is bool else {"type": "string"}
