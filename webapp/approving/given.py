"""The steps of a list as somebody typed or sent them, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from webapp.accounts.rights import Role
from webapp.approving.rules import Step
from webapp.core import limits

MOST_STEPS, MOST_NEEDED, MOST_PEOPLE, MOST_HOURS = 10, 10, 50, 24 * 90
# Whose step it can be: a viewer only looks.
ROLES = (Role.CLIENT, Role.WRITER, Role.EDITOR, Role.ADMIN, Role.OWNER)
RoleName = Literal["client", "writer", "editor", "admin", "owner"]


class StepGiven(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One step: see ApprovalStep."""

    name: Annotated[str, limits.text("approval_steps.name")]
    role: RoleName = "editor"
    people: Annotated[list[int], Meta(max_length=MOST_PEOPLE)] = []
    needed: int = 1
    not_own: bool = False
    survives_edits: bool = False
    hours: int | None = None
    substitute: RoleName | None = None

    def step(self) -> Step:
        """As a step of a list that is not stored yet."""
        return Step(
            id=0,
            name=self.name.strip(),
            role=Role(self.role),
            people=frozenset(self.people),
            needed=self.needed,
            not_own=self.not_own,
            survives_edits=self.survives_edits,
            hours=self.hours,
            substitute=Role(self.substitute) if self.substitute else None,
        )


def wrong_of(steps: Sequence[StepGiven], staff: Collection[int]) -> dict[str, str]:
    """What is wrong, by field: "steps.1.name" is the second step's. `staff` are the ids of those
    who can be named."""
    wrong: dict[str, str] = {}
    if len(steps) > MOST_STEPS:
        wrong["steps"] = f"At most {MOST_STEPS} steps can be taken."
    seen: set[str] = set()
    for number, one in enumerate(steps):
        found = _wrong_step(one, staff)
        name = one.name.strip().casefold()
        if name in seen:
            found["name"] = "Another step has this name."
        seen.add(name)
        wrong |= {f"steps.{number}.{field}": said for field, said in found.items()}
    if steps and steps[-1].survives_edits:
        wrong[f"steps.{len(steps) - 1}.survives_edits"] = (
            "The last step is signed anew after an edit: else nobody would have read what goes out."
        )
    return wrong


def _wrong_step(one: StepGiven, staff: Collection[int]) -> dict[str, str]:
    found: dict[str, str] = {}
    if not one.name.strip():
        found["name"] = "Give the step a name, such as “Editing”."
    if not 1 <= one.needed <= MOST_NEEDED:
        found["needed"] = f"Between 1 and {MOST_NEEDED} people can be asked for."
    if not set(one.people) <= set(staff):
        found["people"] = "Choose people who work on this site."
    if one.hours is not None and not 1 <= one.hours <= MOST_HOURS:
        found["hours"] = f"Between 1 and {MOST_HOURS:,} hours, or none."
    if one.substitute and one.hours is None:
        found["hours"] = "Say after how many hours somebody else may sign."
    return found
