"""How far the approval of a text is, and who may sign next. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from webapp.accounts import rights
from webapp.accounts.rights import OF_ROLES, Role


@dataclass(frozen=True)
class Step:
    """One step of a list (approving/models.py); `people` are those of its persons who are still
    there: where they are fewer than it needs, its role stands in."""

    id: int
    name: str
    role: Role
    people: frozenset[int] = frozenset()
    needed: int = 1
    not_own: bool = False
    survives_edits: bool = False
    hours: int | None = None
    substitute: Role | None = None

    @property
    def has_empty_places(self) -> bool:
        """Whether fewer persons are named, and left, than it needs: the role takes their places."""
        return len(self.people) < self.needed


class Signed(NamedTuple):
    """A signature that nobody took back."""

    step_id: int
    user_id: int
    content_hash: str


class Person(NamedTuple):
    """Who would sign, and what they are at the piece's site."""

    user_id: int
    role: Role | None


@dataclass(frozen=True)
class Progress:
    """How far a text is: `done` of `steps` are signed, `before` by whom; `signers` of the one that
    is `open`."""

    steps: tuple[Step, ...]
    done: int
    signers: frozenset[int]
    before: frozenset[int] = frozenset()

    @property
    def open(self) -> Step | None:
        """The step that waits; None where the text is approved."""
        return self.steps[self.done] if self.done < len(self.steps) else None

    @property
    def is_last(self) -> bool:
        """Whether the next signature is the last one."""
        step = self.open
        return step is not None and (self.done + 1, len(self.signers) + 1) == (
            len(self.steps),
            step.needed,
        )

    @property
    def words(self) -> str:
        """Such as "step 2 of 3, “Legal”"."""
        if self.open is None:
            return f"all {len(self.steps)} steps"
        return f"step {self.done + 1} of {len(self.steps)}, “{self.open.name}”"


def progress(steps: Sequence[Step], signed: Sequence[Signed], content_hash: str) -> Progress:
    """How far the text with this hash is. A step counts once all before it do."""
    done, signers, before = 0, frozenset[int](), frozenset[int]()
    for step in steps:
        signers = _signers(step, signed, content_hash)
        if len(signers) < step.needed:
            break
        done, signers, before = done + 1, frozenset(), before | signers
    return Progress(tuple(steps), done, signers, before)


def _signers(step: Step, signed: Sequence[Signed], content_hash: str) -> frozenset[int]:
    return frozenset(
        one.user_id
        for one in signed
        if one.step_id == step.id and (step.survives_edits or one.content_hash == content_hash)
    )


def is_late(step: Step, since: datetime | None, now: datetime) -> bool:
    """Whether the time to decide is over; `since`: since when the step waits."""
    return (
        step.hours is not None and since is not None and now >= since + timedelta(hours=step.hours)
    )


def refusal(progress: Progress, who: Person, typed: Collection[int], *, late: bool = False) -> str:
    """Why this person cannot sign the step that waits, in a sentence; "" where they can. `typed`
    are those who wrote since the last approval."""
    step = progress.open
    if step is None:
        return "This text is approved."
    if who.user_id in progress.signers:
        return f"You have signed {progress.words}; it waits for somebody else."
    if not _is_meant(step, who, late):
        return f"It waits for {progress.words}, signed by {whom(step)}."
    if step.not_own and who.user_id in typed:
        return f"You wrote in this text, and {progress.words} is not signed by its writers."
    return ""


def whom(step: Step) -> str:
    """Who may sign the step, in words."""
    roles = f"these: {', '.join(str(one) for one in Role if _stands_for(one, step.role))}"
    if not step.has_empty_places:
        return "the persons named for it"
    return f"the persons named for it, or {roles}" if step.people else roles


def _is_meant(step: Step, who: Person, late: bool) -> bool:
    if who.role is None:
        return False
    if late and step.substitute is not None and _stands_for(who.role, step.substitute):
        return True
    by_role = step.has_empty_places and _stands_for(who.role, step.role)
    return who.user_id in step.people or by_role


def _stands_for(role: Role, wanted: Role) -> bool:
    """Whether a role may do all that the wanted one may. A client is only a client: the rest of the
    house cannot sign in the name of who pays."""
    if wanted == Role.CLIENT:
        return role == wanted
    return rights.of(role) >= OF_ROLES[wanted].may and role != Role.CLIENT
