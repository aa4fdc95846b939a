"""`audit/`: the security log."""

from __future__ import annotations

from datetime import datetime

import msgspec

from webapp.accounts.models import AuditEvent
from webapp.api import listing
from webapp.api.endpoint import Listed, get
from webapp.call import Call


class AuditLine(msgspec.Struct):
    """One act. `who` is an e-mail address or "command line"; `origin` a shortened address."""

    id: int
    at: datetime
    who: str
    act: str
    about: str
    origin: str
    user_id: int | None


EVENTS = listing.Listing(
    model=AuditEvent,
    columns=tuple(getattr(AuditEvent, name) for name in AuditLine.__struct_fields__),
    filters={"act": AuditEvent.act, "user_id": AuditEvent.user_id},
    search=(AuditEvent.who, AuditEvent.about),
    orderings={"id": AuditEvent.id},
)


@get("/audit", gives=AuditLine, is_list=True, errors=(422,), parameters=EVENTS.parameters())
def index(call: Call) -> Listed:
    """List who did what, when and from where."""
    found = listing.of(call.db, call.request, EVENTS)
    lines = [AuditLine(*row[:7]) for row in found.results]
    return Listed(found.count, found.next, found.previous, lines)


ROUTES = [index]
