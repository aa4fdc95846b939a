"""The planner against an oracle that goes by the same rules and shares no code with it.

`IGNY8_CASES=20000` makes the long run. A failure names its case: `cases.make(seed)`.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace
from datetime import timezone
from functools import lru_cache
from pathlib import Path

import pytest

from tests.architecture.source import Source
from tests.publisher import cases, oracle
from tests.publisher.oracle import Answer, Case
from webapp.publisher.planning import slots
from webapp.publisher.planning.planner import Assignment

QUICK = 200
CASES = int(os.environ.get("IGNY8_CASES", "1000"))
Plan = list[tuple[object, ...]]


def found(case: Case) -> Plan:
    """The planner's answers, without their traces."""
    return [
        (one.id, one.at, one.wall, one.note, one.reason)
        for one in cases.plan(*cases.arguments(case))
    ]


def asked(answers: list[Answer]) -> Plan:
    """The oracle's answers in the same form."""
    return [
        (one.id, one.slot.at, one.slot.wall, one.slot.note, None)
        if one.slot
        else (one.id, None, None, "", one.reason)
        for one in answers
    ]


def binding(case: Case, answers: list[Answer]) -> dict[str, bool]:
    """What the plan would not be the same without."""
    plan = found(case)
    step = case.spacing or slots.spacing(cases.rules(case))
    return {
        "limits": plan != found(replace(case, daily=None, weekly=None, monthly=None, spacing=step)),
        "pins": plan != found(replace(case, taken=[one for one in case.taken if not one[2]])),
        "blackouts": plan != found(replace(case, blackouts=[])),
        "clock changes": plan != found_on_a_steady_clock(case),
        "slots in a gap or fold": any(has_note(one) for one in answers),
        "unplaced": any(one.slot is None for one in answers),
    }


def found_on_a_steady_clock(case: Case) -> Plan:
    """The plan in a zone that keeps the offset of now for ever."""
    rules, zone, *rest = cases.arguments(case)
    offset = case.now.astimezone(zone).utcoffset()
    assert offset is not None
    steady = timezone(offset)
    return [
        (one.id, one.at, one.wall, one.note, one.reason)
        for one in cases.plan(rules, steady, *rest)  # type: ignore[arg-type]
    ]


def has_note(answer: Answer) -> bool:
    """Whether a slot at a clock change was taken or passed over."""
    return any(slot.note for slot, _ in answer.earlier) or bool(answer.slot and answer.slot.note)


def check_traces(case: Case, answers: list[Answer], plan: list[Assignment]) -> None:
    """What the traces say is so: the nearest earlier slots, a true cause for each, the counts."""
    limits = {"day": case.daily, "week": case.weekly, "month": case.monthly}
    kinds = {item[0]: item[3] for item in case.items}
    for answer, one in zip(answers, plan, strict=True):
        if answer.slot is None:
            assert one.trace["reason"] == answer.reason
            if answer.reason == "none_free":
                check_causes(answer, one)
            continue
        near = answer.earlier[-5:]
        walls = [slot.wall.isoformat(timespec="minutes") for slot, _ in near]
        assert [each["wall"] for each in one.trace["passed"]] == walls
        for each, (_, causes) in zip(one.trace["passed"], near, strict=True):
            assert each["why"] in causes
        assert one.trace["wall"] == answer.slot.wall.isoformat(timespec="minutes")
        assert one.trace.get("note", "") == answer.slot.note
        if kinds[one.id] == "first":
            there = {name: limit for name, limit in limits.items() if limit is not None}
            assert one.trace["limits"] == there
            assert one.trace["used"] == {name: answer.counts[name] for name in there}


def check_causes(answer: Answer, one: Assignment) -> None:
    """As many slots as there are, and no cause more often than it was true."""
    assert sum(one.trace["slots"].values()) == len(answer.earlier)
    true = Counter(cause for _, causes in answer.earlier for cause in causes)
    assert set(one.trace["slots"]) <= set(true)


@lru_cache(QUICK)
def judged(seed: int) -> tuple[Case, list[Answer]]:
    """The case of a seed with the oracle's answers."""
    case = cases.make(seed)
    return case, oracle.plan(case)


def check(seed: int) -> None:
    """Compare plan and traces of a case with the oracle's."""
    case, answers = judged(seed)
    assert found(case) == asked(answers), f"cases.make({seed}): {case}"
    check_traces(case, answers, cases.plan(*cases.arguments(case)))


def run(seeds: range) -> Counter[str]:
    """Compare them all; how many cases had what."""
    shares: Counter[str] = Counter()
    for seed in seeds:
        check(seed)
        shares.update(name for name, is_so in binding(*judged(seed)).items() if is_so)
    return shares


def test_the_oracle_knows_nothing_of_the_planner() -> None:
    assert "webapp" not in {name.split(".")[0] for name in Source.of(Path(oracle.__file__)).imports}


def test_planner_and_oracle_agree() -> None:
    for seed in range(QUICK):
        check(seed)


@pytest.mark.heavy
def test_planner_and_oracle_agree_in_many_cases() -> None:
    began = time.perf_counter()
    shares = run(range(CASES))
    print(f"{CASES} cases in {time.perf_counter() - began:.0f} s: {dict(shares)}")
    for name in ("limits", "pins", "blackouts", "clock changes"):
        assert shares[name] >= 0.3 * CASES, f"{name} decide in {shares[name]} of {CASES}"
    assert shares["slots in a gap or fold"] >= 0.1 * CASES
    assert shares["unplaced"] >= 0.02 * CASES
