"""The security log as admins read it: the newest first, page by page."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.audit import WORDS, Act
from webapp.accounts.models import AuditEvent
from webapp.core.handlers import get
from webapp.core.system import System
from webapp.core.web import id_in, page

ON_A_PAGE = 50


@get("/settings/security-log")
def index(
    request: Request[Member, str, Any], db: Session, system: System, member: Member
) -> Response[str]:
    """Who did what, when and from where; `before` goes on behind a row."""
    query = access.visible(member, AuditEvent).order_by(AuditEvent.id.desc())
    act = request.query_params.get("act", "")
    if act in set(Act):
        query = query.where(AuditEvent.act == act)
    before = id_in(request.query_params.get("before", ""))
    if before is not None:
        query = query.where(AuditEvent.id < before)
    rows = list(db.scalars(query.limit(ON_A_PAGE + 1)))
    return page(
        request,
        db,
        "people/security_log.html",
        rows=rows[:ON_A_PAGE],
        older=rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else None,
        words=WORDS,
        act=act,
        days=system.config.audit_days,
        is_first=before is None,
    )


ROUTES = [index]
