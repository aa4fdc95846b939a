"""The page of a piece's revisions: what is listed, compared and restored, and for whom."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import saved
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp import housekeeping
from webapp.core.clock import utc_now
from webapp.writer.models import Cluster, Keyword
from webapp.writing.models import Revision

Client = TestClient[Litestar]
OLD = "<p>Steamed milk has one job, and does it once.</p>"
NEW = "<p>Steamed milk has two jobs, and does it once.</p>"


def test_two_revisions_are_compared_and_the_older_is_restored(desk: Desk, client: Client) -> None:
    content_id = desk.write(html=OLD, title="Milk & more")
    desk.edit(content_id, html=NEW)
    page = client.get(f"/content/{content_id}/revisions?old=1&new=2")
    assert page.status_code == 200
    assert "<del>one</del><ins>two</ins>" in page.text
    assert "<ins>jobs</ins>" in page.text
    by_block = client.get(f"/content/{content_id}/revisions?old=1&new=2&by=block").text
    assert "2 words" in by_block
    answer = client.post(f"/content/{content_id}/revisions/1/restoration", data={"version": "2"})
    assert answer.url.path == f"/content/{content_id}/revisions"
    assert desk.content(content_id).html == OLD
    assert desk.content(content_id).version == 3


def test_a_restoration_by_an_old_page_is_refused(desk: Desk, client: Client) -> None:
    content_id = desk.write(html=OLD)
    desk.edit(content_id, html=NEW)
    answer = client.post(f"/content/{content_id}/revisions/1/restoration", data={"version": "1"})
    assert answer.status_code == 409
    assert "It was not restored" in answer.text
    assert desk.content(content_id).html == NEW


def test_sector_cluster_and_keywords_are_compared_by_their_names(
    desk: Desk, client: Client
) -> None:
    home = {"account_id": desk.site.account_id, "site_id": desk.site.id}
    with desk.system.db.write() as db:
        boats = Cluster(**home, sector_id=desk.sector.id, name="Boats & ships", slug="boats")
        db.add(boats)
        db.flush()
        phrases = [Keyword(**home, cluster_id=boats.id, phrase=one) for one in ("sloop", "yawl")]
        db.add_all(phrases)
        db.flush()
        sloop, yawl = (one.id for one in phrases)
    content_id = desk.write(html=OLD, sector_id=None, cluster_id=None)
    desk.edit(content_id, sector_id=desk.sector.id, cluster_id=boats.id, keyword_ids=[sloop])
    desk.edit(content_id, keyword_ids=[yawl])
    address = f"/content/{content_id}/revisions"
    page = client.get(f"{address}?old=1&new=2").text
    for name in ("News", "Boats &amp; ships", "sloop"):
        assert f"<ins>{name}</ins>" in page
    page = client.get(f"{address}?old=2&new=3").text
    assert "<del>sloop</del><ins>yawl</ins>" in page
    assert "Boats" not in page
    with desk.system.db.write() as db:
        db.execute(sa.delete(Keyword).where(Keyword.id == sloop))
    assert f"number {sloop}, which is gone" in client.get(f"{address}?old=1&new=2").text


def test_what_is_not_kept_is_said(desk: Desk, client: Client) -> None:
    content_id = desk.write(html=OLD)
    page = client.get(f"/content/{content_id}/revisions?old=77")
    assert page.status_code == 200
    assert "not kept any more" in page.text
    gone = client.post(f"/content/{content_id}/revisions/77/restoration", data={"version": "1"})
    assert gone.status_code == 404


def test_markup_of_a_text_stays_text(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>a</p>", title="a")
    desk.edit(content_id, html='<p>a &lt;script&gt;</p><img src="javascript:x" alt="<b>">')
    page = client.get(f"/content/{content_id}/revisions?old=1&new=2").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert 'src="javascript:' not in page


def test_since_i_last_looked(desk: Desk, client: Client, clock: FakeClock) -> None:
    content_id = desk.write(html=OLD)
    address = f"/content/{content_id}"
    assert "Since I last looked" not in client.get(f"{address}/revisions").text
    assert client.post(f"{address}/look").status_code == 204
    desk.edit(content_id, html=NEW)
    assert "?old=1&amp;by=word" in client.get(f"{address}/revisions").text
    client.post(f"{address}/look")
    assert "?old=1&amp;by=word" in client.get(f"{address}/revisions").text
    clock.advance(hours=1)
    assert "Nothing was changed since you last looked" in client.get(f"{address}/revisions").text


def test_who_may_not_follow_sees_no_revisions(desk: Desk) -> None:
    content_id = desk.write()
    with desk.browser(desk.stranger) as client:
        assert client.get(f"/content/{content_id}/revisions").status_code == 404
        assert client.post(f"/content/{content_id}/look").status_code == 404
    with desk.browser(desk.viewer) as client:
        page = client.get(f"/content/{content_id}/revisions")
        assert page.status_code == 200
        assert "Restore the older one" not in page.text
        answer = client.post(f"/content/{content_id}/revisions/1/restoration", data={})
        assert answer.status_code == 403


def test_an_approval_marks_the_revision_that_was_approved(desk: Desk, client: Client) -> None:
    content_id = desk.write(html=OLD)
    desk.approve(content_id)
    desk.edit(content_id, html=NEW)
    client.post(f"/content/{content_id}/revisions/1/restoration", data={"version": "2"})
    page = client.get(f"/content/{content_id}/revisions").text
    assert page.count("Approved by") == 1
    assert page.index("restored") < page.index("Approved by")


def test_own_words_are_no_news_to_who_wrote_them(desk: Desk, client: Client) -> None:
    content_id = desk.write(html=OLD)
    client.post(f"/content/{content_id}/look")
    saved(client, content_id, version="1", html=NEW)
    page = client.get(f"/content/{content_id}/revisions").text
    assert "Since I last looked" not in page or "Nothing was changed since" in page


def test_a_version_that_somebody_looked_at_is_kept_as_long_as_the_look(
    desk: Desk, client: Client
) -> None:
    content_id = desk.write(html="<p>One.</p>")
    saved(client, content_id, version="1", html="<p>One two.</p>")
    with desk.browser(desk.teammate) as other:
        other.post(f"/content/{content_id}/look")
        saved(client, content_id, version="2", html="<p>One two three.</p>")
        with desk.system.db.write() as db:
            then = utc_now() - timedelta(days=2)
            db.execute(sa.update(Revision).values(created_at=then))
        housekeeping.prune(desk.system)
        page = other.get(f"/content/{content_id}/revisions").text
        assert "?old=2&amp;by=word" in page
        told = other.get(f"/content/{content_id}/revisions?old=2").text
        assert "not kept any more" not in told
    with desk.system.db.read() as db:
        kept = db.scalars(sa.select(Revision.version).order_by(Revision.version)).all()
    assert list(kept) == [2, 3]
