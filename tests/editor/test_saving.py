"""What the editor sends is saved: all of it that can be, and nothing else changes."""

from __future__ import annotations

from hashlib import sha256

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import opened, saved, send
from tests.support.desk import Desk

Client = TestClient[Litestar]


def test_a_text_comes_and_goes_byte_for_byte(desk: Desk, client: Client) -> None:
    text = '\n<p>a&nbsp;b &amp c</p>\r\n<!-- wp:x {"a":1} /-->\r<br/>\n\n'
    content_id = desk.write(html=text)
    piece = opened(client, content_id)
    assert piece["html"] == text
    done = saved(client, content_id, version=piece["version"], html=text + "<p>more</p>\r\n")
    assert desk.content(content_id).html == text + "<p>more</p>\r\n"
    assert done["html"] is None
    assert done["version"] == "2"


def test_what_is_wrong_keeps_nothing_else_from_being_saved(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Before", slug="before")
    done = saved(
        client,
        content_id,
        version="1",
        html="<p>New text.</p>",
        fields={"slug": ("not a slug!", "before"), "title": ("After", "Before")},
    )
    piece = desk.content(content_id)
    assert set(done["wrong"]) == {"slug"}
    assert (piece.title, piece.slug, piece.html) == ("After", "before", "<p>New text.</p>")
    nothing = saved(client, content_id, version="2", fields={"title": ("  ", "After")})
    assert set(nothing["wrong"]) == {"title"}
    assert desk.content(content_id).version == 2


def test_every_field_is_saved_as_it_stands_in_the_form(desk: Desk, client: Client) -> None:
    content_id = desk.write(categories=[{"name": "News", "slug": "own-slug"}])
    was = opened(client, content_id)["fields"]
    assert was["categories"] == "News"
    to = {
        "categories": "News\nWorld › Asia",
        "tags": "one\ntwo\none",
        "focus_keywords": "first\nsecond",
        "meta_description": "Said.",
        "author_email": "writer@example.com",
        "content_type": "page",
        "canonical_url": "https://elsewhere.example/it",
        "sector_id": str(desk.sector.id),
    }
    fields = {name: (text, was[name]) for name, text in to.items()}
    done = saved(client, content_id, version="1", fields=fields)
    assert done["wrong"] == {}
    after = opened(client, content_id)["fields"]
    assert {name: after[name] for name in to} == to | {"tags": "one\ntwo"}
    read = client.get(f"/api/v1/writer/content/{content_id}").json()["data"]
    assert [one["slug"] for one in read["categories"]] == ["own-slug", "asia"]
    assert read["categories"][1]["parent_name"] == "World"


def test_a_field_that_another_has_changed_is_asked_about(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Opened", excerpt="Opened.")
    desk.edit(content_id, title="Theirs")
    done = saved(
        client,
        content_id,
        version="1",
        fields={"title": ("Ours", "Opened"), "excerpt": ("Ours.", "Opened.")},
    )
    assert [(one["field"], one["theirs"], one["ours"]) for one in done["clashes"]] == [
        ("title", "Theirs", "Ours")
    ]
    assert done["fields"]["title"] == "Theirs"
    piece = desk.content(content_id)
    assert (piece.title, piece.excerpt) == ("Theirs", "Ours.")


def test_an_older_text_is_never_written_over_a_newer_one(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>One.</p>")
    desk.edit(content_id, html="<p>Two.</p>")
    answer = send(client, content_id, version="", html="<p>One, typed on.</p>")
    assert answer.status_code == 409
    assert answer.json()["code"] == "VERSION_CONFLICT"
    assert desk.content(content_id).html == "<p>Two.</p>"


def test_edits_at_different_places_become_one_text(desk: Desk, client: Client) -> None:
    base = "<p>One.</p>\r\n<p>Two.</p>\n<p>Three.</p>"
    content_id = desk.write(html=base)
    desk.edit(content_id, html=base.replace("One", "One of theirs"))
    ours = base.replace("Three", "Three of ours")
    done = saved(client, content_id, version="1", html=ours)
    both = ours.replace("One", "One of theirs")
    assert (done["html"], done["clashes"]) == (both, [])
    assert desk.content(content_id).html == both
    again = saved(client, content_id, version="1", html=ours, base=base)
    assert (again["html"], again["saved"]) == (both, False)


def test_what_both_have_changed_is_asked_about_and_nothing_is_lost(
    desk: Desk, client: Client
) -> None:
    base = "<p>One.</p><p>The word.</p><p>Three.</p>"
    content_id = desk.write(html=base)
    with desk.browser(desk.teammate) as other:
        saved(other, content_id, version="1", html=base.replace("word", "sentence"))
    ours = base.replace("word", "letter").replace("Three", "Four")
    done = saved(client, content_id, version="1", html=ours, base=base)
    [clash] = done["clashes"]
    assert (clash["field"], clash["theirs"], clash["ours"]) == ("html", "sentence", "letter")
    stored = desk.content(content_id).html
    assert stored == "<p>One.</p><p>The sentence.</p><p>Four.</p>" == done["html"]
    assert clash["before"] + clash["theirs"] + clash["after"] in stored
    assert (clash["place"], clash["by"], clash["ours_by"]) == ("Paragraph 2", "Teammate", "")
    assert (clash["theirs_read"], clash["ours_read"]) == ("The sentence.", "The letter.")
    assert clash["at"]


def test_asking_without_a_change_tells_what_others_did(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>One.</p>")
    desk.edit(content_id, html="<p>Two.</p>", title="Another title")
    done = saved(client, content_id, version="1")
    assert (done["html"], done["fields"]["title"]) == ("<p>Two.</p>", "Another title")
    assert done["saved"] is False
    assert desk.content(content_id).version == 2
    again = saved(client, content_id, version=done["version"])
    assert (again["html"], again["fields"]) == (None, {})


@pytest.mark.parametrize(
    "sent",
    [
        {"version": "1", "html": 7},
        {"html": "<p>No version</p>"},
        {"version": "1", "surprise": True},
        {"version": "1", "fields": {"title": "no pair"}},
        {"version": "1" * 40},
    ],
)
def test_what_is_no_save_is_refused(desk: Desk, client: Client, sent: dict[str, object]) -> None:
    content_id = desk.write()
    answer = client.post(f"/content/{content_id}/draft", json=sent)
    assert answer.status_code == 422
    assert desk.content(content_id).version == 1


def test_texts_have_their_limit_and_pages_theirs(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="Before", html="<p>Before</p>")
    large = "<p>" + "x" * (5 * 1024 * 1024) + "</p>"
    done = saved(client, content_id, version="1", html=large, fields={"title": ("After", "Before")})
    assert list(done["wrong"]) == ["html"]
    piece = desk.content(content_id)
    assert (piece.title, piece.html) == ("After", "<p>Before</p>")
    too_much = client.post(f"/content/{content_id}/draft", content=b" " * (13 * 1024 * 1024))
    assert too_much.status_code == 413


def test_only_who_may_write_it_opens_and_saves_it(desk: Desk) -> None:
    content_id = desk.write()
    for member, status in ((desk.viewer, 403), (desk.writer, 404), (desk.stranger, 404)):
        with desk.browser(member) as client:
            assert client.get(f"/content/{content_id}/edit").status_code == status
            assert client.get(f"/content/{content_id}/draft").status_code == status
            answer = send(client, content_id, version="1", html="<p>Mine now</p>")
            assert answer.status_code == status
    with desk.browser(desk.teammate) as client:
        del client.headers["X-CSRF-Token"]
        assert send(client, content_id, version="1", html="<p>Forged</p>").status_code == 403
    assert desk.content(content_id).version == 1


def test_the_key_of_what_a_browser_keeps_is_the_persons_own(desk: Desk) -> None:
    content_id = desk.write()
    keys = []
    for member in (desk.owner, desk.owner, desk.teammate):
        with desk.browser(member) as client:
            keys.append(opened(client, content_id)["key"])
    assert keys[0] == keys[1] != keys[2]


def test_a_copy_of_what_was_saved_brings_nothing_back(desk: Desk, client: Client) -> None:
    """A page that was left had saved it; then somebody took the words away, and its copy comes."""
    base, typed = "<p>One.</p><p>Two.</p>", "<p>One.</p><p>Two. A secret.</p>"
    content_id = desk.write(html=base, title="Before")
    typed_fields = {"title": ("A secret", "Before"), "tags": ("milk", "")}
    saved(client, content_id, version="1", html=typed, fields=typed_fields)
    desk.edit(content_id, html="<p>One!</p><p>Two.</p>", title="After", tags=[])
    copy = {"version": "1", "html": typed, "base": base, "mode": "restored"}
    done = saved(client, content_id, **copy, fields=typed_fields)
    piece = desk.content(content_id)
    assert (piece.html, piece.title) == ("<p>One!</p><p>Two.</p>", "After")
    assert (done["saved"], done["clashes"]) == (False, [])
    copy["html"] = typed.replace("Two.", "Two, too.").replace(" A secret.", "")
    assert saved(client, content_id, **copy)["saved"], "what the piece has not been is brought back"
    assert desk.content(content_id).html == "<p>One!</p><p>Two, too.</p>"


@pytest.mark.parametrize(
    ("typed", "title"), [("Milk\n", "Milk"), ("Milk\r\n and  jugs", "Milk and  jugs")]
)
def test_a_title_is_one_line(desk: Desk, client: Client, typed: str, title: str) -> None:
    content_id = desk.write(title="Before")
    done = saved(client, content_id, version="1", fields={"title": (typed, "Before")})
    assert desk.content(content_id).title == done["fields"]["title"] == title


def test_a_field_of_very_many_lines_is_named_and_the_rest_saved(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>One.</p>")
    tags = "\n".join(f"tag {n}" for n in range(260_000))
    done = saved(client, content_id, version="1", html="<p>Two.</p>", fields={"tags": (tags, "")})
    assert set(done["wrong"]) == {"tags"}
    assert desk.content(content_id).html == "<p>Two.</p>"


def test_what_was_saved_without_an_answer_is_no_clash_with_what_was_typed_on(
    desk: Desk, client: Client
) -> None:
    base = "<p>One.</p><p>Two.</p>"
    content_id = desk.write(html=base, title="T")
    first, second = base.replace("One", "One a"), base.replace("One", "One abc")
    saved(client, content_id, version="1", html=first, fields={"title": ("Ta", "T")})
    with desk.browser(desk.teammate) as other:
        saved(other, content_id, version="2", html=first.replace("Two", "Two of theirs"))
    lost = {"lost_texts": [sha256(first.encode()).hexdigest()], "lost_fields": {"title": ["Ta"]}}
    typed = {"html": second, "base": base, "fields": {"title": ("Tab", "T")}}
    done = saved(client, content_id, version="1", **typed, **lost)
    assert done["clashes"] == []
    piece = desk.content(content_id)
    assert (piece.html, piece.title) == ("<p>One abc.</p><p>Two of theirs.</p>", "Tab")


def test_both_keeps_words_apart_and_is_offered_where_both_can_stand(
    desk: Desk, client: Client
) -> None:
    content_id = desk.write(html="<p>The word.</p>\n<p>One <b>two.</b></p>")
    theirs = "<p>The sentence.</p>\n<p>One two.</p>"
    desk.edit(content_id, html=theirs)
    ours = "<p>The letter.</p>\n<p>One <i>two.</i></p>"
    clashes = saved(client, content_id, version="1", html=ours)["clashes"]
    assert [(one["ours"], one["joined"]) for one in clashes] == [
        ("letter", "sentence letter"),
        ("<i>two.</i>", "two. <i>two.</i>"),
    ]


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "both"),
    [
        ("港町", "東京です", "大阪です", "東京です大阪です"),
        ("กขค", "สวัสดี", "ขอบคุณ", "สวัสดีขอบคุณ"),
        ("강", "바다", "호수", "바다 호수"),
    ],
)
def test_both_puts_no_space_where_a_script_has_none(
    desk: Desk, client: Client, base: str, theirs: str, ours: str, both: str
) -> None:
    content_id = desk.write(html=f"<p>{base}</p>")
    desk.edit(content_id, html=f"<p>{theirs}</p>")
    [clash] = saved(client, content_id, version="1", html=f"<p>{ours}</p>")["clashes"]
    start, _, rest = f"<p>{theirs}</p>".partition(clash["theirs"])
    assert f"{start}{clash['joined']}{rest}" == f"<p>{both}</p>"
