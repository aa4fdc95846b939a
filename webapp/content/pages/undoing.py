"""Undo: one address takes back the steps of every page.

A script is told what was put back, and that these pieces have changed; its page then fetches what
it shows of them, as it does when somebody else has changed them.
"""

from __future__ import annotations

from litestar import Response

from webapp.call import Call, post
from webapp.core.web import STAYS, Toast, html_response, local_path
from webapp.forms import Form, Ids
from webapp.publisher.planning import changes


class UndoForm(Form, rename={"steps": "step"}):
    """The steps that are taken back. `home`: the page to go back to, where no script runs."""

    steps: Ids = []
    home: str = ""


@post("/publisher/undo")
def undo(call: Call, data: UndoForm) -> Response[str]:
    """Put back what these steps moved, the last one first."""
    undone = changes.undo_all(call.db, call.system, data.steps, by=call.member)
    if not call.is_htmx:
        return call.redirect(local_path(data.home, "/publisher/publishing-queue"))
    events = {"undone": {"ids": undone.restored}}
    return html_response("", toast=Toast(undone.told), headers=STAYS, events=events)


ROUTES = [undo]
