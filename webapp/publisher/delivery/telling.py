"""What operators hear of an attempt: a line and a figure for each step, and for its end."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import structlog

from webapp.core import figures
from webapp.core.codes import Code
from webapp.integrations.base import STEPS
from webapp.publisher.delivery.claims import Claim

log = structlog.get_logger()
ACTIONS, MODES = ("publish", "retract"), ("manual", "scheduled")
# How an attempt ends. `waits`: for its next try; `lost`: another worker has taken over.
PUBLISHED, WITH_ISSUES, RETRACTED = "published", "published_with_issues", "retracted"
WAITS, FAILED, UNCLEAR, LOST, BROKEN = "waits", "failed", "unclear", "lost", "broken"
OUTCOMES = (PUBLISHED, WITH_ISSUES, RETRACTED, WAITS, FAILED, UNCLEAR, LOST, BROKEN)
WORKED = (PUBLISHED, WITH_ISSUES, RETRACTED)
LONGEST = 600.0  # seconds of a step that a website may tell
_CODES = frozenset(Code)
_ATTEMPTS = figures.counter(
    "igny8_attempts", "Attempts at publications that ended", "action", "mode", "outcome"
)
_FAILURES = figures.counter("igny8_attempt_failures", "Attempts that failed, by code", "code")
_SECONDS = figures.durations("igny8_attempt_seconds", "From claim to outcome", "action")
_STEPS = figures.durations("igny8_step_seconds", "How long a step took", "step")
_LATENESS = figures.durations(
    "igny8_start_lateness_seconds",
    "From the planned moment to the begin of the first attempt; missed: nobody was there",
    "missed",
)


def begin() -> None:
    """In a worker: what has not happened yet is nought, and not unknown."""
    for action in ACTIONS:
        for mode in MODES:
            for outcome in OUTCOMES:
                _ATTEMPTS.labels(action, mode, outcome)
        _SECONDS.labels(action)
    for code in Code:
        _FAILURES.labels(code.value)
    for step in STEPS:
        _STEPS.labels(step)
    for missed in ("no", "yes"):
        _LATENESS.labels(missed)


def told_seconds(ms: Any) -> float:
    """What a website says that a step took, within LONGEST, so that sums of all stay true. Pure."""
    if not isinstance(ms, int | float):
        return 0.0
    return min(max(0.0, ms), LONGEST * 1000) / 1000


class Telling:
    """Tells of one attempt while it goes on."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._began = self._since = time.perf_counter()
        self._step = ""
        self._own: set[str] = set()
        self.outcome = BROKEN
        if claim.intended_at is not None and claim.mode == "scheduled" and claim.fence.attempt == 1:
            late = (claim.started_at - claim.intended_at).total_seconds()
            _LATENESS.labels("yes" if claim.is_missed else "no").observe(max(0.0, late))

    def step(self, name: str) -> None:
        """A step begins, and the one before is over."""
        now = time.perf_counter()
        self._end_step(now)
        self._step, self._since = name, now
        self._own.add(name)

    def there(self, told: Iterable[dict[str, Any]]) -> None:
        """Steps that the destination took within one of ours: [{"step", "ms"}]."""
        for one in told:
            if one.get("step") in STEPS and one["step"] not in self._own:
                self._tell_step(one["step"], told_seconds(one.get("ms")))

    def failed(self, code: str, step: str) -> None:
        """Why it did not work."""
        _FAILURES.labels(code if code in _CODES else Code.INTERNAL_ERROR.value).inc()
        log.warning("an attempt failed", code=code, step=step)

    def over(self) -> None:
        """The attempt has ended, with its outcome."""
        now = time.perf_counter()
        self._end_step(now)
        _SECONDS.labels(self._claim.action).observe(now - self._began)
        _ATTEMPTS.labels(self._claim.action, self._claim.mode, self.outcome).inc()
        say = log.info if self.outcome in WORKED else log.warning
        say(
            "attempt",
            action=self._claim.action,
            mode=self._claim.mode,
            outcome=self.outcome,
            ms=round((now - self._began) * 1000, 1),
        )

    def _end_step(self, now: float) -> None:
        if self._step:
            self._tell_step(self._step, now - self._since)
            self._step = ""

    def _tell_step(self, step: str, seconds: float) -> None:
        _STEPS.labels(step).observe(seconds)
        log.info("step", step=step, ms=round(seconds * 1000, 1))
