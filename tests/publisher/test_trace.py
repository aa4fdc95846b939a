"""How the reason for a time reads."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.publisher.planning import trace

PLACED = {"wall": "2026-12-02T09:00", "used": {}, "limits": {}, "passed": []}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (PLACED, "Wednesday is a publishing day."),
        (
            PLACED | {"used": {"day": 2, "week": 9}, "limits": {"day": 3, "week": 10}},
            "Wednesday is a publishing day; 2 of 3 that day; 9 of 10 that week.",
        ),
        (
            PLACED | {"used": {"month": 1}, "limits": {"month": 1}},
            "Wednesday is a publishing day; 1 of 1 that month.",
        ),
        (
            {"wall": "2026-12-02T09:00", "kind": "update", "passed": []},
            "Wednesday is a publishing day; an update needs no place under a limit.",
        ),
        (
            PLACED | {"wall": "2026-03-29T03:00", "note": "gap 2026-03-29T02:30"},
            "Sunday is a publishing day. "
            "02:30 does not exist on Sun 29 Mar 2026; it runs at 03:00.",
        ),
        (
            PLACED | {"wall": "2026-03-29T00:00", "note": "gap 2026-03-28T23:30"},
            "Sunday is a publishing day. "
            "23:30 does not exist on Sat 28 Mar 2026; it runs at 00:00 on Sun 29 Mar 2026.",
        ),
        (
            PLACED | {"wall": "2026-11-01T01:30", "note": "fold"},
            "Sunday is a publishing day. "
            "01:30 comes twice on Sun 1 Nov 2026; it runs at the first.",
        ),
        (
            PLACED | {"shifted": "2026-12-01T11:40"},
            "Wednesday is a publishing day; made room for another content at "
            "Tue 1 Dec 2026, 11:40.",
        ),
        (
            {"reason": "limit_zero", "limits": {"day": 0, "week": 3, "month": 0}},
            "The daily and monthly limits are 0: nothing goes out by itself.",
        ),
        (
            {"reason": "limit_zero", "limits": {"week": 0}},
            "The weekly limit is 0: nothing goes out by itself.",
        ),
        ({"reason": "no_publish_days", "limits": {}}, "No day of the week is a publishing day."),
        ({"reason": "no_time_slots", "limits": {}}, "There is no time slot."),
        (
            {"reason": "none_free", "slots": {"lead": 1, "taken": 2, "month_full": 390}},
            "No slot is free in the next 400 days; for most of them, the month was full.",
        ),
        (
            {"reason": "none_free", "slots": {"taken": 2}},
            "No slot is free in the next 400 days; another content has each of them.",
        ),
        (
            {"reason": "none_free", "slots": {}},
            "None of the next 400 days has a slot: every publishing day is a blackout date.",
        ),
        ({}, ""),
        ({"missed": {"due": "2026-12-02T09:00"}}, ""),
    ],
)
def test_sentence(given: dict[str, Any], expected: str) -> None:
    assert trace.sentence(given) == expected


def test_details_of_a_placed_content() -> None:
    causes = ["lead", "taken", "day_full", "week_full", "month_full"]
    passed = [{"wall": f"2026-12-0{day}T09:00", "why": why} for day, why in enumerate(causes, 1)]
    assert trace.details(PLACED | {"passed": passed}) == [
        "Tue 1 Dec 2026, 09:00: was past or too near",
        "Wed 2 Dec 2026, 09:00: taken",
        "Thu 3 Dec 2026, 09:00: the day was full",
        "Fri 4 Dec 2026, 09:00: the week was full",
        "Sat 5 Dec 2026, 09:00: the month was full",
    ]


def test_details_of_a_content_without_a_slot() -> None:
    assert trace.details({"reason": "none_free", "slots": {"lead": 1, "week_full": 30}}) == [
        "1 slot: was past or too near",
        "30 slots: the week was full",
    ]
    assert trace.details({"reason": "no_time_slots", "limits": {}}) == []
    assert trace.details({}) == []
