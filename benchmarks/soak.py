"""Whether the memory of web and worker stays what it is, under steady work for half an hour.

    python -m benchmarks.soak [--minutes 30]

PostgreSQL and Redis of its own; a person reads pages, an open tab comes and goes, Prometheus asks,
pieces are clicked and fall due. Memory is the resident set of each process: the proportional one
moves with what other programs on the machine map and unmap. Each figure is the median of a minute,
the first one of the fifth; the run must last longer than that.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa

from benchmarks import clicks, destination, measure, processes
from benchmarks import desk as desks
from tests.support import copies
from tests.support.desk import Desk
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from tests.support.redis_server import RedisServer
from webapp.core.clock import utc_now
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord

GOAL = 1.05
WARM, WINDOW, EVERY = 300.0, 60.0, 5.0  # seconds
PAGES = (
    "/review",
    "/publisher/publishing-queue",
    "/publisher/content-calendar",
    "/content",
    "/readyz",
    "/metrics",
)
AHEAD = timedelta(seconds=2)


@dataclass
class Work:
    """What is done all the time, each kind in a thread of its own; `answers` counts what came."""

    desk: Desk
    client: httpx.Client
    answers: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        (self._template,) = desks.write(self.desk, 1)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        works = (self._read, self._click, self._fall_due, self._listen)
        threads = [threading.Thread(target=self._repeat, args=(one,)) for one in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                work()
            except httpx.TransportError as problem:
                self.answers[type(problem).__name__] += 1
            self._over.wait(0.5)

    def _read(self) -> None:
        for path in PAGES:
            answer = self.client.get(path, timeout=30)
            self.answers[str(answer.status_code)] += 1
            self._over.wait(0.25)

    def _click(self) -> None:
        (content_id,) = desks.write(self.desk, 1)
        clicks.click(self.client, content_id)
        self.asked += 1

    def _fall_due(self) -> None:
        copies.scheduled(self.desk.system.db, self._template, 1, utc_now() + AHEAD)
        self.asked += 1

    def _listen(self) -> None:
        """A tab that is open for a while, then loaded anew."""
        with self.client.stream("GET", "/events", timeout=30) as answer:
            until = time.monotonic() + 10
            for _ in answer.iter_raw():
                if time.monotonic() > until or self._over.is_set():
                    break
        self.answers["tabs"] += 1


def resident(pid: int) -> float:
    """MB that the process has in memory."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(told.split("VmRSS:")[1].split()[0]) / 1024


def watched(pids: dict[str, int], seconds: float) -> dict[str, list[tuple[float, float]]]:
    """Of each process, its memory every few seconds, with the seconds since the begin."""
    began = time.monotonic()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in pids}
    told = 0
    while (passed := time.monotonic() - began) < seconds:
        for name, pid in pids.items():
            found[name].append((passed, resident(pid)))
        if passed // 60 > told:
            told = int(passed // 60)
            last = ", ".join(f"{name} {sizes[-1][1]:.1f} MB" for name, sizes in found.items())
            print(f"  {told} min: {last}", file=sys.stderr, flush=True)
        time.sleep(EVERY)
    return found


def of_minute(sizes: list[tuple[float, float]], end: float) -> float:
    """The median of the minute that ends there."""
    return statistics.median(size for at, size in sizes if end - WINDOW <= at <= end)


def wait_for_the_last(desk: Desk) -> None:
    """Until nothing that was asked for waits."""
    active = sa.select(sa.func.count()).where(
        PublishingRecord.status.in_((states.PENDING, states.PUBLISHING))
    )

    def is_done() -> bool:
        with desk.system.db.read() as db:
            return not db.scalar(active)

    time.sleep(2 * AHEAD.total_seconds())
    wait_until(is_done, "the last publications", 60)


def published(desk: Desk) -> int:
    done = sa.select(sa.func.count()).where(PublishingRecord.status == states.PUBLISHED)
    with desk.system.db.read() as db:
        return db.scalar(done) or 0


def servers(stack: ExitStack) -> dict[str, str]:
    """A PostgreSQL and a Redis that end with the stack; settings of an installation on them."""
    postgres, redis = Postgres(), RedisServer()
    stack.callback(postgres.stop)
    postgres.start()
    stack.callback(redis.stop)
    redis.start()
    return {"database_url": postgres.url(postgres.create()), "queue_url": redis.url}


def run(desk: Desk, seconds: float) -> dict[str, list[tuple[float, float]]]:
    """Everything works for so long; what the two processes took of memory."""
    with processes.web(desk) as web, processes.worker(desk) as worker:
        with clicks.signed_in(desk) as client:
            work = Work(desk, client)
            with work.going_on():
                found = watched({"web": web, "worker": worker}, seconds)
        wait_for_the_last(desk)
    measure.say(f"  {published(desk)} of {work.asked} published; answers: {dict(work.answers)}")
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--minutes", type=float, default=30.0)
    seconds = 60 * options.parse_args().minutes
    if seconds <= WARM:
        options.error(f"a run lasts longer than {WARM / 60:.0f} minutes")
    measure.heading(f"memory in a soak of {seconds / 60:.0f} minutes")
    with ExitStack() as stack:
        desk = stack.enter_context(desks.installation(**servers(stack)))
        log = desk.system.config.var / "destination.log"
        desk.connect("wordpress", stack.enter_context(destination.running(0.02, log)))
        found = run(desk, seconds)
    ratios = []
    for name, sizes in found.items():
        warm, end = of_minute(sizes, WARM), of_minute(sizes, sizes[-1][0])
        ratios.append(end / warm)
        measure.say(
            f"  {name}: {warm:.1f} MB after five minutes, {end:.1f} MB at the end: "
            f"{end / warm:.3f}: {measure.verdict(end / warm <= GOAL)}"
        )
    return 0 if max(ratios) <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
