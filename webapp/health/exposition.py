"""All figures as Prometheus' text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa
from prometheus_client import ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric

from webapp.core import connecting, figures
from webapp.core.system import System
from webapp.health import gauges

Told = tuple[list[Metric], list[figures.Sample]]


def of_database(system: System) -> Told:
    """How the installation stands, and what its workers have counted."""
    with system.db.read() as db:
        return list(gauges.of_installation(db, system)), figures.shared(db)


def answers(system: System) -> bool:
    """Whether the database answers by a connection beside the pool, which may be taken. Raises what
    a database raises."""
    if system.db.is_sqlite:
        return False
    with connecting.unpooled(system.config.database_url).connect() as connection:
        return connection.scalar(sa.select(1)) == 1


def text(
    told: Told | None,
    waiting: int | None,
    own: Callable[[], Iterable[Metric]],
    *,
    is_up: bool = False,
) -> bytes:
    """What was `told` by the database and how many wake-ups wait, None where that is not known;
    `own` gives this process's gauges. `is_up`: it has told nothing, and answers nevertheless."""
    up = told is not None or is_up
    stand, counted = told or ([], [])

    def every() -> Iterator[Metric]:
        yield gauges.up("igny8_database_up", "The database answers", answers=up)
        yield gauges.up("igny8_queue_up", "The queue answers", answers=waiting is not None)
        if waiting is not None:
            yield gauges.wakes(waiting)
        yield from own()
        yield from stand
        yield gauges.of_jobs(_intervals())
        yield from figures.families(counted)
        yield from ProcessCollector(registry=None).collect()

    return generate_latest(_Everything(every))


class _Everything:
    """What the library writes out is anything that can be collected."""

    def __init__(self, collect: Callable[[], Iterator[Metric]]) -> None:
        self.collect = collect


def _intervals() -> dict[str, float]:
    # Here, since few installations are ever asked, and the worker's table imports what it runs.
    from webapp import worker

    return worker.intervals()
