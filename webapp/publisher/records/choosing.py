"""Choosing how a piece is to stand at its destination."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.integrations import connections
from webapp.publisher.records import delivery, records
from webapp.writer.models import Content


def deliver_as(db: Session, system: System, content: Content, chosen: str) -> None:
    """Its next publications stand like that; "": as its connection has it. Raises Conflict where
    its destination cannot do that, or while it is on its way there."""
    if records.active_record(db, content.id) is not None:
        raise Conflict.of(Code.IN_FLIGHT)
    integration = connections.default_of(db, content.site_id)
    if chosen and integration is not None:
        delivery.check(integration.platform, chosen)
    content.deliver_as = chosen
    records.announce(db, system, content)
