"""A click and a worker that wait for each other's rows: both come to their end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import MakeSystem
from tests.support.desk import Desk
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from webapp.config import Config
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

pytestmark = pytest.mark.heavy
WAITS = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def house(
    config: Config, postgres: Postgres, postgres_template: str, make_system: MakeSystem
) -> Iterator[Desk]:
    """A connected desk on PostgreSQL: on SQLite one writes at a time."""
    name = postgres.create(postgres_template)
    desk = Desk(make_system(replace(config, database_url=postgres.url(name))))
    desk.connect()
    yield desk
    desk.system.close()
    postgres.drop(name)


def test_a_click_while_a_worker_writes_its_outcome(house: Desk) -> None:
    content_id = house.approved()
    record_id = house.publish(content_id)
    record = sa.select(PublishingRecord.id).where(PublishingRecord.id == record_id)
    piece = sa.select(Content.id).where(Content.id == content_id)
    answers: list[int] = []
    written: list[bool] = []

    def somebody_waits() -> bool:
        with house.system.db.read() as db:
            return bool(db.scalar(WAITS))

    with house.browser(house.owner) as client:

        def click() -> None:
            path = f"/content/{content_id}/publication"
            answers.append(client.post(path, headers={"HX-Request": "true"}).status_code)

        clicking = threading.Thread(target=click)

        def write(db: Session) -> None:
            """As a worker does: the record, then the piece. Whichever is ended begins anew."""
            db.execute(record.with_for_update())
            if clicking.ident is None:
                clicking.start()
                wait_until(somebody_waits, "the click, which has the piece")
                time.sleep(0.1)
            db.execute(piece.with_for_update())
            written.append(True)

        house.system.commits.run(write)
        clicking.join(60)
    assert (answers, written) == ([200], [True])
