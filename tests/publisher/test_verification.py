"""Step 7 and the later looks: what readers find, compared with what was sent."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from tests.support import misbehaving as does
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.misbehaving import Behaviour, Exchange, Misbehaving, Reply
from webapp.core.codes import Code
from webapp.publisher.delivery import reading, reconcile
from webapp.publisher.delivery.reading import Page


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def found(desk: Desk, content_id: int) -> set[str]:
    """The codes of all findings on the piece's last record."""
    receipt = desk.records_of(content_id)[-1].receipt or {}
    return {check["code"] for check in receipt["checks"] if not check["ok"]}


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Plain", "And plain"),
        ("“Quotes” & ampersands – dashes", 'A "description" <with> signs'),
        ("Title with <em>HTML</em>", ""),
        ("עברית ועוד 🙂", "العربية"),
        ("TITLE in   capitals", "ﬁne ligatures"),
    ],
)
def test_a_page_that_shows_what_was_sent(desk: Desk, title: str, description: str) -> None:
    content_id = desk.published(title=title, meta_description=description, slug="s")
    assert found(desk, content_id) == set()
    assert desk.records_of(content_id)[0].status == "published"


@pytest.mark.parametrize(
    ("hidden", "code"),
    [
        ("title", Code.TITLE_NOT_VISIBLE),
        ("description", Code.DESCRIPTION_NOT_VISIBLE),
        ("canonical", Code.CANONICAL_DIFFERENT),
    ],
)
def test_what_the_theme_leaves_out_is_a_finding(
    desk: Desk, website: Website, hidden: str, code: Code
) -> None:
    website.hidden.add(hidden)
    first = "https://example.org/the first?a=1&b=2"
    content_id = desk.published(
        title="A title", meta_description="A description", canonical_url=first.replace(" ", "-")
    )
    assert found(desk, content_id) == {code}
    record, content = desk.records_of(content_id)[0], desk.content(content_id)
    assert record.status == "published_with_issues"
    assert (content.site_status, set(content.attention)) == ("published", {"issues"})
    assert content_id in website.online(), "a finding takes nothing back"


@pytest.mark.parametrize(
    "behaviour",
    [does.status(404), does.status(500), does.reset(), does.status(302, Location="/elsewhere")],
    ids=["404", "500", "reset", "redirect-to-404"],
)
def test_a_page_that_does_not_open_is_a_finding(
    desk: Desk, misbehaving: Misbehaving, behaviour: Behaviour
) -> None:
    misbehaving.on("GET", "/posts/*", behaviour)
    assert found(desk, desk.published()) == {Code.PERMALINK_NOT_OK}


def test_a_destination_that_does_not_answer_is_a_finding(desk: Desk, website: Website) -> None:
    website.fail("lookup", "later")
    assert found(desk, desk.published()) == {Code.VERIFICATION_UNAVAILABLE}


