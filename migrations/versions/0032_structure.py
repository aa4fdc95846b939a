"""What a website is made of: its terms and its authors; and passes, which a password gives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.core import limits

revision = "0032"
down_revision = "0031"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
LIMITS = {
    "site_terms": {"taxonomy": 50, "name": 200, "slug": 200},
    "site_authors": {"name": 200, "email": 254, "roles": 2048},
}
OF_TERMS = (("integration_id", "taxonomy", "count"), ("integration_id", "taxonomy", "name"))


def _references(table: str) -> list[sa.Constraint]:
    """To the account, the site and the connection, and the primary key."""
    whose = {"account_id": "accounts", "site_id": "sites", "integration_id": "site_integrations"}
    return [
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
            )
            for column, other in whose.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _columns() -> list[sa.Column[int]]:
    names = ("id", "account_id", "site_id", "integration_id", "external_id")
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _times() -> list[sa.Column[sa.DateTime]]:
    names = ("fetched_at", "created_at", "updated_at")
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "site_terms",
        *_columns(),
        *_texts("taxonomy", "name", "slug"),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *_times(),
        *_references("site_terms"),
        sa.UniqueConstraint(
            "integration_id",
            "taxonomy",
            "external_id",
            name=op.f("uq_site_terms_integration_id_taxonomy_external_id"),
        ),
        sqlite_autoincrement=True,
    )
    for columns in OF_TERMS:
        op.create_index(op.f(f"ix_site_terms_{'_'.join(columns)}"), "site_terms", list(columns))
    op.create_table(
        "site_authors",
        *_columns(),
        *_texts("name", "email"),
        sa.Column("roles", JSON, nullable=False),
        *_times(),
        *_references("site_authors"),
        sa.UniqueConstraint(
            "integration_id", "external_id", name=op.f("uq_site_authors_integration_id_external_id")
        ),
        sqlite_autoincrement=True,
    )
    op.add_column("api_tokens", sa.Column("refresh_hash", sa.Text(), nullable=True))
    op.create_index(op.f("ix_api_tokens_refresh_hash"), "api_tokens", ["refresh_hash"], unique=True)
    for table, limited in LIMITS.items():
        for statement in limits.statements(op.get_bind().dialect.name, table, limited):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_api_tokens_refresh_hash"), "api_tokens")
    op.drop_column("api_tokens", "refresh_hash")
    op.drop_table("site_authors")
    op.drop_table("site_terms")
