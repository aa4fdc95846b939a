"""What the publisher adds to its own HTTP requests: claims, states, progress, verification.

    python -m benchmarks.overhead [--quick]

The destination answers after 30 or 100 ms; 8 or 32 publications run at once. Time per publish
with the real engine on SQLite, against the same requests sent by a plain client.
"""

from __future__ import annotations

import sys

from benchmarks import desk as desks
from benchmarks import destination, measure
from benchmarks.bare import Bare, requests_of
from benchmarks.measure import Comparison

GOAL = 1.05
SECONDS_PER_BATCH = 2.5
CELLS = ((0.030, 8), (0.030, 32), (0.100, 8), (0.100, 32))


def cell(delay: float, at_once: int, rounds: int) -> Comparison:
    """One combination of delay and concurrency; numbers are seconds per publish."""
    count = max(at_once * 2, int(SECONDS_PER_BATCH / (3 * delay) * min(at_once, 16)))
    with (
        desks.installation(workers=at_once, destination_parallel=at_once) as desk,
        destination.running(delay, desk.system.config.var / "destination.log") as url,
    ):
        desk.connect("wordpress", url)
        bare = Bare(requests_of(desk, desk.approved(html=desks.BODY)))

        def ours() -> float:
            pieces = desks.write(desk, count)
            desks.click(desk, pieces)
            seconds = desks.run(desk, at_once)
            desks.check(desk, pieces)
            return seconds / count

        def same_requests() -> float:
            return bare.run(bare.bodies(count), at_once) / count

        try:
            return measure.compare(ours, same_requests, rounds)
        finally:
            bare.close()


def main() -> None:
    rounds = 1 if "--quick" in sys.argv else 5
    measure.heading("overhead per publish: the engine against the same requests, bare")
    for delay, at_once in CELLS:
        found = cell(delay, at_once, rounds)
        low, high = found.interval()
        measure.say(
            f"  {delay * 1000:3.0f} ms, {at_once:2d} at once: ratio {found.ratio:.3f} "
            f"[{low:.3f}, {high:.3f}], bare {min(found.bare) * 1000:.2f} ms per publish, "
            f"control {found.spread:.2f}: "
            f"{measure.verdict(found.ratio <= GOAL, found.is_conclusive)}"
        )


if __name__ == "__main__":
    main()
