"""Insert and shift: who moves along when one content takes a moment, and who stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.publisher import cases
from webapp.core import zones
from webapp.core.zones import zone
from webapp.publisher.planning import shift, slots
from webapp.publisher.planning.limits import Limits, Used
from webapp.publisher.planning.planner import Item, Published, Taken
from webapp.publisher.planning.shift import CannotInsert

UTC_ZONE = zone("UTC")
NOW = datetime(2026, 12, 7, 6, tzinfo=UTC)  # a Monday
NEW = Item(99, NOW)


def at(text: str) -> datetime:
    """An instant of December 2026: "7 09:00"."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-12-{int(day):02}T{clock}").replace(tzinfo=UTC)


def rules(**settings: Any) -> slots.Rules:
    """Every day at nine, ten and eleven."""
    return slots.Rules(
        publish_days=settings.pop("days", slots.WEEKDAYS),
        publish_time_slots=(slots.Window("09:00", "12:00"),),
        slot_spacing_minutes=60,
        **settings,
    )


def insert(
    moment: str,
    *taken: Taken,
    new: Item = NEW,
    published: list[Published] | None = None,
    **given: Any,
) -> dict[int, str]:
    """Where everybody goes who moves."""
    there = cases.table(rules(**given), UTC_ZONE, list(taken), published or [], NOW)
    moves = shift.insert(there, new, at(moment))
    return {one.id: f"{one.wall.day} {one.wall:%H:%M}" for one in moves}


def line(*moments: str, **given: Any) -> list[Taken]:
    """Scheduled contents 1, 2, 3, …"""
    return [Taken(number, at(moment), **given) for number, moment in enumerate(moments, 1)]


def test_a_free_moment_moves_nobody() -> None:
    assert insert("7 10:00", *line("7 09:00", "7 11:00")) == {99: "7 10:00"}
    assert insert("7 10:20", *line("7 10:00", "7 11:00")) == {99: "7 10:20"}


def test_those_behind_move_along_and_the_last_finds_a_new_slot() -> None:
    assert insert("7 10:00", *line("7 09:00", "7 10:00", "7 11:00", "8 09:00")) == {
        99: "7 10:00",
        2: "7 11:00",
        3: "8 09:00",
        4: "8 10:00",
    }


def test_a_free_slot_ends_the_shift() -> None:
    assert insert("7 09:00", *line("7 09:00", "7 11:00", "8 09:00")) == {
        99: "7 09:00",
        1: "7 10:00",
    }


def test_pinned_and_publishing_ones_stay_and_are_stepped_over() -> None:
    pinned = Taken(50, at("7 10:00"), pinned=True)
    publishing = Taken(51, at("7 11:00"), state="publishing")
    retract = Taken(52, at("8 09:00"), kind="retract")
    assert insert("7 09:00", pinned, publishing, retract, *line("7 09:00")) == {
        99: "7 09:00",
        1: "8 10:00",
    }


def test_a_full_day_gives_its_last_to_the_next() -> None:
    assert insert("7 10:00", *line("7 09:00", "7 11:00", "8 09:00"), daily_publish_limit=2) == {
        99: "7 10:00",
        2: "8 09:00",
        3: "8 10:00",
    }


def test_a_full_week_gives_its_last_to_the_next() -> None:
    assert insert(
        "8 09:00", *line("7 09:00", "9 09:00", "10 09:00", "14 09:00"), weekly_publish_limit=3
    ) == {99: "8 09:00", 3: "14 09:00", 4: "14 10:00"}


def test_an_update_is_pushed_and_needs_no_place() -> None:
    update = Taken(1, at("7 09:00"), kind="update")
    assert insert("7 09:00", update, daily_publish_limit=1) == {99: "7 09:00", 1: "7 10:00"}


def test_an_update_stays_on_a_full_day() -> None:
    pinned = Taken(50, at("8 09:00"), pinned=True)
    update = Taken(1, at("8 10:00"), kind="update")
    assert insert("7 09:00", pinned, update, daily_publish_limit=1) == {99: "7 09:00"}


def test_what_exceeded_a_limit_before_is_left_alone() -> None:
    """The limit became 1 after these were scheduled: nobody moves but for the new one's sake."""
    old = line("8 09:00", "8 10:00", "8 11:00", "9 09:00")
    assert insert("7 09:00", *old, daily_publish_limit=1) == {99: "7 09:00"}
    assert insert("8 09:30", *old, daily_publish_limit=1) == {
        99: "8 09:30",
        3: "9 09:00",
        4: "10 09:00",
    }


def test_the_new_one_may_exceed_a_limit_that_nobody_can_make_room_in() -> None:
    pinned = [Taken(50 + hour, at(f"7 {hour:02}:00"), pinned=True) for hour in (9, 10)]
    assert insert("7 11:00", *pinned, daily_publish_limit=2) == {99: "7 11:00"}


def test_a_content_that_had_a_time_leaves_it() -> None:
    taken = line("7 09:00", "7 10:00", "7 11:00")
    moves = shift.insert(
        cases.table(rules(), UTC_ZONE, taken, [], NOW), Item(3, NOW), at("7 09:00")
    )
    assert [(one.id, one.old, one.at) for one in moves] == [
        (3, at("7 11:00"), at("7 09:00")),
        (1, at("7 09:00"), at("7 10:00")),
        (2, at("7 10:00"), at("7 11:00")),
    ]


