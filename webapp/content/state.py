"""The one word for where a piece stands. Pure."""

from __future__ import annotations


def state_of(status: str, site_status: str, attention: frozenset[str]) -> str:
    """Of all that could be said about a piece, the word that matters most to an editor."""
    if site_status == "publishing":
        return "publishing"
    if attention & {"failed", "failed_update"}:
        return "failed"
    if "held" in attention:
        return "held"
    if site_status == "scheduled":
        return "scheduled"
    if status == "published" and "issues" in attention:
        return "published_with_issues"
    return status
