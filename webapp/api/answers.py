"""The shapes that every answer of the API has."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class ErrorBody(msgspec.Struct, omit_defaults=True):
    """What went wrong. `fields` names wrong input by field, each with a sentence."""

    code: str
    message: str
    details: dict[str, Any] = {}
    fields: dict[str, str] = {}


class ErrorAnswer(msgspec.Struct):
    """Every refusal and failure."""

    success: Literal[False]
    error: ErrorBody


class Deleted(msgspec.Struct):
    """What was put away."""

    id: int


class Queued(msgspec.Struct):
    """A worker will do it: watch the record. `task_id` is another name of `record_id`."""

    content_id: int
    record_id: int
    task_id: int
    status: str = "queued"
