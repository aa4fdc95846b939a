"""Why a piece has its time, in one sentence, whoever wrote the reason down."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.publisher.planning import explanation

MISSED = {"due": "2027-03-01T08:00:00+00:00", "late_seconds": 720, "why": "no_worker"}
PLACED = {
    "wall": "2027-03-03T09:00",
    "used": {"day": 2, "week": 9},
    "limits": {"day": 3, "week": 10},
    "passed": [{"wall": "2027-03-02T09:00", "why": "taken"}],
}


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        (None, ""),
        ({}, ""),
        ({"chosen_by": "Ada"}, "Ada chose this time."),
        ({"made_room": True}, "It moved to make room for another piece."),
        (PLACED, "Wednesday is a publishing day; 2 of 3 that day; 9 of 10 that week."),
        ({"reason": "no_publish_days"}, "No day of the week is a publishing day."),
        (
            {"missed": {**MISSED, "then": "publish"}},
            "No worker was running at its time: it was sent 12 min late.",
        ),
        (
            {"chosen_by": "Ada", "missed": {**MISSED, "then": "hold", "why": "paused"}},
            "Ada chose this time. The site was paused at its time: it waits for you to say when it "
            "goes out.",
        ),
        (
            {"held": "APPROVAL_NEEDED"},
            "The text was edited after it was approved. Approve it again.",
        ),
    ],
)
def test_the_reason_in_a_sentence(kept: dict[str, Any] | None, sentence: str) -> None:
    assert explanation.sentence(kept) == sentence


def test_the_details_are_the_slots_that_were_passed_over() -> None:
    assert explanation.details(PLACED) == ["Tue 2 Mar 2027, 09:00: taken"]
    assert explanation.details({"chosen_by": "Ada"}) == []
