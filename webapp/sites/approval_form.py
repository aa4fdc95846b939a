"""The form of a list of steps: what was typed as steps, and steps as a form. Pure.

A row is the fields `name-0`, `role-0` and so on; one with nothing that was typed or chosen is left
out, so that an empty row can stand there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from webapp.approving.given import MOST_STEPS, StepGiven
from webapp.approving.rules import Step
from webapp.core import decoders
from webapp.core.web import id_in

_ROW = re.compile(r"name-([0-9]{1,6})")


class Row(msgspec.Struct):
    """A step as it was typed; numbers may be none."""

    name: str = ""
    role: str = "editor"
    people: list[int] = []
    needed: str = "1"
    not_own: bool = False
    survives_edits: bool = False
    hours: str = ""
    substitute: str = ""


def rows_of(sent: Mapping[str, Any]) -> list[Row]:
    """What a browser sent, in the order of the rows."""
    found = (_ROW.fullmatch(name) for name in sent)
    numbers = sorted(int(one[1]) for one in found if one)
    rows = [_row(sent, number) for number in numbers]
    return [row for row in rows if row != Row(role=row.role)][: MOST_STEPS + 1]


def rows_to_show(steps: tuple[Step, ...]) -> list[Row]:
    """Stored steps as rows."""
    return [
        Row(
            name=one.name,
            role=str(one.role),
            people=sorted(one.people),
            needed=str(one.needed),
            not_own=one.not_own,
            survives_edits=one.survives_edits,
            hours=str(one.hours or ""),
            substitute=str(one.substitute or ""),
        )
        for one in steps
    ]


def read(rows: list[Row]) -> tuple[list[StepGiven], dict[str, str]]:
    """The steps that the rows stand for, and what of them cannot be read, by field."""
    steps, wrong = [], {}
    for number, row in enumerate(rows):
        given = {
            "name": row.name,
            "role": row.role,
            "people": row.people,
            "needed": _number(row.needed),
            "not_own": row.not_own,
            "survives_edits": row.survives_edits,
            "hours": _number(row.hours) if row.hours.strip() else None,
            "substitute": row.substitute or None,
        }
        for field in ("needed", "hours"):
            if given[field] == NO_NUMBER:
                wrong[f"steps.{number}.{field}"] = "Write a whole number."
        try:
            steps.append(decoders.convert(given, StepGiven))
        except msgspec.ValidationError as problem:
            wrong[f"steps.{number}.name"] = f"This cannot be taken: {problem}."
    return steps, wrong


NO_NUMBER = -1


def _number(typed: str) -> int:
    text = typed.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else NO_NUMBER


def _row(sent: Mapping[str, Any], number: int) -> Row:
    def text(name: str) -> str:
        value = sent.get(f"{name}-{number}", "")
        return str(value[0] if isinstance(value, list) else value)

    people = sent.get(f"people-{number}", [])
    # What is the id of nothing is nobody's who works here, and refused as such.
    ids = [id_in(str(one)) or 0 for one in (people if isinstance(people, list) else [people])]
    return Row(
        name=text("name"),
        role=text("role") or "editor",
        people=ids,
        needed=text("needed") or "1",
        not_own=text("not_own") == "yes",
        survives_edits=text("survives_edits") == "yes",
        hours=text("hours"),
        substitute=text("substitute"),
    )
