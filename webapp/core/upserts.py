"""A row that there is once: written whether or not it was there before, also where two do it at the
same moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.clock import utc_now
from webapp.core.db import Base


def put(db: Session, model: type[Base], key: dict[str, Any], values: dict[str, Any]) -> None:
    """Let the row of this key, which the table holds once, have these values."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(model).values({**key, **values})
    changed = {**values, "updated_at": utc_now()}
    db.execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed))
