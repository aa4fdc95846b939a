"""The working copy's states (`Content.status`), as data."""

from __future__ import annotations

from webapp.core.machine import Facts, Machine, Transition

DRAFT, REVIEW, APPROVED, PUBLISHED = "draft", "review", "approved", "published"

MAY_GO_OUT = (APPROVED, PUBLISHED)


def _keeps_approval(facts: Facts) -> bool:
    return bool(facts.get("keep_approved")) and bool(facts.get("may_approve"))


def _may_approve(facts: Facts) -> bool:
    return bool(facts.get("may_approve"))


def _is_approved_again(facts: Facts) -> bool:
    return bool(facts.get("is_as_approved"))


def _is_online_again(facts: Facts) -> bool:
    return _is_approved_again(facts) and bool(facts.get("is_as_online"))


def _is_what_went_out(facts: Facts) -> bool:
    return bool(facts.get("is_what_went_out"))


CONTENT = Machine(
    "content.status",
    (DRAFT, REVIEW, APPROVED, PUBLISHED),
    (
        Transition("submit", (DRAFT,), REVIEW),
        Transition("approve", (DRAFT, REVIEW, APPROVED), APPROVED, _may_approve),
        Transition("request_changes", (REVIEW, APPROVED), DRAFT),
        Transition("edit", (REVIEW, APPROVED, PUBLISHED), PUBLISHED, _is_online_again),
        Transition("edit", (REVIEW, APPROVED, PUBLISHED), APPROVED, _is_approved_again),
        Transition("edit", (APPROVED, PUBLISHED), APPROVED, _keeps_approval),
        Transition("edit", (APPROVED, PUBLISHED), REVIEW),
        Transition("edit", (DRAFT,), DRAFT),
        Transition("edit", (REVIEW,), REVIEW),
        Transition("went_out", (APPROVED, PUBLISHED), PUBLISHED, _is_what_went_out),
        Transition("retracted", (PUBLISHED,), APPROVED),
        Transition("unpublished", (PUBLISHED, APPROVED, REVIEW), DRAFT),
    ),
)