def test_traces_of_those_that_moved() -> None:
    there = cases.table(rules(daily_publish_limit=2), UTC_ZONE, line("7 09:00"), [], NOW)
    moves = shift.insert(there, NEW, at("7 09:00"))
    assert [one.trace for one in moves] == [
        {},
        {
            "wall": "2026-12-07T10:00",
            "passed": [],
            "used": {"day": 2},
            "limits": {"day": 2},
            "shifted": "2026-12-07T09:00",
        },
    ]


@pytest.mark.parametrize(
    ("moment", "taken", "given", "reason", "content_id"),
    [
        ("7 05:59", [], {}, "in_the_past", 99),
        ("7 09:00", [Taken(5, at("7 09:00"), pinned=True)], {}, "occupied", 5),
        ("7 09:00", [Taken(5, at("7 09:00"), state="publishing")], {}, "occupied", 5),
        ("7 09:00", [Taken(99, at("7 08:00"), state="publishing")], {}, "publishing", 99),
        ("7 09:00", line("7 09:00"), {"days": ()}, "no_publish_days", 1),
        ("7 09:00", line("7 09:00"), {"weekly_publish_limit": 0}, "limit_zero", 1),
        (
            "7 09:00",
            line("7 09:00"),
            {
                "days": ("sun",),
                "blackout_dates": tuple(date(2026, 12, 13) + timedelta(weeks=n) for n in range(60)),
            },
            "none_free",
            1,
        ),
    ],
)
def test_what_cannot_be_inserted(
    moment: str, taken: list[Taken], given: dict[str, Any], reason: str, content_id: int
) -> None:
    with pytest.raises(CannotInsert) as refused:
        insert(moment, *taken, **given)
    assert (refused.value.reason, refused.value.content_id) == (reason, content_id)


def test_rules_that_let_nothing_out_matter_only_where_somebody_must_move() -> None:
    assert insert("7 09:00", *line("7 10:00"), days=()) == {99: "7 09:00"}


@given(st.integers(0, 10**9), st.integers(0, 12), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_holds_for_every_shift(seed: int, pick: int, on_somebody: bool) -> None:
    rules_, place, items, taken, published, now = cases.arguments(cases.make(seed))
    plan = cases.plan(rules_, place, items, taken, published, now)
    kinds = {item.id: item.kind for item in items}
    taken = [*taken, *(Taken(one.id, one.at, kind=kinds[one.id]) for one in plan if one.at)]
    moments = sorted(one.at for one in taken if one.at >= now)
    assume(moments)
    moment = moments[pick % len(moments)] + timedelta(minutes=0 if on_somebody else 1)
    try:
        moves = shift.insert(
            cases.table(rules_, place, taken, published, now), Item(999, now), moment
        )
    except CannotInsert:
        return
    before = {one.id: one for one in taken}
    after = {one.id: one.at for one in taken} | {one.id: one.at for one in moves}
    assert (moves[0].id, moves[0].at) == (999, moment)
    for move in moves[1:]:
        one = before[move.id]
        assert not one.pinned
        assert one.state == "scheduled"
        assert one.at >= moment
        assert move.old == one.at
        assert move.at > one.at
        wall = zones.local(move.at, place)
        assert move.wall == wall
        assert move.at in {each.at for each in slots.of_day(rules_, place, wall.date())}
    check_order(taken, after, moment)
    check_instants(taken, after)
    check_limits(rules_, place, taken, after, published)


def check_order(taken: list[Taken], after: dict[int, datetime], moment: datetime) -> None:
    """Those that may move come one behind the other, as before, and behind the new one."""
    movable = [
        one
        for one in taken
        if not one.pinned
        and one.state == "scheduled"
        and one.kind != "retract"
        and one.at >= moment
    ]
    times = [after[one.id] for one in sorted(movable, key=lambda one: (one.at, one.id))]
    assert times == sorted(set(times))
    assert all(one > moment for one in times)


def check_instants(taken: list[Taken], after: dict[int, datetime]) -> None:
    """Nobody new shares an instant with anybody."""
    before = {one.id: one.at for one in taken}
    for id, one in after.items():
        if before.get(id) != one:
            assert [other for other, there in after.items() if there == one] == [id]


def check_limits(
    rules_: slots.Rules,
    place: Any,
    taken: list[Taken],
    after: dict[int, datetime],
    published: list[Published],
) -> None:
    """No period holds more than it may, or than it held before, but for the new one itself."""
    kinds = {one.id: one.kind for one in taken} | {999: "first"}
    now_there = [Taken(id, one, kind=kinds[id]) for id, one in after.items()]
    old, new = Used(place, [*published, *taken]), Used(place, [*published, *now_there])
    limits = Limits.of(rules_)
    for one in now_there:
        day = zones.local(one.at, place).date()
        for held, was in zip(new.places(day, limits), old.places(day, limits), strict=True):
            assert len(held.held) <= max(held.limit, len(was.held)) + (999 in held.held)
