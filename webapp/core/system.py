"""What one process holds: made once at start, handed to whoever needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from webapp.config import Config
from webapp.core import private, processes, running
from webapp.core.clock import Clock, DatabaseClock
from webapp.core.clock import host as clock_of_host
from webapp.core.commits import Commits
from webapp.core.connecting import Limits
from webapp.core.db import Database
from webapp.core.http import OutboundHttp
from webapp.core.jobs import Jobs
from webapp.core.notices import Notices
from webapp.core.secrets import Secrets
from webapp.core.shared_redis import Post, Rest


@dataclass
class System:
    """The process's database, gate, secrets, job queue and clock. `lock` says to others that it has
    the database open."""

    config: Config
    db: Database
    commits: Commits
    secrets: Secrets
    http: OutboundHttp
    jobs: Jobs
    notices: Notices
    lock: IO[str] | None = None
    clock: Clock = clock_of_host
    owner: str = field(default_factory=processes.name_of)

    def close(self) -> None:
        self.commits.close()
        self.http.close()
        self.db.dispose()
        if self.lock is not None:
            self.lock.close()


def limits(config: Config, longest: int = 0) -> Limits:
    """How a process of this installation uses PostgreSQL."""
    return Limits(config.database_connections, longest, config.pgbouncer)


def create(config: Config, *, longest: int = 0, takes_jobs: bool = False) -> System:
    """Open everything one process needs; nothing is contacted yet. `longest`: as of Limits."""
    rest = Rest("the queue" if config.queue_url.startswith("sqlite") else "Redis")
    for url in (config.database_url, config.queue_url):
        private.database(url)
    private.repair(config.var, (config.database_url, config.queue_url))
    post = None if config.queue_url.startswith("sqlite") else Post(config.queue_url, rest)
    lock = running.share(config.database_url)
    db = Database(config.database_url, limits(config, longest))
    clock: Clock = clock_of_host if config.is_sqlite else DatabaseClock(db.time)
    return System(
        config=config,
        db=db,
        commits=Commits(db),
        secrets=Secrets(config.secret_keys),
        http=OutboundHttp(
            allow_private=config.allow_private_destinations, own_url=config.public_url
        ),
        jobs=Jobs(config.queue_url, lambda: db.name, rest, post, takes=takes_jobs),
        notices=Notices(lambda: db.name, post),
        lock=lock,
        clock=clock,
    )
