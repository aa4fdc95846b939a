"""Figures: what is counted where, that reading them is cheap, and that they never become many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http import HTTPMethod

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families as read

from tests.conftest import MakeSystem
from tests.support.application import open_client
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.config import Config
from webapp.core.figures import Ledger
from webapp.core.system import System
from webapp.health import gauges
from webapp.publisher.delivery import claims, heartbeats, telling
from webapp.publisher.records.models import PublishingRecord

TOKEN = "a-token-of-the-tests-for-figures"
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]
LABELS = {
    *("process", "action", "mode", "outcome", "code", "step", "missed", "name", "le", "level"),
    *("route", "method", "status", "lane", "state", "bucket", "kind", "health", "worker"),
    *("version", "schema", "python"),
}


@pytest.fixture
def operator(make_system: MakeSystem, config: Config, desk: Desk) -> Iterator[TestClient[Litestar]]:
    with open_client(make_system(replace(config, metrics_token=TOKEN))) as client:
        yield client


def figures(client: TestClient[Litestar]) -> Figures:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in read(answer.text)
        for one in family.samples
    }


def one(found: Figures, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def queued(found: Figures) -> dict[tuple[str, str], float]:
    return {
        (dict(labels)["lane"], dict(labels)["state"]): value
        for (name, labels), value in found.items()
        if name == "igny8_queue_records"
    }


@pytest.mark.both_databases
def test_the_queue_is_told_by_lane_and_state_with_its_age_and_its_noughts(
    desk: Desk, operator: TestClient[Litestar], clock: object
) -> None:
    desk.connect()
    found = figures(operator)
    assert len(queued(found)) == len(gauges.LANES) * len(gauges.STATES)
    assert set(queued(found).values()) == {0.0}
    assert one(found, "igny8_database_up") == one(found, "igny8_queue_up") == 1
    ids = [desk.publish(desk.approved()) for _ in range(4)]
    past = desk.system.clock() - timedelta(seconds=90)
    with desk.system.db.write() as db:
        records = [db.get_one(PublishingRecord, one) for one in ids]
        records[0].next_attempt_at = past
        records[1].next_attempt_at = desk.system.clock() + timedelta(hours=1)
        records[2].status, records[2].started_at = "publishing", past
        records[3].status, records[3].lease_until = "publishing", desk.system.clock()
    waiting = desk.approved()
    with desk.changing(waiting) as (_, content):
        content.site_status, content.scheduled_publish_at = "scheduled", past
    found = figures(operator)
    states = {state: count for (lane, state), count in queued(found).items() if lane == "manual"}
    assert states == {"due": 1, "waiting": 1, "paused": 0, "publishing": 1, "unclear": 1}
    assert one(found, "igny8_queue_oldest_seconds", lane="manual", state="due") == 90
    assert one(found, "igny8_queue_oldest_seconds", lane="manual", state="unclear") == 90
    assert one(found, "igny8_queue_oldest_seconds", lane="bulk", state="due") == 0
    assert one(found, "igny8_overdue_contents") == 1
    assert one(found, "igny8_overdue_oldest_seconds") == 90
    assert one(found, "igny8_contents", bucket="scheduled") == 1
    with desk.system.db.write() as db:
        integration = desk.integration()
        db.merge(integration).paused_at = past
    assert queued(figures(operator))["manual", "paused"] == 1
    assert one(figures(operator), "igny8_destinations", health="paused") == 1


@pytest.mark.both_databases
def test_workers_add_to_one_sum_and_it_outlives_them(
    desk: Desk, website: Website, operator: TestClient[Litestar]
) -> None:
    desk.connect("test", base_url=website.url)
    telling.begin()
    first, second = Ledger(), Ledger()
    first.write(desk.system.commits)
    before = figures(operator)
    website.fail("publish", "permanent")
    for _ in range(3):
        desk.publish(desk.approved())
    desk.run_worker()
    first.write(desk.system.commits)
    first.write(desk.system.commits)
    after = figures(operator)

    def grown(name: str, **labels: str) -> float:
        found = {"process": "worker", **labels}
        return one(after, name, **found) - one(before, name, **found)

    said = {"action": "publish", "mode": "manual"}
    assert grown("igny8_attempts_total", **said, outcome="published") == 2
    assert grown("igny8_attempts_total", **said, outcome="failed") == 1
    assert grown("igny8_attempts_total", **said, outcome="unclear") == 0
    assert grown("igny8_attempt_failures_total", code="CONTENT_INVALID") == 1
    assert grown("igny8_attempt_failures_total", code="DESTINATION_TIMEOUT") == 0
    assert grown("igny8_step_seconds_count", step="validation") == 3
    assert grown("igny8_attempt_seconds_count", action="publish") == 3
    second.write(desk.system.commits)  # of another worker: nothing of the first is lost
    both = figures(operator)
    key = {"process": "worker", **said, "outcome": "published"}
    total = one(both, "igny8_attempts_total", **key)
    assert total == 2 * one(after, "igny8_attempts_total", **key)


def test_one_website_spoils_no_sum_of_all(
    desk: Desk, website: Website, operator: TestClient[Litestar]
) -> None:
    """It tells how long its steps took, in ms."""
    told = {40: 0.04, 0: 0, -(10**9): 0, 10**400: 600, float("inf"): 600, float("nan"): 0}
    desk.connect("test", base_url=website.url)
    desk.publish(desk.approved())
    with desk.system.db.write() as db:
        [claim] = claims.take(db, desk.system, 8)
    ledger, process = Ledger(), {"process": "worker", "step": "taxonomies"}
    telling.begin()
    ledger.write(desk.system.commits)
    before = one(figures(operator), "igny8_step_seconds_sum", **process)
    for ms in (*told, "9" * 5000, "soon", None, [1]):
        telling.Telling(claim).there([{"step": "taxonomies", "ms": ms}])
    ledger.write(desk.system.commits)
    after = one(figures(operator), "igny8_step_seconds_sum", **process)
    assert after - before == pytest.approx(sum(told.values()))


def test_a_worker_tells_of_itself(desk: Desk, operator: TestClient[Litestar]) -> None:
    with desk.system.db.write() as db:
        heartbeats.seen(db, desk.system, threads=8, clock_ahead_ms=1500, busy=3)
    found = figures(operator)
    host, pid, *_, own = desk.system.owner.split(":")
    name = f"{host}:{pid}:{own}"
    assert one(found, "igny8_workers") == 1
    assert one(found, "igny8_worker_busy_threads", worker=name) == 3
    assert one(found, "igny8_worker_threads", worker=name) == 8
    assert one(found, "igny8_worker_clock_ahead_seconds", worker=name) == 1.5
    assert one(found, "igny8_worker_memory_bytes", worker=name) > 10**7


def test_two_containers_of_one_host_name_are_two_workers(
    desk: Desk, make_system: MakeSystem, operator: TestClient[Litestar]
) -> None:
    other = make_system()
    assert other.owner.split(":")[:2] == desk.system.owner.split(":")[:2]
    for system in (desk.system, other):
        with system.db.write() as db:
            heartbeats.seen(db, system, threads=8)
    assert one(figures(operator), "igny8_workers") == 2


def test_requests_are_counted_by_route_and_never_by_address(
    desk: Desk, operator: TestClient[Litestar]
) -> None:
    content_id = desk.write()
    desk.sign_in(operator, desk.owner)
    for _ in range(3):
        assert operator.get(f"/content/{content_id}").status_code == 200
    operator.get("/no/such/place/1")
    operator.get("/no/such/place/2")
    operator.request("BREW", "/review")
    found = figures(operator)
    own = {"process": "web", "method": "GET"}
    route = "/content/{content_id}"
    assert one(found, "igny8_http_requests_total", **own, route=route, status="200") >= 3
    assert one(found, "igny8_http_request_seconds_count", **own, route=route) >= 3
    routes = {dict(labels).get("route", "") for _, labels in found}
    assert not any("such" in one or one.endswith(f"/{content_id}") for one in routes)
    methods = {dict(labels).get("method") for _, labels in found}
    assert {"OTHER"} < methods <= {None, "OTHER", *HTTPMethod}
    assert {name for _, labels in found for name, _ in labels} <= LABELS


@contextmanager
def statements(system: System) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(system.db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(system.db.engine, "before_cursor_execute", note)


def test_reading_them_looks_through_no_large_table(desk: Desk) -> None:
    with statements(desk.system) as asked, desk.system.db.read() as db:
        list(gauges.of_installation(db, desk.system))
    questions = [one for one in asked if one.startswith("SELECT")]
    assert len(questions) <= 7
    plans = []
    with desk.system.db.engine.connect() as connection:
        for question in questions:
            explain = f"EXPLAIN QUERY PLAN {question}".replace("?", "0")
            plans += [row.detail for row in connection.exec_driver_sql(explain)]
    assert any("ix_contents_due" in plan for plan in plans), plans
    assert any("publishing_records" in plan for plan in plans), plans
    large = ("SCAN contents", "SCAN publishing_records", "SCAN publish_events")
    scans = [plan for plan in plans if plan.startswith(large) and "INDEX" not in plan]
    assert scans == []


def test_what_is_away_is_said_and_hides_nothing_else(
    make_system: MakeSystem, config: Config
) -> None:
    broken = replace(config, metrics_token=TOKEN, queue_url="redis://127.0.0.1:1/0")
    with open_client(make_system(broken)) as client:
        found = figures(client)
    assert one(found, "igny8_queue_up") == 0
    assert one(found, "igny8_database_up") == 1
    assert ("igny8_wakes_waiting", frozenset()) not in found
    assert one(found, "igny8_workers") == 0
