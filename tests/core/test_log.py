"""Logs: one JSON object a line whoever writes, no secret, and what repeats once a minute."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from webapp.core import away, shared_redis, trail
from webapp.core import log as logs
from webapp.core.errors import Conflict
from webapp.core.repeats import MOST, Repeats

# In a process of its own, as a worker is: what it does to logging is for good.
SAID = """
import logging, sys, threading, warnings
from webapp.core import log
log.of_process("json")
import structlog
said = structlog.get_logger()

def fail(kind, words):
    raise kind(words)

def meet(kind, words, times=3):
    for _ in range(times):
        try:
            fail(kind, words)
        except Exception:
            said.exception("could not look", record=7)

said.info("hello", token="ig8_abcdefghijklmnop", deep={"list": ["Bearer abc", 1]},
          url="redis://user:hush@host/0", odd=object())
with structlog.contextvars.bound_contextvars(request="abcdefgh"):
    logging.getLogger("huey.consumer").error("Task %s failed with %s", 1, "iwp_abcdefghijklmnop")
for number in range(5):
    try:
        fail(ConnectionError, "refused")
    except Exception:
        logging.getLogger("huey.consumer.Worker").exception("Error reading from queue %s", number)
meet(ValueError, "first")
meet(KeyError, "second")
for problem in ("gone", "not found", "gone"):
    said.warning("a backup cannot be read", problem=problem)
for code in (1, 2, 3):
    said.warning("an attempt failed", code=code)
logging.getLogger("huey").info("Executing")
warnings.warn("old ways")
thread = threading.Thread(target=lambda: fail(RuntimeError, "in a thread"))
thread.start(); thread.join()
sys.exit(fail(RuntimeError, "at the end"))
"""


def lines() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", SAID], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == ""
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_every_line_is_json_and_repeats_are_held_back() -> None:
    found = lines()
    assert all({"event", "level", "timestamp"} <= line.keys() for line in found)
    by = [(line["event"], line["level"]) for line in found]
    hello = found[0]
    assert (hello["token"], hello["deep"]) == ("***", {"list": ["***", 1]})
    assert hello["url"] == "redis://***@host/0"
    assert found[1] | {"timestamp": ""} == {
        "event": "Task 1 failed with ***",
        "level": "error",
        "library": "huey.consumer",
        "request": "abcdefgh",
        "timestamp": "",
    }
    gone = [line for line in found if line["event"].startswith("Error reading")]
    assert [(one["problem"], "exception" in one) for one in gone] == [
        ("ConnectionError: refused", False)
    ]
    bugs = [line for line in found if line["event"] == "could not look"]
    assert ["first" in one["exception"] for one in bugs] == [True, False], "two bugs are two"
    assert all(one["record"] == 7 for one in bugs)
    causes = [one["problem"] for one in found if one["event"] == "a backup cannot be read"]
    assert causes == ["gone", "not found"], "two causes are two"
    assert by.count(("an attempt failed", "warning")) == 3
    assert not any("Executing" in event for event, _ in by)
    assert any("old ways" in event for event, _ in by)
    ended = [line["exception"] for line in found if line["level"] == "critical"]
    assert ["in a thread" in ended[0], "at the end" in ended[1]] == [True, True]


def test_what_repeats_is_said_once_a_minute_with_its_number() -> None:
    now = 0.0
    repeats = Repeats(lambda: now)
    assert [repeats.since("a") for _ in range(3)] == [0, None, None]
    assert repeats.since("b") == 0
    now = 59.9
    assert repeats.since("a") is None
    now = 60.0
    assert repeats.since("a") == 3
    assert repeats.since("a") is None
    now = 500.0
    assert repeats.since("a") == 1
    assert repeats.since("a") is None
    for number in range(3 * MOST):  # a mind of a bounded size
        repeats.since(number)
    assert repeats.since("a") == 0


@pytest.mark.parametrize(
    ("problem", "is_away"),
    [
        (redis.ConnectionError("refused"), True),
        (redis.TimeoutError("slow"), True),
        (redis.exceptions.ReadOnlyError("a replica"), True),
        (sa.exc.TimeoutError("QueuePool limit"), True),
        (ConnectionRefusedError("refused"), True),
        (ValueError("database is locked"), False),
        (KeyError("redis"), False),
    ],
)
def test_what_is_away_is_no_bug(problem: Exception, is_away: bool) -> None:
    assert away.is_away(problem) is is_away


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0123456789abcdef", True),
        ("2f1c0a4e-8a55-4f0e-9f0e-0123456789ab", True),
        ("", False),
        ("short", False),
        ("a" * 65, False),
        ('x"}\n{"event":"forged', False),
        ("ünicode-letters", False),
    ],
)
def test_an_id_from_outside_is_taken_where_it_can_stand_in_a_line(
    given: str, is_taken: bool
) -> None:
    taken = trail.taken_id(given)
    assert (taken == given) is is_taken
    assert trail.taken_id(taken) == taken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("to postgresql://igny8:ab/cdHUSH@db/igny8 now", "to postgresql://***@db/igny8 now"),
        ("redis://:ab@cdHUSH/x@host:6379/0", "redis://***@host:6379/0"),
        ("postgresql://db/x?password=HUSH&user=y", "postgresql://db/x?password=***&user=y"),
        ("'redis://host/0?PASSWORD=HUSH'", "'redis://host/0?PASSWORD=***'"),
        ("https://site.example:8443/a/b?c=d", "https://site.example:8443/a/b?c=d"),
        ("http://a.example/x, desk@b.example", "http://a.example/x, desk@b.example"),
    ],
)
def test_passwords_in_addresses_are_blacked_out(text: str, said: str) -> None:
    assert logs.mask(text) == said


def test_an_address_of_redis_that_cannot_be_read_tells_no_password() -> None:
    url = "redis://:HUSHpart/rest@127.0.0.1:6379/0"
    with pytest.raises(Conflict, match="IGNY8_QUEUE_URL") as problem:
        shared_redis.pool(url)
    told = "".join(traceback.format_exception(problem.value))
    assert "HUSH" not in told


@pytest.mark.parametrize(
    ("end", "rest"),
    [
        ("", ""),
        ('\nCONTEXT:  COPY contents, line 1: "a text"', ""),
        ("\nHINT:  Look there.\nCONTEXT:  a text", "HINT:  Look there."),
        ("\n[SQL: INSERT INTO users]", "[SQL: INSERT INTO users]"),
        ("\n\nThe above exception was the", "The above exception was the"),
    ],
)
def test_rows_in_what_postgresql_says_are_cut_out(end: str, rest: str) -> None:
    said = "null value\nDETAIL:  Failing row contains (1, a text\nof two lines)."
    told = logs.mask(said + end)
    assert told.startswith("null value\n")
    assert "text" not in told
    assert "two lines" not in told
    assert rest in told
