"""A fresh installation on disk, with pieces of the usual size and a way to publish them."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from cryptography.fernet import Fernet

from tests.support.desk import Desk
from tests.support.processes import free_port
from webapp.accounts import access
from webapp.config import Config
from webapp.core import log, migrate
from webapp.core import system as systems
from webapp.publisher.delivery.runner import Runner
from webapp.publisher.records import records, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents
from webapp.writer.draft import Draft
from webapp.writer.models import Content

SENTENCE = "A sentence of words as <b>people</b> write them, again and again. "
PARAGRAPH = f"<p>{SENTENCE * 14}</p>"
BODY = PARAGRAPH * 10  # 9 KB
# Written as a worker writes its log. One for the whole process: loggers keep their first file.
LOG = tempfile.TemporaryFile("w")  # noqa: SIM115


@contextmanager
def installation(**settings: Any) -> Iterator[Desk]:
    """A desk in a directory of its own, removed afterwards; on SQLite, unless `settings` (as in
    Config) name other servers."""
    with tempfile.TemporaryDirectory(prefix="igny8-benchmark-") as folder:
        log.configure("json")
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(LOG))
        var = Path(folder)
        port = free_port()
        config = Config(
            var=var,
            database_url=f"sqlite:///{var / 'igny8.sqlite'}",
            queue_url=f"sqlite:///{var / 'queue.sqlite'}",
            secret_keys=(Fernet.generate_key().decode(),),
            public_url=f"http://127.0.0.1:{port}",
            hosts=("testserver.local",),
            port=port,
            allow_private_destinations=True,
            database_connections=48,
        )
        config = replace(config, **settings)
        migrate.upgrade(config.database_url)
        system = systems.create(config)
        try:
            yield Desk(system)
        finally:
            system.close()


def environment(config: Config) -> dict[str, str]:
    """What a process of the installation reads its settings from."""
    return {
        "IGNY8_VAR": str(config.var),
        "IGNY8_DATABASE_URL": config.database_url,
        "IGNY8_QUEUE_URL": config.queue_url,
        "IGNY8_PORT": str(config.port),
        "IGNY8_WORKERS": str(config.workers),
        "IGNY8_SECRET_KEYS": ",".join(config.secret_keys),
        "IGNY8_ALLOW_PRIVATE_DESTINATIONS": "1",
        "IGNY8_DESTINATION_PARALLEL": str(config.destination_parallel),
    }


def write(desk: Desk, count: int) -> list[int]:
    """So many approved pieces; their ids."""
    ids = []
    with desk.system.db.write() as db:
        for number in range(count):
            draft = Draft(title=f"A piece of many, number {number}", html=BODY)
            content = contents.create(db, desk.site.id, draft, by=desk.owner)
            contents.approve(db, content, by=desk.owner)
            ids.append(content.id)
    return ids


def click(desk: Desk, content_ids: list[int]) -> float:
    """Publish them all, which only writes what is to be done; when that was, by perf_counter."""
    with desk.system.db.write() as db:
        for content_id in content_ids:
            content = access.get_for_update(db, desk.owner, Content, content_id)
            records.publish(db, desk.system, content, by=desk.owner)
        return time.perf_counter()


def run(desk: Desk, threads: int) -> float:
    """Let a worker's engine publish all that waits; seconds from its start to the last commit."""
    runner = Runner(desk.system, threads)
    began = time.perf_counter()
    runner.start()
    try:
        wait(desk, every=0.01)
        return time.perf_counter() - began
    finally:
        runner.stop()


def wait(desk: Desk, every: float = 0.05, seconds: float = 170) -> None:
    """Wait until nothing is pending, being published or to be deployed; raises TimeoutError."""
    query = (
        "SELECT 1 FROM publishing_records WHERE status IN ('pending', 'publishing')"
        " UNION ALL SELECT 1 FROM deployment_items WHERE record_id IS NULL AND refused IS NULL"
        " LIMIT 1"
    )
    end = time.monotonic() + seconds
    with sqlite3.connect(desk.system.db.engine.url.database or "", timeout=30) as db:
        while db.execute(query).fetchone():
            if time.monotonic() > end:
                raise TimeoutError("the publications do not come to an end")
            time.sleep(every)
    db.close()


def check(desk: Desk, content_ids: list[int]) -> None:
    """Every piece went out without findings, or the figures mean nothing."""
    with desk.system.db.read() as db:
        found = db.execute(
            sa.select(PublishingRecord.status, sa.func.count())
            .where(PublishingRecord.content_id.in_(content_ids))
            .group_by(PublishingRecord.status)
        ).all()
    assert [tuple(row) for row in found] == [(states.PUBLISHED, len(content_ids))], found
