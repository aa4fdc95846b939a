"""The pages of the calendar: the board, moves on it, saved views and feeds."""

from __future__ import annotations

from webapp.calendar.pages import board, feeds, moves, saved

ROUTES = [*board.ROUTES, *moves.ROUTES, *saved.ROUTES, *feeds.ROUTES]
