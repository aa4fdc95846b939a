"""docs/security.md answers each requirement of ASVS 5.0, levels 1 and 2, with tests that exist."""

from __future__ import annotations

import re
from itertools import chain

from tests.docs.test_traceability import ROOT, functions

PAGE = ROOT / "docs" / "security.md"
# Section: the numbers of its requirements of levels 1 and 2, which come first in each.
SECTIONS = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "4.1": 3,
    "4.2": 1,
    "4.3": 2,
    "4.4": 4,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "9.1": 3,
    "9.2": 4,
    "10.1": 2,
    "10.2": 2,
    "10.3": 4,
    "10.4": 11,
    "10.5": 5,
    "10.6": 2,
    "10.7": 3,
    "11.1": 2,
    "11.2": 3,
    "11.3": 3,
    "11.4": 4,
    "11.5": 1,
    "11.6": 1,
    "12.1": 3,
    "12.2": 2,
    "12.3": 4,
    "13.1": 1,
    "13.2": 5,
    "13.3": 2,
    "13.4": 5,
    "14.1": 2,
    "14.2": 4,
    "14.3": 3,
    "15.1": 3,
    "15.2": 3,
    "15.3": 7,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
    "17.1": 1,
    "17.2": 4,
    "17.3": 2,
}
REASONS = (
    "Not here: ",
    "By reading: ",
    "Written: ",
    "Operator: ",
    "Open: ",
    "Open in part: ",
    "Decision: ",
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, str]]:
    """Number and answer of each requirement, as the page has them."""
    return re.findall(r"^\| (\d+\.\d+\.\d+) \| .+? \| (.+) \|$", PAGE.read_text(), re.M)


def test_every_requirement_is_answered_once_and_in_order() -> None:
    asked = chain.from_iterable(
        [f"{section}.{number + 1}" for number in range(count)]
        for section, count in SECTIONS.items()
    )
    assert [number for number, _ in rows()] == list(asked)


def test_every_answer_names_a_test_or_says_why_there_is_none() -> None:
    bare = [
        number
        for number, answer in rows()
        if not NAMED.search(answer) and not answer.startswith(REASONS)
    ]
    assert bare == []


def test_every_test_that_is_named_exists() -> None:
    missing = [
        (number, f"{path}::{name}")
        for number, answer in rows()
        for path, name in NAMED.findall(answer)
        if not (ROOT / path).is_file() or name not in functions(ROOT / path)
    ]
    assert missing == []
    spelt = re.findall(r"`([^`]*\.py::[^`]*)`", PAGE.read_text())
    assert [one for one in spelt if not NAMED.fullmatch(f"`{one}`")] == []
