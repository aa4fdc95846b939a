"""Undo: one address takes back the steps of every page.

A script is told what was put back, and what the stream tells of that: its page then fetches what it
shows of these pieces, as it does when somebody else has changed them.
"""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.call import Call, get, post
from webapp.content import undoable
from webapp.content.state import will_not_go_out
from webapp.core import zones
from webapp.core.web import STAYS, Toast, html_response, local_path
from webapp.core.zones import Moment
from webapp.forms import Form, Ids
from webapp.integrations import obstacles
from webapp.publisher.planning import near, undoing
from webapp.publisher.planning.undoing import Undone
from webapp.writer.models import Content


class UndoForm(Form, rename={"steps": "step"}):
    """The steps that are taken back. `home`: the page to go back to, where no script runs."""

    steps: Ids = []
    home: str = ""


@get("/publisher/undo")
def show(call: Call, dialog: bool = False) -> Response[str]:
    """What this person can take back; a page, and the same in a dialog."""
    lines = undoable.lines(call.db, call.member, call.system.clock())
    if call.is_htmx:
        return call.fragment("content/_undoable.html", lines=lines, dialog=dialog)
    return call.page("content/undoable.html", lines=lines, dialog=False)


@post("/publisher/undo")
def undo(call: Call, data: UndoForm) -> Response[str]:
    """Put back what these steps moved, the last one first."""
    undone = undoing.undo_all(call.db, call.system, data.steps, by=call.member)
    if call.is_htmx:
        return _told(call, undone)
    home = local_path(data.home, "/publisher/publishing-queue")
    if undone.left:
        return call.page("content/undone.html", undone=undone, home=home)
    if len(undone.restored) == 1 and home == f"/content/{undone.restored[0]}":
        return call.redirect(f"{home}?undone={data.steps[0]}")
    return call.redirect(home)


def _told(call: Call, undone: Undone) -> Response[str]:
    topic, ids = undone.notice
    events = {"undone": {"topic": topic, "ids": ids}}
    said = " ".join([undone.told, *_warnings(call, undone)])
    toast = Toast(said, "problem" if undone.left else "ok")
    return html_response("", toast=toast, headers=STAYS, events=events)


def _warnings(call: Call, undone: Undone) -> list[str]:
    """What is to be known of the time that the one piece has again, as where one chooses it."""
    if len(undone.restored) != 1:
        return []
    query = access.visible(call.member, Content).where(Content.id == undone.restored[0])
    content = call.db.scalars(query).one_or_none()
    if content is None or content.scheduled_publish_at is None:
        return []
    site = access.get(call.db, call.member, Site, content.site_id)
    stop = will_not_go_out(content, obstacle=obstacles.of(call.db, site.id))
    wall = zones.local(content.scheduled_publish_at, zones.zone(site.timezone))
    place = near.read(call.db, call.system, content, site, wall.date())
    found = near.warnings(place, content, Moment(content.scheduled_publish_at, wall))
    return [f"{stop}.", *found] if stop else found


ROUTES = [show, undo]
