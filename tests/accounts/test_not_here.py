"""What is not there is said within the frame of our pages, to whoever is signed in."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from webapp.core.system import System

PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/nowhere", "/content/999999"])
def test_a_page_that_is_not_there_has_its_frame_and_says_it_once(desk: Desk, path: str) -> None:
    with desk.browser(desk.owner) as browser:
        answer = browser.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert answer.text.count("There is nothing here") == 2, "the title and the heading"
    assert "Perhaps it was deleted" in answer.text
    assert '<nav class="nav"' in answer.text
    assert '<a class="btn" href="/review">Go to Review</a>' in answer.text
    assert 'id="site-side"' in answer.text, "the site can be switched"
    assert 'id="user-menu"' in answer.text


def test_where_the_database_does_not_answer_the_page_goes_without_its_frame(
    desk: Desk, system: System
) -> None:
    with desk.browser(desk.owner) as browser:
        with system.db.write() as db:
            db.execute(sa.text("ALTER TABLE site_integrations RENAME TO away"))
        answer = browser.get("/nowhere", headers=PAGE)
    assert answer.status_code == 404
    assert "Perhaps it was deleted" in answer.text
    assert '<nav class="nav"' in answer.text
    assert 'id="site-side"' not in answer.text


def test_strangers_see_no_frame(desk: Desk) -> None:
    with desk.browser(None) as browser:
        answer = browser.get("/nowhere", headers=PAGE)
    assert answer.status_code == 404
    assert '<nav class="nav"' not in answer.text
    assert '<a class="btn" href="/sign-in">Sign in</a>' in answer.text


def test_every_browser_finds_the_picture_of_the_page(desk: Desk) -> None:
    with desk.browser(None) as browser:
        answer = browser.get("/favicon.ico")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
