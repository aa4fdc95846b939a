"""The planner's worked examples, one by one."""

from __future__ import annotations

import pytest

from tests.publisher.examples import Example, examples, expected, outcome
from webapp.core.zones import zone
from webapp.publisher import planner


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_worked_example(example: Example) -> None:
    found = planner.plan(
        example.rules(), zone(example.zone), example.items, example.taken, example.published,
        example.now,
    )  # fmt: skip
    assert [outcome(one) for one in found] == expected(example)
