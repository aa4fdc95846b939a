"""What pages say of what is over: what became of it, and that it is over."""

from __future__ import annotations

import re

import pytest

from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.rhythm import alive
from webapp.publisher.records.models import PublishingRecord

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("asked_to", "became", "said"),
    [
        ("draft", "draft", "The post is a draft there."),
        ("trash", "trash", "The post is in the trash there."),
        ("delete", "delete", "The post is deleted there."),
        ("delete", "trash", "so it is in the trash there and not deleted."),
        ("draft", "", "has not said what became of the post."),
    ],
)
def test_taking_offline_says_what_became_of_the_post(
    desk: Desk, asked_to: str, became: str, said: str
) -> None:
    desk.connect()
    content_id = desk.published()
    record_id = desk.retract(content_id, asked_to)
    desk.run_worker()
    with desk.system.db.write() as db:
        record = db.get_one(PublishingRecord, record_id)
        record.receipt = {**(record.receipt or {}), "asked_to": asked_to, "became": became}
    with desk.browser(desk.owner) as client:
        for path in (f"content/{content_id}/panel", f"records/{record_id}"):
            assert said in client.get(f"/{path}", headers=HTMX).text, path


def test_an_old_record_says_what_came_after(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    website.fail("publish", "permanent")
    content_id = desk.published()
    [failed] = desk.records_of(content_id)
    with desk.browser(desk.owner) as client:
        page = client.get(f"/records/{failed.id}").text
        assert "Try again" in page
        assert "data-superseded" not in page
        second = desk.publish(content_id)
        desk.run_worker()
        page = client.get(f"/records/{failed.id}").text
        assert "Try again" not in page
        assert f'since: <a class="link" href="/records/{second}"' in page
        assert "View it online" in client.get(f"/records/{second}").text
        desk.retract(content_id)
        desk.run_worker()
        page = client.get(f"/records/{second}").text
    assert "The piece was taken offline since" in page
    assert "View it online" not in page


def test_a_next_try_stands_at_its_time(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    website.fail("publish", "later")
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    desk.run_worker_once()
    alive(desk.system)
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        record = client.get(f"/records/{record_id}").text
        queue = client.get("/publisher/publishing-queue?tab=publishing").text
    assert "Trying again at <time" in panel
    assert "Tried again at <time" in record
    assert re.search(r"next try\s<time", queue)


def test_no_page_takes_a_publication_for_an_edit(desk: Desk) -> None:
    desk.connect()
    content_id = desk.published()
    with desk.browser(desk.owner) as client:
        for path in (f"review/{content_id}", f"content/{content_id}"):
            assert not re.search(r"edited\s<time", client.get(f"/{path}").text), path


def test_a_receipt_says_times_as_the_sites_clock_shows_them(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    [record] = desk.records_of(desk.published())
    assert record.receipt is not None
    assert record.receipt["checks"]
    with desk.browser(desk.owner) as client:
        page = client.get(f"/records/{record.id}").text
    words = re.sub(r"<[^>]*>", " ", page)
    assert re.findall(r"\d{4}-\d\d-\d\dT\S*", words) == []
