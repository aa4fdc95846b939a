"""How a connection stands is said truly, and alike, wherever people are told of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.support import misbehaving as does
from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from webapp.core.codes import Code, sentence
from webapp.core.notices import Notice
from webapp.integrations import keys, standing
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile

Client = TestClient[Litestar]
ANSWERS = {
    "plugin_missing": (does.status(404), Code.PLUGIN_MISSING),
    "key_refused": (does.answer_json({"code": "rest_forbidden"}, 401), Code.INVALID_CREDENTIALS),
    "down": (does.status(500), Code.DESTINATION_ERROR),
    "no_answer": (does.reset(), Code.DESTINATION_UNREACHABLE),
}


def places(client: Client, desk: Desk) -> dict[str, str]:
    """Every page that words a connection's health."""
    content_id = desk.write()
    paths = {
        "line": "/layout/line",
        "sites": "/settings/sites",
        "card": f"/settings/sites/{desk.site.id}",
        "calendar": "/publisher/content-calendar",
        "checks": f"/content/{content_id}",
    }
    return {name: client.get(path).text for name, path in paths.items()}


@pytest.mark.both_databases
@pytest.mark.parametrize("state", ANSWERS)
def test_each_place_says_the_true_reason(
    desk: Desk, client: Client, misbehaving: Misbehaving, state: str
) -> None:
    fault, code = ANSWERS[state]
    misbehaving.on("*", "*", fault)
    reconcile.check_one(desk.system, desk.connect("wordpress", misbehaving.url))
    for name, page in places(client, desk).items():
        assert sentence(code)[:40].replace("'", "&#39;") in page, name
        assert "does not answer." not in page.replace("plugin does not answer", ""), name
        assert f'data-state="{state}"' in page or name in ("line", "checks"), name


def test_a_key_that_was_ended_is_said_at_once_and_everywhere(desk: Desk, client: Client) -> None:
    connection = desk.connect("wordpress", "https://gazette.example")
    working(desk, connection)
    before = told(desk)
    answer = client.post(f"/settings/integrations/{connection}/key/end", data={"which": "all"})
    assert answer.status_code == 200
    assert told(desk) == before + 1, "open pages hear of it"
    for name, page in places(client, desk).items():
        assert "This connection has no key" in page, name
        assert "Make a new key" in page, name
        assert 'data-state="healthy"' not in page, name
    assert desk.integration(connection).health == "down", "programs read it too"
    client.post(f"/settings/integrations/{connection}/key")
    assert told(desk) == before + 2
    assert all("has no key" not in page for page in places(client, desk).values())
    assert desk.integration(connection).health == "unknown"


def test_what_was_found_at_another_address_is_not_said_of_this_one(
    desk: Desk, client: Client
) -> None:
    connection = desk.connect("wordpress", "https://gazette.example")
    for address, health in (
        ("https://gazette.example/blog", "unknown"),
        ("https://other.example", "down"),
    ):
        working(desk, connection)
        client.post(
            f"/settings/integrations/{connection}/changes",
            data={"base_url": address, "ends_key": "yes"},
        )
        assert desk.integration(connection).health == health
        assert 'data-state="healthy"' not in client.get("/settings/sites").text


def test_a_rotated_key_works_on(desk: Desk, client: Client) -> None:
    connection = desk.connect("wordpress", "https://gazette.example")
    working(desk, connection)
    client.post(f"/settings/integrations/{connection}/key")
    client.post(f"/settings/integrations/{connection}/key/end", data={"which": "old"})
    assert desk.integration(connection).health == "healthy"


def test_a_pause_says_why_the_last_test_failed(desk: Desk) -> None:
    connection = desk.connect()
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, connection)
        row.health, row.paused_at = "down", desk.system.clock()
        row.health_report = {"message": "The website refused our key."}
        how = standing.of_integration(row)
        assert how.state == "paused"
        assert how.reason.endswith("The website refused our key.")
        keys.end_all(row)
        assert standing.of_integration(row).state == "no_key", "no test can succeed"


def working(desk: Desk, connection: int) -> None:
    """As after a test that found nothing wrong."""
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, connection)
        row.health, row.health_report = "healthy", {"message": "", "checks": {}, "report": {}}


def told(desk: Desk) -> int:
    """How many notices of connections were sent."""
    desk.system.commits.run(lambda _: None)
    with desk.system.db.read() as db:
        topic = Notice.topic == "integration"
        return db.scalar(sa.select(sa.func.count()).select_from(Notice).where(topic)) or 0


def test_a_key_ends_by_another_address_only_when_that_was_said(desk: Desk, client: Client) -> None:
    connection = desk.connect("wordpress", "https://gazette.example")
    path = f"/settings/integrations/{connection}/changes"
    page = client.post(path, data={"base_url": "https://other.example"}).text
    assert "At https://other.example this key ends" in page
    assert desk.integration(connection).base_url == "https://gazette.example"
    assert desk.integration(connection).credentials
    client.post(path, data={"base_url": "https://other.example", "ends_key": "yes"})
    assert desk.integration(connection).base_url == "https://other.example"
    assert not desk.integration(connection).credentials


def test_ending_a_key_asks_once(desk: Desk, client: Client) -> None:
    desk.connect("wordpress", "https://gazette.example")
    page = client.get(f"/settings/sites/{desk.site.id}").text
    assert "Yes, end this key" in page
