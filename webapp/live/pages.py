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

from webapp.accounts import access, sessions
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import EVERYTHING, Capability
from webapp.core.db import Base
from webapp.core.errors import Forbidden
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.live.feed import HELLO, Heard, Hub, Topics
from webapp.publisher.records.models import DeploymentRecord, PublishingRecord
from webapp.writer.models import Content

# A page says within five seconds that nobody is there any more, or that its session is over.
BEAT = 2.0
KEEP_EVERY = 60.0
BYE = b"event: bye\ndata: {}\n\n"
STILL_HERE = Heard(b"event: here\ndata: {}\n\n")
# Whose ids a topic's notices name.
OF_TOPIC: dict[str, type[Base]] = {
    "content": Content,
    "presence": Content,
    "threads": Content,
    "record": PublishingRecord,
    "deployment": DeploymentRecord,
    "integration": SiteIntegration,
    "plan": Site,
}
# Of these everybody hears. One that stands nowhere here is kept from who sees only a part.
OF_ALL = {"worker"}

# What one must be able to see the page of, to hear of it.
TO_HEAR = {"record": Capability.FOLLOW, "deployment": Capability.FOLLOW}


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
    looked = said = kept = time.monotonic()
    with hub.listen(member.account_id) as queue:
        yield HELLO.text
        while True:
            try:
                rest = max(0.0, said + BEAT - time.monotonic())
                heard = await asyncio.wait_for(queue.get(), timeout=rest)
            except TimeoutError:
                heard = STILL_HERE
            if heard is STILL_HERE or time.monotonic() - looked >= BEAT:
                looked = time.monotonic()
                current = await asyncio.to_thread(_still_in, system, member, token)
                if current is None:
                    yield BYE
                    return
                member = current
                if looked - kept >= KEEP_EVERY:
                    kept = looked
                    _keep(system, member)
            if heard.topics and member.sight != EVERYTHING:
                heard = await asyncio.to_thread(_narrowed, system, member, heard.topics)
            if not heard.text and time.monotonic() - said < BEAT:
                continue
            said = time.monotonic()
            yield heard.text or STILL_HERE.text


def _still_in(system: System, member: Member, token: str) -> Member | None:
    """The member, with the rights of now, while the session lives."""
    with system.db.read() as db:
        current = sessions.member_of(db, system.secrets, token, system.clock())
    if current is None or current.account_id != member.account_id or not current.session_id:
        return None
    return current


def _keep(system: System, member: Member) -> None:
    """A session lives on while its page is looked at. Nobody waits for that."""
    session_id, now = member.session_id, system.clock()
    if session_id is not None:
        system.commits.in_background(lambda db: sessions.prolong(db, session_id, now))


def _narrowed(system: System, member: Member, topics: Topics) -> Heard:
    """Of what changed only what the member may see, also where it was deleted just now."""
    told: dict[str, set[int]] = {}
    with system.db.read() as db:
        for topic, ids in topics.items():
            if topic in OF_ALL:
                told[topic] = set(ids)
            model = OF_TOPIC.get(topic)
            if model is None:
                continue
            who = member.looking(TO_HEAR.get(topic, Capability.READ))
            query = access.visible(who, model, model.id, also_deleted=True)
            seen = set(db.scalars(query.where(model.id.in_(ids))))
            if seen:
                told[topic] = seen
    return Heard.of(told)


ROUTES = [events]
