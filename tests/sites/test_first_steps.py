"""The three steps of a new site tick themselves, from rows and never from a flag."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}
STEP = re.compile(r'first-step (is-\w+)?\s*" data-first-step="(\w+)"( aria-current="step")?')


@pytest.fixture
def path(desk: Desk) -> str:
    return f"/settings/sites/{desk.site.id}"


def steps(client: Client, path: str) -> dict[str, str]:
    """Each step with its state, "" for one that is to come; none where the block is gone."""
    page, part = (client.get(path).text, client.get(f"{path}/steps", headers=HTMX).text)
    found = {name: state for state, name, _ in STEP.findall(page)}
    assert found == {name: state for state, name, _ in STEP.findall(part)}, "page and part differ"
    assert [name for name, state in found.items() if state == "is-next"] == [
        name for _, name, is_current in STEP.findall(page) if is_current
    ]
    return found


def test_a_new_site_is_to_be_connected(client: Client, path: str) -> None:
    assert steps(client, path) == {"site": "is-done", "connect": "is-next", "piece": ""}
    page = client.get(path).text
    assert page.count("Connect WordPress") == 1, "the form stands in its step, and only there"
    assert re.search(r'<details[^>]* id="connect-wordpress" open>', page)


def test_a_connection_counts_once_a_test_succeeded(client: Client, desk: Desk, path: str) -> None:
    made = desk.connect()
    assert steps(client, path)["connect"] == "is-next"
    assert "Test the connection" in client.get(path).text
    reconcile.check_one(desk.system, made)
    assert steps(client, path) == {"site": "is-done", "connect": "is-done", "piece": "is-next"}


def test_a_test_that_failed_keeps_the_step_open(client: Client, desk: Desk, path: str) -> None:
    made = desk.connect("wordpress", "http://127.0.0.1:9")
    reconcile.check_one(desk.system, made)
    assert steps(client, path)["connect"] == "is-next"
    assert "its last test failed" in client.get(path).text


def test_a_time_ticks_the_last_and_the_block_is_gone(client: Client, desk: Desk, path: str) -> None:
    reconcile.check_one(desk.system, desk.connect())
    content_id = desk.approved()
    assert "Open the calendar" in client.get(path).text
    desk.schedule(content_id, 3600)
    assert steps(client, path) == {}
    assert "first-steps" not in client.get(path).text
    part = client.get(f"{path}/steps", headers=HTMX).text
    assert "All three steps are done." in part


def test_steps_tick_in_any_order_and_untick_with_the_rows(
    client: Client, desk: Desk, path: str
) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    assert steps(client, path) == {"site": "is-done", "connect": "is-next", "piece": "is-done"}
    with desk.changing(content_id) as (_, content):
        content.site_status, content.scheduled_publish_at = "not_published", None
    assert steps(client, path)["piece"] == ""


def test_what_has_published_is_done_whatever_becomes_of_its_connection(
    client: Client, desk: Desk, path: str, clock: FakeClock
) -> None:
    made = desk.connect()
    desk.published()
    assert steps(client, path) == {}
    clock.now += timedelta(days=300)
    with desk.system.db.write() as db:
        db.execute(
            sa.update(SiteIntegration)
            .where(SiteIntegration.id == made)
            .values(health="down", is_active=False, is_default=False)
        )
    assert steps(client, path) == {}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("", "Pieces arrive through the API"),
        ("draft", "There is a draft"),
        ("review", "waits for a"),
    ],
)
def test_the_last_step_leads_to_the_piece_that_is_nearest(
    client: Client, desk: Desk, path: str, status: str, words: str
) -> None:
    reconcile.check_one(desk.system, desk.connect())
    if status:
        content_id = desk.write()
        if status == "review":
            client.post(f"/content/{content_id}/submission")
    assert words in client.get(path).text


def test_who_only_looks_is_offered_nothing(desk: Desk, path: str) -> None:
    with desk.browser(desk.viewer) as client:
        assert steps(client, path)["connect"] == "is-next"
        page = client.get(path).text
    assert "An admin connects it." in page
    assert "Connect WordPress" not in page


def test_the_part_alone_leads_to_its_page(client: Client, path: str) -> None:
    answer = client.get(f"{path}/steps", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_what_is_wrong_with_connecting_stands_in_the_step(client: Client, path: str) -> None:
    given = {"platform": "wordpress", "base_url": "nonsense", "default_author": "a@b.example"}
    page = client.post(f"{path}/integrations", data=given)
    assert page.status_code == 422
    assert page.text.count('id="wordpress-base_url-wrong"') == 1
    assert 'value="nonsense"' in page.text
    assert 'value="a@b.example"' in page.text
