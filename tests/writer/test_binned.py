"""The bin: what is deleted lies there whole for thirty days, comes back, or goes for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp import housekeeping
from webapp.accounts.access import Member
from webapp.core.errors import Conflict, Forbidden, NotFound
from webapp.publisher.planning import decisions, undoing
from webapp.publisher.planning.undoing import Undone
from webapp.writer import binned
from webapp.writer.models import Content, Image, MediaFile, ReviewComment, WorkingChange
from webapp.writing.models import Revision, Text

Client = TestClient[Litestar]
BIN = "/content/bin"


def delete(desk: Desk, content_id: int, by: Member | None = None) -> int:
    with desk.changing(content_id, by) as (db, content):
        return decisions.delete(db, desk.system, content, by=by or desk.owner)


def bring_back(desk: Desk, content_id: int, by: Member | None = None) -> int:
    with desk.system.db.write() as db:
        content = binned.find(db, by or desk.owner, content_id, desk.system.clock())
        return decisions.bring_back(db, desk.system, content, by=by or desk.owner)


def undo(desk: Desk, step: int, by: Member | None = None) -> Undone:
    with desk.system.db.write() as db:
        return undoing.undo_all(db, desk.system, [step], by=by or desk.owner)


@pytest.mark.both_databases
def test_undo_puts_a_deleted_piece_back_as_it_stood(desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    was = desk.content(content_id)
    step = delete(desk, content_id)
    away = desk.content(content_id)
    assert (away.deleted_by, away.scheduled_publish_at) == (desk.owner.user_id, None)
    undone = undo(desk, step)
    assert undone.told == "“Piece 1” put back."
    back = desk.content(content_id)
    for name in ("deleted_at", "deleted_by", "status", "approved_hash", "scheduled_publish_at"):
        assert getattr(back, name) == getattr(was, name)
    assert back.site_status == "scheduled"


@pytest.mark.both_databases
def test_what_is_brought_back_is_a_draft_and_undo_puts_it_into_the_bin_again(desk: Desk) -> None:
    content_id = desk.approved()
    said = len(desk.rows(ReviewComment))
    deletion = delete(desk, content_id)
    step = bring_back(desk, content_id)
    back = desk.content(content_id)
    assert (back.deleted_at, back.deleted_by, back.status) == (None, None, "draft")
    assert (back.approved_hash, back.scheduled_publish_at) == ("", None)
    with pytest.raises(Conflict, match="taken out of the bin"):
        undo(desk, deletion)
    undo(desk, step)
    again = desk.content(content_id)
    assert (again.deleted_by, again.status) == (desk.owner.user_id, "approved")
    assert len(desk.rows(ReviewComment)) == said


def test_who_deletes_may_undo_it_and_nobody_else_who_only_writes(desk: Desk) -> None:
    own = desk.write(by=desk.writer)
    assert undo(desk, delete(desk, own, desk.writer), desk.writer).restored == [own]
    by_owner = delete(desk, own)
    with pytest.raises(Forbidden):
        undo(desk, by_owner, desk.writer)
    with desk.system.db.write() as db:
        content = binned.find(db, desk.writer, own, desk.system.clock())
        with pytest.raises(Forbidden):
            decisions.empty(db, desk.system, content, by=desk.writer)
    foreign = desk.write()
    delete(desk, foreign)
    with pytest.raises(NotFound):
        bring_back(desk, foreign, desk.writer)


def test_what_is_online_is_refused_and_says_where(desk: Desk) -> None:
    integration_id = desk.connect()
    content_id = desk.approved()
    desk.put_online(content_id, integration_id, "https://gazette.example/milk/")
    with pytest.raises(Conflict, match="is online at https"):
        delete(desk, content_id)


@pytest.mark.both_databases
def test_after_thirty_days_only_its_title_is_left(desk: Desk, clock: FakeClock) -> None:
    content_id, other = desk.approved(html="<p>One.</p>"), desk.write(html="<p>Two.</p>")
    desk.add_image(content_id, image_type="gallery", data=PNG)
    desk.edit(content_id, html="<p>Anew.</p>")
    with desk.system.db.write() as db:
        db.add(
            WorkingChange(
                account_id=desk.owner.account_id,
                content_id=content_id,
                user_id=desk.owner.user_id,
                html="<p>X.</p>",
                base_html="<p>Anew.</p>",
            )
        )
    delete(desk, content_id)
    clock.now = desk.system.clock() + timedelta(days=29)
    housekeeping.prune(desk.system)
    assert desk.content(content_id).html == "<p>Anew.</p>"
    clock.now += timedelta(days=2)
    with pytest.raises(NotFound):
        bring_back(desk, content_id)
    housekeeping.prune(desk.system)
    left = desk.content(content_id)
    assert (left.title, left.html, left.excerpt, left.content_hash) == ("Piece 1", "", "", "")
    assert left.emptied_at is not None
    assert [one.content_id for one in desk.rows(Revision)] == [other]
    assert len(desk.rows(Text)) == 1
    assert [len(desk.rows(one)) for one in (WorkingChange, Image, MediaFile)] == [0, 0, 0]
    assert [one.id for one in desk.rows(ReviewComment) if one.content_id == content_id] == []


def test_pictures_stay_that_another_piece_has_or_has_had(desk: Desk, client: Client) -> None:
    content_id, other = desk.write(), desk.write()
    desk.add_image(content_id, image_type="gallery", data=PNG)
    image_id = desk.add_image(other, image_type="gallery", data=PNG)
    address = f"/api/v1/writer/content/{other}/images/{image_id}/"
    assert client.patch(address, json={"image_url": "https://a.example/b.png"}).status_code == 200
    delete(desk, content_id)
    with desk.system.db.write() as db:
        content = binned.find(db, desk.owner, content_id, desk.system.clock())
        decisions.empty(db, desk.system, content, by=desk.owner)
    assert len(desk.rows(MediaFile)) == 1


def test_the_page_deletes_restores_and_ends(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Milk & more")
    desk.add_image(content_id, image_type="gallery", data=PNG)
    assert 'id="delete-1"' in client.get("/content").text
    sent = {"version": "1"}
    page = client.post(f"/content/{content_id}/deletion", data=sent)
    assert page.url.path == BIN
    assert "<bdi>“Milk &amp; more”</bdi> is deleted" in page.text
    for words in ("30 days left", "Deleted by Owner", "1 picture, unless", 'name="step"'):
        assert words in page.text
    assert client.get(f"/content/{content_id}").status_code == 404
    row = client.get(f"/content/rows/{content_id}", headers={"HX-Request": "true"})
    assert (row.text, row.headers["HX-Reswap"]) == ("", "delete")
    assert client.post(f"{BIN}/{content_id}/return").url.path == f"/content/{content_id}"
    for wrong in ("7", "7" * 5_000):
        again = client.post(f"/content/{content_id}/deletion", data={"version": wrong})
        assert again.status_code == 409
    client.post(f"/content/{content_id}/deletion", data=sent)
    page = client.post(f"{BIN}/{content_id}/end")
    assert "The bin is empty" in page.text
    assert desk.content(content_id).html == ""
    assert client.post(f"{BIN}/{content_id}/return").status_code == 404


def test_the_page_that_undo_leads_to_says_so(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Milk & more")
    sent = {"step": delete(desk, content_id), "home": f"/content/{content_id}"}
    page = client.post("/publisher/undo", data=sent)
    assert page.url.path == sent["home"]
    assert "<bdi>“Milk &amp; more”</bdi> put back." in page.text
    assert "put back." not in client.get(sent["home"]).text


def test_a_piece_that_is_gone_from_its_website_is_not_called_approved(
    desk: Desk, client: Client
) -> None:
    content_id = desk.approved()
    with desk.changing(content_id) as (_, content):
        content.attention = frozenset({"gone"})
    assert "Deleted on the website" in client.get(f"/content/rows/{content_id}").text


def test_undo_leaves_a_piece_that_somebody_went_on_with(desk: Desk) -> None:
    edited, submitted, left = desk.write(), desk.write(), desk.write()
    for content_id in (edited, submitted, left):
        delete(desk, content_id)
    steps = [bring_back(desk, one) for one in (edited, submitted, left)]
    desk.edit(edited, html="<p>An hour of work.</p>")
    with desk.changing(submitted) as (db, content):
        decisions.submit(db, desk.system, content)
    for step in steps[:2]:
        with pytest.raises(Conflict, match="was edited or decided on again since"):
            undo(desk, step)
    undo(desk, steps[2])
    binned_now = [one.deleted_at is not None for one in desk.rows(Content)]
    assert binned_now == [False, False, True]


def test_the_bin_goes_on_page_by_page(desk: Desk, client: Client) -> None:
    with desk.system.db.write() as db:
        now = desk.system.clock()
        home = {"account_id": desk.owner.account_id, "site_id": desk.site.id, "deleted_at": now}
        db.add_all(Content(**home, title=f"Gone {number}") for number in range(53))
    first = client.get(BIN).text
    assert (first.count('class="binned-row"'), "Next 50" in first) == (50, True)
    following = first.split('href="/content/bin?')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"{BIN}?{following}").text
    assert (second.count('class="binned-row"'), "Next 50" in second) == (3, False)
    assert "Gone 2<" in second
