"""The rule for missed times, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.publisher.planning import missed
from webapp.publisher.planning.missed import HOLD, NEXT_SLOT, PUBLISH, Interval, Policy, Verdict

DUE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUARTER = Policy(15 * MINUTE, NEXT_SLOT)


def judge(
    late: timedelta,
    policy: Policy,
    *,
    present: tuple[Interval, ...] = (),
    was_paused: bool = False,
    pinned: bool = False,
) -> Verdict:
    return missed.judge(DUE, DUE + late, present, policy, was_paused=was_paused, pinned=pinned)


def from_to(since: int, until: int) -> Interval:
    """Minutes before and after the due moment."""
    return Interval(DUE + since * MINUTE, DUE + until * MINUTE)


@pytest.mark.parametrize("policy", [Policy(), QUARTER, Policy(timedelta(0), HOLD)])
@pytest.mark.parametrize(
    "present",
    [(from_to(-5, 5),), (from_to(-9, -5), from_to(-1, 1)), (from_to(0, 1),), (from_to(-1, 0),)],
)
def test_queued_behind_others_is_not_missed(policy: Policy, present: tuple[Interval, ...]) -> None:
    verdict = judge(600 * MINUTE, policy, present=present)
    assert verdict == Verdict(PUBLISH)


@pytest.mark.parametrize(
    "present", [(), (from_to(1, 9),), (from_to(-9, -1),), (from_to(-9, -1), from_to(1, 9))]
)
def test_with_nobody_there_it_is_missed(present: tuple[Interval, ...]) -> None:
    verdict = judge(3 * MINUTE, QUARTER, present=present)
    assert verdict == Verdict(PUBLISH, 3 * MINUTE, missed.NOBODY_THERE)


def test_a_pause_counts_as_nobody_there() -> None:
    verdict = judge(20 * MINUTE, QUARTER, present=(from_to(-60, 60),), was_paused=True)
    assert verdict == Verdict(NEXT_SLOT, 20 * MINUTE, missed.SITE_PAUSED)


@pytest.mark.parametrize(
    ("grace", "then", "pinned", "late", "outcome"),
    [
        (None, NEXT_SLOT, False, 100_000, PUBLISH),
        (None, HOLD, True, 100_000, PUBLISH),
        (15, NEXT_SLOT, False, 15, PUBLISH),
        (15, NEXT_SLOT, True, 15, PUBLISH),
        (15, HOLD, False, 15, PUBLISH),
        (15, NEXT_SLOT, False, 16, NEXT_SLOT),
        (15, NEXT_SLOT, True, 16, HOLD),
        (15, HOLD, False, 16, HOLD),
        (15, HOLD, True, 16, HOLD),
        (0, NEXT_SLOT, False, 0, PUBLISH),
        (0, HOLD, False, 1, HOLD),
    ],
)
def test_the_policy(grace: int | None, then: str, pinned: bool, late: int, outcome: str) -> None:
    policy = Policy(None if grace is None else grace * MINUTE, then)
    assert judge(late * MINUTE, policy, pinned=pinned).then == outcome


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (29, "less than a minute"),
        (31, "1 min"),
        (720, "12 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 days"),
        (15 * 86_400, "15 days"),
    ],
)
def test_how_late_in_words(seconds: int, words: str) -> None:
    assert missed.late_by(seconds) == words


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (
            Verdict(PUBLISH, 12 * MINUTE, missed.NOBODY_THERE),
            "No worker was running at its time: it was sent 12 min late.",
        ),
        (
            Verdict(NEXT_SLOT, 90 * MINUTE, missed.SITE_PAUSED),
            "The site was paused at its time: it got the next free time instead.",
        ),
        (
            Verdict(HOLD, 90 * MINUTE, missed.NOBODY_THERE),
            "No worker was running at its time: it waits for you to say when it goes out.",
        ),
    ],
)
def test_a_piece_says_what_happened_to_it(verdict: Verdict, said: str) -> None:
    kept = missed.note(DUE, verdict)["missed"]
    assert missed.sentence(kept) == said
    assert kept["due"] == "2026-11-24T09:00:00+00:00"
