"""Puts words and examples into the API's description."""

from __future__ import annotations

from typing import Any

from webapp.api.described import samples
from webapp.api.described.fields import FIELDS, SHAPES
from webapp.api.described.values import VALUES

Schema = dict[str, Any]
_FORMATS = {"date-time": samples.MOMENT, "date": samples.DAY}


def describe(shapes: dict[str, Schema]) -> None:
    """Say of each shape, of each of its fields and of each of their values what it is."""
    for shape, schema in shapes.items():
        if shape in SHAPES:
            schema.setdefault("description", f"{SHAPES[shape]}.")
        for name, field in schema.get("properties", {}).items():
            field.update(described(name, field, shape))


def described(name: str, field: Schema, shape: str = "") -> Schema:
    """The field's schema with its sentence, and with the values that a closed field can have."""
    found = dict(field)
    said = field.get("description") or _of(FIELDS, name, shape) or ""
    values = _of(VALUES, name, shape)
    if values is not None:
        _close(found, list(values))
        listed = "; ".join(f"`{value}`: {meaning}" for value, meaning in values.items())
        said = f"{said}. {listed}" if said else listed
    if said:
        found["description"] = said
    return found


def _of(table: dict[str, Any], name: str, shape: str) -> Any:
    return table.get(f"{shape}.{name}", table.get(name))


def _close(field: Schema, values: list[str]) -> None:
    """Let a text, or each text of a list, be one of these values only."""
    if field.get("type") == "array":
        field["items"] = {**field["items"]}
        _close(field["items"], values)
    elif field.get("type") == "string":
        field.setdefault("enum", values)


def sample(schema: Schema, shapes: dict[str, Schema], name: str = "") -> Any:
    """An example of a schema."""
    if "$ref" in schema:
        return sample(shapes[schema["$ref"].rsplit("/", 1)[-1]], shapes, name)
    if "anyOf" in schema:
        first = next(one for one in schema["anyOf"] if one.get("type") != "null")
        return samples.FIELDS[name] if name in samples.FIELDS else sample(first, shapes, name)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {field: sample(one, shapes, field) for field, one in fields.items()}
    if name in samples.FIELDS:
        return samples.FIELDS[name]
    if kind == "array":
        return [sample(schema.get("items", {}), shapes)]
    return _simple(schema, kind)


def _simple(schema: Schema, kind: Any) -> Any:
    """The simplest value of a number, a text, or a choice between true and false."""
    if isinstance(kind, list):
        kind = kind[0]
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    if kind == "boolean":
        return False
    return _FORMATS.get(schema.get("format", ""), "")
