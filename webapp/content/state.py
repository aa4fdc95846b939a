"""The one word for where a piece stands. Pure."""

from __future__ import annotations

from typing import Protocol

from webapp.integrations.delivered import DELIVERED
from webapp.integrations.obstacles import OBSTACLES
from webapp.writer import contents
from webapp.writer.contents import Approvable

# What people did with it at its website, the worst first (publisher/records/drifts.py).
DRIFTS = ("gone", "unpublished_there", "edited_there")
EDITED = "Will not go out: edited after approval"
UNAPPROVED = "Will not go out: not approved"


def state_of(
    status: str, site_status: str, attention: frozenset[str], *, takes_down: bool = False
) -> str:
    """Of all that could be said about a piece, the word that matters most to an editor.
    `takes_down`: what is done with it now is to take it offline."""
    if "unclear" in attention:
        return "unclear"
    if site_status == "publishing":
        return "taking_down" if takes_down else "publishing"
    if attention & {"failed", "failed_update"}:
        return "failed"
    if "held" in attention:
        return "held"
    if site_status == "scheduled":
        return "scheduled"
    hidden = attention & DELIVERED
    is_there = status == "published" or bool(hidden)
    told = DRIFTS if is_there else DRIFTS[:2] if status == "approved" else ()
    for drift in told:
        if drift in attention:
            return drift
    if status == "approved" and hidden:
        return min(hidden)
    if status == "published" and "issues" in attention:
        return "published_with_issues"
    return status


class Planned(Approvable, Protocol):
    """A Content, or a row with these of its columns."""

    site_status: str


def will_not_go_out(piece: Planned, *, waits: bool = False, obstacle: str = "") -> str:
    """Why a Content, or a row of one, that has a time or `waits` to be sent stays here all the
    same; "" if it goes out. `obstacle` is its site's (integrations/obstacles.py): what waits goes
    on where it began."""
    if not (waits or piece.site_status == "scheduled"):
        return ""
    if not contents.is_approved(piece):
        return EDITED if piece.approved_hash else UNAPPROVED
    return f"Will not go out: {OBSTACLES[obstacle].reason}" if obstacle and not waits else ""
