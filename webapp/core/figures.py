"""Figures for operators: what a process has counted, and what all workers have.

A figure is declared by the module that counts it, once, with all its labels; none has a label that
grows with the number of pieces, sites or people. Web processes are asked for theirs (`/metrics`).
A worker has no address: it adds what has come since to rows that all workers share, so their sums
go on when one of them ends, and are read by whichever web process is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import msgspec
import prometheus_client
import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics_core import Metric
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core.clock import utc_now
from webapp.core.db import Base

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
# How a sample's name goes on after its figure's.
ENDINGS = ("_total", "_bucket", "_sum", "_count")


class Figure(Base):
    """Table: one sample of what workers count. `labels` is JSON, with its names in order."""

    __tablename__ = "figures"
    __table_args__ = (sa.UniqueConstraint("name", "labels"), Base.__table_args__)

    name: Mapped[str]
    labels: Mapped[str]
    value: Mapped[float] = mapped_column(sa.Double())


class Sample(NamedTuple):
    """What one figure shows for one set of labels, as in a row."""

    name: str
    labels: str
    value: float


def counter(name: str, what: str, *labels: str) -> Counter:
    """A figure that only grows."""
    return Counter(name, what, labels, registry=REGISTRY)


def moment(name: str, what: str, *labels: str) -> Gauge:
    """A figure that is set: the newest value counts, whoever gave it."""
    return Gauge(name, what, labels, registry=REGISTRY)


def durations(name: str, what: str, *labels: str, buckets: Sequence[float] = SECONDS) -> Histogram:
    """How many took how long, in seconds."""
    return Histogram(name, what, labels, registry=REGISTRY, buckets=buckets)


class Ledger:
    """Adds to the shared rows what this process has counted since it did so last."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def write(self, commits: Any) -> None:
        """One short transaction, and none where nothing was counted. `commits`: core/commits.py."""
        with self._lock:
            sums, newest, written = [], [], {}
            # In one order, so that no two workers wait for each other.
            for one, adds in sorted(_own(), key=lambda found: found[0][:2]):
                key = one.name, one.labels
                before = self._written.get(key)
                if one.value == before:
                    continue
                written[key] = one.value
                if adds:
                    sums.append(one._replace(value=one.value - (before or 0.0))._asdict())
                else:
                    newest.append(one._asdict())
            if written:
                commits.run(lambda db: _add(db, sums, newest))
                self._written |= written


def shared(db: Session) -> list[Sample]:
    """What all workers have counted."""
    return [Sample(*row) for row in db.execute(sa.select(Figure.name, Figure.labels, Figure.value))]


def families(of_workers: Sequence[Sample]) -> Iterator[Metric]:
    """All declared figures: of this web process, and of the workers."""
    by_name: dict[str, list[Sample]] = {}
    for one in of_workers:
        by_name.setdefault(_family(one.name), []).append(one)
    for metric in REGISTRY.collect():
        whole = Metric(metric.name, metric.documentation, metric.type)
        for own in _counted(metric):
            whole.add_sample(own.name, {**own.labels, "process": "web"}, own.value)
        for one in by_name.get(metric.name, ()):
            labels = {**msgspec.json.decode(one.labels), "process": "worker"}
            whole.add_sample(one.name, labels, one.value)
        yield whole


def _own() -> Iterator[tuple[Sample, bool]]:
    """Each with whether it is added up."""
    for metric in REGISTRY.collect():
        for one in _counted(metric):
            labels = msgspec.json.encode(dict(one.labels), order="sorted").decode()
            yield Sample(one.name, labels, float(one.value)), metric.type != "gauge"


def _counted(metric: Metric) -> list[Any]:
    """Its samples, without moments that were never set."""
    return [one for one in metric.samples if metric.type != "gauge" or one.value]


def _family(name: str) -> str:
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


def _add(db: Session, sums: list[dict[str, Any]], newest: list[dict[str, Any]]) -> None:
    table = cast(sa.Table, Figure.__table__)
    dialect: Any = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table)
    given = insert.excluded.value
    for rows, value in ((sums, table.c.value + given), (newest, given)):
        if rows:
            changed = {"value": value, "updated_at": utc_now()}
            db.execute(
                insert.on_conflict_do_update(index_elements=["name", "labels"], set_=changed), rows
            )
