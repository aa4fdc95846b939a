"""The worker's own engine: one dispatcher that claims, threads that publish, one heartbeat.

Huey and the web process only ring the bell. Should no bell come, the dispatcher looks by itself
four times a second, so that due times and retries start on their moment.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import structlog

from webapp.core.system import System
from webapp.publisher import claims, due, pipeline
from webapp.publisher.claims import Claim

log = structlog.get_logger()
LOOK_EVERY = 0.25


class Runner:
    """Runs publications in `threads` threads until stopped."""

    def __init__(self, system: System, threads: int) -> None:
        self._system = system
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="publish")
        self._bell = threading.Event()
        self._stopping = threading.Event()
        # By record and attempt: an attempt that lost its lease may still run beside its successor.
        self._running: dict[tuple[int, int], Claim] = {}
        self._lock = threading.Lock()
        self._loops = [
            threading.Thread(target=self._dispatch, name="dispatcher"),
            threading.Thread(target=self._heartbeat, name="heartbeat", daemon=True),
        ]

    def start(self) -> None:
        """Take back what a dead predecessor on this host held, then begin."""
        self._system.commits.run(lambda db: claims.release_dead(db, self._system))
        self._system.commits.run(lambda db: claims.renew(db, self._system, [], self._threads))
        for loop in self._loops:
            loop.start()

    def nudge(self) -> None:
        """There may be work: look now."""
        self._bell.set()

    def stop(self) -> None:
        """Take nothing new, finish what is in flight, sign off."""
        self._stopping.set()
        self._bell.set()
        self._loops[0].join()
        self._pool.shutdown(wait=True)
        self._system.commits.run(lambda db: claims.sign_off(db, self._system))

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            self._bell.clear()
            try:
                found = self._look()
            except Exception:  # a locked or restarting database must not end the worker
                log.exception("the dispatcher could not look for work")
                found = False
            if not found:
                self._bell.wait(LOOK_EVERY)

    def _look(self) -> bool:
        """Start what can be started; True where there may be more at once."""
        system = self._system
        now = system.clock()
        free = self._threads - len(self._running)
        with system.db.read() as db:
            is_due = due.any_due(db, now)
            work = is_due or (free > 0 and claims.has_work(db, now))
        if is_due:
            system.commits.run(lambda db: due.claim_due(db, system))
        if not work or free <= 0:
            return False
        reserved = 1 if self._threads > 1 else 0
        taken = system.commits.run(lambda db: claims.take(db, system, free, reserved=reserved))
        for claim in taken:
            with self._lock:
                self._running[_key(claim)] = claim
            self._pool.submit(self._run, claim)
        return bool(taken)

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
        pause = self._system.config.lease_seconds / 3
        while not self._stopping.wait(pause) or self._running:
            with self._lock:
                ids = {claim.record_id for claim in self._running.values()}
            try:
                self._system.commits.run(
                    lambda db, ids=ids: claims.renew(db, self._system, ids, self._threads)  # type: ignore[misc]
                )
            except Exception:
                log.exception("the heartbeat could not be written")
            if self._stopping.is_set() and not self._running:
                return


def _key(claim: Claim) -> tuple[int, int]:
    return claim.record_id, claim.fence.attempt
