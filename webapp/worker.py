"""The worker process: the jobs, the periodic table, the runner.

All periodic work is on this page. Each job is harmless when it runs twice at the same time, since
every worker runs the table.
"""

from __future__ import annotations

import structlog
from huey import MemoryHuey, crontab
from huey.consumer import Consumer

from webapp import housekeeping
from webapp.backups import daily
from webapp.config import Config
from webapp.core import clock
from webapp.core import log as logs
from webapp.core import system as systems
from webapp.core.system import System
from webapp.integrations import installation
from webapp.publisher.delivery import due, failures, reconcile
from webapp.publisher.delivery.runner import Runner
from webapp.publisher.planning import autopilot
from webapp.publisher.records import counters
from webapp.writer import allowed

log = structlog.get_logger()

PERIODIC = (
    # name, when (UTC), what
    ("schedule_approved_content", crontab(minute="*/15"), autopilot.run),
    ("process_scheduled_publications", crontab(minute="*"), due.claim_all),
    ("reconcile", crontab(minute="*"), reconcile.find_stuck),
    ("verify_again", crontab(minute="*"), reconcile.verify_again),
    ("clean_up_destinations", crontab(minute="*"), reconcile.clean_up_destinations),
    ("check_integration_health", crontab(minute="*/5"), reconcile.check_health),
    ("compact_counters", crontab(minute="*/5"), counters.compact),
    ("cleanup_failed_publications", crontab(minute="0", hour="0"), failures.clean_up),
    ("back_up", crontab(minute="*/15"), daily.back_up),
    ("raise_stamp", crontab(minute="7", hour="3"), installation.raise_stamp),
    ("prune", crontab(minute="17", hour="3"), housekeeping.prune),
)


def run(config: Config) -> None:
    """Work until SIGTERM or SIGINT; a publication in flight is finished first."""
    logs.configure(config.log)
    system = systems.create(config, takes_jobs=True)
    clock.use(system.clock)
    allowed.use(allowed.policy_of(config))
    installation.begin(system)
    runner = Runner(system, config.workers)
    register(system, runner)
    runner.start()
    log.info("worker started", owner=system.owner, threads=config.workers)
    table = periodic(system)
    begin(table)
    try:
        system.jobs.consumer().run()
    finally:
        table.stop(graceful=True)
        runner.stop()
        system.close()
        log.info("worker stopped")


def register(system: System, runner: Runner) -> None:
    """Say what is done for each job that a web process enqueues."""
    system.jobs.register("publish", runner.nudge)
    system.jobs.register("clean_up", lambda: reconcile.clean_up_destinations(system))
    system.jobs.register("assign", lambda *sites: _assign(system, runner, sites))


def periodic(system: System) -> Consumer:
    """Runs the table within this process: a queue that is away keeps nothing of it back."""
    huey = MemoryHuey("igny8", results=False)
    for name, when, work in PERIODIC:
        huey.periodic_task(when, name=name)(lambda work=work: work(system))
    return huey.create_consumer(workers=2, initial_delay=1.0, max_delay=1.0)


def begin(table: Consumer) -> None:
    """Not by its `start`, which takes the process's signals: the queue's consumer does."""
    for thread in (table.scheduler, *(thread for _, thread in table.worker_threads)):
        thread.start()


def _assign(system: System, runner: Runner, sites: tuple[int, ...]) -> None:
    """After an approval or a change of these sites' settings; one may also have been resumed."""
    runner.nudge()
    autopilot.run(system, sites)
