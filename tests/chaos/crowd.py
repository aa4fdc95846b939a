"""Very much is due at the same moment, and several worker processes are there for it.

    python -m tests.chaos.crowd --contents 10000 --workers 8 --database postgresql

Ends with 0 where each piece went out exactly once, none early, and no worker ended or met a bug.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.chaos.run import servers
from tests.destinations.product import Product
from tests.support import copies
from webapp.core.clock import utc_now
from webapp.integrations.models import HeadlessDocument
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer.models import Content

SETTINGS = {
    "IGNY8_WORKERS": "4",
    "IGNY8_DESTINATION_PARALLEL": "16",
    # Nobody serves the pages here, so there is nothing to wait for.
    "IGNY8_VERIFY_SECONDS": "0.01",
}
ONLINE = {"published", "published_with_issues"}
AHEAD = timedelta(seconds=2)


@dataclass
class Seen:
    """What came of it. `lateness` is the last start after the moment, in seconds."""

    contents: int
    records: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    lateness: float = 0.0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def run(product: Product, contents: int, workers: int, seconds: float = 1200) -> Seen:
    """Start the workers, let everything fall due, wait for the end and look."""
    product.desk.connect("headless")
    started = [product.start_worker() for _ in range(workers)]
    template = product.desk.approved()
    due = utc_now() + AHEAD
    ids = set(copies.scheduled(product.system.db, template, contents, due))
    waiting = sa.select(sa.func.count()).where(
        Content.id.in_(sa.select(Content.id).where(Content.id > template)),
        Content.site_status != "published",
    )
    end = time.monotonic() + seconds
    while product.value(waiting) and time.monotonic() < end:
        time.sleep(0.5)
    seen = Seen(contents, seconds=(utc_now() - due).total_seconds())
    for worker in started:
        if worker.poll() is not None:
            seen.wrong.append("a worker ended")
        product.stop_worker(worker)
    _judge(product, ids, seen)
    return seen


def _judge(product: Product, ids: set[int], seen: Seen) -> None:
    records = product.desk.rows(PublishingRecord)
    seen.records = product.tally(PublishingRecord.status)
    if sorted(record.content_id for record in records) != sorted(ids):
        seen.wrong.append("not one record for each piece")
    if not set(seen.records) <= ONLINE:
        seen.wrong.append("not everything is online")
    documents = product.desk.rows(HeadlessDocument)
    seen.documents = len(documents)
    for one in documents:
        if (one.status, one.sequence, one.result.get("result")) != ("publish", 1, "created"):
            seen.wrong.append(f"content {one.content_id} was written {one.sequence} times")
    if {one.content_id for one in documents} != ids:
        seen.wrong.append("not each piece exactly once")
    counted = product.desk.integration().posts_published_count
    if counted != len(ids):
        seen.wrong.append(f"{counted} publications were counted")
    _look_at_times(product, records, seen)
    seen.wrong += [line[:300] for line in product.log().splitlines() if '"level": "error"' in line]


def _look_at_times(product: Product, records: list[PublishingRecord], seen: Seen) -> None:
    begun = {
        event.record_id: event.at
        for event in product.desk.rows(PublishEvent)
        if (event.step_number, event.attempt) == (1, 1)
    }
    for record in records:
        assert record.intended_at is not None
        late = (begun[record.id] - record.intended_at).total_seconds()
        seen.lateness = max(seen.lateness, late)
        if late < 0:
            seen.wrong.append(f"content {record.content_id} began {-late:.3f} s early")


def main() -> int:
    """Run it and print what was seen."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--contents", type=int, default=10_000)
    options.add_argument("--workers", type=int, default=8)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = options.parse_args()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="igny8-crowd-")))
        urls = servers(stack) if given.database == "postgresql" else {}
        product = stack.enter_context(Product(directory, **SETTINGS, **urls))
        seen = run(product, given.contents, given.workers)
    print(json.dumps(asdict(seen), indent=1))
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
