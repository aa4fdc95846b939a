"""Five processes from nothing, and everything that can befall them, under load.

    python -m tests.chaos.operations
    python -m tests.chaos.operations --rounds 5 --pgbouncer

Ends with 0 where nothing was lost, twice or early, and pages came in time wherever the database
answered.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.chaos.house import House
from tests.chaos.load import AHEAD, Asked, Load, Page, Verdict
from tests.chaos.troubles import NONE, TROUBLES, Trouble
from tests.support.processes import wait_until

# Seconds for 95 of 100 pages, wherever the database answers; on a machine that does other work, so
# much more than they take in the same run without trouble.
LONGEST, SLOWER = 0.5, 1.5
SETTLES_WITHIN = 45.0
MOST_CONNECTIONS = 60


@dataclass
class Passed:
    """One trouble that is over. `p95` and `failed` are of the pages that were asked for meanwhile;
    `settled`: seconds afterwards until all that was clicked or due was online."""

    name: str
    pages: int
    p95: float
    failed: dict[str, int]
    connections: int
    settled: float
    wrong: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """What came of it."""

    started_within: float = 0.0
    passed: list[Passed] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def wrong(self) -> list[str]:
        found = [f"{one.name}: {said}" for one in self.passed for said in one.wrong]
        if not self.verdict.is_right:
            found.append(f"lost, twice or early: {self.verdict}")
        return found


def run(house: House, troubles: Sequence[Trouble]) -> Seen:
    """Start everything, then one trouble after the other; before them none, for comparison."""
    seen = Seen(started_within=house.start())
    with Load(house) as load:
        time.sleep(2)
        longest = LONGEST
        for trouble in (NONE, *troubles):
            if trouble.name == "PostgreSQL full" and house.disk is None:
                continue  # only root may mount one
            passed = _pass(house, load, trouble, longest)
            print(json.dumps(asdict(passed)), flush=True)
            seen.passed.append(passed)
            longest = max(LONGEST, SLOWER * seen.passed[0].p95)
        load.stop()
        time.sleep(2 * AHEAD.total_seconds())  # what was given a time last falls due
        asked = load.asked_for()
        wait_until(lambda: not load.waits(asked), "the last of it", SETTLES_WITHIN)
        wait_until(lambda: not house.product.active(), "what had begun", SETTLES_WITHIN)
        seen.verdict = load.judge()
    return seen


def _pass(house: House, load: Load, trouble: Trouble, longest: float) -> Passed:
    began = time.monotonic()
    with trouble.begin(house):
        time.sleep(trouble.seconds)
    ended, asked = time.monotonic(), load.asked_for()
    wrong = []

    def is_over() -> bool:
        if trouble.ends:
            house.keep()
        return _is_settled(house, load, asked)

    try:
        wait_until(is_over, "all to be online", SETTLES_WITHIN)
    except TimeoutError as problem:
        wrong.append(f"{problem}: {load.told(asked)}")
    settled = time.monotonic() - ended
    connections = house.connections()
    pages = load.of(began, ended)
    failed = Counter(f"{one.status} {one.said[:80]}" for one in pages if one.status != 200)
    p95 = _p95(pages)
    if trouble.answers and failed:
        wrong.append("pages failed")
    if trouble.answers and p95 > longest:
        wrong.append("pages were slow")
    if connections > MOST_CONNECTIONS:
        wrong.append("too many connections")
    return Passed(
        trouble.name, len(pages), round(p95, 3), dict(failed), connections, round(settled, 1), wrong
    )


def _is_settled(house: House, load: Load, asked: Asked) -> bool:
    """All processes are ready, and nothing of what was asked for by then waits."""
    try:
        return all(one.is_ready() for one in house.processes) and not load.waits(asked)
    except Exception:  # the database may not be back yet
        return False


def _p95(pages: Sequence[Page]) -> float:
    taken = sorted(one.seconds for one in pages if one.status == 200)
    return taken[int(len(taken) * 0.95)] if taken else 0.0


def main() -> int:
    """Run it and print what was seen."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--pgbouncer", action="store_true")
    options.add_argument("--only", default="", help="troubles with these words in their names")
    given = options.parse_args()
    chosen = [one for one in TROUBLES if given.only in one.name] * given.rounds
    with (
        tempfile.TemporaryDirectory(prefix="igny8-operations-") as folder,
        House(Path(folder), through_pgbouncer=given.pgbouncer) as house,
    ):
        seen = run(house, chosen)
        said = house.said()
    print(json.dumps(asdict(seen.verdict) | {"wrong": seen.wrong}, indent=1))
    print(f"started within {seen.started_within:.1f} s; {len(said.splitlines())} lines of log")
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
