"""Puts words and examples into the API's description."""

from __future__ import annotations

from typing import Any

from webapp.api.described import samples
from webapp.api.described.fields import FIELDS, SHAPES
from webapp.api.described.values import VALUES

Schema = dict[str, Any]
# Besides those whose names end in "_at".
_MOMENTS = ("at", "before", "after", "seen", "previous_key_until")
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
    found = _as_moment(field) if name.endswith("_at") or name in _MOMENTS else dict(field)
    said = field.get("description") or _of(FIELDS, name, shape) or ""
    values = _of(VALUES, name, shape)
    if values is not None:
        _close(found, list(values))
        listed = "; ".join(f"`{value}`: {meaning}" for value, meaning in values.items())
        said = f"{said}. {listed}" if said else listed
    if said:
        found["description"] = said
    return found


def _as_moment(field: Schema) -> Schema:
    """A text that is a moment, or nothing."""
    if "anyOf" in field:
        return {**field, "anyOf": [_as_moment(one) for one in field["anyOf"]]}
    return {**field, "format": "date-time"} if field.get("type") == "string" else dict(field)


def _of(table: dict[str, Any], name: str, shape: str) -> Any:
    return table.get(f"{shape}.{name}", table.get(name))


def _close(field: Schema, values: list[str]) -> None:
    """Let a text, or each text of a list, be one of these values only."""
    if field.get("type") == "array":
        field["items"] = {**field["items"]}
        _close(field["items"], values)
    elif field.get("type") == "string":
        field.setdefault("enum", values)


def sample(schema: Schema, shapes: dict[str, Schema], name: str = "", shape: str = "") -> Any:
    """An example of a schema: of a field of that name, where it is one."""
    if "$ref" in schema:
        shape = schema["$ref"].rsplit("/", 1)[-1]
        return sample(shapes[shape], shapes, name, shape)
    if schema.get("type") == "object" and "properties" in schema:
        return {
            field: _of_field(f"{shape}.{field}", field, one, shapes)
            for field, one in schema["properties"].items()
        }
    if "anyOf" in schema:
        first = next(one for one in schema["anyOf"] if one.get("type") != "null")
        return sample(first, shapes, name)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if schema.get("type") == "array":
        return [sample(schema.get("items", {}), shapes)]
    return {} if schema.get("type") == "object" else _simple(schema)


def _of_field(whole: str, name: str, field: Schema, shapes: dict[str, Schema]) -> Any:
    """What stands in the field in examples, where it can have that value."""
    fixed = samples.FIELDS.get(whole, samples.FIELDS.get(name, ...))
    if fixed is not ... and fixed in field.get("enum", [fixed]):
        return fixed
    return sample(field, shapes, name)


def _simple(schema: Schema) -> Any:
    """The simplest value of a number, a text, or a choice between true and false."""
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind in ("integer", "number"):
        return max(1, schema.get("minimum", 1))
    if kind == "boolean":
        return False
    return _FORMATS.get(schema.get("format", ""), "")
