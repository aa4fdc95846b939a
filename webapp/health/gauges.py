"""How things stand at this moment, for whoever watches many installations.

Every question is answered by an index over what is active, or by counts that are kept, so that it
costs the same whether a site has a hundred pieces or a million. What is nought is said to be so.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy.orm import Session

from webapp.core import migrate, vitals
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import clocks, due, heartbeats, unclear
from webapp.publisher.records import counters, records, states
from webapp.publisher.records.models import (
    IS_ACTIVE,
    ContentTally,
    PublishingRecord,
    PublishingSettings,
    UndoAction,
    WorkerProcess,
)

LANES = {records.MANUAL_LANE: "manual", records.SCHEDULED_LANE: "scheduled", 2: "bulk"}
# Of a record: may begin; waits for its next try; its site or destination is paused; a worker has
# it; nobody knows whether it was done.
STATES = ("due", "waiting", "paused", "publishing", "unclear")
HEALTH = ("healthy", "degraded", "down", "unknown", "paused")
KINDS = (unclear.ASK, unclear.ABANDON, unclear.LOOK)
Values = Mapping[Any, float]  # by the labels' values, a tuple


def of_installation(db: Session, system: System) -> Iterator[Metric]:
    """What all web processes answer alike."""
    now = system.clock()
    yield from _queue(db, now)
    yield from _contents(db, now)
    yield from _leftovers(db, now)
    yield _destinations(db)
    yield from _workers(db)


def of_process(
    system: System, streams: int, threads: tuple[float, float, float]
) -> Iterator[Metric]:
    """What this web process is and holds. `threads`: busy ones, all, and requests that wait."""
    build = vitals.release(), migrate.needed(), platform.python_version()
    yield _gauge(
        "igny8_build_info", "What runs here", ("version", "schema", "python"), {build: 1.0}
    )
    in_use, most = vitals.connections(system.db.engine)
    for name, what, value in (
        ("igny8_database_connections", "Connections of this process in use", in_use),
        ("igny8_database_connections_limit", "How many it may have", most),
        ("igny8_event_streams", "Tabs that listen to this process", streams),
        ("igny8_request_threads_busy", "Threads that answer requests now", threads[0]),
        ("igny8_request_threads_limit", "How many of them there may be", threads[1]),
        ("igny8_request_threads_waiting", "Requests that wait for a thread", threads[2]),
        (
            "igny8_clock_ahead_seconds",
            "By how much this machine's clock is ahead of the database's",
            clocks.ahead(system).total_seconds(),
        ),
    ):
        yield _gauge(name, what, (), {(): float(value)})


def of_jobs(intervals: Mapping[str, float]) -> Metric:
    """How often each periodic job is meant to run."""
    return _gauge(
        "igny8_job_interval_seconds",
        "Seconds between two runs of a periodic job",
        ("name",),
        {(name,): seconds for name, seconds in intervals.items()},
    )


def up(name: str, what: str, *, answers: bool) -> Metric:
    """Whether something that we stand on has answered."""
    return _gauge(name, what, (), {(): float(answers)})


def wakes(waiting: int) -> Metric:
    return _gauge("igny8_wakes_waiting", "Wake-ups that no worker has taken yet", (), {(): waiting})


def _queue(db: Session, now: datetime) -> Iterator[Metric]:
    row = PublishingRecord
    is_paused = sa.or_(
        sa.and_(row.mode == "scheduled", row.site_id.in_(_PAUSED_SITES)),
        row.integration_id.in_(_PAUSED_DESTINATIONS),
    )
    state = sa.case(
        (sa.and_(row.status == states.PUBLISHING, row.lease_until.is_(None)), "unclear"),
        (row.status == states.PUBLISHING, "publishing"),
        (row.next_attempt_at > now, "waiting"),
        (is_paused, "paused"),
        else_="due",
    ).label("state")
    since = sa.func.min(
        sa.case((row.status == states.PENDING, row.next_attempt_at), else_=row.started_at)
    )
    query = sa.select(row.lane, state, sa.func.count(), since).where(IS_ACTIVE)
    found = {
        (LANES.get(lane, "bulk"), state): (float(count), _age(oldest, now))
        for lane, state, count, oldest in db.execute(query.group_by(row.lane, "state"))
    }
    every = [(lane, state) for lane in LANES.values() for state in STATES]
    labels = ("lane", "state")
    yield _gauge(
        "igny8_queue_records",
        "Publications on their way",
        labels,
        {key: found.get(key, (0.0, 0.0))[0] for key in every},
    )
    yield _gauge(
        "igny8_queue_oldest_seconds",
        "For how long the oldest of them has been due, or was begun",
        labels,
        {key: found.get(key, (0.0, 0.0))[1] for key in every},
    )


def _contents(db: Session, now: datetime) -> Iterator[Metric]:
    kept = sa.select(ContentTally.bucket, sa.func.sum(ContentTally.count))
    found = {
        str(bucket): float(count)
        for bucket, count in db.execute(kept.group_by(ContentTally.bucket))
    }
    yield _gauge(
        "igny8_contents",
        "Pieces by where they stand",
        ("bucket",),
        {(bucket,): found.get(bucket, 0.0) for bucket in counters.BUCKETS},
    )
    number, oldest = due.standing(db, now)
    yield _gauge(
        "igny8_overdue_contents",
        "Pieces whose time has come and that were not begun",
        (),
        {(): number},
    )
    yield _gauge(
        "igny8_overdue_oldest_seconds",
        "For how long the oldest of them",
        (),
        {(): _age(oldest, now)},
    )


def _leftovers(db: Session, now: datetime) -> Iterator[Metric]:
    query = sa.select(UndoAction.kind, sa.func.count(), sa.func.min(UndoAction.created_at))
    found = {row[0]: row[1:] for row in db.execute(query.group_by(UndoAction.kind))}
    yield _gauge(
        "igny8_questions_waiting",
        "What destinations are still to be asked: to drop what is left, or what became of it",
        ("kind",),
        {(kind,): float(found[kind][0]) if kind in found else 0.0 for kind in KINDS},
    )
    yield _gauge(
        "igny8_questions_oldest_seconds",
        "For how long the oldest of them",
        ("kind",),
        {(kind,): _age(found[kind][1], now) if kind in found else 0.0 for kind in KINDS},
    )


def _destinations(db: Session) -> Metric:
    row = SiteIntegration
    health = sa.case((row.paused_at.is_not(None), "paused"), else_=row.health).label("stands")
    query = sa.select(health, sa.func.count()).where(row.is_active).group_by("stands")
    found = {name: float(count) for name, count in db.execute(query)}
    return _gauge(
        "igny8_destinations",
        "Active connections with websites by their health",
        ("health",),
        {(name,): found.get(name, 0.0) for name in HEALTH},
    )


def _workers(db: Session) -> Iterator[Metric]:
    row = WorkerProcess
    query = sa.select(
        row.owner, row.host, row.pid, row.threads, row.clock_ahead_ms, row.figures
    ).where(heartbeats.seen_lately())
    # Two containers may have host and pid in common; the end of a name is its own.
    found = {
        f"{one.host}:{one.pid}:{one.owner.rpartition(':')[2]}": one for one in db.execute(query)
    }
    yield _gauge("igny8_workers", "Workers seen in the last minute", (), {(): float(len(found))})
    info = {(name, str(one.figures.get("version", ""))): 1.0 for name, one in found.items()}
    yield _gauge("igny8_worker_info", "Which release a worker runs", ("worker", "version"), info)
    own = {
        "threads": ("Publications that it does at once, at most", lambda one: one.threads),
        "clock_ahead_seconds": (
            "By how much its clock is ahead of the database's",
            lambda one: one.clock_ahead_ms / 1000,
        ),
        "busy_threads": ("Publications that it does now", _told("busy")),
        "connections": ("Connections to the database in use", _told("connections")),
        "connections_limit": ("How many it may have", _told("connections_limit")),
        "memory_bytes": ("Its memory", _told("memory")),
        "cpu_seconds": ("Seconds of the processor since its start", _told("cpu")),
    }
    for name, (what, value) in own.items():
        values = {(worker,): float(value(one)) for worker, one in found.items()}
        yield _gauge(f"igny8_worker_{name}", what, ("worker",), values)


def _told(name: str) -> Any:
    return lambda one: one.figures.get(name, 0)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def _gauge(name: str, what: str, labels: tuple[str, ...], values: Values) -> Metric:
    family = GaugeMetricFamily(name, what, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


_PAUSED_SITES = sa.select(PublishingSettings.site_id).where(PublishingSettings.paused)
_PAUSED_DESTINATIONS = sa.select(SiteIntegration.id).where(SiteIntegration.paused_at.is_not(None))
