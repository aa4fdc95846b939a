"""How long the web process takes to answer, and what both processes hold after 1,000 publishes.

    python -m benchmarks.footprint [--quick]

Start: from the start of `igny8 web` on a migrated database to its first answer, against
`python -c "import litestar"`. Memory: proportional set size, so that shared pages count once.
"""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks import clicks, destination, measure, processes
from benchmarks import desk as desks
from tests.support.desk import Desk

START_GOAL = 4.0
MEMORY_GOAL = 200.0


def importing() -> float:
    """Seconds of a Python that imports the framework and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import litestar"], check=True)
    return time.perf_counter() - began


def starting(desk: Desk) -> float:
    """Seconds until a new web process answers."""
    began = time.perf_counter()
    with processes.web(desk):
        return time.perf_counter() - began


def memory(pid: int) -> float:
    """Proportional set size, MB."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        lines = dict(line.split(":", 1) for line in rollup if line.startswith("Pss:"))
    size = int(lines["Pss"].split()[0]) / 1024
    assert size > 20, f"{size} MB: this is not the product's process"
    return size


def after_publishes(desk: Desk, count: int) -> tuple[float, float]:
    """Memory of web and worker when so many pieces were clicked through the API and published."""
    with processes.web(desk) as web, processes.worker(desk) as worker:
        with clicks.signed_in(desk) as client:
            pieces = desks.write(desk, count)
            for content_id in pieces:
                clicks.click(client, content_id)
        desks.wait(desk)
        desks.check(desk, pieces)
        return memory(web), memory(worker)


def main() -> None:
    rounds, count = (1, 100) if "--quick" in sys.argv else (7, 1000)
    measure.heading("start and memory")
    with desks.installation() as desk:
        found = measure.compare(lambda: starting(desk), importing, rounds)
        low, high = found.interval()
        measure.say(
            f"  start to first answer: {min(found.ours):.2f} s, {found.ratio:.2f} "
            f"[{low:.2f}, {high:.2f}] × import litestar ({min(found.bare):.2f} s), "
            f"control {found.spread:.2f}: "
            f"{measure.verdict(found.ratio <= START_GOAL, found.is_conclusive)}"
        )
        with destination.running(0.005, desk.system.config.var / "destination.log") as url:
            desk.connect("wordpress", url)
            web, worker = after_publishes(desk, count)
        measure.say(
            f"  after {count} publishes: web {web:.0f} MB + worker {worker:.0f} MB "
            f"= {web + worker:.0f} MB: {measure.verdict(web + worker <= MEMORY_GOAL)}"
        )


if __name__ == "__main__":
    main()
