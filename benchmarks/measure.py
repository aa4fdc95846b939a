"""Comparing A with B on a machine that is not alone: pairs, medians, intervals, a control.

In each round B is measured twice with A between, so that what else the machine does meets both.
A ratio counts when B against B itself stayed within 1.25; otherwise the run says nothing.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONTROL_LIMIT = 1.25
FEWEST_ROUNDS = 5
RESAMPLES = 2000


@dataclass(frozen=True)
class Comparison:
    """A's ratios to B and B's to itself, one of each per round."""

    ours: list[float]
    bare: list[float]
    ratios: list[float]
    controls: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """How far B strayed from itself within the run: largest ratio over smallest."""
        return max(self.controls) / min(self.controls)

    @property
    def is_conclusive(self) -> bool:
        return len(self.controls) >= FEWEST_ROUNDS and self.spread <= CONTROL_LIMIT

    def interval(self) -> tuple[float, float]:
        """95 % interval of the median ratio, by resampling the rounds."""
        return interval(self.ratios)


def compare(ours: Callable[[], float], bare: Callable[[], float], rounds: int = 5) -> Comparison:
    """Measure `bare`, `ours`, `bare` in turn, `rounds` times; each gives one number."""
    return compare_each(ours, [bare], rounds)[0]


def compare_each(
    ours: Callable[[], float], bares: Sequence[Callable[[], float]], rounds: int = 5
) -> list[Comparison]:
    """Ours with each of several in the same rounds: the first of them is measured next to ours on
    both sides, the others further out."""
    for measured in (*bares, ours):
        measured()  # connections, caches, files: a first round of each does not count
    a: list[float] = []
    b: list[list[float]] = [[] for _ in bares]
    controls: list[list[float]] = [[] for _ in bares]
    for _ in range(rounds):
        before = [bare() for bare in reversed(bares)][::-1]
        a.append(ours())
        after = [bare() for bare in bares]
        for number, (first, second) in enumerate(zip(before, after, strict=True)):
            b[number].append((first * second) ** 0.5)
            controls[number].append(second / first)
    return [
        Comparison(a, of, [x / y for x, y in zip(a, of, strict=True)], itself)
        for of, itself in zip(b, controls, strict=True)
    ]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % bootstrap interval of the median. The seed is fixed: the same data, the same answer."""
    chance = random.Random(1)
    medians = sorted(
        statistics.median(chance.choices(values, k=len(values))) for _ in range(RESAMPLES)
    )
    return medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975) - 1]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def verdict(met: bool, conclusive: bool = True) -> str:
    if not conclusive:
        return "INCONCLUSIVE (too few rounds, or the control spread too far)"
    return "met" if met else "NOT MET"


def report_times(name: str, seconds: Sequence[float], goal: float | None = None) -> None:
    """The median over the runs of a time, its interval, and whether it is within the goal."""
    middle, (low, high) = statistics.median(seconds), interval(seconds)
    text = f"  {name}: {middle * 1000:.1f} ms [{low * 1000:.1f}, {high * 1000:.1f}]"
    if goal is not None:
        text += f", goal {goal * 1000:.0f} ms: {verdict(middle <= goal)}"
    say(text)


def machine() -> str:
    """What this ran on, and how busy that was."""
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {python}, load average {load}"


def heading(text: str) -> None:
    say(f"\n{text}\n  {machine()}")


def say(text: str) -> None:
    print(text)
    sys.stdout.flush()
