"""What a database holds, as backups are compared."""

from __future__ import annotations

import sqlalchemy as sa

from webapp.backups import digests
from webapp.backups.about import Table


def quiet(_: str) -> None:
    """Nobody watches."""


def held(url: str) -> dict[str, Table]:
    """What is in a database now."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        return digests.of(connection, quiet)
