"""The planner: its worked examples, what holds for every plan, and what its traces say."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.publisher import cases, oracle
from tests.publisher.cases import Arguments
from tests.publisher.examples import Example, examples, expected, outcome
from webapp.core import zones
from webapp.core.zones import zone
from webapp.publisher.planning import planner, slots
from webapp.publisher.planning.limits import Limits, Periods, Used
from webapp.publisher.planning.planner import Assignment, Item, Published, Taken

ALL = examples()
arguments = st.integers(0, 10**9).map(lambda seed: cases.arguments(cases.make(seed)))
always = settings(max_examples=120, deadline=None)


@pytest.mark.parametrize("example", ALL, ids=lambda example: example.name)
def test_worked_example(example: Example) -> None:
    assert [outcome(one) for one in answer(example)] == expected(example)


def answer(example: Example) -> list[Assignment]:
    """What the planner makes of an example."""
    place = zone(example.zone)
    return cases.plan(
        example.rules(), place, example.items, example.taken, example.published, example.now
    )


def named(name: str) -> Example:
    """The example of this name."""
    return next(one for one in ALL if one.name == name)


def test_no_example_is_missing() -> None:
    assert len(ALL) == len({one.name for one in ALL}) == 30


@given(arguments, st.randoms(use_true_random=False))
@always
def test_the_order_of_the_input_does_not_matter(args: Arguments, chance: Random) -> None:
    rules, place, items, taken, published, now = args
    plan = cases.plan(*args)
    chance.shuffle(items)
    chance.shuffle(taken)
    chance.shuffle(published)
    assert cases.plan(rules, place, items, taken, published, now) == plan


@given(arguments)
@always
def test_nobody_shares_an_instant_or_comes_too_early(args: Arguments) -> None:
    rules, _, items, taken, _, now = args
    plan = cases.plan(*args)
    given_out = [one.at for one in plan if one.at]
    assert len(set(given_out) | {one.at for one in taken}) == len(given_out) + len(
        {one.at for one in taken}
    )
    assert all((at - now).total_seconds() >= rules.min_lead_minutes * 60 for at in given_out)
    assert sorted(one.id for one in plan) == sorted(one.id for one in items)


@given(arguments)
@always
def test_a_day_that_got_a_content_keeps_its_limits(args: Arguments) -> None:
    rules, place, items, taken, published, _ = args
    kinds = {item.id: item.kind for item in items}
    plan = cases.plan(*args)
    placed = [Taken(one.id, one.at, kind=kinds[one.id]) for one in plan if one.at]
    used = Used(place, [*published, *taken, *placed])
    for one in placed:
        if one.kind == "first":
            day = zones.local(one.at, place).date()
            assert all(each.limit >= len(each.held) for each in used.places(day, Limits.of(rules)))


@given(arguments, st.integers(0, 8))
@always
def test_what_is_assigned_does_not_move_when_more_comes(args: Arguments, first: int) -> None:
    """Planning some now, and the rest when those are scheduled, is planning all at once."""
    rules, place, items, taken, published, now = args
    plan = cases.plan(*args)
    ordered = planner.in_order(items)
    some = cases.plan(rules, place, ordered[:first], taken, published, now)
    kinds = {item.id: item.kind for item in items}
    there = [Taken(one.id, one.at, kind=kinds[one.id]) for one in some if one.at]
    rest = cases.plan(rules, place, ordered[first:], [*taken, *there], published, now)
    assert [(one.id, one.at) for one in some + rest] == [(one.id, one.at) for one in plan]


@given(arguments, st.sampled_from(["first", "update"]))
@always
def test_the_next_free_slots_are_those_that_a_plan_would_give(args: Arguments, kind: str) -> None:
    rules, place, _, taken, published, now = args
    found = planner.next_free(cases.table(rules, place, taken, published, now), kind=kind, count=4)
    # Each is where a content would go if the ones before did not exist.
    gone = list(taken)
    for moment in found:
        item = Item(10_000, now, kind=kind)
        one = cases.plan(rules, place, [item], gone, published, now)[0]
        assert (one.at, one.wall, one.note) == (moment.at, moment.wall, moment.note)
        gone.append(Taken(20_000 + len(gone), moment.at, kind="retract"))
    if len(found) < 4:
        assert cases.plan(rules, place, [item_of(kind, now)], gone, published, now)[0].at is None


def item_of(kind: str, now: datetime) -> Item:
    """A content that nobody has seen."""
    return Item(10_000, now, kind=kind)


@given(st.dates(), st.dates())
@always
def test_periods_are_those_of_the_iso_calendar(one: date, other: date) -> None:
    ours = zip(Periods.of(one), Periods.of(other), strict=True)
    theirs = zip(oracle.periods(one).values(), oracle.periods(other).values(), strict=True)
    assert [a == b for a, b in ours] == [a == b for a, b in theirs]


def test_periods_number_days_weeks_and_months() -> None:
    days = [date(2026, 12, 28) + number * oracle.DAY for number in range(8)]
    weeks = [Periods.of(day).week for day in days]
    months = [Periods.of(day).month for day in days]
    assert weeks == [weeks[0]] * 7 + [weeks[0] + 1]
    assert months == [months[0]] * 4 + [months[0] + 1] * 4


def test_a_content_that_counts_already_needs_no_second_place() -> None:
    """1 went out for the first time this morning elsewhere: with it, today stays at one."""
    rules = slots.Rules(
        publish_days=("mon",),
        publish_time_slots=(slots.Window("09:00", "12:00"),),
        daily_publish_limit=1,
        slot_spacing_minutes=60,
    )
    now = named("spacing without a daily limit").now
    items = [Item(id, now, priority) for id, priority in ((1, 0), (2, 1), (3, -1))]
    before = [Published(1, now - oracle.MINUTE)]
    plan = cases.plan(rules, zone("UTC"), items, [], before, now)
    walls = {one.id: one.wall and f"{one.wall:%d %H:%M}" for one in plan}
    assert walls == {1: "07 09:00", 2: "14 09:00", 3: "21 09:00"}


def test_the_reason_is_the_first_that_holds() -> None:
    nothing = slots.Rules(publish_days=(), publish_time_slots=(), weekly_publish_limit=0)
    reasons = [
        msgspec.structs.replace(nothing, **changes)
        for changes in ({}, {"weekly_publish_limit": 1}, {"publish_days": ("mon",)})
    ]
    reasons.append(msgspec.structs.replace(reasons[1], publish_days=("mon",)))
    now = ALL[0].now
    plans = [cases.plan(one, zone("UTC"), [Item(1, now)], [], [], now) for one in reasons]
    assert [plan[0].reason for plan in plans] == [
        "limit_zero",
        "no_publish_days",
        "limit_zero",
        "no_time_slots",
    ]


def test_a_trace_of_a_placed_content() -> None:
    plan = answer(named("limit of the day: what was published and is publishing counts"))
    assert plan[0].trace == {
        "wall": "2026-12-07T11:00",
        "used": {"day": 3},
        "limits": {"day": 3},
        "passed": [
            {"wall": "2026-12-07T09:00", "why": "lead"},
            {"wall": "2026-12-07T10:00", "why": "lead"},
        ],
    }
    assert [one["why"] for one in plan[1].trace["passed"]] == ["day_full"] * 5
    assert plan[1].trace["used"] == {"day": 1}


def test_a_trace_of_an_update_and_of_a_gap() -> None:
    update = answer(named("updates, retractions and failures do not count"))[1]
    assert update.trace["kind"] == "update"
    assert "used" not in update.trace
    assert answer(named("a time that does not exist"))[0].trace["note"] == "gap 2026-03-08T02:30"


def test_a_trace_of_a_content_that_finds_no_slot_says_what_stood_in_the_way() -> None:
    plan = answer(named("the 400th day"))
    assert plan[1].trace["reason"] == "none_free"
    assert plan[1].trace["slots"].keys() == {"month_full", "taken"}
    assert answer(named("a limit of 0"))[0].trace == {
        "reason": "limit_zero",
        "limits": {"day": 3, "month": 0},
    }
    assert answer(named("no publishing days"))[0].trace == {
        "reason": "no_publish_days",
        "limits": {},
    }


def test_a_trace_counts_what_was_taken() -> None:
    example = named("no publishing days")
    rules = msgspec.structs.replace(example.rules(), publish_days=("mon",))
    utc, now = zone("UTC"), example.now
    every = [moment.at for day in slots.horizon(rules, utc, now) for moment in day]
    there = [Taken(1000 + number, at) for number, at in enumerate(every)]
    found = cases.plan(rules, utc, example.items, there, [], now)
    assert found[0].trace == {"reason": "none_free", "slots": {"taken": len(every)}}
    assert len(every) == 58 * 8
