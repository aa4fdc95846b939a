"""What probes and pages say while the database, the queue or workers are away: the truth, soon."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from tests.conftest import MakeSystem, own_postgres
from tests.support.application import open_client
from tests.support.desk import Desk
from tests.support.postgres import Postgres
from tests.support.processes import free_port, kill, spawn, wait_until
from webapp.config import Config
from webapp.core import away

pytestmark = pytest.mark.heavy
NOBODY = "redis://127.0.0.1:1/0"
SOON = 10.0


class Site:
    """A web process on a PostgreSQL of its own, without Redis and without a worker."""

    def __init__(self, server: Postgres, directory: Path) -> None:
        self.server = server
        self.url = server.url(server.create())
        port = free_port()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=SOON)
        env = {
            **os.environ,
            "IGNY8_VAR": str(directory),
            "IGNY8_DATABASE_URL": self.url,
            "IGNY8_QUEUE_URL": NOBODY,
            "IGNY8_PORT": str(port),
        }
        command = [sys.executable, "-m", "webapp.cli", "web"]
        self._process = spawn(command, directory / "web.log", env=env)
        wait_until(self._answers, "the web process")

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def stop(self) -> None:
        self.client.close()
        kill(self._process)

    def _answers(self) -> bool:
        try:
            return self.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with own_postgres() as server:
        made = Site(server, tmp_path)
        yield made
        made.stop()


def test_probes_say_what_a_web_process_can_do(site: Site) -> None:
    ready = site.get("/readyz")
    assert ready.status_code == 200
    checks = ready.json()["checks"]
    assert {name for name, check in checks.items() if not check["ok"]} == {"queue", "worker"}
    assert site.client.head("/readyz").status_code == 200
    with psycopg.connect(site.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        ready = site.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["migrations"]["message"]) == (
            200,
            "A newer release has migrated it, and this one works with it.",
        )
        connection.execute("UPDATE schema_floor SET revision = '9999'")
        ready = site.get("/readyz")
        assert ready.status_code == 503
        assert "Stop this one" in ready.json()["checks"]["migrations"]["message"]
        connection.execute("UPDATE schema_floor SET revision = '0001'")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        assert site.get("/readyz").status_code == 503
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        wait_until(lambda: site.get("/readyz").status_code == 503, "a database that is read only")
    with site.server.frozen():
        assert site.get("/healthz").json() == {"alive": True}
        assert site.client.head("/healthz").status_code == 200
        unready = site.get("/readyz")
        assert (unready.status_code, unready.headers["retry-after"]) == (503, "5")
        figures = site.get("/metrics")
        assert figures.status_code == 200
        assert "igny8_database_up 0.0" in figures.text
        assert "igny8_event_streams 0.0" in figures.text


def test_what_a_database_that_is_away_keeps_from_people_and_programs_is_said(site: Site) -> None:
    form = {"email": "nobody@desk.example", "password": "not the one"}
    assert site.client.post("/sign-in", data=form).status_code != 503
    site.server.stop()
    asked = {"Authorization": "Bearer ig8_nobody"}
    told = site.get("/api/v1/auth/me/", headers=asked)
    assert (told.status_code, told.json()["error"]["code"]) == (503, "DATABASE_AWAY")
    assert told.headers["retry-after"] == "5"
    page = site.get("/review", headers={"Cookie": "igny8_session=ses_nobody"})
    assert page.status_code == 503
    assert "The database cannot be reached right now." in page.text
    assert site.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("state", "is_away"),
    [("53300", True), ("08006", True), ("57P03", True), ("55P03", True), ("42P01", False)],
)
def test_what_is_away_and_what_is_a_bug(state: str, is_away: bool) -> None:
    error = psycopg.errors.lookup(state)("said by the server")
    problem = sa.exc.DBAPIError("SELECT 1", {}, error)
    assert bool(away.said_of(problem)) is is_away
    assert not away.said_of(ValueError("database is locked"))
    assert away.said_of(sa.exc.TimeoutError("QueuePool limit"))


def test_a_pool_that_is_taken_is_no_database_that_is_away(
    postgres: Postgres, postgres_template: str, config: Config, make_system: MakeSystem
) -> None:
    url = postgres.url(postgres.create(postgres_template))
    token = "a-token-of-the-tests-for-figures"
    used = replace(config, database_url=url, database_connections=4, metrics_token=token)
    system = make_system(used)
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(system.db.engine.connect())
        client = stack.enter_context(open_client(system))
        told = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    assert "igny8_database_up 1.0" in told, "it is this process that is full"


def test_a_file_that_cannot_be_written_is_not_ready(desk: Desk) -> None:
    with desk.browser(desk.owner) as client:
        assert client.get("/readyz").status_code == 200
        with desk.system.db.write() as db:
            db.execute(sa.text("SELECT 1"))
            assert client.get("/readyz").status_code == 200, "somebody writes: it can be written"
