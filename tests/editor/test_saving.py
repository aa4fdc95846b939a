"""What the editor sends is saved: all of it that can be, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.writer.models import WorkingChange

Client = TestClient[Litestar]


def opened(client: Client, content_id: int) -> dict[str, Any]:
    answer = client.get(f"/content/{content_id}/draft")
    assert answer.status_code == 200
    return dict(answer.json())


def send(client: Client, content_id: int, **sent: Any) -> Response:
    fields = {
        name: {"to": to, "was": was} for name, (to, was) in sent.pop("fields", {}).items()
    }
    return client.post(f"/content/{content_id}/draft", json={**sent, "fields": fields})


def saved(client: Client, content_id: int, **sent: Any) -> dict[str, Any]:
    answer = send(client, content_id, **sent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_text_comes_and_goes_byte_for_byte(desk: Desk, client: Client) -> None:
    text = "\n<p>a&nbsp;b &amp c</p>\r\n<!-- wp:x {\"a\":1} /-->\r<br/>\n\n"
    content_id = desk.write(html=text)
    piece = opened(client, content_id)
    assert piece["html"] == text
    done = saved(client, content_id, version=piece["version"], html=text + "<p>more</p>\r\n")
    assert desk.content(content_id).html == text + "<p>more</p>\r\n"
    assert done["html"] is None
    assert done["version"] == "2"


def test_what_is_wrong_keeps_nothing_else_from_being_saved(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Before", slug="before")
    done = saved(
        client,
        content_id,
        version="1",
        html="<p>New text.</p>",
        fields={"slug": ("not a slug!", "before"), "title": ("After", "Before")},
    )
    piece = desk.content(content_id)
    assert set(done["wrong"]) == {"slug"}
    assert (piece.title, piece.slug, piece.html) == ("After", "before", "<p>New text.</p>")
    nothing = saved(client, content_id, version="2", fields={"title": ("  ", "After")})
    assert set(nothing["wrong"]) == {"title"}
    assert desk.content(content_id).version == 2


def test_pages(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    for path in ("/content/new", f"/content/{content_id}/edit", f"/content/{content_id}/edit?plain=true", f"/content/{content_id}/edit/standing",f"/content/{content_id}/edit/checks"):
        answer = client.get(path)
        assert answer.status_code == 200, answer.text[-3000:]
