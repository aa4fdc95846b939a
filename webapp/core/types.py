"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. A naive value is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: give it a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WordSet(TypeDecorator[frozenset[str]]):
    """A small set of words in one text column: ",failed,issues,", and "" when empty.

    Empty is "" so that "has any" is one comparison and can be indexed.
    """

    impl = sa.String(200)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        if isinstance(value, str):
            return value
        return f",{','.join(sorted(value))}," if value else ""

    def process_result_value(self, value: str | None, _dialect: Dialect) -> frozenset[str]:
        return frozenset(word for word in (value or "").split(",") if word)


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class ListLength(FunctionElement[int]):
    """How many elements a list in a Json column has."""

    type = sa.Integer()
    inherit_cache = True


def _named(function: str) -> Any:
    return lambda one, to, **options: f"{function}({to.process(one.clauses, **options)})"


compiles(ListLength)(_named("json_array_length"))
compiles(ListLength, "postgresql")(_named("jsonb_array_length"))
