"""A piece that somebody writes, locked within a transaction: what the editor's verbs work on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.call import Call
from webapp.core.system import System
from webapp.writer.models import Content


@dataclass(frozen=True)
class At:
    """`by` writes in `content`."""

    db: Session
    system: System
    content: Content
    by: Member


def locked(call: Call, content_id: int) -> At:
    """The piece, for whoever calls. Raises NotFound, and Forbidden where they may not write it."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    return At(call.db, call.system, content, call.member)
