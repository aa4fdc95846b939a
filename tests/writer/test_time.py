"""Reading a text costs time and memory by its length only, whatever was put into it."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from webapp.writer import markup

# Nothing costs more than so many times what plain paragraphs of that length cost in the same run.
TIMES, MEGABYTES = 3, 100


def test_five_megabytes_of_every_nasty_pattern() -> None:
    command = [sys.executable, "-m", "tests.writer.nasty"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) > 90
    plain = next(ms for name, ms, _ in found if name == "paragraphs")
    slow = [(name, ms, plain) for name, ms, _ in found if ms > TIMES * plain]
    large = [(name, mb) for name, _, mb in found if mb > MEGABYTES]
    assert (slow, large) == ([], [])


@pytest.mark.parametrize(
    "unit", ["<a ", "<![ b", "<!-- wp:a ", '<a title="', "<b><i>x", "&#9", "<p "]
)
def test_four_times_the_length_takes_about_four_times_as_long(unit: str) -> None:
    def seconds(times: int) -> float:
        text = unit * times
        best = 1e9
        for _ in range(5):
            began = time.process_time()
            markup.facts(text)
            markup.clean(text)
            best = min(best, time.process_time() - began)
        return best

    short, long = seconds(2000), seconds(8000)
    assert long < 10 * short + 0.01
