"""A tab with a piece open says so, and hears who else has it open."""

from __future__ import annotations

from typing import Any

from litestar import Response

from webapp.accounts import access
from webapp.call import Call, post
from webapp.editor import presence
from webapp.forms import Form, Tick
from webapp.writer.models import Content


class PresenceForm(Form):
    """`tab` is the tab's own name; `place` the heading that the writer is near; `gone`: it is
    being closed."""

    tab: str = ""
    place: str = ""
    gone: Tick = False


@post("/content/{content_id:int}/presence", status_code=200)
def seen(call: Call, content_id: int, data: PresenceForm) -> Response[Any]:
    """Who else is here."""
    content = access.get(call.db, call.member, Content, content_id)
    if data.gone:
        presence.left(call.db, call.system, content, data.tab, by=call.member)
        return Response({"others": []}, headers={"Cache-Control": "no-store"})
    others = presence.seen(call.db, call.system, content, data.tab, data.place, by=call.member)
    return Response({"others": others}, headers={"Cache-Control": "no-store"})


ROUTES = [seen]
