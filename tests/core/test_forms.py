"""How forms are read: by the types of their fields, all problems at once, and nothing lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from msgspec import UNSET

from webapp.core.errors import Invalid
from webapp.forms import Day, Form, Id, Ids, Instant, Number, Pieces, Tick, Ticked, Time


class Everything(Form, rename={"kind": "type"}):
    """A field of each type."""

    text: str = "none"
    kind: str = ""
    tick: Tick = False
    id: Id = None
    number: Number = None
    ids: Ids = []
    pieces: Pieces = {}
    moment: Instant = UNSET
    day: Day = None
    time: Time = None


READ: list[tuple[str, Any, Any]] = [
    ("text", " as typed ", " as typed "),
    ("tick", "yes", True),
    ("id", "12", 12),
    ("id", "", None),
    ("id", "-1", None),
    ("id", "99999999999999", None),
    ("number", "12", 12),
    ("number", "", None),
    ("ids", "3", [3]),
    ("ids", ["3", "x", "4"], [3, 4]),
    ("pieces", "7", {7: Ticked()}),
    ("pieces", ["7.2", "8.3.a.b", "x.1"], {7: Ticked(2), 8: Ticked(3, "a.b")}),
    ("moment", "", None),
    ("moment", "2030-01-01T10:00+02:00", datetime(2030, 1, 1, 8, tzinfo=UTC)),
    ("day", "", None),
    ("day", "2030-01-31", date(2030, 1, 31)),
    ("time", "09:05", time(9, 5)),
    ("time", "09:05:59", time(9, 5)),
]


@pytest.mark.parametrize(("name", "sent", "value"), READ)
def test_a_field_is_read_by_its_type(name: str, sent: Any, value: Any) -> None:
    assert getattr(Everything.read({name: sent}), name) == value


WRONG: list[tuple[str, Any]] = [
    ("tick", "on"),
    ("tick", ["yes", "yes"]),
    ("text", ["twice", "sent"]),
    ("moment", "2030-01-01T10:00"),
    ("moment", "soon"),
    ("moment", "0001-01-01T00:00+14:00"),
    ("moment", "9999-12-31T23:59-12:00"),
    ("day", "31.1.2030"),
    ("day", "9999-12-31"),
    ("time", "24:00"),
    ("time", "9"),
    ("time", "9:05"),
    ("time", "1٢:3٤"),
    ("number", "x"),
    ("number", "99999999999999"),
    ("number", ["1", "2"]),
    ("ids", ["1"] * 201),
    ("pieces", ["1"] * 201),
    ("pieces", ["1.1.a\x00"]),
    ("text", "a\x00b"),
]


@pytest.mark.parametrize(("name", "sent"), WRONG)
def test_what_cannot_be_read_is_refused_by_its_name(name: str, sent: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Everything.read({name: sent})
    assert list(refused.value.fields) == [name]
    assert refused.value.fields[name] in refused.value.message


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        Everything.read(dict(WRONG))
    assert set(refused.value.fields) == set(dict(WRONG))


def test_what_is_not_sent_has_its_default_and_other_fields_stay_as_they_came() -> None:
    form = Everything.read({"type": "page", "start-0": "9:00", "day-of": ["a", "b"]})
    assert (form.text, form.kind, form.moment) == ("none", "page", UNSET)
    assert form.sent == {"type": "page", "start-0": "9:00", "day-of": ["a", "b"]}
    assert form.text_of("start-0") == "9:00"
    assert form.text_of("end-0") == ""
    with pytest.raises(Invalid, check=lambda problem: list(problem.fields) == ["day-of"]):
        form.text_of("day-of")
    assert "9:00" not in repr(form), "passwords are typed into forms"
