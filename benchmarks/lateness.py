"""From a piece's due moment until a thread of a worker begins it, beside a million later ones.

    python -m benchmarks.lateness [--quick] [--postgresql] [--spread | --burst]

500 due moments spread over two minutes; then 1,000 in one second, against the same requests sent
bare by as many threads as the destination is given at once. The workers are processes of their
own: one on SQLite; three on PostgreSQL and Redis, where also nothing may go out twice.
--spread leaves the burst out, --burst the other part.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from benchmarks import desk as desks
from benchmarks import destination, future, measure, processes
from benchmarks.bare import Bare, requests_of
from tests.support.desk import Desk
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from tests.support.redis_server import RedisServer
from webapp.core.clock import utc_now
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer.models import Content

GOAL = 0.100
BURST_GOAL = 1.1
DELAY = 0.100
# What the destination is given at once, by however many workers.
AT_ONCE = 8
# The last free thread of a worker is kept for people who click.
THREADS = AT_ONCE + 1
AHEAD = timedelta(seconds=3)
DICE = random.Random(1)


@contextmanager
def servers(wanted: bool) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis of this run's own, as settings; without them it is SQLite."""
    with ExitStack() as stack:
        if not wanted:
            yield {}
            return
        postgres, redis = Postgres(), RedisServer()
        stack.callback(postgres.stop)
        stack.callback(redis.stop)
        postgres.start()
        redis.start()
        yield {"database_url": postgres.url(postgres.create()), "queue_url": redis.url}


def schedule(desk: Desk, pieces: list[int], moments: list[datetime]) -> None:
    """Give each its moment, all in one transaction."""
    with desk.system.db.write() as db:
        db.execute(
            sa.update(Content).execution_options(synchronize_session=None),
            [
                {"id": one, "site_status": states.SCHEDULED, "scheduled_publish_at": moment}
                for one, moment in zip(pieces, moments, strict=True)
            ],
        )


def moments(count: int, seconds: float) -> list[datetime]:
    """So many within so many seconds, the first of them shortly."""
    start = utc_now() + AHEAD
    return sorted(start + timedelta(seconds=DICE.uniform(0, seconds)) for _ in range(count))


def lateness(desk: Desk, count: int, seconds: float) -> list[float]:
    """Seconds from due to begun of each of so many pieces, sorted."""
    pieces = desks.write(desk, count)
    schedule(desk, pieces, moments(count, seconds))
    wait_until(lambda: _are_done(desk, pieces), "the publications", seconds=seconds + 280)
    with desk.system.db.read() as db:
        rows = db.execute(
            sa.select(PublishingRecord.intended_at, PublishEvent.at, PublishingRecord.status)
            .join(PublishEvent, PublishEvent.record_id == PublishingRecord.id)
            .where(
                PublishingRecord.content_id.in_(pieces),
                PublishEvent.step_number == 1,
                PublishEvent.attempt == 1,
            )
        ).all()
    assert [row.status for row in rows] == [states.PUBLISHED] * count, "not each exactly once"
    return sorted((row.at - row.intended_at).total_seconds() for row in rows)


def fan_out(bare: Bare, count: int, seconds: float) -> list[float]:
    """The same by a plain client: each of AT_ONCE threads takes the next piece, waits for its
    moment, and sends its requests."""
    waiting = list(zip(moments(count, seconds), bare.bodies(count), strict=True))[::-1]
    found: list[float] = []
    problems: list[Exception] = []

    def work() -> None:
        try:
            while not problems:
                due, (content_id, body) = waiting.pop()
                time.sleep(max(0.0, (due - utc_now()).total_seconds()))
                found.append((utc_now() - due).total_seconds())
                bare._one(content_id, body)
        except IndexError:
            return
        except Exception as problem:  # ends the run, which raises it
            problems.append(problem)

    workers = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if problems:
        raise problems[0]
    return sorted(found)


def _are_done(desk: Desk, pieces: list[int]) -> bool:
    time.sleep(0.5)  # asking often would be work for the machine that is measured
    with desk.system.db.read() as db:
        waiting = sa.select(Content.id).where(
            Content.id.in_(pieces), Content.site_status.in_((states.SCHEDULED, states.PUBLISHING))
        )
        return db.scalar(waiting.limit(1)) is None


def tell(name: str, found: list[float]) -> None:
    """Smallest, p50, p99 and largest lateness."""
    assert found[0] >= 0, f"{name}: one began {-found[0] * 1000:.1f} ms early"
    figures = {
        "least": found[0],
        "p50": measure.percentile(found, 50),
        "p99": measure.percentile(found, 99),
        "most": found[-1],
    }
    text = ", ".join(f"{word} {seconds * 1000:.1f} ms" for word, seconds in figures.items())
    over = sum(one > GOAL for one in found)
    measure.say(f"  {name}: {text}; {over} over {GOAL * 1000:.0f} ms")


def spread_out(desk: Desk, *, quick: bool) -> None:
    """The first part."""
    count, minutes = (60, 0.25) if quick else (500, 2)
    lateness(desk, 20, 1)  # connections, caches: does not count
    found = lateness(desk, count, minutes * 60)
    tell(f"{count} spread over {minutes * 60:.0f} s", found)
    p99 = measure.percentile(found, 99)
    measure.say(f"  goal p99 {GOAL * 1000:.0f} ms: {measure.verdict(p99 <= GOAL)}")


def in_a_second(desk: Desk, bare: Bare, *, quick: bool) -> None:
    """The second part."""
    burst, rounds = (150, 1) if quick else (1000, 5)

    def ours() -> float:
        found = lateness(desk, burst, 1)
        tell(f"{burst} in a second", found)
        return measure.percentile(found, 99)

    def raw() -> float:
        return measure.percentile(fan_out(bare, burst, 1), 99)

    compared = measure.compare(ours, raw, rounds)
    low, high = compared.interval()
    measure.say(
        f"  p99 of the burst against the raw one: {compared.ratio:.3f} [{low:.3f}, {high:.3f}], "
        f"control {compared.spread:.2f}: "
        f"{measure.verdict(compared.ratio <= BURST_GOAL, compared.is_conclusive)}"
    )


def main() -> None:
    quick, server = "--quick" in sys.argv, "--postgresql" in sys.argv
    later = 50_000 if quick else 1_000_000
    count = 3 if server else 1
    where = "PostgreSQL and Redis" if server else "SQLite"
    measure.heading(f"start lateness: {where}, {count} workers, {later:,} later pieces")
    with (
        servers(server) as urls,
        desks.installation(workers=THREADS, destination_parallel=AT_ONCE, **urls) as desk,
        destination.running(DELAY, desk.system.config.var / "destination.log") as url,
    ):
        desk.connect("wordpress", url)
        bare = Bare(requests_of(desk, desk.approved(html=desks.BODY)))
        future.fill(desk, later)
        with processes.workers(desk, count):
            if "--burst" not in sys.argv:
                spread_out(desk, quick=quick)
            if "--spread" not in sys.argv:
                in_a_second(desk, bare, quick=quick)
        bare.close()


if __name__ == "__main__":
    main()
