"""Workers are killed and stay away over due times; later one comes back.

Everything goes out once, by its site's policy for missed times, and each piece says what happened
to it. What counts as missed is judged here from the workers' rows, without the product's rule.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.chaos import crowd
from tests.chaos.run import servers
from tests.destinations.product import Product
from tests.support.processes import wait_until
from tests.support.rhythm import ALL_DAY
from webapp.accounts import setup
from webapp.accounts.models import Site
from webapp.core.clock import utc_now
from webapp.integrations.models import HeadlessDocument
from webapp.publisher.planning import settings
from webapp.publisher.records.models import PublishEvent, PublishingRecord, WorkerProcess
from webapp.writer.models import Content

pytestmark = pytest.mark.heavy
LEASE = 2.0
HEARTBEAT = timedelta(seconds=LEASE / 3)
EVERY = timedelta(seconds=0.2)
PER_SITE = 40
KILLED, BACK = timedelta(seconds=2), timedelta(seconds=6)
POLICIES: dict[str, dict[str, Any]] = {
    "late": {},
    "next": {"missed_grace_minutes": 0, "missed_then": "next_slot", **ALL_DAY},
    "hold": {"missed_grace_minutes": 0, "missed_then": "hold"},
}
Piece = tuple[str, datetime]


@pytest.fixture(params=["sqlite", "postgresql"])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Product]:
    """An installation without workers."""
    with ExitStack() as stack:
        urls = servers(stack) if request.param == "postgresql" else {}
        more = {**crowd.SETTINGS, "IGNY8_LEASE_SECONDS": str(LEASE), **urls}
        yield stack.enter_context(Product(tmp_path, **more))


def a_site(product: Product, policy: str) -> Site:
    """A site of its own with that policy, connected."""
    desk = product.desk
    with product.system.db.write() as db:
        site = setup.add_site(
            db, desk.site.account_id, policy, f"https://{policy}.example", "Europe/Berlin"
        )
        chosen = settings.for_update(db, site)
        settings.change(db, product.system, chosen, POLICIES[policy])
    desk.connect(site=site)
    return site


def write(product: Product) -> dict[int, str]:
    """Approved pieces of each site, with its policy."""
    pieces = {}
    for policy in POLICIES:
        site = a_site(product, policy)
        for _ in range(PER_SITE):
            pieces[product.desk.approved(site=site, by=product.desk.owner)] = policy
    return pieces


def schedule(product: Product, pieces: dict[int, str], start: datetime) -> dict[int, Piece]:
    """Due one after the other in each site; some pinned, as if a person had chosen the time."""
    planned = {}
    with product.system.db.write() as db:
        for number, (content_id, policy) in enumerate(pieces.items()):
            due = start + number % PER_SITE * EVERY
            values = {
                "site_status": "scheduled",
                "scheduled_publish_at": due,
                "pinned": content_id % 5 == 0,
            }
            db.execute(sa.update(Content).where(Content.id == content_id).values(**values))
            planned[content_id] = (policy, due)
    return planned


def was_missed(product: Product, due: datetime) -> bool:
    rows = product.desk.rows(WorkerProcess)
    return not any(row.started_at <= due <= row.seen_at + HEARTBEAT for row in rows)


def until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - utc_now()).total_seconds()))


def is_settled(product: Product, pieces: dict[int, Piece]) -> bool:
    """Whether nothing is on its way and nothing of the past waits."""
    now = utc_now()
    contents = [product.content(one) for one in pieces]
    return not product.active() and not any(
        one.scheduled_publish_at and one.scheduled_publish_at <= now for one in contents
    )


def test_killed_and_away_over_due_times(product: Product) -> None:
    written = write(product)
    workers = [product.start_worker() for _ in range(2)]
    start = utc_now() + timedelta(seconds=2)
    pieces = schedule(product, written, start)
    until(start + KILLED)
    for worker in workers:
        product.end_worker(worker)
    until(start + BACK)
    product.start_worker()
    until(start + PER_SITE * EVERY)
    wait_until(lambda: is_settled(product, pieces), "all to be settled", 60)

    missed = {one: was_missed(product, due) for one, (_, due) in pieces.items()}
    assert 20 <= sum(missed.values()) <= len(pieces) - 20, "the outage covers some of them"
    for content_id, (policy, due) in pieces.items():
        judge(product.content(content_id), policy, due, missed[content_id])
    never_early(product)
    let_out_the_rest(product, pieces)
    documents = product.desk.rows(HeadlessDocument)
    assert sorted(one.content_id for one in documents) == sorted(pieces)
    assert {(one.sequence, one.result["result"]) for one in documents} == {(1, "created")}
    assert '"level": "error"' not in product.log()


def judge(content: Content, policy: str, due: datetime, missed: bool) -> None:
    """The piece stands where the policy says, and tells of it."""
    note = (content.plan_trace or {}).get("missed")
    if not missed:
        assert note is None, f"due {due}: {note}"
        assert content.site_status == "published"
        return
    assert note is not None, f"due {due}, missed, and nothing is said"
    then = "publish" if policy == "late" else policy.replace("next", "next_slot")
    if then == "next_slot" and content.id % 5 == 0:
        then = "hold"
    assert (note["then"], note["why"]) == (then, "no_worker")
    assert datetime.fromisoformat(note["due"]) == due
    stands = {"publish": "published", "next_slot": "scheduled", "hold": "not_published"}
    assert content.site_status == stands[then]
    assert ({"missed", "held"} <= content.attention) == (then == "hold")


def never_early(product: Product) -> None:
    events = [one for one in product.desk.rows(PublishEvent) if one.step_number == 1]
    begun = {one.record_id: one.at for one in events}
    for record in product.desk.rows(PublishingRecord):
        assert record.intended_at is not None
        assert begun[record.id] >= record.intended_at
        late = record.missed_seconds
        content = product.content(record.content_id)
        assert (late is not None) == ("missed" in (content.plan_trace or {}))


def let_out_the_rest(product: Product, pieces: dict[int, Piece]) -> None:
    """A person publishes what was held; what has a new time gets it now."""
    left = [one for one in pieces if product.content(one).site_status != "published"]
    times = [product.content(one).scheduled_publish_at for one in left]
    new = [time for time in times if time is not None]
    assert len(new) == len(set(new)), "two at one new time"
    assert all(time > utc_now() for time in new)
    for content_id, moment in zip(left, times, strict=True):
        if moment is None:
            product.click([content_id])
            continue
        with product.system.db.write() as db:
            soon = {"scheduled_publish_at": utc_now()}
            db.execute(sa.update(Content).where(Content.id == content_id).values(**soon))
    wait_until(
        lambda: all(product.content(one).site_status == "published" for one in pieces),
        "the rest to go out",
        60,
    )


def test_a_crowd(product: Product) -> None:
    seen = crowd.run(product, contents=150, workers=3, seconds=120)
    assert seen.wrong == [], seen
