"""How long the text engine takes, with a usual post and with huge ones: differences, merges,
comparisons, moved passages.

    python -m benchmarks.writing [--quick]

Each case runs in a process of its own, so that the most memory it ever had is its own.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from webapp.writing import anchors
from webapp.writing.compare import UNCHANGED, compare
from webapp.writing.diff import edits
from webapp.writing.merge import merge, merge_fields

MEGABYTE = 1_000_000
Case = Callable[[], int]


def post(size: int, seed: int = 1) -> str:
    """Paragraph blocks of words that come from a vocabulary of 20,000."""
    chance = random.Random(seed)
    known = [
        "".join(chance.choices("abcdefghiklmnoprstu", k=chance.randint(2, 9)))
        for _ in range(20_000)
    ]
    parts, length = [], 0
    while length < size:
        line = f"<p>{' '.join(chance.choices(known, k=60))}.</p>"
        parts.append(f"<!-- wp:paragraph -->\n{line}\n<!-- /wp:paragraph -->\n\n")
        length += len(parts[-1])
    return "".join(parts)


def table(size: int) -> str:
    rows = (
        f"<tr><td>{n}</td><td>{n * 37 % 1000}</td><td>milk</td></tr>\n" for n in range(size // 46)
    )
    return f"<table>{''.join(rows)}</table>"


def typed(text: str, times: int, seed: int) -> str:
    """The text with so many words exchanged, each by one of its own."""
    chance = random.Random(seed)
    words = text.split(" ")
    for n in range(times):
        place = chance.randrange(len(words))
        if "<" not in words[place] and "wp:" not in words[place]:
            words[place] = f"typed{seed}x{n}"
    return " ".join(words)


def merged(text: str, times: int) -> int:
    """Two people have each exchanged words; how many clashes there are."""
    theirs, ours = typed(text, times, 2), typed(text, times, 3)
    merge_fields({"title": "a"}, {"title": "b"}, {"title": "a"})
    return len(merge(text, theirs, ours).clashes)


def compared(old: str, new: str) -> int:
    return sum(change.kind != UNCHANGED for change in compare(old, new))


def moved(old: str, new: str) -> int:
    """A hundred passages, moved along; how many are still there."""
    held = [anchors.of(old, at * 300, at * 300 + 40) for at in range(100)]
    return sum(isinstance(one, anchors.Anchor) for one in anchors.move_all(held, old, new))


def differing(old: str, new: str) -> int:
    return len(edits(old, new))


CASES: dict[str, Case] = {
    "38 KB, 20 words typed: edits": lambda: differing(post(38_000), typed(post(38_000), 20, 2)),
    "38 KB, another text: edits": lambda: differing(post(38_000), post(38_000, 5)),
    "38 KB, 20 words typed by each of two: clashes": lambda: merged(post(38_000), 20),
    "38 KB, 20 words typed: blocks that changed": lambda: compared(
        post(38_000), typed(post(38_000), 20, 2)
    ),
    "38 KB, 20 words typed: of 100 passages there": lambda: moved(
        post(38_000), typed(post(38_000), 20, 2)
    ),
    "5 MB, 100 words typed: blocks that changed": lambda: compared(
        post(5 * MEGABYTE), typed(post(5 * MEGABYTE), 100, 2)
    ),
    "5 MB, another text: blocks that changed": lambda: compared(
        post(5 * MEGABYTE), post(5 * MEGABYTE, 5)
    ),
    "5 MB, 100 words typed: edits": lambda: differing(
        post(5 * MEGABYTE), typed(post(5 * MEGABYTE), 100, 2)
    ),
    "5 MB, another text: edits": lambda: differing(post(5 * MEGABYTE), post(5 * MEGABYTE, 5)),
    "5 MB, 100 words typed by each of two: clashes": lambda: merged(post(5 * MEGABYTE), 100),
    "table of 1 MB, each number another: edits": lambda: differing(
        table(MEGABYTE), table(MEGABYTE).replace("<td>1", "<td>2")
    ),
    "5 MB of one word: edits": lambda: differing("a " * 2_500_000, "b " + "a " * 2_500_000 + "c"),
    "5 MB of tags without an end: edits": lambda: differing(
        '<a "' * 1_250_000, '<a "' * 1_250_001 + "x"
    ),
}


def measure(name: str) -> tuple[int, float, int]:
    """What was found, the seconds of CPU time, and the most memory in MB."""
    began = time.process_time()
    found = CASES[name]()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found, time.process_time() - began, most


def main() -> None:
    names = [name for name in CASES if "--quick" not in sys.argv or name.startswith("38 KB")]
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, apart, max_tasks_per_child=1) as processes:
        for name in names:
            found, seconds, most = processes.submit(measure, name).result()
            print(f"{name} {found:,}; {seconds:.2f} s CPU with writing the texts, {most} MB")


if __name__ == "__main__":
    main()
