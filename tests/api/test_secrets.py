"""Planted secrets are found nowhere: not in answers, not in logs, not in the database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.api.conftest import Api, MakeApi
from tests.support import misbehaving as how
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from tests.support.misbehaving import Misbehaving
from webapp.core import log as logs
from webapp.core.db import Base

CONNECTIONS = "/api/v1/integration/integrations"


def test_keys_and_passwords_are_found_nowhere(
    api: Api,
    api_of: MakeApi,
    desk: Desk,
    misbehaving: Misbehaving,
    capfd: pytest.CaptureFixture[str],
) -> None:
    logs.configure("json")
    body = {"site_id": desk.site.id, "platform": "wordpress", "base_url": misbehaving.url}
    key = api.post(CONNECTIONS, json=body).json()["data"]["api_key"]
    token = api.headers["Authorization"].removeprefix("Bearer ")
    misbehaving.on("*", "*", how.status(500, f"it broke with {key}"))
    content_id = desk.approved()
    desk.publish(content_id)
    desk.run_worker_once()
    said = [
        answer.text
        for answer in (
            api.post(f"{CONNECTIONS}/1/test/"),
            api.get(f"{CONNECTIONS}/1/health/"),
            api.get(f"{CONNECTIONS}/1/"),
            api.get("/api/v1/publisher/records/1/"),
            api.get("/api/v1/publisher/records/1/events/"),
            api.post("/api/v1/writer/content/1/dry-run/"),
            api.get("/api/v1/auth/me/"),
            api_of(key=f"{key}x").get("/api/v1/auth/me/"),
            api.get("/metrics"),
        )
    ]
    assert len(misbehaving.hits) > 0
    assert any(key in hit.headers.get("Authorization", "") for hit in misbehaving.hits)
    desk.system.commits.run(lambda _: None)
    with desk.system.db.read() as db:
        stored = [repr(db.execute(sa.select(table)).all()) for table in Base.metadata.sorted_tables]
    out = capfd.readouterr()
    for secret in (key, token, PASSWORD):
        for place, text in (("answers", said), ("database", stored), ("logs", [*out])):
            assert not any(secret in one for one in text), f"{secret[:8]}… is in {place}"
