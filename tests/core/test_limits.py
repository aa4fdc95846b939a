"""Every text has a limit, and API, forms, database and contract know the same one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from webapp.config import root
from webapp.core import limits
from webapp.core.db import Base
from webapp.core.errors import Invalid
from webapp.core.system import System
from webapp.models import Base as Models
from webapp.writer.draft import Draft

COLUMNS = [(table, column) for table, columns in limits.LIMITS.items() for column in columns]
JSON_COLUMNS = {
    (table.name, column.name)
    for table in Models.metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, sa.JSON)
}
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'limit_%'",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgname LIKE 'limit_%'",
}


def test_every_text_column_has_a_limit_or_is_written_by_us_alone() -> None:
    there = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, sa.String | sa.JSON)
        or isinstance(getattr(column.type, "impl", None), sa.String)
    }
    ours = {(table, column) for table, columns in limits.OURS.items() for column in columns}
    limited = set(COLUMNS)
    assert ours & limited == set()
    assert there - ours - limited == set(), "give it a limit in core/limits.py, and a migration"
    assert (ours | limited) - there == set(), "core/limits.py names columns that are gone"


@pytest.mark.both_databases
def test_the_database_knows_each_limit(system: System) -> None:
    with system.db.engine.connect() as connection:
        rows = connection.execute(sa.text(TRIGGERS[connection.dialect.name])).all()
    found = {name: re.search(r"> \(?(\d+)", sql) for name, sql in rows}
    wanted = {
        limits.name_of(table, column, act): str(limits.of(f"{table}.{column}"))
        for table, column in COLUMNS
        for act in ("insert", "update")
    }
    assert {name: match[1] for name, match in found.items() if match} == wanted


@pytest.mark.both_databases
def test_the_database_refuses_what_is_longer(system: System) -> None:
    for table, column in COLUMNS:
        limit = limits.of(f"{table}.{column}")
        for length, refused in ((limit, False), (limit + 1, True)):
            text = "a" * length
            if (table, column) in JSON_COLUMNS:
                text = json.dumps("a" * (length - 2))
            insert = sa.text(f"INSERT INTO {table} ({column}) VALUES (:text)")
            if system.db.engine.dialect.name == "postgresql" and (table, column) in JSON_COLUMNS:
                insert = sa.text(f"INSERT INTO {table} ({column}) VALUES (CAST(:text AS jsonb))")
            # The row lacks all that it must have, so it is never written; which refusal is first?
            with (
                pytest.raises((Invalid, sa.exc.IntegrityError)) as problem,
                system.db.write() as db,
            ):
                db.execute(insert, {"text": text})
            is_named = (
                isinstance(problem.value, Invalid) and f"{limit:,}" in problem.value.fields[column]
            )
            assert is_named is refused, (table, column, length)


@contextmanager
def without_limits(system: System) -> Iterator[sa.Connection]:
    """As a row was written before there were limits."""
    columns = limits.LIMITS["contents"]
    with (
        system.db.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE contents DISABLE TRIGGER USER"))
            yield connection
            connection.execute(sa.text("ALTER TABLE contents ENABLE TRIGGER USER"))
            return
        for column in columns:
            name = limits.name_of("contents", column, "update")
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        yield connection
        for statement in limits.statements("sqlite", "contents", columns):
            if "_update " in statement:
                connection.execute(sa.text(statement))


@pytest.mark.both_databases
def test_a_longer_row_stays_is_published_and_shortened(desk: Desk) -> None:
    desk.connect()
    content_id = desk.write()
    with without_limits(desk.system) as connection:
        connection.execute(
            sa.text("UPDATE contents SET excerpt = :text, author_email = :text WHERE id = :id"),
            {"text": "a@" + "b" * 3000, "id": content_id},
        )
    desk.edit(content_id, title="Another title")
    desk.approve(content_id)
    desk.publish(content_id)
    desk.run_worker()
    found = desk.content(content_id)
    assert (found.site_status, len(found.excerpt)) == ("published", 3002)
    with pytest.raises(Invalid) as refused, desk.changing(content_id) as (_, content):
        content.excerpt = "b" * 2_500
    assert set(refused.value.fields) == {"excerpt"}
    desk.edit(content_id, excerpt="Short", author_email="")
    assert desk.content(content_id).excerpt == "Short"


def test_the_api_says_each_limit_and_how_long_it_was(desk: Desk) -> None:
    content_id = desk.write()
    path = f"/api/v1/writer/content/{content_id}/"
    with desk.browser(desk.owner) as client:
        described = client.get("/api/schema/openapi.json").json()["components"]["schemas"]["Edit"]
        for name in Draft.__struct_fields__:
            limit = limits.LIMITS["contents"].get(name)
            if limit is None or limit == limits.JSON:
                continue
            shown: Any = described["properties"][name]
            assert f'"maxLength": {limit}' in json.dumps(shown), name
            answer = client.patch(path, json={name: "a" * (limit + 1)})
            said = answer.json()["error"]["fields"][name]
            assert (answer.status_code, f"{limit:,}" in said, f"{limit + 1:,}" in said) == (
                422,
                True,
                True,
            )
        for given, field in (
            ({"tags": [{"name": "a" * 201}]}, "tags"),
            ({"categories": [{"name": "a", "slug": "b" * 201}]}, "categories"),
            ({"focus_keywords": ["fine", "b" * 201]}, "focus_keywords[1]"),
            ({"focus_keywords": ["b"] * 501}, "focus_keywords"),
        ):
            answer = client.patch(path, json=given)
            assert answer.status_code == 422
            assert re.search(r"at most (200|500) .* this has (201|501)", answer.text), field
            assert set(answer.json()["error"]["fields"]) == {field}
        longest = {"title": "a" * 500, "meta_title": "b" * 500, "tags": [{"name": "c" * 200}]}
        assert client.patch(path, json=longest).status_code == 200


TYPED = re.compile(r"<(?:input|textarea)\b[^>]*>")
CHOSEN = re.compile(r'type="(?:hidden|checkbox|radio|date|time|datetime-local|number|submit)"')


def test_every_field_that_is_typed_into_says_its_limit() -> None:
    bare = [
        (path.name, field[:120])
        for path in (root() / "templates").rglob("*.html")
        for field in TYPED.findall(path.read_text())
        if not CHOSEN.search(field) and "maxlength=" not in field and "visually-hidden" not in field
    ]
    assert bare == []


def test_the_contract_names_the_same_limits() -> None:
    folder = root() / "docs" / "contract"
    request = json.loads((folder / "publish-content.request.schema.json").read_text())["properties"]
    parts = json.loads((folder / "common.schema.json").read_text())["$defs"]
    image, term = parts["image"]["properties"], parts["term"]["properties"]
    assert request["slug"]["maxLength"] == limits.of("contents.slug")
    assert request["author_email"]["maxLength"] == limits.of("contents.author_email")
    assert request["canonical_url"]["maxLength"] == limits.of("contents.canonical_url")
    assert image["url"]["maxLength"] == limits.of("images.image_url")
    for name in ("filename", "alt", "caption"):
        assert image[name]["maxLength"] == limits.of(f"images.{name}")
    assert term["name"]["maxLength"] == limits.of("content_taxonomies.name")
    assert term["slug"]["maxLength"] == limits.of("content_taxonomies.slug")
