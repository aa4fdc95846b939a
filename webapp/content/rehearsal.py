"""A dry run for people: what publishing would do at the destination, field by field. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.core import labels
from webapp.core.errors import Problem
from webapp.publisher.delivery.dry_run import DryRun
from webapp.writing import reading

_ACTIONS = {"create": "New", "change": "Changes", "keep": "Stays"}
_RESULTS = {
    "created": "A new post would be made there.",
    "updated": "The post that is there would be changed.",
    "skipped": "Nothing would be done: what is there is this very text.",
}
_PICTURES = {"create": "would be added", "reuse": "there already", "skip": "would be left out"}
# Fields that hold markup: they are told by their words, and their source is shown on demand.
_MARKUP = ("content", "html", "gallery_post:content")
_STATUSES = {
    "publish": "Public",
    "draft": "Draft",
    "private": "Private",
    "future": "Scheduled there",
    "trash": "In the trash",
}
# Longer values are shown by their first words: where they differ, the comparison says how.
LONGEST = 200


@dataclass(frozen=True)
class FieldPlan:
    """One field: its name, what happens to it, what stands there and what would, in words; and the
    source of both where they are markup."""

    field: str
    action: str
    before: str
    after: str
    is_kept: bool
    source: tuple[str, str] = ("", "")
    is_cut: bool = False


@dataclass(frozen=True)
class Rehearsal:
    """What the page shows; `why_not` where the destination gave no plan. `stopped` is the step at
    which it would stop."""

    result: str
    lines: list[FieldPlan]
    pictures: str
    new_terms: list[str]
    differences: list[dict[str, Any]]
    left_out: list[str]
    why_not: str = ""
    stopped: str = ""

    @property
    def changing(self) -> list[FieldPlan]:
        return [one for one in self.lines if not one.is_kept]

    @property
    def kept(self) -> list[FieldPlan]:
        return [one for one in self.lines if one.is_kept]

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning of a value is shown; a destination cuts them, too."""
        return any(one.is_cut for one in self.changing)


def of(run: DryRun) -> Rehearsal:
    """What a dry run found."""
    plan = run.plan or {}
    failure = run.failure
    return Rehearsal(
        result=_result(plan),
        lines=[_line(one) for one in plan.get("fields", []) if one["from"] or one["to"]],
        pictures=_pictures(plan.get("images", [])),
        new_terms=_new_terms(plan.get("taxonomies_processed", {})),
        differences=plan.get("differences") or [],
        left_out=[str(one) for one in plan.get("removed_html") or []],
        why_not=failure.message if failure else "",
        stopped=failure.step if failure else "",
    )


def _result(plan: dict[str, Any]) -> str:
    said = _RESULTS.get(plan.get("result", ""), "")
    status = plan.get("post_status", "publish")
    if not said or status == "publish":
        return said
    return f"{said.rstrip('.')}. It stands there as {status} then, and readers do not see it."


def refused(problem: Problem) -> Rehearsal:
    """A dry run that never began."""
    return Rehearsal("", [], "", [], [], [], why_not=problem.message)


def _line(field: dict[str, Any]) -> FieldPlan:
    name, action = str(field["field"]), str(field["action"])
    whole = [str(field[side] or "") for side in ("from", "to")]
    values = [value[:LONGEST] for value in whole]
    before, after = (_read(name, value) for value in values)
    return FieldPlan(
        field=labels.field_there(name),
        action=_ACTIONS.get(action, labels.spaced(action)),
        before=before,
        after=after,
        is_kept=action == "keep",
        source=(values[0], values[1]) if name in _MARKUP else ("", ""),
        is_cut=any(len(value) >= LONGEST for value in whole),
    )


def _read(name: str, value: str) -> str:
    """A value as a person reads it: of markup the words, and its pictures by what is said of
    them."""
    if name == "status":
        return _STATUSES.get(value, value)
    if name not in _MARKUP:
        return value
    words = " ".join("".join(word.text for word in reading.words_of(value)).split())
    pictures = [one.alt or "no alternative text" for one in reading.pictures_of(value)]
    return " ".join([words, *(f"[Picture: {one}]" for one in pictures)]).strip()


def _pictures(images: list[dict[str, Any]]) -> str:
    """ "2 pictures would be added, 1 picture there already"."""
    parts = []
    for action, words in _PICTURES.items():
        count = sum(1 for one in images if one["action"] == action)
        if count:
            parts.append(f"{labels.counted(count, 'picture')} {words}")
    return ", ".join(parts)


def _new_terms(processed: dict[str, Any]) -> list[str]:
    """Names of categories, tags and the like that would be made there."""
    return [str(name) for kind in processed.values() for name in kind.get("created", [])]
