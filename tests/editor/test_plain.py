"""The editor as a form, without a script: what others did is merged in, and a clash shows both."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from httpx import Response

from tests.editor.conftest import Client, saved
from tests.support.desk import Desk

BASE = "<p>One.</p>\n<p>The word.</p>\n<p>Three.</p>"


def form(client: Client, content_id: int, version: str, html: str, **typed: Any) -> Response:
    sent = {"version": version, "html": html.replace("\n", "\r\n"), **typed}
    return client.post(f"/content/{content_id}/edit", data=sent)


def source(page: str) -> str:
    [found] = re.findall(r'<textarea[^>]*id="field-html"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return unescape(found)


def version(page: str) -> str:
    return str(re.findall(r'name="version" value="([^"]+)"', page)[0])


def test_what_another_did_elsewhere_is_merged(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Opened", excerpt="Short.", html=BASE)
    desk.edit(content_id, html=BASE.replace("One", "One of theirs"), title="Theirs")
    ours = BASE.replace("Three", "Three of ours")
    done = form(client, content_id, "1", ours, title="Opened", excerpt="Ours.")
    assert done.status_code == 200
    piece = desk.content(content_id)
    assert piece.html == ours.replace("One", "One of theirs")
    assert (piece.title, piece.excerpt) == ("Theirs", "Ours.")


def test_a_clash_shows_both_and_loses_nothing(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Opened", html=BASE)
    with desk.browser(desk.teammate) as other:
        theirs, fields = BASE.replace("word", "sentence"), {"title": ("Theirs", "Opened")}
        saved(other, content_id, version="1", html=theirs, fields=fields)
    ours = BASE.replace("word", "letter").replace("Three", "Four")
    page = form(client, content_id, "1", ours, title="Ours", act="submit")
    assert page.status_code == 409
    for words in ("The sentence.", "The letter.", "Theirs", "Ours", "Saved by Teammate"):
        assert words in page.text
    piece = desk.content(content_id)
    assert (piece.title, piece.status) == ("Theirs", "draft")
    assert piece.html == theirs.replace("Three", "Four")
    assert source(page.text) == ours
    form(client, content_id, version(page.text), source(page.text), title="Ours")
    piece = desk.content(content_id)
    assert (piece.html, piece.title) == (ours, "Ours")


def test_a_version_that_nobody_knows_is_no_reason_to_write_over_another(
    desk: Desk, client: Client
) -> None:
    content_id = desk.write(html=BASE)
    ours = BASE.replace("word", "letter")
    page = form(client, content_id, "1+7.1", ours)
    assert page.status_code == 409
    assert "The text as it is stored now" in page.text
    assert source(page.text) == ours
    assert desk.content(content_id).html == BASE
