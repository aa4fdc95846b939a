"""No name that nothing uses, and few functions that ask for much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.architecture import names
from tests.architecture.source import WEBAPP, Source, application

# Of a hundred functions so many may take six parameters or more.
MOST_WITH_MANY = 1.75


def test_every_name_is_used() -> None:
    used = names.everything()
    found = {str(one): left for one in application() if (left := names.unused(one, used))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    ["def nobody_calls_this() -> None: ...", "class NobodyMakesThis: ...", "NOBODY_READS_THIS = 1"],
)
def test_a_planted_name_is_found(line: str) -> None:
    source = Source.of(WEBAPP / "queue" / "rows.py")
    planted = replace(source, text=f"{source.text}\n\n{line}\n")
    used = names.everything()
    used.update(names.WORD.findall(line))
    assert len(names.unused(planted, used)) == 1


def test_few_functions_take_six_parameters() -> None:
    counts = names.parameters(one.tree for one in application())
    many = [one for one in counts if one >= names.MANY]
    assert 100 * len(many) / len(counts) <= MOST_WITH_MANY
