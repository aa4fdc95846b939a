"""Numbers, times and dates are written in ASCII digits: what has others is refused, not guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from webapp import config
from webapp.api.v1 import schedule as by_api
from webapp.config import ConfigError
from webapp.content import schedule_view
from webapp.core import web
from webapp.core.errors import Problem
from webapp.core.http import Answer
from webapp.integrations.wordpress_plugin import refusals
from webapp.publisher.planning import settings_fields, slots

WEBAPP = Path(config.__file__).parent
OTHERS = {
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "devanagari": "०१२३४५६७८९",
    "wide": "".join(chr(0xFF10 + digit) for digit in range(10)),
    "raised": "⁰¹²³⁴⁵⁶⁷⁸⁹",
}


class NoTime(Exception):
    pass


def _minutes(text: str) -> Any:
    try:
        return slots.minutes(text)
    except ValueError:
        raise NoTime from None


def _settings(text: str) -> Any:
    return settings_fields.TIME.fullmatch(text)


def _whole_setting(text: str) -> Any:
    return config.load({"IGNY8_VAR": "/tmp", "IGNY8_AUDIT_DAYS": text}).audit_days


def _wait(text: str) -> Any:
    return refusals.retry_after(Answer(503, {"retry-after": text}, b"", ""))


PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "time by API": (by_api.local, "2030-01-08T10:35"),
    "time in the dialog": (schedule_view.wall_time, "2030-01-08T10:35"),
    "time of a slot": (_minutes, "09:30"),
    "time of a setting": (_settings, "09:30"),
    "number of an id": (web.id_in, "12"),
    "number of days": (_whole_setting, "12"),
    "seconds to wait": (_wait, "12"),
}


def read(parse: Callable[[str], Any], text: str) -> Any:
    """What is made of the text; None where it is refused."""
    try:
        return parse(text)
    except (Problem, ConfigError, NoTime):
        return None


@pytest.mark.parametrize("script", OTHERS)
@pytest.mark.parametrize("kind", PARSERS)
def test_digits_of_other_scripts_are_none(kind: str, script: str) -> None:
    parse, text = PARSERS[kind]
    assert read(parse, text) is not None
    for digit in sorted(set(re.findall("[0-9]", text))):
        assert read(parse, text.replace(digit, OTHERS[script][int(digit)])) is None
    foreign = str.maketrans("0123456789", OTHERS[script])
    assert read(parse, text.translate(foreign)) is None


@pytest.mark.parametrize("path", sorted(WEBAPP.rglob("*.py")), ids=lambda p: p.name)
def test_no_pattern_takes_digits_of_every_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\\d", text), "write [0-9]"
    bare = re.findall(r"^.*\.isdigit\(\).*$|^.*strptime\(.*$", text, re.M)
    known = ("isascii()", 'b"content-length"')
    assert [line for line in bare if not any(one in line for one in known)] == []
