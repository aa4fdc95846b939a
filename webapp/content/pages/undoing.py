"""Undo: one address takes back the steps of every page.

A script is told what was put back, and what the stream tells of that: its page then fetches what it
shows of these pieces, as it does when somebody else has changed them.
"""

from __future__ import annotations

from litestar import Response

from webapp.call import Call, post
from webapp.core.web import STAYS, Toast, html_response, local_path
from webapp.forms import Form, Ids
from webapp.publisher.planning import undoing
from webapp.publisher.planning.undoing import Undone


class UndoForm(Form, rename={"steps": "step"}):
    """The steps that are taken back. `home`: the page to go back to, where no script runs."""

    steps: Ids = []
    home: str = ""


@post("/publisher/undo")
def undo(call: Call, data: UndoForm) -> Response[str]:
    """Put back what these steps moved, the last one first."""
    undone = undoing.undo_all(call.db, call.system, data.steps, by=call.member)
    if call.is_htmx:
        return _told(undone)
    home = local_path(data.home, "/publisher/publishing-queue")
    if undone.left:
        return call.page("content/undone.html", undone=undone, home=home)
    return call.redirect(home)


def _told(undone: Undone) -> Response[str]:
    topic, ids = undone.notice
    events = {"undone": {"topic": topic, "ids": ids}}
    toast = Toast(undone.told, "problem" if undone.left else "ok")
    return html_response("", toast=toast, headers=STAYS, events=events)


ROUTES = [undo]
