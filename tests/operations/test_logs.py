"""Web and worker on PostgreSQL and Redis: one id runs from the click to the website, and a service
that is away fills no log."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from tests.conftest import missing, own_postgres
from tests.destinations.product import Product
from tests.support.plain_http import NO_TLS
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from tests.support.redis_server import RedisMissing, RedisServer
from webapp.accounts import setup
from webapp.integrations.base import STEPS

pytestmark = pytest.mark.heavy
OWN_ID = "a-click-of-the-tests-1"
# Long enough for each loop of each process to meet what is away, several times.
AWAY_SECONDS = float(os.environ.get("IGNY8_TEST_AWAY_SECONDS", "4"))
MOST_LINES = 20  # a minute, of one process, for one cause


class House:
    """The installation with what it stands on, and a person's program that calls it."""

    def __init__(self, product: Product, postgres: Postgres, redis: RedisServer) -> None:
        self.product, self.postgres, self.redis = product, postgres, redis
        desk = product.desk
        with product.system.db.write() as db:
            token = setup.token_for(db, product.system, desk.owner.email, "tests", [])
        self.client = httpx.Client(
            base_url=product.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            verify=NO_TLS,
        )

    def click(self, content_id: int, **headers: str) -> httpx.Response:
        return self.client.post(f"/api/v1/writer/content/{content_id}/publish/", headers=headers)

    def lines(self, kind: str) -> list[dict[str, Any]]:
        """All that the processes of a kind have said."""
        return [json.loads(line) for line in self.product.log(kind).splitlines()]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as stack:
        postgres = stack.enter_context(own_postgres())
        try:
            redis = RedisServer()
        except RedisMissing as reason:
            missing(reason)
            raise
        stack.callback(redis.stop)
        redis.start()
        product = Product(
            tmp_path_factory.mktemp("house"),
            IGNY8_DATABASE_URL=postgres.url(postgres.create()),
            IGNY8_QUEUE_URL=redis.url,
            IGNY8_LEASE_SECONDS="2",
            IGNY8_VERIFY_SECONDS="0.1",
        )
        stack.callback(product.stop)
        product.desk.connect()
        product.start_web()
        product.start_worker()
        yield House(product, postgres, redis)


def test_one_id_runs_from_the_click_to_the_website_and_back(house: House) -> None:
    content_id = house.product.desk.approved()
    answer = house.click(content_id, **{"X-Request-Id": OWN_ID})
    assert answer.status_code == 202
    assert answer.headers["x-request-id"] == OWN_ID
    [record] = house.product.settle([content_id])
    assert (record.status, record.request_id) == ("published", OWN_ID)

    def mine(kind: str) -> list[dict[str, Any]]:
        return [line for line in house.lines(kind) if line.get("request") == OWN_ID]

    wait_until(lambda: any(one["event"] == "attempt" for one in mine("worker")), "its end")
    click, *looked = mine("web")
    assert click["route"] == "POST /api/v1/writer/content/{content_id}/publish"
    assert (click["status"], click["content"], click["site"]) == (202, content_id, record.site_id)
    assert click["ms"] > 0
    assert any("/public/" in one["route"] or "/sites/" in one["route"] for one in looked), looked
    steps = [one for one in mine("worker") if one["event"] == "step"]
    assert [one["step"] for one in steps] == list(STEPS)
    ends = [one for one in mine("worker") if one["event"] == "attempt"]
    assert [one["outcome"] for one in ends] == ["published"]
    for line in [*steps, *ends]:
        assert (line["content"], line["site"], line["record"]) == (
            content_id,
            record.site_id,
            record.id,
        )
        assert line["ms"] >= 0


@contextmanager
def counted(house: House, most: int = MOST_LINES) -> Iterator[None]:
    """No process says more about what happens meanwhile; requests that are answered aside."""
    before = {kind: len(house.lines(kind)) for kind in ("web", "worker")}
    yield
    for kind, number in before.items():
        said = [
            line
            for line in house.lines(kind)[number:]
            if not (line["event"] in ("request", "step", "attempt") and "problem" not in line)
        ]
        assert len(said) <= most, Counter(line["event"] for line in said)
        bugs = [line["exception"] for line in said if "exception" in line]
        assert bugs == [], "a service away is no bug"


def busy(house: House, seconds: float, *, answers: bool) -> None:
    """People go on working meanwhile."""
    content_id = house.product.desk.approved() if answers else 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        asked = house.click(content_id) if answers else house.client.get("/api/v1/writer/content/")
        assert (asked.status_code < 500) is answers, asked.text
        time.sleep(0.1)


def test_a_redis_that_is_killed_or_frozen_fills_no_log(house: House) -> None:
    with counted(house):
        house.redis.kill()
        busy(house, AWAY_SECONDS, answers=True)
        house.redis.start()
    with counted(house), house.redis.frozen():
        busy(house, AWAY_SECONDS, answers=True)
    assert house.client.get("/readyz").status_code == 200


def test_a_postgresql_that_is_killed_fills_no_log(house: House) -> None:
    with counted(house):
        house.postgres.crash()
        busy(house, AWAY_SECONDS, answers=False)
        house.postgres.serve()
    wait_until(lambda: house.client.get("/readyz").status_code == 200, "the database")
    content_id = house.product.desk.approved()
    assert house.click(content_id).status_code == 202
    assert house.product.settle([content_id])[0].status == "published"
    with counted(house, most=3):  # and it is quiet again
        time.sleep(1)
