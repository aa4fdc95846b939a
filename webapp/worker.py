"""The worker process: the jobs, the periodic table, the runner.

All periodic work is on this page. Each job is harmless when it runs twice at the same time, since
every worker runs the table.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from huey import MemoryHuey, crontab
from huey.consumer import Consumer

from webapp import housekeeping
from webapp.backups import daily
from webapp.config import Config
from webapp.core import clock, figures, trail
from webapp.core import system as systems
from webapp.core.system import System
from webapp.integrations import fetching, installation
from webapp.publisher.delivery import drift, due, failures, findability, reconcile, telling
from webapp.publisher.delivery.collecting import Collector
from webapp.publisher.delivery.runner import Runner
from webapp.publisher.planning import autopilot, deployments
from webapp.publisher.records import counters
from webapp.writer import allowed

log = structlog.get_logger()
_RUNS = figures.counter("igny8_job_runs", "Periodic jobs that were run", "name", "outcome")
_SECONDS = figures.durations("igny8_job_seconds", "How long a periodic job took", "name")
_SUCCESS = figures.moment(
    "igny8_job_last_success_timestamp_seconds", "When a periodic job last ended well", "name"
)

PERIODIC = (
    # name, when (UTC), what
    ("schedule_approved_content", crontab(minute="*/15"), autopilot.run),
    ("process_scheduled_publications", crontab(minute="*"), due.claim_all),
    ("go_on_with_deployments", crontab(minute="*"), deployments.run),
    ("reconcile", crontab(minute="*"), reconcile.find_stuck),
    ("verify_again", crontab(minute="*"), reconcile.verify_again),
    ("clean_up_destinations", crontab(minute="*"), reconcile.clean_up_destinations),
    ("look_for_drift", crontab(minute="37"), drift.look_everywhere),
    ("check_integration_health", crontab(minute="*/5"), reconcile.check_health),
    ("look_whether_found", crontab(minute="*/10"), findability.look_at_recent),
    ("fetch_structures", crontab(minute="41"), fetching.fetch_overdue),
    ("compact_counters", crontab(minute="*/5"), counters.compact),
    ("cleanup_failed_publications", crontab(minute="0", hour="0"), failures.clean_up),
    ("back_up", crontab(minute="*/15"), daily.back_up),
    ("raise_stamp", crontab(minute="7", hour="3"), installation.raise_stamp),
    ("prune", crontab(minute="17", hour="3"), housekeeping.prune),
)


def run(config: Config) -> None:
    """Work until SIGTERM or SIGINT; a publication in flight is finished first."""
    system = systems.create(config, takes_jobs=True)
    clock.use(system.clock)
    allowed.use(allowed.policy_of(config))
    installation.begin(system)
    runner = Runner(system, config.workers)
    register(system, runner)
    collector = Collector(system)
    queue = system.jobs.consumer()  # what it needs of the database is asked for before work begins
    runner.start()
    collector.start()
    log.info("worker started", owner=system.owner, threads=config.workers)
    table = periodic(system)
    begin(table)
    try:
        queue.run()
    finally:
        table.stop(graceful=True)
        collector.stop()
        runner.stop()
        system.close()
        log.info("worker stopped")


def register(system: System, runner: Runner) -> None:
    """Say what is done for each job that a web process enqueues."""
    system.jobs.register("publish", runner.nudge)
    system.jobs.register("clean_up", lambda: reconcile.clean_up_destinations(system))
    system.jobs.register("deploy", lambda *ids: deployments.run(system, ids))
    system.jobs.register("look", lambda *ids: drift.look_afresh(system, *ids))
    system.jobs.register("look_at_pieces", lambda *ids: drift.look_at_pieces(system, *ids))
    system.jobs.register("assign", lambda *sites: _assign(system, runner, sites))
    telling.begin()


def periodic(system: System) -> Consumer:
    """Runs the table within this process: a queue that is away keeps nothing of it back."""
    huey = MemoryHuey("igny8", results=False)
    for name, when, work in PERIODIC:
        for outcome in ("done", "failed"):
            _RUNS.labels(name, outcome)
        huey.periodic_task(when, name=name)(lambda name=name, work=work: _run(name, system, work))
    return huey.create_consumer(workers=2, initial_delay=1.0, max_delay=1.0)


def begin(table: Consumer) -> None:
    """Not by its `start`, which takes the process's signals: the queue's consumer does."""
    for thread in (table.scheduler, *(thread for _, thread in table.worker_threads)):
        thread.start()


def _run(name: str, system: System, work: Callable[[System], None]) -> None:
    """One run of a periodic job, told and counted. The next one comes whatever it met."""
    began = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request=trail.new_id(), job=name):
        try:
            work(system)
        except Exception:
            _RUNS.labels(name, "failed").inc()
            log.exception("a job failed")
        else:
            _RUNS.labels(name, "done").inc()
            _SUCCESS.labels(name).set(system.clock().timestamp())
        _SECONDS.labels(name).observe(time.perf_counter() - began)


def intervals() -> dict[str, float]:
    """Of each periodic job, how many seconds lie between two of its times."""
    day = [datetime(2001, 1, 1, n // 60, n % 60, tzinfo=UTC) for n in range(24 * 60)]
    return {name: 86_400 / sum(when(one) for one in day) for name, when, _ in PERIODIC}


def _assign(system: System, runner: Runner, sites: tuple[int, ...]) -> None:
    """After an approval or a change of these sites' settings; one may also have been resumed."""
    runner.nudge()
    autopilot.run(system, sites)
