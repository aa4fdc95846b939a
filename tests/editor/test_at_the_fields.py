"""What is wrong with a field is said at that field, and all the rest is saved."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from tests.editor.conftest import Client, opened, saved
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp import housekeeping
from webapp.core.clock import utc_now
from webapp.publisher.planning import decisions
from webapp.writer.models import WorkingChange


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("canonical_url", "elsewhere.example/it", "Correct it, or leave it empty."),
        ("canonical_url", "javascript:alert(1)", "Correct it, or leave it empty."),
        ("author_email", "Ada Writer", "such as name@example.com"),
        ("author_email", "ada @example.com", "such as name@example.com"),
    ],
)
def test_it_says_what_to_do(desk: Desk, client: Client, name: str, typed: str, told: str) -> None:
    content_id = desk.write(title="Before", html="<p>One.</p>")
    fields = {name: (typed, ""), "title": ("After", "Before")}
    done = saved(client, content_id, version="1", html="<p>Two.</p>", fields=fields)
    assert list(done["wrong"]) == [name]
    assert told in done["wrong"][name]
    piece = desk.content(content_id)
    assert (piece.title, piece.html, getattr(piece, name)) == ("After", "<p>Two.</p>", "")


def test_a_tag_is_taken_as_it_is_and_a_category_below_another(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    for _ in range(2):
        was = opened(client, content_id)
        fields = {
            name: ("Ships › Boats\nSea", was["fields"][name]) for name in ("tags", "categories")
        }
        saved(client, content_id, version=was["version"], fields=fields)
        after = opened(client, content_id)["fields"]
        assert after["tags"] == after["categories"] == "Ships › Boats\nSea"
    read = client.get(f"/api/v1/writer/content/{content_id}").json()["data"]
    assert [one["name"] for one in read["tags"]] == ["Ships › Boats", "Sea"]
    assert [(one["name"], one.get("parent_name")) for one in read["categories"]] == [
        ("Boats", "Ships"),
        ("Sea", None),
    ]


def test_what_nobody_sees_of_a_slug_is_no_mistake(desk: Desk, client: Client) -> None:
    """Keyboards put signs around right-to-left text and within emoji that show as nothing."""
    content_id = desk.write(slug="before")
    typed = "\u202bقارب\u200f-\U0001f469\u200d\U0001f680\u202c"
    done = saved(client, content_id, version="1", fields={"slug": (typed, "before")})
    assert done["wrong"] == {}
    assert done["fields"]["slug"] == desk.content(content_id).slug == "قارب-\U0001f469\U0001f680"
    now = {"version": done["version"], "fields": {"slug": ("قارب سفينة", done["fields"]["slug"])}}
    assert saved(client, content_id, **now)["wrong"] == {
        "slug": "Write it as “\u2068قارب-سفينة\u2069”."
    }


def test_what_lies_beside_a_piece_goes_with_it_out_of_the_bin(
    desk: Desk, client: Client, clock: FakeClock
) -> None:
    content_id = desk.approved(html="<p>Approved.</p>")
    saved(client, content_id, version="1", html="<p>Typed.</p>")
    with desk.changing(content_id) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.owner)
    for days, left in ((29, 1), (31, 0)):
        clock.now = utc_now() + timedelta(days=days)
        housekeeping.prune(desk.system)
        assert len(desk.rows(WorkingChange)) == left


def test_half_a_character_is_kept_as_a_sign_and_told(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Before", html="<p>One.</p>", slug="before")
    body = {"version": "1", "html": "<p>One \ud83d.</p>"}
    fields = {
        "title": {"to": "Half \udc00", "was": "Before"},
        "slug": {"to": "\ud83d", "was": "before"},
    }
    lost = {"lost_fields": {"title": ["Half \udc00"]}}  # as a page sends what it had no answer to
    sent = json.dumps({**body, **lost, "fields": fields})
    done = client.post(f"/content/{content_id}/draft", content=sent).json()
    piece = desk.content(content_id)
    assert (piece.title, piece.html) == ("Half \ufffd", "<p>One \ufffd.</p>")
    assert (done["html"], done["fields"]["title"]) == (piece.html, piece.title)
    assert done["mended"] == ["html", "slug", "title"]
    deep = "[" * 600 + '"\\ud83d"' + "]" * 600
    for wrong in ('{"version": "2", "html": "\\ud8', f'{{"version": "2", "settled": {deep}}}'):
        again = client.post(f"/content/{content_id}/draft", content=wrong)
        assert again.status_code == 400


def test_what_the_website_said_of_a_field_stands_there(
    desk: Desk, client: Client, website: Website
) -> None:
    desk.connect_to_website()
    content_id = desk.approved(content_type="forbidden")
    desk.publish(content_id)
    desk.run_worker()
    page = client.get(f"/content/{content_id}/edit").text
    [said] = re.findall(
        r'id="wrong-(\w+)"></div>\s*<p class="wrong">When it was sent last: No', page
    )
    assert said == "content_type"
