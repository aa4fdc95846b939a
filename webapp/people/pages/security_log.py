"""The security log as admins read it: the newest first, page by page."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access
from webapp.accounts.audit import WORDS, Act
from webapp.accounts.models import AuditEvent
from webapp.call import Call, get
from webapp.core.web import id_in

ON_A_PAGE = 50


@get("/settings/security-log")
def index(call: Call) -> Response[str]:
    """Who did what, when and from where; `before` goes on behind a row."""
    query = access.visible(call.member, AuditEvent).order_by(AuditEvent.id.desc())
    act = call.request.query_params.get("act", "")
    if act in set(Act):
        query = query.where(AuditEvent.act == act)
    before = id_in(call.request.query_params.get("before", ""))
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = list(call.db.scalars(query.limit(ON_A_PAGE + 1)))
    return call.page(
        "people/security_log.html",
        rows=rows[:ON_A_PAGE],
        older=rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else None,
        words=WORDS,
        act=act,
        days=call.system.config.audit_days,
        is_first=before is None,
    )


ROUTES = [index]
