"""The kept counters say what counting would say, whatever is done to the rows."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from threading import Thread

import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from webapp.accounts import access, setup
from webapp.content import waiting
from webapp.core import migrate
from webapp.core.system import System
from webapp.publisher.records import counters
from webapp.publisher.records.models import ContentTally
from webapp.writer.models import Content

STATES = ("not_published", "scheduled", "publishing", "published", "failed")
MARKS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"failed"}),
    frozenset({"held", "missed"}),
)
ROUNDS = 120


def counted(desk: Desk, site_id: int) -> dict[str, int]:
    """What the rows themselves say."""
    found = [row for row in desk.rows(Content) if row.site_id == site_id and not row.deleted_at]
    states = [row.site_status for row in found]
    numbers = {state: states.count(state) for state in ("publishing", "scheduled", "published")}
    query = waiting.only_waiting(access.visible(desk.owner, Content, Content.id))
    with desk.system.db.read() as db:
        waits = len(db.scalars(query.where(Content.site_id == site_id)).all())
    return {"attention": sum(bool(row.attention) for row in found), **numbers, "waiting": waits}


def kept(desk: Desk, site_id: int | None = None) -> dict[str, int]:
    with desk.system.db.read() as db:
        return counters.counts(db, desk.owner, site_id)


def change_something(desk: Desk, chance: random.Random, sites: list[int]) -> None:
    """One random statement: single rows and many, through the mapper and past it."""
    pick = chance.random()
    some = Content.id % chance.randint(1, 7) == 0
    values = {
        "site_status": chance.choice(STATES),
        "status": chance.choice(("draft", "review", "approved", "published")),
        "attention": chance.choice(MARKS),
        "site_id": chance.choice(sites),
        "deleted_at": chance.choice((None, datetime.now(UTC))),
        "title": "Another title",
    }
    names = chance.sample(list(values), chance.randint(1, 3))
    with desk.system.db.write() as db:
        if pick < 0.2:
            db.add_all(
                Content(
                    account_id=desk.owner.account_id,
                    site_id=chance.choice(sites),
                    site_status=chance.choice(STATES),
                    status=chance.choice(("draft", "review", "approved")),
                    attention=chance.choice(MARKS),
                )
                for _ in range(chance.randint(1, 9))
            )
        elif pick < 0.3:
            db.execute(sa.delete(Content).where(some, Content.id % 3 == 0))
        elif pick < 0.6:
            row = db.scalars(sa.select(Content).order_by(sa.func.random()).limit(1)).first()
            for name in names if row else ():
                setattr(row, name, values[name])
        else:
            db.execute(sa.update(Content).where(some).values({n: values[n] for n in names}))


@pytest.mark.both_databases
def test_the_numbers_are_those_of_the_rows(desk: Desk, system: System) -> None:
    chance = random.Random(20261121)
    with system.db.write() as db:
        other = setup.add_site(db, desk.owner.account_id, "Second", "https://b.example", "UTC").id
    sites = [desk.site.id, other]
    for turn in range(ROUNDS):
        change_something(desk, chance, sites)
        if turn % 10 == 9:
            counters.compact(system)
        if turn % 4 == 0:
            for site_id in sites:
                assert kept(desk, site_id) == counted(desk, site_id), f"turn {turn}"
    assert sum(kept(desk).values()) > 20, "nothing was counted"
    both = [counted(desk, site_id) for site_id in sites]
    assert kept(desk) == {name: both[0][name] + both[1][name] for name in counters.BUCKETS}


@pytest.mark.both_databases
def test_an_update_that_moves_nothing_writes_nothing(desk: Desk, system: System) -> None:
    ids = [desk.approved() for _ in range(3)]
    for content_id in ids:
        desk.schedule(content_id, 60)
    counters.compact(system)
    before = [(row.id, row.updated_at) for row in desk.rows(ContentTally)]
    with system.db.write() as db:
        db.execute(sa.update(Content).values(site_status="scheduled", pinned=True))
    assert [(row.id, row.updated_at) for row in desk.rows(ContentTally)] == before
    assert kept(desk)["scheduled"] == 3


@pytest.mark.both_databases
def test_collapsing_while_others_write_loses_nothing(desk: Desk, system: System) -> None:
    ids = [desk.approved() for _ in range(4)]

    def work(content_id: int) -> None:
        for turn in range(12):
            with system.db.write() as db:
                state = "scheduled" if turn % 2 == 0 else "published"
                db.execute(
                    sa.update(Content).where(Content.id == content_id).values(site_status=state)
                )
            counters.compact(system)

    threads = [Thread(target=work, args=(content_id,)) for content_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counters.compact(system)
    assert kept(desk) == counted(desk, desk.site.id)
    assert kept(desk)["published"] == 4
    assert len(desk.rows(ContentTally)) <= len(counters.BUCKETS)


def test_nobody_reads_the_numbers_of_strangers(desk: Desk) -> None:
    desk.schedule(desk.approved(), 60)
    desk.schedule(desk.approved(site=desk.other_site), 60)
    desk.schedule(desk.approved(site=desk.other_site), 60)
    assert kept(desk)["scheduled"] == 1
    assert kept(desk, desk.other_site.id)["scheduled"] == 0


def test_deleting_and_restoring_counts(desk: Desk) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, 60)
    with desk.system.db.write() as db:
        row = db.get_one(Content, content_id)
        row.deleted_at = datetime.now(UTC)
    assert kept(desk)["scheduled"] == 0
    with desk.system.db.write() as db:
        db.execute(sa.update(Content).values(deleted_at=None))
    assert kept(desk)["scheduled"] == 1


@pytest.mark.both_databases
def test_the_migration_counts_what_was_there_before(desk: Desk, database_url: str) -> None:
    from alembic import command

    for _ in range(3):
        desk.schedule(desk.approved(), 60)
    gone = desk.approved()
    with desk.system.db.write() as db:
        db.execute(sa.update(Content).values(attention=frozenset({"held"})))
        db.get_one(Content, gone).deleted_at = datetime.now(UTC)
    config = migrate._config(database_url)
    desk.system.db.dispose()
    command.downgrade(config, "0003")
    command.upgrade(config, "head")
    assert kept(desk) == counted(desk, desk.site.id)
    assert (kept(desk)["attention"], kept(desk)["scheduled"]) == (3, 3)
    desk.schedule(desk.approved(), 60)
    assert kept(desk)["scheduled"] == 4
