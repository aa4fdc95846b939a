"""Many threads convert into a class that none has converted into before."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: what goes wrong here is its end, by a signal. Threads change places as
# often as they can, so that a second of this is a year of a worker's starts.
MANY_AT_ONCE = """
import sys, threading
import msgspec
from webapp.core import decoders

sys.setswitchinterval(1e-6)
for number in range(100):
    inner = msgspec.defstruct("Inner", [(f"part_{one}", int, one) for one in range(20)])
    outer = msgspec.defstruct("Outer", [("first", inner), ("all", list[inner]), ("n", int, 0)])
    given = {"first": {"part_1": 7}, "all": [{}, {}]}
    together, right = threading.Barrier(8), []

    def work():
        together.wait()
        if number % 2:
            made = decoders.convert(given, outer)
        else:
            made = decoders.decode(msgspec.json.encode(given), outer)
        right.append(made.first.part_1 == 7 and len(made.all) == 2)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 8
"""


def test_threads_that_meet_a_class_for_the_first_time_together() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MANY_AT_ONCE],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr or f"ended by signal {-done.returncode}"
