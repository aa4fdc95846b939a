"""Small writes of many threads, committed together.

A worker with thirty publishes in flight would otherwise pay one disk flush per step. Verbs that
arrive while a commit is being flushed go into the next one; news, which nobody waits for, are
held back for a moment so that they need no commit of their own. PostgreSQL groups commits itself:
there each verb has its own transaction, in its own thread, and only news go together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from webapp.core import crossed
from webapp.core.db import Database

T = TypeVar("T")
Verb = Callable[[Session], Any]
log = structlog.get_logger()
LARGEST_GROUP = 64
NEWS_WAITS = 0.01


@dataclass(frozen=True)
class _Given:
    """A verb and where its answer goes; nobody waits for news."""

    verb: Verb
    outcome: Future[Any]
    is_news: bool


class Commits:
    """Runs write verbs. A verb takes a session and may be run again, so it does nothing else."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: SimpleQueue[_Given | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._of_thread = threading.local()

    def run(self, verb: Callable[[Session], T]) -> T:
        """Run the verb and return its answer when it is on disk; raises what it raised.

        What this thread has sent before is there before.
        """
        if not self._db.is_sqlite:
            self._await_news()
            return crossed.again(lambda: self._alone(verb))
        outcome: Future[T] = Future()
        self._give(_Given(verb, outcome, is_news=False))
        return outcome.result()

    def in_background(self, verb: Verb) -> None:
        """Run the verb soon, in the order sent; a failure is logged. For news only."""
        outcome: Future[Any] = Future()
        outcome.add_done_callback(_log_failure)
        self._of_thread.news = outcome
        self._give(_Given(verb, outcome, is_news=True))

    def close(self) -> None:
        """Finish what was given, then stop."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(timeout=30)

    def _alone(self, verb: Callable[[Session], T]) -> T:
        with self._db.write() as session:
            return verb(session)

    def _await_news(self) -> None:
        news: Future[Any] | None = getattr(self._of_thread, "news", None)
        if news is not None:
            wait([news])

    def _give(self, given: _Given) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="commits", daemon=True)
                self._thread.start()
        self._waiting.put(given)

    def _work(self) -> None:
        while True:
            group = self._next_group()
            verbs = [item for item in group if item is not None]
            if verbs:
                self._together(verbs)
            if len(verbs) < len(group):
                return

    def _next_group(self) -> list[_Given | None]:
        """What waits now. News alone wait a little longer for company."""
        group = [self._waiting.get()]
        until = time.monotonic() + NEWS_WAITS
        while (last := group[-1]) is not None and len(group) < LARGEST_GROUP:
            if not last.is_news:
                until = 0.0
            left = until - time.monotonic()
            try:
                group.append(self._waiting.get(left > 0, max(left, 0.0)))
            except Empty:
                break
        return group

    def _together(self, group: list[_Given]) -> None:
        try:
            with self._db.write() as session:
                answers = []
                for given in group:
                    answers.append(given.verb(session))
                    session.flush()
                    session.expunge_all()  # what a later verb reads is what is in the database
        except Exception as problem:
            if len(group) == 1:
                group[0].outcome.set_exception(problem)
                return
            for item in group:  # one bad verb must not take the others with it
                self._together([item])
            return
        for given, answer in zip(group, answers, strict=True):
            given.outcome.set_result(answer)


def _log_failure(outcome: Future[Any]) -> None:
    problem = outcome.exception()
    if problem is not None:
        log.error("a write in the background failed", exc_info=problem)
