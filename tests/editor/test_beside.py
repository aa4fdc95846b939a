"""What is typed into a piece that may go out lies beside it: what goes out is what was approved."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import cluster, opened, saved, send
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.writer.models import Image, WorkingChange
from webapp.writing.models import Revision

Client = TestClient[Litestar]
TYPED = "<p>Approved text, and more of it, that somebody types.</p>"


@pytest.fixture
def approved(desk: Desk) -> int:
    return desk.approved(title="As approved", html="<p>Approved text.</p>")


def typed(client: Client, content_id: int, **fields: Any) -> dict[str, Any]:
    version = opened(client, content_id)["version"]
    return saved(client, content_id, version=version, html=TYPED, fields=fields)


def test_it_goes_out_as_approved_while_somebody_types(
    desk: Desk, client: Client, website: Website, approved: int
) -> None:
    desk.connect_to_website()
    desk.schedule(approved, 0)
    done = typed(client, approved, title=("Typed", "As approved"))
    assert done["beside"] is True
    piece = desk.content(approved)
    assert (piece.title, piece.html, piece.version) == ("As approved", "<p>Approved text.</p>", 1)
    desk.run_worker()
    [post] = website.posts.values()
    assert post.payload is not None
    assert post.payload.title == "As approved"
    assert "somebody types" not in post.payload.html
    again = opened(client, approved)
    assert (again["html"], again["fields"]["title"]) == (TYPED, "Typed")


def test_taking_back_what_was_typed_leaves_nothing_beside(
    desk: Desk, client: Client, approved: int
) -> None:
    done = typed(client, approved, title=("Typed", "As approved"))
    back = saved(
        client,
        approved,
        version=done["version"],
        html="<p>Approved text.</p>",
        fields={"title": ("As approved", "Typed")},
    )
    assert back["beside"] is False
    assert back["version"] == "1"
    assert desk.rows(WorkingChange) == []


def test_another_order_of_keywords_is_no_change(desk: Desk, client: Client) -> None:
    cluster_id, ids = cluster(desk, "zebra milk", "apple milk")
    content_id = desk.approved(cluster_id=cluster_id, keyword_ids=ids)
    was, to = ("\n".join(map(str, order)) for order in (ids, ids[::-1]))
    saved(client, content_id, version="1", fields={"keyword_ids": (to, was)})
    assert desk.rows(WorkingChange) == []


def test_it_is_handed_in_as_an_edit(desk: Desk, client: Client, approved: int) -> None:
    version = typed(client, approved)["version"]
    stale = client.post(f"/content/{approved}/edit/handing-in", data={"version": "1"})
    assert stale.status_code == 409
    done = client.post(f"/content/{approved}/edit/handing-in", data={"version": version})
    assert done.url.path == f"/content/{approved}"
    piece = desk.content(approved)
    assert (piece.html, piece.status, piece.version) == (TYPED, "review", 2)
    assert desk.rows(WorkingChange) == []


def test_an_approver_saves_and_updates_online(desk: Desk, client: Client, website: Website) -> None:
    desk.connect_to_website()
    content_id = desk.published(html="<p>Approved text.</p>")
    version = typed(client, content_id)["version"]
    assert "Save and update online" in client.get(f"/content/{content_id}/edit").text
    client.post(f"/content/{content_id}/edit/update", data={"version": version})
    desk.run_worker()
    [post] = website.posts.values()
    assert post.payload is not None
    assert "somebody types" in post.payload.html
    piece = desk.content(content_id)
    assert (piece.status, piece.site_status) == ("published", "published")


def test_an_approver_keeps_what_has_its_time(desk: Desk, client: Client, approved: int) -> None:
    desk.connect()
    desk.schedule(approved, 3600)
    version = typed(client, approved)["version"]
    client.post(f"/content/{approved}/edit/update", data={"version": version})
    piece = desk.content(approved)
    assert (piece.html, piece.status, piece.site_status) == (TYPED, "approved", "scheduled")
    assert piece.approved_hash == piece.content_hash
    assert desk.records_of(approved) == []


def test_a_writer_hands_in_and_does_not_update(desk: Desk) -> None:
    content_id = desk.write(by=desk.writer, html="<p>Approved text.</p>")
    desk.approve(content_id)
    with desk.browser(desk.writer) as client:
        version = typed(client, content_id)["version"]
        page = client.get(f"/content/{content_id}/edit").text
        assert "Hand in the change" in page
        assert "Save and keep approved" not in page
        refused = client.post(f"/content/{content_id}/edit/update", data={"version": version})
        assert refused.status_code == 403
        client.post(f"/content/{content_id}/edit/handing-in", data={"version": version})
    assert desk.content(content_id).status == "review"


def test_it_is_thrown_away(desk: Desk, client: Client, approved: int) -> None:
    version = typed(client, approved)["version"]
    done = client.post(f"/content/{approved}/edit/discard", data={"version": version})
    assert done.url.path == f"/content/{approved}/edit"
    assert desk.rows(WorkingChange) == []
    assert desk.content(approved).status == "approved"
    assert (
        client.post(f"/content/{approved}/edit/discard", data={"version": "1"}).status_code == 409
    )


def test_what_was_thrown_away_is_brought_back_beside_the_piece(
    desk: Desk, client: Client, approved: int
) -> None:
    home = f"/content/{approved}"
    done = typed(client, approved, title=("Typed", "As approved"), tags=("Milk, New", ""))
    page = client.post(f"{home}/edit/discard", data={"version": done["version"]})
    assert str(page.url.query, "ascii") == "discarded=2"
    assert "was thrown away" in page.text
    assert opened(client, approved)["html"] == "<p>Approved text.</p>"
    assert "Bring it back" in client.get(f"{home}/edit/history").text
    assert "and thrown away" in client.get(f"{home}/revisions?old=1&new=2").text
    desk.edit(approved, keep_approved=True, excerpt="Another.")
    back = client.post(f"{home}/revisions/2/restoration")
    assert back.url.path == f"{home}/edit"
    again = opened(client, approved)
    assert (again["html"], again["fields"]["title"]) == (TYPED, "Typed")
    assert "Milk" in again["fields"]["tags"]
    piece = desk.content(approved)
    assert (piece.status, piece.title, piece.excerpt) == ("approved", "As approved", "Another.")
    assert [sorted(one.fields) for one in desk.rows(WorkingChange)] == [["tags", "title"]]


def test_a_piece_that_is_approved_while_somebody_types_keeps_what_was_approved(
    desk: Desk, client: Client
) -> None:
    content_id = desk.write(html="<p>Approved text.</p>")
    version = opened(client, content_id)["version"]
    desk.approve(content_id)
    done = saved(client, content_id, version=version, html=TYPED)
    assert (done["beside"], done["status"]) == (True, "approved")
    assert desk.content(content_id).html == "<p>Approved text.</p>"


def test_a_piece_that_is_sent_back_takes_the_change_in(
    desk: Desk, client: Client, approved: int
) -> None:
    version = typed(client, approved)["version"]
    client.post(f"/content/{approved}/change-request", data={"comment": "More of it."})
    done = saved(client, approved, version=version, html=TYPED + "<p>More.</p>")
    assert done["beside"] is False
    piece = desk.content(approved)
    assert (piece.status, piece.html) == ("draft", TYPED + "<p>More.</p>")


def test_an_edit_of_the_piece_itself_is_not_written_over(
    desk: Desk, client: Client, approved: int
) -> None:
    version = typed(client, approved)["version"]
    desk.edit(approved, html="<p>From a program.</p>", keep_approved=True)
    now = opened(client, approved)["version"]
    assert now != version
    refused = client.post(f"/content/{approved}/edit/handing-in", data={"version": now})
    assert refused.status_code == 409
    assert desk.content(approved).html == "<p>From a program.</p>"
    assert len(desk.rows(WorkingChange)) == 1


def test_two_write_the_same_change(desk: Desk, client: Client, approved: int) -> None:
    first = typed(client, approved)["version"]
    with desk.browser(desk.teammate) as other:
        assert opened(other, approved)["html"] == TYPED
        saved(other, approved, version=first, html=TYPED + "<p>Theirs.</p>")
    ours = "<p>Ours.</p>" + TYPED
    assert send(client, approved, version=first, html=ours).status_code == 409
    done = saved(client, approved, version=first, html=ours, base=TYPED)
    assert done["html"] == "<p>Ours.</p>" + TYPED + "<p>Theirs.</p>"


def test_a_version_is_never_given_twice(desk: Desk, client: Client) -> None:
    base = "<p>One.</p><p>Two.</p><p>Three.</p>"
    content_id = desk.approved(html=base)
    ours = base.replace("One", "One of ours")
    first = saved(client, content_id, version="1", html=ours)["version"]
    with desk.browser(desk.teammate) as other:
        other.post(f"/content/{content_id}/edit/discard", data={"version": first})
        saved(other, content_id, version="1", html=base.replace("Three", "Three of theirs"))
    typed_on = ours.replace("Two", "Two typed on")
    assert send(client, content_id, version=first, html=typed_on).status_code == 409
    saved(client, content_id, version=first, html=typed_on, base=ours)
    assert "of theirs" in opened(client, content_id)["html"]


def test_what_was_typed_back_begins_no_second_count(desk: Desk, client: Client) -> None:
    base = "<p>One.</p>"
    content_id = desk.approved(html=base)
    first = saved(client, content_id, version="1", html="<p>A.</p>")["version"]
    back = saved(client, content_id, version=first, html=base)["version"]
    second = saved(client, content_id, version=back, html="<p>B.</p>")["version"]
    assert first != second


def test_what_the_piece_became_meanwhile_comes_into_the_change(desk: Desk, client: Client) -> None:
    content_id = desk.approved(title="T", html="<p>Approved text.</p>")
    saved(client, content_id, version="1", html="<p>Approved text, typed.</p>")
    desk.edit(content_id, html="<p>Approved text.</p><p>Program.</p>", keep_approved=True)
    piece = opened(client, content_id)
    assert piece["html"] == "<p>Approved text, typed.</p><p>Program.</p>"
    assert piece["clashes"] == []
    address = f"/content/{content_id}/edit/handing-in"
    client.post(address, data={"version": piece["version"]})
    assert desk.content(content_id).html == "<p>Approved text, typed.</p><p>Program.</p>"
    assert desk.rows(WorkingChange) == []


def test_what_is_typed_into_a_piece_in_review_comes_into_it(desk: Desk, client: Client) -> None:
    content_id = desk.approved(title="T", html="<p>Approved text.</p>")
    saved(client, content_id, version="1", html="<p>Approved text, typed.</p>")
    desk.edit(content_id, html="<p>Approved text.</p><p>Program.</p>")
    assert desk.content(content_id).status == "review"
    for words in ("one", "two"):
        now = opened(client, content_id)
        html = now["html"].replace("</p>", f" {words}</p>", 1)
        saved(client, content_id, version=now["version"], html=html)
    assert desk.content(content_id).html == "<p>Approved text, typed. one two</p><p>Program.</p>"


def test_a_picture_that_came_meanwhile_stays_beside_what_was_said_of_another(
    desk: Desk, client: Client
) -> None:
    content_id = desk.write()
    desk.add_image(content_id, image_type="gallery", url="https://p.example/1.jpg", ref="one")
    desk.approve(content_id)
    client.post(f"/content/{content_id}/pictures", data={"ref": "one", "alt": "Said"})
    desk.add_image(content_id, image_type="gallery", url="https://p.example/2.jpg", ref="two")
    version = opened(client, content_id)["version"]
    client.post(f"/content/{content_id}/edit/handing-in", data={"version": version})
    rows = sorted((one.ref, one.alt) for one in desk.rows(Image))
    assert [(ref, alt == "Said") for ref, alt in rows] == [("one", True), ("two", False)]


def test_who_typed_it_is_named_beside_who_handed_it_in(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>Approved.</p>", by=desk.writer)
    desk.approve(content_id)
    with desk.browser(desk.writer) as writer:
        version = saved(writer, content_id, version="1", html="<p>By the writer.</p>")["version"]
    client.post(f"/content/{content_id}/edit/update", data={"version": version})
    newest = max(desk.rows(Revision), key=lambda one: one.version)
    assert (newest.version, newest.user_id) == (2, desk.owner.user_id)
    assert newest.others == [desk.writer.user_id]


def test_all_who_worked_on_it_are_named(desk: Desk, client: Client, approved: int) -> None:
    for member in (desk.teammate, desk.admin, desk.teammate):
        with desk.browser(member) as browser:
            now = opened(browser, approved)
            html = now["html"].replace(".</p>", f", by {member.user_id}.</p>")
            saved(browser, approved, version=now["version"], html=html)
    page = client.get(f"/content/{approved}/edit/history").text
    assert re.findall(r'<span>([^<]*) <span class="chip blue', page) == [
        "Teammate, Admin, beside the piece"
    ]
    version = opened(client, approved)["version"]
    client.post(f"/content/{approved}/edit/discard", data={"version": version})
    thrown = next(one for one in desk.rows(Revision) if one.why == "discarded")
    team, admin = desk.teammate.user_id, desk.admin.user_id
    assert [thrown.user_id, *thrown.others] == [team, admin, desk.owner.user_id]
    client.post(f"/content/{approved}/revisions/{thrown.version}/restoration")
    version = opened(client, approved)["version"]
    client.post(f"/content/{approved}/edit/handing-in", data={"version": version})
    newest = max(desk.rows(Revision), key=lambda one: one.version)
    assert [newest.user_id, *newest.others] == [desk.owner.user_id, team, admin]


def test_submitting_takes_in_what_lies_beside(desk: Desk, client: Client, approved: int) -> None:
    typed(client, approved)
    for page in (f"/content/{approved}", f"/review/{approved}"):
        assert "Change beside it" in client.get(page).text
    client.post(f"/content/{approved}/change-request", data={"comment": "More."})
    assert "Change beside it" in client.get(f"/content/{approved}").text
    client.post(f"/content/{approved}/submission", data={"home": "content"})
    piece = desk.content(approved)
    assert (piece.html, piece.status) == (TYPED, "review")
    assert desk.rows(WorkingChange) == []
    assert "Change beside it" not in client.get(f"/content/{approved}").text


def test_who_only_reads_a_piece_sees_nothing_of_a_change(desk: Desk, approved: int) -> None:
    with desk.browser(desk.owner) as writer:
        typed(writer, approved)
    with desk.browser(desk.viewer) as reader:
        assert "Change beside it" not in reader.get(f"/content/{approved}").text


def test_throwing_it_away_is_asked_about_first(desk: Desk, client: Client, approved: int) -> None:
    typed(client, approved)
    page = client.get(f"/content/{approved}/edit").text
    [asked] = re.findall(r'<details class="row-ask".*?</details>', page, re.DOTALL)
    assert "can be brought back" in asked
    assert f'action="/content/{approved}/edit/discard"' in asked
    assert page.count("/edit/discard") == 1


def test_a_piece_that_was_sent_back_is_submitted_and_not_kept_approved(
    desk: Desk, client: Client, approved: int
) -> None:
    version = typed(client, approved)["version"]
    client.post(f"/content/{approved}/change-request", data={"comment": "More of it."})
    page = client.get(f"/content/{approved}/edit").text
    assert "Save and keep approved" not in page
    assert "Submit for review" in page
    version = opened(client, approved)["version"]
    refused = client.post(f"/content/{approved}/edit/update", data={"version": version})
    assert refused.status_code == 409
    assert "is not approved any more" in refused.text
    client.post(f"/content/{approved}/submission", data={"home": "content"})
    piece = desk.content(approved)
    assert (piece.html, piece.status) == (TYPED, "review")
