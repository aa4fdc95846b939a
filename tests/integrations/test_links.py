"""Addresses from elsewhere: which become links, on every page that shows one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.calendar.test_feeds import subscribe
from tests.support.desk import Desk
from webapp.core.links import web_address
from webapp.integrations.base import RetryLater
from webapp.integrations.wordpress_plugin import messages
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

GOOD = [
    "https://example.com",
    "http://example.com/",
    "https://example.com:8443/a?b=c#d",
    "https://example.com/%E6%97%A5%E6%9C%AC",
    "https://例え.jp/日本語/",
    "http://127.0.0.1:8000/?p=7",
    "http://[2001:db8::1]/",
    "https://example.com/it's-(here)!",
]
BAD = [
    "",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    " javascript:x",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:x",
    "file:///etc/passwd",
    "ftp://example.com/",
    "mailto:a@example.com",
    "//example.com/",
    "/path",
    "example.com",
    "https:",
    "https://",
    "https:///path",
    "http://exa mple.com/",
    "https://a\tb.com/",
    "https://example.com/\r\nX: y",
    "https://example.com/\x00",
    "https://example.com/\u202egpj.exe",
    'https://example.com/"onmouseover="alert(1)',
    "https://example.com/<script>",
    "https://example.com\\@evil.example/",
    "https://user:secret@example.com/",
    "https://user@e.com/",
    "http://[::1",
    "http://example.com:99999/",
    "http://example.com:0/",
    "http://example.com:x/",
    "https://example.com/" + "a" * 2_048,
]


@pytest.mark.parametrize("address", GOOD)
def test_addresses_of_the_web(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.parametrize("address", BAD, ids=range(len(BAD)))
def test_what_is_none(address: str) -> None:
    assert web_address(address) == ""


def test_what_is_no_text_is_none() -> None:
    assert [web_address(one) for one in (None, 7, ["https://a.com"], b"x")] == [""] * 4


@pytest.mark.parametrize("address", [one for one in BAD if one], ids=range(len(BAD) - 1))
def test_an_answer_that_names_none_is_no_answer(address: str) -> None:
    """It may have been carried out, so the answer is a lost one."""
    stored = {
        "posts_with_this_id": 1,
        "terms": {},
        "featured_image_url": None,
        "permalink": address,
    }
    said = {
        "post_id": 7,
        "post_url": address,
        "post_type": "post",
        "result": "created",
        "replayed": False,
        "post_date_utc": "2026-11-29T10:15:30Z",
        "stored_hash": "x",
        "taxonomies_processed": {},
        "stored": stored,
        "steps": [],
    }
    with pytest.raises(RetryLater) as raised:
        messages.published(said)
    assert raised.value.is_lost
    good = "https://example.com/a"
    assert messages.published({**said, "post_url": good}).external_url == good


@pytest.mark.parametrize("address", ["javascript:alert(document.cookie)", "data:text/html,x"])
def test_rows_from_before_become_links_nowhere(desk: Desk, address: str) -> None:
    desk.connect()
    content_id = desk.published(title="An old row")
    [record] = desk.records_of(content_id)
    with desk.system.db.write() as db:
        db.execute(sa.update(Content).values(external_url=address))
        receipt = {**(record.receipt or {}), "external_url": address}
        db.execute(sa.update(PublishingRecord).values(external_url=address, receipt=receipt))
    with desk.browser(desk.owner) as people:
        feed = people.get(subscribe(people, desk.site.id)).text
        for path in (
            f"/content/{content_id}",
            f"/review/{content_id}",
            f"/records/{record.id}",
            "/content",
            "/publisher/publishing-queue?tab=published",
            "/publisher/content-calendar",
        ):
            page = people.get(path)
            assert page.status_code == 200, path
            assert f'href="{address}' not in page.text, path
    assert "An old row" in feed
    assert address not in feed
