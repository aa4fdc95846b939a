"""Forms: a struct each, read from what a browser sent.

    class ApprovalForm(Form):
        home: str = "review"
        version: Number = None

A handler takes its form as `data: ApprovalForm`. A field's type says how it is read: text as it was
typed, a tick, an id, a moment; whatever else is annotated with the function that reads it. What a
person types is `str`, and judged by the verb that needs it, so that the page can show the problem
beside the field with all that was typed. The other fields are our own scripts' and templates': what
cannot be read there is refused before the handler begins; only an `Id` that is the id of nothing is
None, and lists leave such ones out, for whoever looks them up answers that there is nothing. Fields
without a name here are left out; one without a default must be sent.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Annotated, Any, NamedTuple, Self

import msgspec
from litestar import Request
from msgspec import NODEFAULT, UnsetType

from webapp.core.errors import Invalid, WrongKind
from webapp.core.web import id_in

# The longest of a list that one form names.
MOST_AT_ONCE = 200
URL_ENCODED = "application/x-www-form-urlencoded"
NUL = "This holds a character that cannot be stored (NUL)."
# Outside of these calendars end, and zones cannot be reckoned.
_YEARS = range(1971, 9999)
_CLOCK = re.compile("[0-9]{2}:[0-9]{2}")


class Ticked(NamedTuple):
    """What a row showed of its piece: its version, and by a mark where it would go."""

    version: int | None = None
    goes: str = ""


def _all(sent: Any) -> list[str]:
    """The values of a field that may occur more than once."""
    return [str(one) for one in (sent if isinstance(sent, list) else [sent])]


def _text(sent: Any) -> str:
    if isinstance(sent, list):
        raise ValueError("This was sent more than once.")
    return str(sent)


def _moment(sent: Any) -> datetime | None | UnsetType:
    """An instant, with the zone that it was told in; "" is none."""
    text = _text(sent)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or at.year not in _YEARS:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("This is no moment.") from None


def _day(sent: Any) -> date | None:
    text = _text(sent)
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("This is no date.") from None
    if day is not None and day.year not in _YEARS:
        raise ValueError("This is no date that can be planned for.")
    return day


def _time(sent: Any) -> time | None:
    text = _text(sent)
    if not text:
        return None
    try:
        if not _CLOCK.fullmatch(text[:5]):
            raise ValueError
        return time.fromisoformat(text[:5])
    except ValueError:
        raise ValueError("This is no time of day.") from None


def _number(sent: Any) -> int | None:
    text = _text(sent)
    number = id_in(text)
    if text and number is None:
        raise ValueError("This is no number of ours.")
    return number


def _few(sent: Any) -> list[str]:
    values = _all(sent)
    if len(values) > MOST_AT_ONCE:
        raise ValueError(f"At most {MOST_AT_ONCE} can be taken at once.")
    return values


def _ids(sent: Any) -> list[int]:
    found = [id_in(one) for one in _few(sent)]
    return [one for one in found if one is not None]


def _pieces(sent: Any) -> dict[int, Ticked]:
    """Each by its id, with what its row showed behind it: `id.version` or `id.version.goes`."""
    parts = [[*one.split(".", 2), "", ""][:3] for one in _few(sent)]
    named = [(id_in(number), Ticked(_number(version), goes)) for number, version, goes in parts]
    return {number: ticked for number, ticked in named if number is not None}


def _tick(sent: Any) -> bool:
    text = _text(sent)
    if text not in ("yes", "no", ""):
        raise ValueError("This is neither yes nor no.")
    return text == "yes"


def one_of(*words: str) -> Callable[[Any], str]:
    """Reads one of these words."""

    def read(sent: Any) -> str:
        text = _text(sent)
        if text not in words:
            raise ValueError(f"Choose one of: {', '.join(words)}.")
        return text

    return read


Tick = Annotated[bool, _tick]
# A whole number, or none.
Number = Annotated[int | None, _number]
# None also where it is the id of nothing.
Id = Annotated[int | None, lambda sent: id_in(_text(sent))]
Ids = Annotated[list[int], _ids]
Pieces = Annotated[dict[int, Ticked], _pieces]
Words = Annotated[list[str], _few]
# UNSET: nothing was said of it.
Instant = Annotated[datetime | None | UnsetType, _moment]
Day = Annotated[date | None, _day]
Time = Annotated[time | None, _time]


def check_kind(request: Request[Any, Any, Any]) -> None:
    """Raise WrongKind for a body that is no form: read as one it would be empty, and guards that
    ask for a field would ask for nothing."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = request.headers.get("content-length", "0") != "0" or (
        "transfer-encoding" in request.headers
    )
    if kind != URL_ENCODED and (kind or has_body):
        raise WrongKind(f"Send a form ({URL_ENCODED}).")


class Form(msgspec.Struct, kw_only=True):
    """What one form sends. `sent` is all of it, for fields that are known only when it is read."""

    sent: dict[str, Any] = {}

    @classmethod
    def read(cls, sent: Mapping[str, Any]) -> Self:
        """The form, or Invalid with every field that cannot be read."""
        values: dict[str, Any] = {}
        wrong = {
            name: NUL
            for name, value in sent.items()
            if any("\x00" in one for one in (name, *_all(value)))
        }
        for field, (name, reader, is_required) in _readers(cls).items():
            try:
                if name in sent:
                    values[field] = reader(sent[name])
                elif is_required:
                    wrong[name] = "This is missing."
            except ValueError as problem:
                wrong.setdefault(name, str(problem))
        if wrong:
            raise Invalid(wrong, " ".join(dict.fromkeys(wrong.values())))
        return cls(**values, sent=dict(sent))

    def text_of(self, name: str) -> str:
        """A field whose name only the installation knows, such as one of a platform."""
        try:
            return _text(self.sent.get(name, ""))
        except ValueError as problem:
            raise Invalid({name: str(problem)}) from None

    def __repr__(self) -> str:
        """Without what was typed: passwords are among it."""
        return f"{type(self).__name__}({', '.join(self.sent)})"


@cache
def _readers(form: type[Form]) -> dict[str, tuple[str, Callable[[Any], Any], bool]]:
    """For each field the name under which it is sent, what reads it, and whether it must be."""
    hints = typing.get_type_hints(form, include_extras=True)
    return {
        one.name: (
            one.encode_name,
            getattr(hints[one.name], "__metadata__", (_text,))[0],
            one.default is NODEFAULT and one.default_factory is NODEFAULT,
        )
        for one in msgspec.structs.fields(form)
        if one.name != "sent"
    }
