"""The editor as a form, without a script: what others did is merged in, and a clash shows both."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from httpx import Response

from tests.editor.conftest import Client, opened, saved
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
    both = ours.replace("<p>The letter", "<p>The sentence.</p>\n<p>The letter")
    assert source(page.text) == both
    form(client, content_id, version(page.text), ours, title="Ours")
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
    assert source(page.text) == BASE.replace("<p>Three", "<p>The letter.</p>\n<p>Three")
    assert desk.content(content_id).html == BASE


def test_saving_once_more_keeps_what_both_wrote(desk: Desk, client: Client) -> None:
    content_id = desk.write(html=BASE)
    desk.edit(content_id, html=BASE.replace("word", "sentence"))
    page = form(client, content_id, "1", BASE.replace("word", "letter"))
    form(client, content_id, version(page.text), source(page.text))
    html = desk.content(content_id).html
    assert html == BASE.replace("<p>The word.</p>", "<p>The sentence.</p>\n<p>The letter.</p>")


def test_what_was_refused_is_merged_when_it_is_saved_again(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Opened", html=BASE)
    desk.edit(content_id, html=BASE.replace("One", "One of theirs"), title="Theirs")
    ours = BASE.replace("Three", "Four")
    page = form(client, content_id, "1", ours, title="Opened", slug="/ no /")
    assert page.status_code == 422
    form(client, content_id, version(page.text), source(page.text), title="Opened", slug="")
    piece = desk.content(content_id)
    assert (piece.html, piece.title) == (ours.replace("One", "One of theirs"), "Theirs")


def test_of_a_version_that_nobody_knows_both_texts_are_kept(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Now", html=BASE)
    page = form(client, content_id, "1+7.1", BASE.replace("word", "letter"), title="Mine")
    assert "Now" in page.text
    form(client, content_id, version(page.text), source(page.text), title="Mine")
    html = desk.content(content_id).html
    assert html == BASE.replace("<p>The word.</p>", "<p>The word.</p>\n<p>The letter.</p>")


def test_a_change_beside_that_waits_for_a_choice_is_in_the_form(desk: Desk, client: Client) -> None:
    content_id = desk.approved(html=BASE)
    with desk.browser(desk.teammate) as other:
        opened_there = opened(other, content_id)
        beside = BASE.replace("word", "letter")
        saved(other, content_id, version=opened_there["version"], html=beside)
    desk.edit(content_id, html=BASE.replace("word", "sentence"), keep_approved=True)
    page = client.get(f"/content/{content_id}/edit?plain=1")
    assert "Typed by Teammate" in page.text
    both = BASE.replace("<p>The word.</p>", "<p>The sentence.</p>\n<p>The letter.</p>")
    assert source(page.text) == both
    done = form(client, content_id, version(page.text), both.replace("Three", "Four"))
    assert done.status_code == 200
    assert opened(client, content_id)["html"] == both.replace("Three", "Four")
