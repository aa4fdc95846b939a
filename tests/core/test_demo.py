"""The demo's three weeks look like three weeks."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from webapp import demo
from webapp.core.system import System
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content
from webapp.writing.models import Revision


def test_nothing_ends_before_it_begins(system: System, tmp_path: Path) -> None:
    demo.ensure(system, tmp_path)
    with system.db.read() as db:
        record = PublishingRecord
        began = sa.func.coalesce(record.started_at, record.created_at)
        backwards = sa.or_(record.finished_at < began, record.created_at > began)
        assert db.scalars(sa.select(record.id).where(backwards)).all() == []
        early = Content.first_published_at < Content.approved_at
        late = Content.created_at > sa.func.coalesce(Content.approved_at, Content.updated_at)
        assert db.scalars(sa.select(Content.id).where(sa.or_(early, late))).all() == []
        assert len(db.scalars(sa.select(record.id)).all()) > 20
        kept = sa.exists().where(
            Revision.content_id == Content.id, Revision.content_hash == Content.content_hash
        )
        assert db.scalars(sa.select(Content.id).where(~kept)).all() == []
