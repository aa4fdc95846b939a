"""An edit of an older version: refused as ever, and merged where that is asked for."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk

Client = TestClient[Litestar]
TEXT = "<p>One word here.</p>\n<p>And another there.</p>"


def piece(desk: Desk, client: Client, **theirs: Any) -> int:
    """Somebody has edited it after the caller read version 1."""
    content_id = desk.write(html=TEXT, title="A title", excerpt="Said")
    path = f"/api/v1/writer/content/{content_id}/"
    assert client.patch(path, json={"version": 1, **theirs}).status_code == 200
    return content_id


def send(client: Client, content_id: int, **ours: Any) -> Any:
    return client.patch(f"/api/v1/writer/content/{content_id}/", json={"version": 1, **ours})


def test_an_old_version_is_refused_as_ever(desk: Desk, client: Client) -> None:
    content_id = piece(desk, client, title="Theirs")
    assert send(client, content_id, excerpt="Ours").status_code == 409


def test_edits_at_different_places_become_one(desk: Desk, client: Client) -> None:
    content_id = piece(desk, client, html=TEXT.replace("One", "Their"), title="Theirs")
    ours = TEXT.replace("another", "our")
    answer = send(client, content_id, html=ours, excerpt="Ours", merge=True)
    assert answer.status_code == 200
    now = desk.content(content_id)
    assert now.html == TEXT.replace("One", "Their").replace("another", "our")
    assert (now.title, now.excerpt, now.version) == ("Theirs", "Ours", 3)


def test_what_both_have_changed_is_named_and_nothing_is_written(desk: Desk, client: Client) -> None:
    content_id = piece(desk, client, html=TEXT.replace("One", "Their"), title="Theirs")
    ours = TEXT.replace("One", "Our").replace("another", "our")
    answer = send(client, content_id, html=ours, title="Ours", excerpt="Ours", merge=True)
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "VERSION_CONFLICT"
    assert error["details"]["version"] == 2
    found = [(one["field"], one["theirs"], one["ours"]) for one in error["details"]["clashes"]]
    assert found == [("title", "Theirs", "Ours"), ("html", "Their", "Our")]
    now = desk.content(content_id)
    assert (now.title, now.excerpt, now.version) == ("Theirs", "Said", 2)


def test_the_same_edit_is_no_clash_and_terms_are_wholes(desk: Desk, client: Client) -> None:
    content_id = piece(desk, client, title="Same", tags=[{"name": "Milk"}])
    answer = send(client, content_id, title="Same", excerpt="Ours", merge=True)
    assert answer.status_code == 200
    refused = send(client, content_id, tags=[{"name": "Tea"}], merge=True)
    assert [one["field"] for one in refused.json()["error"]["details"]["clashes"]] == ["tags"]


def test_a_version_that_nobody_keeps_is_a_conflict(desk: Desk, client: Client) -> None:
    content_id = piece(desk, client, title="Theirs")
    answer = client.patch(
        f"/api/v1/writer/content/{content_id}/", json={"version": 99, "title": "x", "merge": True}
    )
    assert answer.status_code == 409
