"""The API's description leaves nothing without a word: shapes, fields, values, answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_schema import operations
from webapp.api.described import samples
from webapp.api.described.fields import FIELDS, SHAPES
from webapp.api.described.values import VALUES


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/api/schema/openapi.json").json()
    return found


def nodes(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document that is no example, with its place."""
    if isinstance(value, dict):
        yield place, value
        for name, one in value.items():
            if name not in ("example", "examples"):
                yield from nodes(one, f"{place}/{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from nodes(one, f"{place}/{number}")


def test_every_shape_and_every_field_is_described(document: dict[str, Any]) -> None:
    missing = []
    for place, node in nodes(document):
        fields = node.get("properties") if node.get("type") == "object" else None
        if fields is None:
            continue
        if not node.get("description"):
            missing.append(place)
        missing += [f"{place}.{name}" for name, one in fields.items() if not one.get("description")]
    assert missing == []


def test_every_value_of_a_closed_field_is_described(document: dict[str, Any]) -> None:
    missing = []
    for place, node in nodes(document):
        for name, field in (node.get("properties") or {}).items():
            values = [*field.get("enum", []), *field.get("items", {}).get("enum", [])]
            words = [str(one).lower() if isinstance(one, bool) else one for one in values]
            said = field["description"]
            missing += [f"{place}.{name}: {one}" for one in words if f"`{one}`" not in said]
    assert missing == []


def test_every_parameter_and_answer_is_described(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        for one in operation["parameters"]:
            assert one["description"], (path, one["name"])
        assert {"421", "422", "429", "500"} <= set(operation["responses"]), path
        has_body = "requestBody" in operation
        assert has_body == ({"400", "408", "413"} <= set(operation["responses"])), path
    for status, answer in document["components"]["responses"].items():
        example = answer["content"]["application/json"]["example"]
        assert re.fullmatch(r"[A-Z][A-Z_0-9]+", example["error"]["code"]), status


def test_no_word_is_of_something_that_is_gone(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    there = {
        key
        for shape, schema in shapes.items()
        for name in schema.get("properties", {})
        for key in (name, f"{shape}.{name}")
    }
    assert set(FIELDS) | set(VALUES) | set(samples.FIELDS) <= there
    assert set(SHAPES) <= set(shapes)
