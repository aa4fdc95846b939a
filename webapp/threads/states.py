"""What becomes of a thread, and of a suggestion. Pure."""

from __future__ import annotations

from webapp.core.errors import Conflict

OPEN, RESOLVED, ACCEPTED, REFUSED = "open", "resolved", "accepted", "refused"
# What leads where: the act, whether it is a suggestion's, and from which states.
_AFTER: dict[tuple[str, bool], tuple[frozenset[str], str]] = {
    ("resolve", False): (frozenset({OPEN}), RESOLVED),
    ("reopen", False): (frozenset({RESOLVED}), OPEN),
    ("accept", True): (frozenset({OPEN}), ACCEPTED),
    ("refuse", True): (frozenset({OPEN}), REFUSED),
    ("reopen", True): (frozenset({REFUSED}), OPEN),
}
_WORDS = {OPEN: "open", RESOLVED: "resolved", ACCEPTED: "accepted", REFUSED: "refused"}


def after(status: str, act: str, *, is_suggestion: bool) -> str:
    """The state to which an act takes it. Raises Conflict where it is in none for that."""
    what = "suggestion" if is_suggestion else "thread"
    known = _AFTER.get((act, is_suggestion))
    if known is None:
        raise Conflict(f"A {what} cannot be {act.removesuffix('e')}ed.")
    if status not in known[0]:
        raise Conflict(f"This {what} is {_WORDS[status]} already.")
    return known[1]
