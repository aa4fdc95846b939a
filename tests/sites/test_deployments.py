"""The pages of deployments: what is offered, what was sent, what a click meets."""

from __future__ import annotations

import re

import pytest

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.publisher.planning import deployments
from webapp.publisher.records.models import DeploymentItem, DeploymentRecord


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def test_as_many_as_the_page_said_are_sent(desk: Desk, website: Website) -> None:
    desk.approved(title="The first")
    desk.published()
    with desk.browser(desk.teammate) as browser:
        address = f"/settings/sites/{desk.site.id}/deployments"
        page = browser.get(address).text
        assert re.findall(r"Publish (\d+ pieces?) now", page) == ["1 piece", "2 pieces"]
        sent = {"deployment_type": "incremental", "shown": "1"}
        desk.approved(title="Approved meanwhile")
        answer = browser.post(address, data=sent)
        assert answer.status_code == 409
        assert "There are more, or fewer, pieces than the page showed" in answer.text
        assert desk.rows(DeploymentRecord) == []
        shown = browser.post(address, data={**sent, "shown": "2"}).text
        assert "0 of 2 pieces through" in shown
        assert "The first" in shown
        assert "A deployment goes on" in browser.get(address).text
        deployments.run(desk.system)
        desk.run_worker()
        shown = browser.get("/settings/deployments/1").text
        assert "2 of 2 pieces through" in shown
        assert "Withdraw what has not begun" not in shown


def test_why_a_piece_was_not_sent_stands_beside_it(desk: Desk, website: Website) -> None:
    content_id = desk.approved(title="Edited since")
    desk.approved()
    desk.deploy(deployments.INCREMENTAL)
    desk.edit(content_id, title="Edited since, indeed")
    deployments.run(desk.system)
    with desk.browser(desk.viewer) as browser:
        shown = browser.get("/settings/deployments/1?state=failed").text
        assert "Edited since, indeed" in shown
        assert "The text was edited after it was approved. Approve it again." in shown
        assert "Withdraw what" not in shown
        assert len(desk.rows(DeploymentItem)) == 2


def test_pieces_are_listed_page_by_page(desk: Desk, website: Website) -> None:
    titles = [f"Piece with the number {number}" for number in range(101, 161)]
    for title in titles:
        desk.approved(title=title)
    desk.deploy()
    with desk.browser(desk.owner) as browser:
        address, found = "/settings/deployments/1", []
        for _ in range(2):
            page = browser.get(address).text
            found += re.findall(r"Piece with the number \d+", page)
            following = re.search(r'href="([^"]+after=\d+)"', page)
            address = following[1].replace("&amp;", "&") if following else ""
        assert (found, address) == (titles, "")


def test_withdrawing_what_has_ended_shows_its_end(desk: Desk, website: Website) -> None:
    desk.approved()
    desk.deploy()
    deployments.run(desk.system)
    desk.run_worker()
    deployments.run(desk.system)
    with desk.browser(desk.owner) as browser:
        shown = browser.post("/settings/deployments/1/cancellation").text
    assert 'data-state="completed"' in shown
