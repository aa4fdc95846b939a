"""The plugin speaks only SQL that MySQL 5.7, MySQL 8 and MariaDB all have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "wordpress-plugin" / "igny8"

# What one of the three lacks → the statement in which it would stand.
NOT_EVERYWHERE = {
    "RETURNING": r"\b(INSERT|DELETE|UPDATE|REPLACE)\b.*\bRETURNING\b",
    "SKIP LOCKED and NOWAIT": r"\b(SKIP\s+LOCKED|NOWAIT)\b",
    "FOR SHARE": r"\bFOR\s+SHARE\b",
    "a common table expression": r"\bWITH\s+(RECURSIVE\s+)?\w+\s+AS\s*\(",
    "a window": r"\bOVER\s*\(",
    "LATERAL": r"\bLATERAL\b",
    "INTERSECT and EXCEPT": r"\bSELECT\b.*\b(INTERSECT|EXCEPT)\b.*\bSELECT\b",
    "a new row's name": r"\bVALUES\s*\(.*\)\s*AS\s+\w+\s+ON\s+DUPLICATE\b",
    "IF EXISTS inside ALTER": r"\bALTER\s+TABLE\b.*\bIF\s+(NOT\s+)?EXISTS\b",
    "RENAME COLUMN": r"\bRENAME\s+COLUMN\b",
    "a sequence": r"\b(CREATE\s+SEQUENCE|NEXTVAL)\b",
    "regular expressions as functions": r"\bREGEXP_(LIKE|REPLACE|SUBSTR|INSTR)\s*\(",
    "JSON": r"->>?\s*'\$|\bJSON_(TABLE|VALUE|ARRAYAGG|OBJECTAGG|OVERLAPS)\s*\(",
    "functions of one of them": r"\b(ANY_VALUE|UUID_TO_BIN|BIN_TO_UUID|GROUPING|UUID_SHORT)\s*\(",
    "an expression as default": r"\bDEFAULT\s*\(",
    "a collation of MySQL 8": r"utf8mb4_0900",
    "SET STATEMENT": r"\bSET\s+STATEMENT\b",
    "word boundaries of one engine": r"REGEXP[^;]*(\\\\b|\[\[:<:\]\])",
}
# Said to MariaDB alone, after asking which it is; MySQL gets a hint that MariaDB reads past.
ASKED_BEFORE = "SET STATEMENT max_statement_time="
# Reserved in one of them: never a bare name of ours.
RESERVED = {"rank", "groups", "system", "rows", "window", "lead", "lag", "function", "recursive"}


def statements(path: Path) -> list[str]:
    """Every string of a file that begins, or goes on, like SQL."""
    text = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", path.read_text(), flags=re.S | re.M)
    strings = re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", text, flags=re.S)
    words = r"\b(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|LOCK|SET|WHERE|FOR|SHOW)\b"
    return [one or other for one, other in strings if re.search(words, one or other)]


FOUND = {path: statements(path) for path in sorted(PLUGIN.rglob("*.php"))}


def test_the_reader_finds_the_statements() -> None:
    everything = "\n".join(text for texts in FOUND.values() for text in texts)
    for known in ("FOR UPDATE", "LOCK IN SHARE MODE", "INSERT IGNORE INTO", "CREATE TABLE"):
        assert known in everything


@pytest.mark.parametrize("what", NOT_EVERYWHERE)
def test_only_sql_that_all_of_them_have(what: str) -> None:
    pattern = re.compile(NOT_EVERYWHERE[what], re.I | re.S)
    bad = [
        (path.name, text)
        for path, texts in FOUND.items()
        for text in texts
        if pattern.search(text) and not text.startswith(ASKED_BEFORE)
    ]
    assert bad == []


def test_no_column_has_a_reserved_name() -> None:
    columns = {
        match
        for texts in FOUND.values()
        for text in texts
        if "CREATE TABLE" in text
        for match in re.findall(r"^\s*(\w+)\s+(?:bigint|int|char|varchar|longtext)", text, re.M)
    }
    assert "content_id" in columns
    assert columns & RESERVED == set()
