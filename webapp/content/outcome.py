"""What became of an act with several pieces."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What was done with how many, or only begun; why not with the others; the steps that Undo
    takes back. `signed`: of what was done, those that wait for another step of their approval."""

    text: str = ""
    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    is_begun: bool = False
    signed: int = 0
