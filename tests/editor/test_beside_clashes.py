"""A change beside a piece that was changed itself meanwhile: both stand, and somebody chooses."""

from __future__ import annotations

from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import opened, saved
from tests.editor.test_beside import approved, typed
from tests.support.desk import Desk

Client = TestClient[Litestar]
__all__ = ["approved"]


def test_what_both_have_changed_is_chosen_and_handed_in(
    desk: Desk, client: Client, approved: int
) -> None:
    typed(client, approved, title=("Typed", "As approved"))
    desk.edit(approved, html="<p>A program.</p>", title="A program's", keep_approved=True)
    piece = opened(client, approved)
    assert (piece["html"], piece["fields"]["title"]) == ("<p>A program.</p>", "A program's")
    assert {one["field"] for one in piece["clashes"]} == {"html", "title"}
    client.post(f"/content/{approved}/pictures", data={"ref": "none", "alt": "Another"})
    done = saved(
        client,
        approved,
        version=piece["version"],
        html="<p>A program, and more.</p>",
        fields={"title": ("Chosen", "A program's")},
    )
    told = {one["field"]: (one["theirs"], one["ours"]) for one in done["clashes"]}
    assert told["title"] == ("A program's", "Typed")
    assert "somebody types" in told["html"][1]
    client.post(f"/content/{approved}/edit/handing-in", data={"version": done["version"]})
    now = desk.content(approved)
    assert (now.html, now.title) == ("<p>A program, and more.</p>", "Chosen")


def test_a_choice_that_waits_is_not_lost_by_saving_something_else(
    desk: Desk, client: Client, approved: int
) -> None:
    typed(client, approved)
    desk.edit(approved, html="<p>A program.</p>", keep_approved=True)
    version = opened(client, approved)["version"]
    fields = {"title": ("Another", "As approved")}
    saved(client, approved, version=version, fields=fields)
    [clash] = opened(client, approved)["clashes"]
    assert "somebody types" in clash["ours"]


def test_what_is_to_be_chosen_first_is_not_submitted_without_it(
    desk: Desk, client: Client, approved: int
) -> None:
    typed(client, approved)
    desk.edit(approved, html="<p>A program.</p>", keep_approved=True)
    client.post(f"/content/{approved}/change-request", data={"comment": "More."})
    refused = client.post(f"/content/{approved}/submission", data={"home": "content"})
    assert refused.status_code == 409
    assert "choose what shall stand there" in refused.text
    assert desk.content(approved).status == "draft"


def test_keeping_theirs_settles_at_once(desk: Desk, client: Client, approved: int) -> None:
    typed(client, approved, title=("Typed", "As approved"))
    desk.edit(approved, html="<p>A program.</p>", title="A program's", keep_approved=True)
    now = opened(client, approved)
    assert {one["field"] for one in now["clashes"]} == {"html", "title"}
    done = saved(client, approved, version=now["version"], settled=["html"])
    assert (done["clashes"], done["saved"], done["beside"]) == ([], True, True)
    assert [one["field"] for one in opened(client, approved)["clashes"]] == ["title"]
    done = saved(client, approved, version=done["version"], settled=["title"])
    assert (done["clashes"], done["beside"]) == ([], False)
    piece = desk.content(approved)
    settled = ("<p>A program.</p>", "A program's", "approved")
    assert (piece.html, piece.title, piece.status) == settled


def test_what_the_piece_became_meanwhile_is_asked_about_at_once(
    desk: Desk, client: Client, approved: int
) -> None:
    version = typed(client, approved, title=("Typed", "As approved"))["version"]
    desk.edit(approved, title="A program's", keep_approved=True)
    done = saved(client, approved, version=version)
    assert [(one["field"], one["ours"]) for one in done["clashes"]] == [("title", "Typed")]
    assert saved(client, approved, version=done["version"])["clashes"] == []
