"""Server-sent events: notices to the tabs that are open. The only asynchronous code.

A notice says what changed, never the content: the tab fetches that, through its own access check.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, get
from litestar.response import Stream

from webapp.accounts import sessions
from webapp.accounts.access import Member
from webapp.core.errors import Forbidden
from webapp.core.system import System
from webapp.live.feed import HELLO, Hub

LOOK_AGAIN = 25.0
BYE = b"event: bye\ndata: {}\n\n"
STILL_HERE = b": still here\n\n"


@get("/events")
async def events(request: Request[Member, str, Any]) -> Stream:
    """The one connection of a visible tab."""
    if request.auth != "session":
        raise Forbidden("Events are for signed-in browsers.")
    state = request.app.state
    token = request.cookies.get(sessions.cookie(state.system.config), "")
    return Stream(
        _tell(state.hub, state.system, request.user, token),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _tell(hub: Hub, system: System, member: Member, token: str) -> AsyncIterator[bytes]:
    looked = time.monotonic()
    with hub.listen(member.account_id) as queue:
        yield HELLO
        while True:
            try:
                text = await asyncio.wait_for(queue.get(), timeout=LOOK_AGAIN)
            except TimeoutError:
                text = STILL_HERE
            if time.monotonic() - looked >= LOOK_AGAIN:
                looked = time.monotonic()
                if not await asyncio.to_thread(_still_in, system, member, token):
                    yield BYE
                    return
            yield text


def _still_in(system: System, member: Member, token: str) -> bool:
    """Whether the session lives and its member is still one of the account; keeps it alive."""
    now = system.clock()
    with system.db.read() as db:
        current = sessions.member_of(db, system.secrets, token, now)
    if current is None or current.account_id != member.account_id or not current.session_id:
        return False
    with system.db.write() as db:
        sessions.prolong(db, current.session_id, now)
    return True


ROUTES = [events]
