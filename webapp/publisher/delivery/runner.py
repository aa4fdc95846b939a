"""The worker's own engine: one dispatcher that claims, threads that publish, one heartbeat.

Huey and the web process only ring the bell. Should no bell come, the dispatcher looks by itself
four times a second, and exactly at the next due moment. It never sleeps longer, so a clock that is
set, forwards or backwards, is noticed at once; and what is due is asked of that clock each time,
so nothing is ever early.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from webapp.core import figures
from webapp.core.system import System
from webapp.integrations import installation
from webapp.publisher.delivery import claims, clocks, due, heartbeats, pipeline
from webapp.publisher.delivery.claims import Claim

log = structlog.get_logger()
LOOK_EVERY = 0.25
# Due, but locked by somebody at this moment.
LOOK_AGAIN = 0.02
# Whether this installation is in question (websites ask too), and the clock right.
ASK_EVERY = 1.0


class Runner:
    """Runs publications in `threads` threads until stopped."""

    def __init__(self, system: System, threads: int) -> None:
        self._system = system
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="publish")
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._over = threading.Event()
        # By record and attempt: an attempt that lost its lease may still run beside its successor.
        self._running: dict[tuple[int, int], Claim] = {}
        self._lock = threading.Lock()
        self._ledger = figures.Ledger()
        self._question, self._is_in_time, self._asked = "", True, -ASK_EVERY
        self._loops = [
            threading.Thread(target=self._dispatch, name="dispatcher"),
            threading.Thread(target=self._heartbeat, name="heartbeat", daemon=True),
        ]

    def start(self) -> None:
        """Take back what a dead predecessor on this host held, then begin."""
        self._system.commits.run(lambda db: claims.LEASES.release_dead(db, self._system))
        self._system.commits.run(self._seen)
        for loop in self._loops:
            loop.start()

    def nudge(self) -> None:
        """There may be work: look now."""
        self._bell.set()

    def stop(self) -> None:
        """Take nothing new, finish what is in flight, and deregister."""
        self._stopping.set()
        self._bell.set()
        self._loops[0].join()
        self._pool.shutdown(wait=True)
        self._over.set()
        self._loops[1].join()
        self._ledger.write(self._system.commits)
        self._system.commits.run(lambda db: heartbeats.deregister(db, self._system))

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            try:
                pause = self._look()
            except Exception:  # a locked or restarting database must not end the worker
                log.exception("the dispatcher could not look for work")
                pause = LOOK_EVERY
            if pause > 0:
                self._bell.wait(pause)

    def _look(self) -> float:
        """Start what can be started; seconds until the next look, 0 where more may be due."""
        looked, free = self._system.clock(), self._threads - len(self._running)
        if self._must_wait():
            return LOOK_EVERY
        moment, begun, taken = self._system.commits.run(lambda db: self._take(db, free))
        for claim in taken:
            with self._lock:
                self._running[_key(claim)] = claim
            self._pool.submit(self._run, claim)
        if begun:
            return 0.0
        if moment is None:
            return LOOK_EVERY
        left = (moment - self._system.clock()).total_seconds()
        # Due before we looked, and not begun: somebody else has it at this moment.
        return min(LOOK_EVERY, max(LOOK_AGAIN if moment <= looked else 0.0, left))

    def _must_wait(self) -> bool:
        """Then nothing is begun: this installation may be a copy, until a person has said which it
        is; or the clock of this machine is far off."""
        if time.monotonic() - self._asked > ASK_EVERY:
            with self._system.db.read() as db:
                self._question = installation.this(db, self._system.config).question
                self._is_in_time = clocks.may_work(db, self._system)
            self._asked = time.monotonic()
        return bool(self._question) or not self._is_in_time

    def _take(self, db: Session, free: int) -> tuple[datetime | None, int, list[Claim]]:
        """The next due moment, how much was due, and the claims for the threads that are free."""
        moment = due.next_moment(db)
        is_due = moment is not None and moment <= self._system.clock()
        begun = due.claim_due(db, self._system) if is_due else 0
        reserved = 1 if self._threads > 1 else 0
        taken = claims.take(db, self._system, free, reserved=reserved) if free > 0 else []
        return moment, begun, taken

    def _run(self, claim: Claim) -> None:
        try:
            pipeline.run(self._system, claim)
        except Exception:  # the lease ends, and the record is taken up again
            log.exception("a publication ended without an outcome", record=claim.record_id)
        finally:
            with self._lock:
                self._running.pop(_key(claim), None)
            self._bell.set()

    def _heartbeat(self) -> None:
        pause = heartbeats.pause(self._system).total_seconds()
        while not self._over.wait(pause):
            try:
                self._system.commits.run(self._sign_of_life)
                self._ledger.write(self._system.commits)
            except Exception:
                log.exception("the heartbeat could not be written")

    def _sign_of_life(self, db: Session) -> None:
        with self._lock:
            ids = {claim.record_id for claim in self._running.values()}
        claims.LEASES.renew(db, self._system, ids)
        self._seen(db)

    def _seen(self, db: Session) -> None:
        ahead = clocks.ahead(self._system) // timedelta(milliseconds=1)
        heartbeats.seen(
            db, self._system, self._threads, clock_ahead_ms=ahead, busy=len(self._running)
        )


def _key(claim: Claim) -> tuple[int, int]:
    return claim.record_id, claim.fence.attempt
