"""The security log as admins read it: the newest first, page by page."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access
from webapp.accounts.audit import WORDS, Act
from webapp.accounts.models import AuditEvent
from webapp.call import Call, get
from webapp.core import paging
from webapp.core.paging import Order
from webapp.core.web import id_in

ON_A_PAGE = 50
NEWEST = Order((AuditEvent.id,))


@get("/settings/security-log")
def index(call: Call) -> Response[str]:
    """Who did what, when and from where; `before` goes on behind a row."""
    query = access.visible(call.member, AuditEvent)
    act = call.request.query_params.get("act", "")
    if act in set(Act):
        query = query.where(AuditEvent.act == act)
    before = id_in(call.request.query_params.get("before", ""))
    after = [before] if before is not None else []
    rows, more = paging.cut(call.db.scalars(NEWEST.page(query, ON_A_PAGE, after)).all(), ON_A_PAGE)
    return call.page(
        "people/security_log.html",
        rows=rows,
        older=rows[-1].id if more else None,
        words=WORDS,
        act=act,
        days=call.system.config.audit_days,
        is_first=before is None,
    )


ROUTES = [index]
