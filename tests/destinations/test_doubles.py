"""Two of everything: clicks, workers, a schedule and a click, an attempt and its successor."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chaos import doubles
from tests.destinations.conftest import MakeHouse
from tests.destinations.judge import Website, complaints, counters
from tests.destinations.piece import Piece, complete
from tests.destinations.product import Product
from tests.support.processes import wait_until
from tests.support.wordpress import WordPress
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.publisher.records.models import PublishingRecord

pytestmark = pytest.mark.heavy
House = tuple[WordPress, Product]


@pytest.fixture(scope="module")
def two_workers(make_house: MakeHouse) -> House:
    return make_house(web=True, workers=2)


def test_double_clicks_make_one_post_each(two_workers: House) -> None:
    wp, product = two_workers
    seen = doubles.run(product, wp, 40)
    assert seen.wrong == []
    assert (seen.posts, seen.pairs) == (40, 40)
    assert counters(product)[0] == 40


def test_double_clicks_with_the_headless_destination(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with Product(tmp_path_factory.mktemp("headless"), IGNY8_API_PER_MINUTE="0") as product:
        product.desk.connect("headless")
        product.start_web()
        for _ in range(3):
            product.start_worker(wait=False)
        seen = doubles.run(product, None, 150)
    assert seen.wrong == []
    assert (seen.posts, seen.pairs) == (150, 150)


@contextmanager
def refused_where_the_schedule_was_faster() -> Iterator[None]:
    """A click on what has gone out meanwhile is told so, and makes no second record."""
    try:
        yield
    except Conflict as problem:
        if problem.code != Code.ALREADY_PUBLISHED:
            raise


def test_a_scheduled_run_meets_clicks(two_workers: House) -> None:
    """At the very moment at which the schedule begins, everything is clicked too."""
    wp, product = two_workers
    pieces = {product.write(piece): piece for piece in (Piece(f"Both {n}") for n in range(30))}
    for content_id in pieces:
        product.desk.approve(content_id)
    begin = time.monotonic() + 1.5 + 0.02 * len(pieces)
    for content_id in pieces:
        product.desk.schedule(content_id, begin - time.monotonic())
    time.sleep(max(0.0, begin - time.monotonic()))
    for content_id in pieces:
        with refused_where_the_schedule_was_faster():
            product.click([content_id])
    product.settle(pieces)
    records = {content_id: product.desk.records_of(content_id) for content_id in pieces}
    assert {len(found) for found in records.values()} == {1}
    assert {found[0].status for found in records.values()} == {"published"}
    modes = {found[0].mode for found in records.values()}
    assert modes <= {"manual", "scheduled"}
    hashes = {content_id: found[0].content_hash for content_id, found in records.items()}
    found = complaints(Website(wp), pieces, hashes)
    assert [
        line
        for line in found
        if line.split()[1].rstrip(":").isdigit() and int(line.split()[1].rstrip(":")) in pieces
    ] == []


def test_a_lease_that_ends_while_wordpress_still_works(make_house: MakeHouse) -> None:
    """The worker is frozen in the middle; another one takes over, and the first wakes up late."""
    wp, product = make_house(workers=0, IGNY8_LEASE_SECONDS="2")
    piece = complete(1)
    content_id = product.write(piece)
    slow = """add_action('save_post', function ($id, $post) {
        if ($post->post_name === 'piece-1' && $post->post_status !== 'publish') sleep(6);
    }, 10, 2);"""
    first = product.start_worker()
    with wp.mu_plugin(slow):
        (record_id,) = product.click([content_id])
        running = f"SELECT state FROM wp_igny8_publishes WHERE content_id = {content_id}"
        wait_until(lambda: wp.value(running) == "running", "WordPress to begin")
        os.kill(first.pid, signal.SIGSTOP)
        try:
            product.start_worker()
            wait_until(lambda: product.desk.record(record_id).attempt > 1, "the lease to end")
            assert wp.value(running) == "running", "WordPress was still working"
            (record,) = product.settle([content_id])
        finally:
            os.kill(first.pid, signal.SIGCONT)
    assert record.status == "published"
    assert record.attempt > 1
    posts = "SELECT COUNT(*) FROM wp_postmeta WHERE meta_key = '_igny8_content_id'"
    assert wp.value(f"{posts} AND meta_value = '{content_id}'") == "1"
    # The first worker gets its answer now, and must change nothing with it.
    wait_until(lambda: "another attempt has taken over" in product.log(), "the late result")
    after = product.desk.record(record_id)
    assert (after.attempt, after.finished_at, after.receipt) == (
        record.attempt,
        record.finished_at,
        record.receipt,
    )
    hashes = {content_id: record.content_hash}
    assert complaints(Website(wp), {content_id: piece}, hashes) == []
    assert counters(product)[0] == 1


def test_two_workers_stop_gently_with_work_in_flight(make_house: MakeHouse) -> None:
    """SIGTERM: what is in flight is finished, nothing is left in between."""
    wp, product = make_house(workers=0)
    workers = [product.start_worker(), product.start_worker()]
    ids = [product.write(Piece(f"Gentle {n}")) for n in range(20)]
    product.click(ids)
    wait_until(lambda: len(Website(wp).by_content) >= 2, "the first posts")
    stopping = [
        threading.Thread(target=lambda one=one: codes.append(product.stop_worker(one)))
        for one in workers
    ]
    codes: list[int] = []
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join()
    assert codes == [0, 0]
    statuses = product.tally(PublishingRecord.status)
    assert set(statuses) <= {"published", "pending"}
    assert len(Website(wp).by_content) == statuses["published"]
    product.start_worker()
    product.settle(ids)
    assert product.tally(PublishingRecord.status) == {"published": 20}
    assert len(Website(wp).by_content) == 20
    assert wp.counts()["posts"] >= 20
