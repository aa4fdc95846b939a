"""The short form of the chaos run: thirty deaths, every named point (see run.py for the long)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import SETTINGS
from tests.chaos.storm import POINTS, Orders, Storm
from tests.chaos.verdict import judge
from tests.destinations.conftest import start_wordpress
from tests.destinations.product import Product

pytestmark = pytest.mark.heavy
SHORT = Orders(contents=20, kills=30, lost=20, seed=20251129, seconds=240)


def test_thirty_deaths_and_twenty_lost_answers(tmp_path: Path) -> None:
    wp = start_wordpress()
    try:
        with Product(tmp_path, **SETTINGS) as product, Storm(wp, product, SHORT) as storm:
            figures = storm.run()
            verdict = judge(storm)
    finally:
        wp.stop()
    assert sum(figures.kills.values()) == SHORT.kills
    assert all(figures.kills[point] for point in POINTS)
    assert figures.lost == SHORT.lost
    assert verdict.ok, verdict
    assert verdict.posts == SHORT.contents
