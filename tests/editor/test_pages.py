"""The editor's pages: beginning a piece, the plain form, and who is here."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import cluster, opened, saved
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.accounts.models import User
from webapp.editor import newlines, presence, view
from webapp.editor.models import OpenEditor
from webapp.writer.models import Content, Image

Client = TestClient[Litestar]


def test_a_title_is_enough_to_begin(desk: Desk, client: Client) -> None:
    assert "Gazette" in client.get("/content/new").text
    given = {"site_id": str(desk.site.id), "title": " A new piece "}
    made = client.post("/content/new", data=given)
    assert made.status_code == 200
    assert made.url.path.endswith("/edit")
    piece = desk.content(int(made.url.path.split("/")[2]))
    assert (piece.title, piece.status, piece.slug) == ("A new piece", "draft", "a-new-piece")


@pytest.mark.parametrize(("site", "title", "wrong"), [("", "A", "Choose"), ("own", " ", "title")])
def test_what_is_missing_is_said_beside_its_field(
    desk: Desk, client: Client, site: str, title: str, wrong: str
) -> None:
    site_id = str(desk.site.id) if site else ""
    answer = client.post("/content/new", data={"site_id": site_id, "title": title})
    assert answer.status_code == 422
    assert wrong in answer.text
    assert 'class="wrong"' in answer.text


def test_a_piece_begins_as_the_copy_of_another(desk: Desk, client: Client) -> None:
    first = desk.approved(title="Original", tags=[{"name": "One"}], excerpt="Said.")
    desk.add_image(first, image_type="featured", url="https://pictures.example/1.jpg", alt="One")
    made = client.post(f"/content/{first}/duplicate")
    second = int(made.url.path.split("/")[2])
    piece = desk.content(second)
    assert (piece.title, piece.status, piece.slug) == ("Original (copy)", "draft", "original-copy")
    assert piece.html == desk.content(first).html
    assert opened(client, second)["fields"]["tags"] == "One"
    pictures = [(one.content_id, one.alt, one.ref) for one in desk.rows(Image)]
    assert [one[1:] for one in pictures if one[0] == second] == [
        one[1:] for one in pictures if one[0] == first
    ]


def form(client: Client, content_id: int, **changed: str) -> dict[str, str]:
    """The plain form as a browser sends it: each line of a text ends with CR LF."""
    piece = opened(client, content_id)
    texts = {**piece["fields"], "html": piece["html"], **changed}
    sent = {name: "\r\n".join(text.splitlines()) for name, text in texts.items()}
    sent["html"] = texts["html"].replace("\r\n", "\n").replace("\n", "\r\n")
    return {**sent, "version": piece["version"]}


def test_a_plain_form_changes_only_what_was_typed(desk: Desk, client: Client) -> None:
    html = "<p>One</p>\n<p>Two</p>\r\n<p>Three</p>\n"
    content_id = desk.write(html=html, excerpt="A\nB", tags=[{"name": "x"}, {"name": "y"}])
    client.post(f"/content/{content_id}/edit", data=form(client, content_id))
    assert desk.content(content_id).version == 1
    changed = html.replace("Two", "Two and a half")
    done = client.post(
        f"/content/{content_id}/edit", data=form(client, content_id, html=changed, title="New")
    )
    assert done.url.path == f"/content/{content_id}/edit"
    piece = desk.content(content_id)
    assert (piece.title, piece.excerpt) == ("New", "A\nB")
    assert [line for line in piece.html.splitlines(keepends=True) if "Two" not in line] == [
        "<p>One</p>\n",
        "<p>Three</p>\n",
    ]


def test_a_plain_form_keeps_what_was_typed_when_it_is_refused(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    sent = form(client, content_id, html="<p>Typed & kept</p>", slug="no slug!", title="Kept title")
    refused = client.post(f"/content/{content_id}/edit", data=sent)
    assert refused.status_code == 422
    for text in ("&lt;p&gt;Typed &amp; kept&lt;/p&gt;", "no slug!", "Kept title"):
        assert text in refused.text
    desk.edit(content_id, title="Meanwhile", html="<p>Stored now</p>")
    refused = client.post(f"/content/{content_id}/edit", data={**sent, "slug": "a-slug"})
    assert refused.status_code == 409
    assert "&lt;p&gt;Typed &amp; kept&lt;/p&gt;" in refused.text
    assert "&lt;p&gt;Stored now&lt;/p&gt;" in refused.text
    assert desk.content(content_id).title == "Meanwhile"


def test_a_plain_form_hands_a_draft_over(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    sent = form(client, content_id, title="Handed over")
    client.post(f"/content/{content_id}/edit", data={**sent, "act": "submit"})
    piece = desk.content(content_id)
    assert (piece.title, piece.status) == ("Handed over", "review")


@pytest.mark.parametrize(
    ("opened_text", "sent", "kept"),
    [
        ("a\nb", "a\r\nc", "a\nc"),
        ("a\r\nb\r\n", "a\r\nb\r\nx\r\n", "a\r\nb\r\nx\r\n"),
        ("a\nb\r\nc\n", "a\r\nb\r\nd\r\nc\r\n", "a\nb\r\nd\nc\n"),
        ("a\rb", "a\r\nb", "a\rb"),
        ("", "x\r\ny", "x\ny"),
    ],
)
def test_lines_end_as_they_did(opened_text: str, sent: str, kept: str) -> None:
    assert newlines.as_opened(opened_text, sent) == kept


def test_a_choice_is_there_however_many_there_are(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_CHOICES", 2)
    for name in ("Almonds", "Boats", "Cats"):
        last, ids = cluster(desk, "apple", "milk", "zebra", name=name)
    content_id = desk.write(cluster_id=last, keyword_ids=ids[2:])
    page = client.get(f"/content/{content_id}/edit").text
    assert f'<option value="{last}" selected>Cats' in page
    assert re.search(rf'name="keyword_ids"\s+form="editor-form"\s+value="{ids[2]}"\s+checked', page)


def test_people_see_each_other(desk: Desk, client: Client, clock: FakeClock) -> None:
    content_id = desk.write()
    address = f"/content/{content_id}/presence"
    with desk.browser(desk.teammate) as other:
        assert other.post(address, data={"tab": "a", "place": "Intro"}).json() == {"others": []}
        [seen] = client.post(address, data={"tab": "b"}).json()["others"]
        assert (seen["name"], seen["initials"], seen["place"]) == ("Teammate", "T", "Intro")
        other.post(address, data={"tab": "a", "gone": "yes"})
        assert client.post(address, data={"tab": "b"}).json() == {"others": []}
        other.post(address, data={"tab": "a"})
    clock.now += timedelta(minutes=1)
    assert client.post(address, data={"tab": "b"}).json() == {"others": []}
    clock.now += timedelta(hours=1)
    with desk.system.db.write() as db:
        presence.prune(db, desk.system)
    assert desk.rows(OpenEditor) == []


def test_who_types_is_told_while_they_do(desk: Desk, client: Client, clock: FakeClock) -> None:
    content_id = desk.write(html="<p>One.</p>")
    address = f"/content/{content_id}/presence"
    for member in (desk.teammate, desk.admin):
        with desk.browser(member) as other:
            other.post(address, data={"tab": "a"})
    with desk.browser(desk.admin) as other:
        saved(other, content_id, version="1", html="<p>Two.</p>")
    told = client.post(address, data={"tab": "b"}).json()["others"]
    assert {one["name"]: one["types"] for one in told} == {"Teammate": False, "Admin": True}
    saved(client, content_id, version="2", html="<p>Three.</p>")
    clock.now += timedelta(seconds=25)
    told = client.post(address, data={"tab": "b"}).json()["others"]
    assert [one["types"] for one in told] == [False, False]


def test_the_state_and_the_checks_are_drawn_anew(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="x" * 70)
    checks = client.get(f"/content/{content_id}/edit/checks").text
    assert "Search engines cut the title" in checks
    assert "Submit for review" in client.get(f"/content/{content_id}/edit/standing").text
    desk.approve(content_id)
    assert "Submit for review" not in client.get(f"/content/{content_id}/edit/standing").text


def test_the_history_says_who_saved_what_and_what_was_approved(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>One two.</p>")
    desk.approve(content_id)
    assert "Change beside it" not in client.get(f"/content/{content_id}/edit/history").text
    version = opened(client, content_id)["version"]
    saved(client, content_id, version=version, html="<p>One two three.</p>")
    history = client.get(f"/content/{content_id}/edit/history").text
    for words in ("Owner, typed", "Approved", "Change beside it"):
        assert words in history


def test_a_name_of_spaces_keeps_nobody_from_being_seen(desk: Desk, client: Client) -> None:
    address = f"/content/{desk.write()}/presence"
    with desk.system.db.write() as db:
        person = db.get_one(User, desk.teammate.user_id)
        person.name, email = "  ", person.email
    with desk.browser(desk.teammate) as other:
        other.post(address, data={"tab": "b"})
    [seen] = client.post(address, data={"tab": "a"}).json()["others"]
    assert (seen["name"], seen["initials"]) == (email, email[0].upper())


def test_a_copy_that_may_not_be_is_refused_in_words(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    with desk.changing(content_id) as (db, _):
        old = sa.update(Content).where(Content.id == content_id)
        db.execute(old.values(focus_keywords=["milk" * 100]))
    answer = client.post(f"/content/{content_id}/duplicate", headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert "or wrong: focus keywords" in answer.text
    assert len(desk.rows(Content)) == 1
