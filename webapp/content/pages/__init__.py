"""The pages of a piece: what it is, the decisions about it, and when it goes out."""

from __future__ import annotations

from webapp.content.pages import (
    binning,
    commenting,
    decisions,
    pieces,
    rehearsing,
    scheduling,
    undoing,
)

ROUTES = [
    *pieces.ROUTES,
    *binning.ROUTES,
    *commenting.ROUTES,
    *decisions.ROUTES,
    *rehearsing.ROUTES,
    *scheduling.ROUTES,
    *undoing.ROUTES,
]
