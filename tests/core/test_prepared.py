"""Prepared statements do what the same statements do through SQLAlchemy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tests.support.desk import Desk
from webapp.accounts.models import Account
from webapp.core.notices import Notice
from webapp.core.prepared import Prepared, together
from webapp.core.system import System
from webapp.writer.models import Content

pytestmark = pytest.mark.both_databases
CONTENTS = cast(sa.Table, Content.__table__)
NOTICES = cast(sa.Table, Notice.__table__)
MOMENT = datetime(2026, 3, 29, 0, 30, 0, 123456, tzinfo=UTC)
THIS: sa.BindParameter[int] = sa.bindparam("this")


def test_what_it_writes_and_reads_has_the_columns_types(desk: Desk) -> None:
    content_id = desk.approved()
    change = Prepared(sa.update(CONTENTS).where(CONTENTS.c.id == THIS))
    read = Prepared(
        sa.select(
            CONTENTS.c.attention,
            CONTENTS.c.plan_trace,
            CONTENTS.c.scheduled_publish_at,
            CONTENTS.c.updated_at,
            CONTENTS.c.deleted_at,
        ).where(CONTENTS.c.id == THIS)
    )
    values = {
        "attention": frozenset({"issues", "failed"}),
        "plan_trace": {"images": ["a"], "stored_hash": 'ü"'},
        "scheduled_publish_at": MOMENT,
    }
    with desk.system.db.write() as db:
        before = db.get_one(Content, content_id).updated_at
        assert change.change(db, {"this": content_id, **values}) == 1
        assert change.change(db, {"this": 0, **values}) == 0
        assert change.change(db, {"this": content_id, "deleted_at": None}) == 1
        row = read.rows(db, {"this": content_id})[0]
        db.expire_all()
        same = db.get_one(Content, content_id)
        assert row.attention == same.attention == values["attention"]
        assert row.plan_trace == same.plan_trace == values["plan_trace"]
        assert row.scheduled_publish_at == same.scheduled_publish_at == MOMENT
        assert row.updated_at == same.updated_at > before
        assert row.deleted_at is None


def test_it_sees_what_the_session_has_changed_and_is_undone_with_it(desk: Desk) -> None:
    content_id = desk.approved()
    read = Prepared(sa.select(CONTENTS.c.title).where(CONTENTS.c.id == THIS))
    change = Prepared(sa.update(CONTENTS).where(CONTENTS.c.id == THIS))
    with desk.system.db.write() as db:
        db.get_one(Content, content_id).title = "Changed"
        assert read.rows(db, {"this": content_id})[0].title == "Changed"
        change.change(db, {"this": content_id, "title": "Changed again"})
        db.rollback()
    with desk.system.db.read() as db:
        assert "Changed" not in read.rows(db, {"this": content_id})[0].title


def test_new_rows_get_their_defaults_and_say_whether_they_were_new(system: System) -> None:
    accounts = cast(sa.Table, Account.__table__)
    enter = Prepared(
        {
            name: dialect.insert(accounts).on_conflict_do_nothing().returning(accounts.c.id)
            for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
        }
    )
    many = Prepared(NOTICES.insert().inline())
    with system.db.write() as db:
        account_id = enter.rows(db, {"name": "first"})[0].id
        assert enter.rows(db, {"id": account_id, "name": "again"}) == []
        account = db.get_one(Account, account_id)
        assert datetime.now(UTC) - account.created_at < timedelta(minutes=1)
        what = {"account_id": account_id, "topic": "content", "at": MOMENT}
        many.change_each(db, [{**what, "object_id": 1}, {**what, "object_id": 2}])
        rows = db.scalars(sa.select(Notice).order_by(Notice.object_id)).all()
        assert [(row.object_id, row.at) for row in rows] == [(1, MOMENT), (2, MOMENT)]


def test_problems_have_sqlalchemys_names_and_a_naive_moment_is_refused(desk: Desk) -> None:
    content_id = desk.approved()
    change = Prepared(sa.update(CONTENTS).where(CONTENTS.c.id == THIS))
    with pytest.raises(sa.exc.IntegrityError), desk.system.db.write() as db:
        change.change(db, {"this": content_id, "title": None})
    with pytest.raises(ValueError, match="naive"), desk.system.db.write() as db:
        change.change(db, {"this": content_id, "deleted_at": MOMENT.replace(tzinfo=None)})


def test_together_each_has_its_answer_and_sees_those_before_it(desk: Desk) -> None:
    first, second = desk.approved(), desk.approved()
    read = Prepared(sa.select(CONTENTS.c.title).where(CONTENTS.c.id == THIS))
    change = Prepared(sa.update(CONTENTS).where(CONTENTS.c.id == THIS))
    with desk.system.db.write() as db:
        db.get_one(Content, second).title = "Of the session"
        changed, [one], [other], nobody, nothing = together(
            db,
            [
                (change, {"this": first, "title": "Changed", "attention": frozenset({"held"})}),
                (read, {"this": first}),
                (read, {"this": second}),
                (change, {"this": 0, "title": "Changed"}),
                (read, {"this": 0}),
            ],
        )
    assert (changed, one.title, other.title) == (1, "Changed", "Of the session")
    assert (nobody, nothing) == (0, [])
    assert desk.content(first).attention == {"held"}


def test_together_what_goes_wrong_takes_all_with_it(desk: Desk) -> None:
    content_id = desk.approved()
    title = desk.content(content_id).title
    change = Prepared(sa.update(CONTENTS).where(CONTENTS.c.id == THIS))
    calls = [(change, {"this": content_id, "title": one}) for one in ("Changed", None, "Again")]
    with pytest.raises(sa.exc.IntegrityError), desk.system.db.write() as db:
        together(db, calls)
    assert desk.content(content_id).title == title
    with desk.system.db.write() as db:
        assert together(db, calls[:1]) == [1], "the connection is as good as before"
