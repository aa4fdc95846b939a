"""Saying something about a piece, with and without a script."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.writer.models import ReviewComment

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}


def test_it_is_said_and_shown(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    answer = client.post(f"/content/{content_id}/comments", data={"text": " Good. "}, headers=HTMX)
    assert answer.status_code == 200
    assert "Good." in answer.text
    assert [(one.kind, one.text) for one in desk.rows(ReviewComment)] == [("comment", "Good.")]
    plain = client.post(f"/content/{content_id}/comments", data={"text": "Two."})
    assert plain.url.path == f"/review/{content_id}"


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_001])
def test_what_cannot_be_said_is_refused_beside_its_field(
    desk: Desk, client: Client, text: str
) -> None:
    content_id = desk.write(title="A piece of its own")
    path = f"/content/{content_id}/comments"
    part = client.post(path, data={"text": text}, headers=HTMX)
    page = client.post(path, data={"text": text})
    for answer in (part, page):
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert "<html" not in part.text
    assert "Back to the piece" in page.text
    assert desk.rows(ReviewComment) == []


def test_markup_stays_text(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    said = {"text": "<img src=x onerror=alert(1)>"}
    answer = client.post(f"/content/{content_id}/comments", data=said, headers=HTMX)
    assert "&lt;img" in answer.text
    assert "<img" not in answer.text


def test_a_text_within_a_page_says_that_nobody_is_signed_in(desk: Desk, client: Client) -> None:
    """The sign-in page, to which others are led, may stand in no frame."""
    content_id = desk.write()
    client.cookies.clear()
    headers = {"Sec-Fetch-Dest": "iframe"}
    answer = client.get(f"/content/{content_id}/preview", headers=headers, follow_redirects=False)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
