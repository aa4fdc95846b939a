"""The dry run on the page of a piece: what publishing would do, in words; nothing is done."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.content import rehearsal
from webapp.publisher.delivery.dry_run import DryRun
from webapp.publisher.records.models import PublishingRecord

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}


def test_the_page_says_what_would_be_made(desk: Desk, client: Client) -> None:
    desk.connect()
    content_id = desk.write(title="Milk & <tea>")
    page = client.get(f"/content/{content_id}").text
    assert "Try it out" in page
    answer = client.post(f"/content/{content_id}/rehearsal", headers=HTMX)
    assert answer.status_code == 200
    assert "A new post would be made there." in answer.text
    assert "Milk &amp;" in answer.text
    assert "<html" not in answer.text
    assert desk.rows(PublishingRecord) == []
    plain = client.post(f"/content/{content_id}/rehearsal")
    assert "A new post would be made there." in plain.text
    assert "Back to the piece" in plain.text


def test_a_piece_that_is_not_ready_is_told_why(desk: Desk, client: Client) -> None:
    desk.connect()
    content_id = desk.write(html="")
    answer = client.post(f"/content/{content_id}/rehearsal", headers=HTMX).text
    assert "It would stop at: Check the piece" in answer


def test_who_may_not_publish_neither_sees_nor_asks(desk: Desk) -> None:
    content_id = desk.write()
    with desk.browser(desk.writer) as client:
        assert "Try it out" not in client.get(f"/content/{content_id}").text
        assert client.post(f"/content/{content_id}/rehearsal", headers=HTMX).status_code == 403
    with desk.browser(desk.stranger) as client:
        assert client.post(f"/content/{content_id}/rehearsal", headers=HTMX).status_code == 404


PLAN = {
    "result": "updated",
    "fields": [
        {"field": "title", "action": "change", "from": "Old", "to": "New"},
        {"field": "seo:meta_title", "action": "keep", "from": "M", "to": "M"},
        {"field": "excerpt", "action": "keep", "from": None, "to": None},
    ],
    "images": [
        {"role": "gallery", "source": "x", "action": "create"},
        {"role": "inline", "source": "y", "action": "create"},
        {"role": "featured", "source": "z", "action": "reuse"},
    ],
    "taxonomies_processed": {"tags": {"created": ["Milk"], "existing": ["Tea"]}},
    "differences": [{"field": "title", "left": "a", "there": "b", "shortened": False}],
    "removed_html": ["script"],
}


def test_a_plan_in_words() -> None:
    run = DryRun(content_id=1, ready=True, failure=None, plan=PLAN, removals=[], rewritten=False)
    shown = rehearsal.of(run)
    assert shown.result == "The post that is there would be changed."
    assert [(one.field, one.action, one.before, one.after) for one in shown.changing] == [
        ("Title", "Changes", "Old", "New")
    ]
    assert [one.field for one in shown.kept] == ["SEO: meta title"]
    assert shown.pictures == "2 pictures would be added, 1 picture there already"
    assert (shown.new_terms, shown.left_out) == (["Milk"], ["script"])


def test_a_text_is_told_by_its_words_and_its_source_is_there(desk: Desk, client: Client) -> None:
    desk.connect()
    html = '<!-- wp:paragraph --><p>Milk &amp; <b>tea</b></p><img src="a.png" alt="A jug">'
    content_id = desk.write(html=html, categories=[{"name": "Drinks"}])
    answer = client.post(f"/content/{content_id}/rehearsal", headers=HTMX).text
    table = answer.split("<tbody>")[1]
    assert "Milk &amp; tea [Picture: A jug]" in table
    assert "&lt;p&gt;Milk" in table.split("Source")[1]
    assert ">Drinks<" in table
    for name in (">Html<", ">Url<", ">Files<", ">Author email<"):
        assert name not in table
    assert ">Text<" in table


@pytest.mark.parametrize("plan", [None, {}, {"result": "strange", "fields": []}])
def test_a_plan_that_says_nothing_is_none(plan: dict[str, object] | None) -> None:
    run = DryRun(content_id=1, ready=True, failure=None, plan=plan, removals=[], rewritten=False)
    assert rehearsal.of(run).result == ""
