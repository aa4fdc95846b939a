"""What the database says about its own schema, beside Alembic's number (core/migrate.py)."""

from __future__ import annotations

import sqlalchemy as sa

from webapp.core.db import Base

# One row: code that needs this schema, or a newer one, goes on working with the one that is there.
sa.Table("schema_floor", Base.metadata, sa.Column("revision", sa.String(20), nullable=False))
