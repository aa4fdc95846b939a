"""State machines as data: a table of who may become what, and one way to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict

Facts = Mapping[str, Any]


def always(_facts: Facts) -> bool:
    """The guard of a transition that has no condition."""
    return True


@dataclass(frozen=True)
class Transition:
    """`event` takes any of `sources` to `target`, where the guard holds for the facts given."""

    event: str
    sources: tuple[str, ...]
    target: str
    guard: Callable[[Facts], bool] = always


class Machine:
    """A table of transitions. Everything that is not in it is refused."""

    def __init__(self, name: str, states: tuple[str, ...], table: tuple[Transition, ...]) -> None:
        self.name = name
        self.states = states
        self.table = table

    def after(self, state: str, event: str, **facts: Any) -> str:
        """The state that `event` leads to from `state`; Conflict where the table has none."""
        for row in self.table:
            if row.event == event and state in row.sources and row.guard(facts):
                return row.target
        raise Conflict(
            sentence(Code.ILLEGAL_STATE),
            code=Code.ILLEGAL_STATE,
            details={"machine": self.name, "state": state, "event": event},
        )

    def allows(self, state: str, event: str, **facts: Any) -> bool:
        """Whether `after` would answer."""
        return any(
            row.event == event and state in row.sources and row.guard(facts) for row in self.table
        )
