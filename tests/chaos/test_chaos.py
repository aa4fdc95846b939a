"""The short form of the chaos run: two deaths at every named point (see run.py for the long)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import SETTINGS
from tests.chaos.storm import POINTS, Orders, Storm
from tests.chaos.verdict import judge
from tests.destinations.conftest import start_wordpress
from tests.destinations.product import Product

pytestmark = pytest.mark.heavy
SHORT = Orders(contents=12, kills=2 * len(POINTS), lost=8, seed=20251129, seconds=240)


def test_deaths_at_every_point_and_lost_answers(tmp_path: Path) -> None:
    wp = start_wordpress()
    try:
        with Product(tmp_path, **SETTINGS) as product, Storm(wp, product, SHORT) as storm:
            figures = storm.run()
            verdict = judge(storm)
    finally:
        wp.stop()
    assert sum(figures.kills.values()) == SHORT.kills
    assert all(figures.kills[point] == 2 for point in POINTS)
    assert figures.lost == SHORT.lost
    assert verdict.ok, verdict
    assert verdict.posts == SHORT.contents