def test_findings_are_looked_at_again_after_5_and_60_minutes(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.hidden.add("title")
    content_id = desk.published(title="Standing alone")
    record = desk.records_of(content_id)[0]
    assert record.verify_at == clock.now + timedelta(minutes=5)
    clock.advance(minutes=4)
    reconcile.verify_again(desk.system)
    assert desk.record(record.id).verify_round == 0
    clock.advance(minutes=1)
    reconcile.verify_again(desk.system)
    assert desk.record(record.id).verify_at == clock.now + timedelta(minutes=60)
    website.hidden.clear()
    clock.advance(minutes=60)
    reconcile.verify_again(desk.system)
    assert (desk.record(record.id).status, desk.record(record.id).verify_at) == ("published", None)
    assert desk.content(content_id).attention == frozenset()
    assert found(desk, content_id) == set()


def test_what_is_never_found_is_not_looked_for_for_ever(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.hidden.add("title")
    content_id = desk.published(title="Standing alone")
    for minutes in (5, 60, 60, 60):
        clock.advance(minutes=minutes)
        reconcile.verify_again(desk.system)
    record = desk.records_of(content_id)[0]
    assert (record.status, record.verify_at, record.verify_round) == (
        "published_with_issues",
        None,
        2,
    )
    assert desk.content(content_id).attention == {"issues"}


def test_a_newer_publication_is_not_spoken_well_of_by_an_older_one(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.hidden.add("title")
    content_id = desk.published(title="First")
    desk.edit(content_id, title="Second", keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    first = desk.records_of(content_id)[0]
    website.hidden.clear()
    website.posts[content_id].payload = None  # the page is broken altogether
    clock.advance(minutes=5)
    reconcile.verify_record(desk.system, first.id)
    assert desk.content(content_id).attention == {"issues"}


def test_the_date_of_a_scheduled_post_is_checked(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = desk.approved()
    desk.schedule(content_id)
    website.before["publish"] = lambda: None
    desk.run_worker()
    record = desk.records_of(content_id)[0]
    names = {check["name"]: check["ok"] for check in (record.receipt or {})["checks"]}
    assert names["date"] is True


LONG = "".join(f"<p>Part {n} tells of number {n * n} and what came of it.</p>\n" for n in range(40))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Best 4x4 cars", "Best 4&#215;4 cars"),
        ("10x10 and 2.5x3", "10\u00d710 and 2.5&times;3"),
        ('She said "it\'s late"', "She said &#8220;it&#8217;s late&#8221;"),
        ("From 9 -- or so... to 5", "From 9 &#8211; or so&#8230; to 5"),
        (
            "Rock 'n' roll of the '90s --- (tm)",
            "Rock \u2019n\u2019 roll of the \u201990s \u2014 \u2122",
        ),
        ("6'2\" tall", "6&#8242;2&#8243; tall"),
        ("A & B < C", "A &#038; B &lt; C"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_what_wordpress_makes_of_signs_is_the_same(written: str, shown: str) -> None:
    page = Page(f"<title>{shown} – Site</title><h1>{shown}</h1><p>{shown} again</p>".encode())
    assert page.shows(written)
    assert page.is_titled(written)
    assert page.missing([written]) == []
    other = Page(b"<title>Another</title><h1>Quite another</h1>")
    assert not other.shows(written)
    assert not other.is_titled(written)
    assert other.missing([written]) == [written]


def test_a_page_that_lacks_the_text_is_a_finding(desk: Desk, website: Website) -> None:
    """Such as one behind a paywall, which shows title and description to everybody."""
    website.hidden.add("text")
    content_id = desk.published(html=LONG, meta_description="For everybody")
    assert found(desk, content_id) == {Code.TEXT_NOT_VISIBLE}


def test_the_beginning_of_a_text_is_not_the_text(desk: Desk, misbehaving: Misbehaving) -> None:
    def teaser(exchange: Exchange) -> None:
        begun = f"<h1>A teaser</h1>{LONG[:400]}<a>Subscribe to read on</a>"
        exchange.send(Reply(200, begun.encode()))

    misbehaving.on("GET", "/posts/*", teaser)
    assert found(desk, desk.published(title="A teaser", html=LONG)) == {Code.TEXT_NOT_VISIBLE}


@pytest.mark.parametrize(
    "html",
    [
        "<p>Some <strong>strong</strong> and <a href='https://x.org/'>linked</a> words here</p>",
        "<p>Before the break of pages</p><!--nextpage--><p>On the second page of it</p>",
        "<p>A text with a code</p>[gallery ids='1,2']<p>[caption]and one around it[/caption]</p>",
        "<p>https://video.example/watch?v=1</p><p>Watch it to the end, if you like.</p>",
        "<p>\u4eca\u65e5\u306f\u3068\u3066\u3082\u826f\u3044\u5929\u6c17\u3067\u3059\u306d</p>",
        "<ul><li>One of a list</li><li>and another of it</li></ul><table><td>x</td></table>",
        "<p>1</p>",
        "",
    ],
)
def test_a_text_that_the_page_shows_in_its_own_way(
    desk: Desk, misbehaving: Misbehaving, html: str
) -> None:
    shown = html.partition("<!--nextpage-->")[0].replace(
        "[gallery ids='1,2']", "<div>4 pictures</div>"
    )
    shown = re.sub(r"\[/?caption\]", "", shown).replace("https://video", "<iframe></iframe>//video")
    misbehaving.on("GET", "/posts/*", does.reply(Reply(200, f"<h1>Own</h1>{shown}".encode())))
    content_id = desk.published(title="Own", html=html or "<!-- wp:latest-posts /-->")
    assert found(desk, content_id) == set()


@pytest.mark.parametrize("meta_title", ["For search engines", "4x4 for search engines"])
def test_the_title_for_search_engines(desk: Desk, website: Website, meta_title: str) -> None:
    content_id = desk.published(meta_title=meta_title)
    assert found(desk, content_id) == set()
    website.hidden.add("meta_title")
    other = desk.published(meta_title=meta_title, html=f"<p>Here stands {meta_title}.</p>")
    assert found(desk, other) == {Code.META_TITLE_NOT_VISIBLE}


def test_variables_of_an_seo_plugin_are_not_looked_for(desk: Desk, website: Website) -> None:
    website.hidden.add("meta_title")
    for meta_title in ("%%title%% %%sep%% %%sitename%%", "%title% - %sitename%", "#post_title"):
        assert found(desk, desk.published(meta_title=meta_title)) == set()


CHANGES = {
    "all of it": ("A new title", LONG.replace("Part", "Chapter"), {"title", "text"}),
    "one part": ("The title", LONG.replace("Part 20 tells", "The twentieth part tells"), {"text"}),
    "the title": ("The title, changed", LONG, {"title"}),
}


@pytest.mark.parametrize(("title", "html", "old"), CHANGES.values(), ids=list(CHANGES))
def test_the_old_page_of_a_cache_is_named_so(
    desk: Desk,
    website: Website,
    misbehaving: Misbehaving,
    clock: FakeClock,
    title: str,
    html: str,
    old: set[str],
) -> None:
    content_id = desk.published(title="The title", html=LONG)
    kept = website.posts[content_id].payload
    assert kept is not None
    page = f"<h1>{kept.title}</h1>{kept.html}".encode()

    def cache(exchange: Exchange) -> None:
        """Keeps what it has for the address alone."""
        if exchange.hit.query:
            website.serve(exchange)
        else:
            exchange.send(Reply(200, page, {"X-Cache": "HIT"}))

    misbehaving.on("GET", "/posts/*", cache)
    desk.edit(content_id, title=title, html=html, keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    record = desk.records_of(content_id)[-1]
    checks = [one for one in (record.receipt or {})["checks"] if not one["ok"]]
    assert {one["code"] for one in checks} == {Code.PAGE_CACHED}
    assert {one["name"] for one in checks} == old
    misbehaving.on("GET", "/posts/*", website.serve)
    clock.advance(minutes=5)
    reconcile.verify_again(desk.system)
    assert desk.record(record.id).status == "published"


def test_a_page_not_found_that_a_cache_keeps(
    desk: Desk, website: Website, misbehaving: Misbehaving
) -> None:
    def cache(exchange: Exchange) -> None:
        website.serve(exchange) if exchange.hit.query else exchange.send(Reply(404))

    misbehaving.on("GET", "/posts/*", cache)
    assert found(desk, desk.published()) == {Code.PAGE_CACHED}


def test_a_whole_page_is_asked_for_once(desk: Desk, misbehaving: Misbehaving) -> None:
    desk.published(html=LONG, meta_title="For search engines")
    assert len([hit for hit in misbehaving.hits if hit.path.startswith("/posts/")]) == 1


@pytest.mark.parametrize(
    "unit", ["<", "<p", "<!--", "&amp;", "<title>", "x ", "<p>a b c d e</p>", "["]
)
def test_a_nasty_page_and_a_nasty_text_take_no_time(unit: str) -> None:
    nasty = unit * (2_000_000 // len(unit))
    began = time.monotonic()
    wanted = reading.parts(nasty)
    page = Page(nasty.encode())
    page.missing(wanted)
    page.is_titled("A title")
    page.shows("A title")
    assert time.monotonic() - began < 60
    reading.is_there(page, wanted)
    assert len(wanted) <= reading.MOST_PARTS + 1
