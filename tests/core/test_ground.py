"""The fixtures themselves: what all other tests stand on."""

from __future__ import annotations

import httpx
import pytest
import redis
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving, answer_json, lose_answer, status


@pytest.mark.both_databases
def test_a_piece_goes_out_through_the_whole_pipeline(desk: Desk) -> None:
    desk.connect()
    content_id = desk.published(title="A first piece")
    assert desk.content(content_id).external_url.endswith("/sites/gazette/a-first-piece")
    assert desk.content(content_id).site_status == "published"


def test_the_client_is_signed_in(client: TestClient[Litestar]) -> None:
    assert client.get("/healthz").json() == {"alive": True}


def test_redis_is_of_its_own(redis_url: str) -> None:
    assert redis.Redis.from_url(redis_url).ping()


def test_an_answer_is_lost_after_the_work_was_done(misbehaving: Misbehaving) -> None:
    misbehaving.on("POST", "/work", answer_json({"done": True}), status(503, Retry_After="7"))
    with Misbehaving(upstream=misbehaving.url) as proxy:
        proxy.on("POST", "/work", lose_answer())
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{proxy.url}/work", json={"n": 1})
        proxy.forget()
        assert httpx.post(f"{proxy.url}/work").headers["retry-after"] == "7"
    assert misbehaving.hits[0].json() == {"n": 1}
    assert len(misbehaving.hits) == 2
