"""The services that we stand on go away for a while: work goes on, and nothing happens twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import missing
from tests.destinations.conftest import start_wordpress
from tests.destinations.judge import Website, complaints, counters
from tests.destinations.piece import Piece, complete
from tests.destinations.product import Product
from tests.support.postgres import Postgres, PostgresMissing
from tests.support.processes import wait_until
from tests.support.redis_server import RedisMissing, RedisServer
from tests.support.wordpress import WordPress
from webapp.publisher.records.models import PublishingRecord

pytestmark = pytest.mark.heavy
SETTINGS = {"IGNY8_LEASE_SECONDS": "2", "IGNY8_MANUAL_RETRY_SECONDS": "0.3"}
# Committed is written, also when the server is killed at once (tests/support/postgres.py is lax).
DURABLE = "&options=-csynchronous_commit%3Don"
HOLD_LOCK = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA busy_timeout=60000")
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
db.execute("COMMIT")
"""


@pytest.fixture(scope="module")
def wp() -> Iterator[WordPress]:
    site = start_wordpress()
    yield site
    site.stop()


@pytest.fixture
def servers() -> Iterator[tuple[Postgres, RedisServer]]:
    """A PostgreSQL and a Redis that a test may kill."""
    try:
        postgres, redis = Postgres(), RedisServer()
    except (PostgresMissing, RedisMissing) as reason:
        missing(reason)
        raise
    with ExitStack() as stack:
        stack.callback(postgres.stop)
        stack.callback(redis.stop)
        postgres.start()
        redis.start()
        yield postgres, redis


def write(product: Product, first: int, number: int) -> dict[int, Piece]:
    """Small complete pieces whose content ids no other test's product has given out."""
    if product.system.db.is_sqlite:
        start = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('contents', :n)")
    else:
        start = sa.text("SELECT setval('contents_id_seq', :n)")
    with product.system.db.write() as db:
        db.execute(start, {"n": first})
    pieces = [complete(first + n, size=(60, 40)) for n in range(number)]
    return {product.write(piece): piece for piece in pieces}


def _online(wp: WordPress, pieces: dict[int, Piece]) -> int:
    """How many of the pieces WordPress has already."""
    return len(pieces.keys() & Website(wp).by_content.keys())


def is_right(product: Product, wp: WordPress, pieces: dict[int, Piece]) -> None:
    """Each piece is online exactly once, whole, and our rows say so."""
    assert set(product.tally(PublishingRecord.status)) == {"published"}
    hashes = {one.content_id: one.content_hash for one in product.desk.rows(PublishingRecord)}
    website = Website(wp)
    mine = tuple(f"content {content_id}:" for content_id in pieces)
    found = complaints(website, pieces, hashes)
    assert [line for line in found if line.startswith(mine)] == []
    assert {len(website.by_content[content_id]) for content_id in pieces} == {1}
    assert counters(product)[0] == len(pieces)


def test_the_database_is_locked_for_some_seconds(tmp_path: Path, wp: WordPress) -> None:
    """Longer than the lease: leases end meanwhile, and the late workers find that out."""
    with Product(tmp_path, **SETTINGS) as product:
        product.connect_wordpress(wp)
        workers = [product.start_worker(), product.start_worker()]
        pieces = write(product, 1000, 12)
        product.click(list(pieces))
        wait_until(lambda: _online(wp, pieces) >= 2, "the first posts")
        path = product.config.database_url.removeprefix("sqlite:///")
        command = [sys.executable, "-c", HOLD_LOCK, path, "5"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            holder.wait()
        product.settle(pieces)
        assert [worker.poll() for worker in workers] == [None, None]
        is_right(product, wp, pieces)


def test_postgresql_is_restarted_in_the_middle(
    tmp_path: Path, wp: WordPress, servers: tuple[Postgres, RedisServer]
) -> None:
    postgres, redis = servers
    url = postgres.url(postgres.create()) + DURABLE
    with Product(
        tmp_path, IGNY8_DATABASE_URL=url, IGNY8_QUEUE_URL=redis.url, **SETTINGS
    ) as product:
        product.connect_wordpress(wp)
        workers = [product.start_worker(), product.start_worker()]
        pieces = write(product, 2000, 16)
        product.click(list(pieces))
        for online in (3, 8):
            wait_until(lambda n=online: _online(wp, pieces) >= n, "some posts")  # type: ignore[misc]
            postgres.crash()
            time.sleep(1.5)
            postgres.serve()
        product.settle(pieces)
        assert [worker.poll() for worker in workers] == [None, None]
        is_right(product, wp, pieces)


def test_redis_is_gone_for_a_while(
    tmp_path: Path, wp: WordPress, servers: tuple[Postgres, RedisServer]
) -> None:
    """Without Redis nobody is woken up, and everything still goes out; with it, again at once."""
    postgres, redis = servers
    url = postgres.url(postgres.create())
    with Product(
        tmp_path, IGNY8_DATABASE_URL=url, IGNY8_QUEUE_URL=redis.url, **SETTINGS
    ) as product:
        product.connect_wordpress(wp)
        worker = product.start_worker()
        pieces = write(product, 3000, 12)
        ids = list(pieces)
        product.click(ids[:4])
        redis.kill()
        product.click(ids[4:8])
        product.settle(ids[:8])
        redis.start()
        product.click(ids[8:])
        product.settle(ids)
        assert worker.poll() is None
        is_right(product, wp, pieces)


def test_the_disk_is_full_for_a_while(tmp_path: Path, wp: WordPress) -> None:
    """A real file system that has no room left: clicks are refused, later all goes on."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        with Product(disk, **SETTINGS) as product:
            product.connect_wordpress(wp)
            worker = product.start_worker()
            pieces = write(product, 4000, 8)
            ids = list(pieces)
            product.click(ids[:2])
            product.settle(ids[:2])
            ballast = disk / "ballast"
            _fill(ballast)
            with pytest.raises(sa.exc.OperationalError, match="full"):
                _click_on(product, ids)
            time.sleep(3)
            assert worker.poll() is None
            ballast.unlink()
            wait_until(lambda: not product.active(), "what had begun")
            product.click([one for one in ids if not product.desk.records_of(one)])
            product.settle(ids)
            assert worker.poll() is None
            is_right(product, wp, pieces)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _click_on(product: Product, ids: list[int]) -> None:
    """Click until a click is refused."""
    for content_id in ids * 20:
        product.click([content_id], force=True)


def _fill(ballast: Path) -> None:
    """Write until there is no room."""
    block = b"\0" * 4096
    try:
        with ballast.open("wb", buffering=0) as file:
            while file.write(block):
                pass
    except OSError:
        pass
