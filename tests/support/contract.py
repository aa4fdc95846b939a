"""The contract's schemas, for judging what is really sent and received."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

DIRECTORY = Path(__file__).parents[2] / "docs" / "contract"


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of `docs/contract/<name>.schema.json`."""
    schemas = {p.name: json.loads(p.read_text()) for p in DIRECTORY.glob("*.schema.json")}
    resources = [(s["$id"], Resource.from_contents(s)) for s in schemas.values()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schemas[f"{name}.schema.json"], registry=registry)


def assert_valid(name: str, message: object) -> None:
    """Fail with every place where the message breaks its schema."""
    found = validator(name).iter_errors(message)
    errors = [f"{error.json_path}: {error.message}" for error in found]
    assert not errors, f"{name}: " + "; ".join(errors)
