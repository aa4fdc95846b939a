"""The tests of planner and state tables notice every mistake of a long list."""

from __future__ import annotations

import pytest

from tests.publisher.mutants import Mutant, caught_by, mutants


def test_nothing_is_caught_where_nothing_is_wrong() -> None:
    for module, line in (
        ("webapp.core.zones", 'FOLD = "fold"'),
        ("webapp.writer.statuses", "PUBLISHED, _is_what_went_out)"),
    ):
        assert caught_by(Mutant("no mistake", module, line, line)) == ""


@pytest.mark.heavy
def test_every_mistake_is_caught() -> None:
    found = mutants()
    assert [one.name for one in found if not caught_by(one)] == []
    assert len(found) >= 40
