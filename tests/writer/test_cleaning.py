"""The source is edited, not printed again: what is harmless stays byte for byte, and what goes is
named with its place."""

from __future__ import annotations

import random
import re
from pathlib import Path

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.writer.test_html import ATTACKS, KEPT, dangers
from webapp import config
from webapp.writer import allowed, cleaning, edits, judge, tokens
from webapp.writer import html as markup
from webapp.writer.allowed import Policy
from webapp.writer.cleaning import Cleaned

HARMLESS = [
    *KEPT,
    '<ol type="a" reversed><li value="4">z</li></ol><p><time datetime="2026-01-01">New Year</time>'
    ' <data value="3">three</data></p><details open><summary>s</summary>t</details>',
    '<map name="m"><area shape="rect" coords="0,0,1,1" href="https://e.org" alt="a"></map>'
    '<img src="https://e.org/a.png" usemap="#m" alt="x">',
    '<table border="1" width="100%" cellpadding=3><tr><td width="50%" nowrap>a</td></tr></table>',
    '<p itemscope itemtype="https://schema.org/Recipe"><span itemprop="name">x</span></p>',
    '<p><a href="https://shop.example/?aff=1" rel="sponsored nofollow noopener" target="_blank">'
    'partner</a> <a href="whatsapp://send?text=x">share</a></p>',
    '<a href="tel:+49">t</a><a href="sms:+49">s</a><a href=MAILTO:a@b.example>m</a>',
    '<p style="background:url(https://a.example/x.png); scroll-behavior: smooth; --x: 1">x</p>',
    "<p style='font-family:&quot;Open Sans&quot;;color:red'>x</p>",
    '<img src="data:image/png;base64,AAAA" alt="">',
    '<video controls autoplay muted playsinline poster="/p.jpg" src="/a.mp4"></video>',
    '<audio controls preload="none" src="https://a.example/a.mp3" loop></audio>',
    '<label for="x">a</label><input type="checkbox" id="x" checked disabled>',
    '<iframe src="https://www.youtube.com/embed/abc" referrerpolicy="no-referrer"></iframe>',
    '<iframe sandbox="allow-scripts" src="https://any.example/"></iframe>',
    "<P ALIGN=center>Old<BR>text<br/>and <FONT COLOR=red>more</font>\r\n<p>unclosed<li>x",
    '<!-- wp:gallery {"ids":[1],"x":"a\\u002d\\u002db"} -->\n<!-- /wp:gallery --><!--more-->',
    "5 < 6 && 7 > 3 &nbsp;&eacute; &unknown; <3 <- -> ]]> {{x}} [gallery ids='1,2']",
    "a<div></div>b</p>c",
    '<figure class="wp-block-embed"><div>\nhttps://youtu.be/x\n</div></figure>',
    "<p data-id=1 aria-label='x' data-settings='{\"a\":1}' data-src=a.png>x</p>",
]  # fmt: skip
TAKEN_OUT = [
    ("<p onclick='x()' class=a>b</p>", "<p class=a>b</p>", "p[onclick]"),
    ("<p a=1 onclick='x'class=b>c</p>", "<p class=b>c</p>", "p[a]"),
    ("<script>a</script>b", "b", "script"),
    ("<form action=x>a</form>", "a", "form"),
    ("<svg><path/><svg></svg><title>t</title></svg>x", "x", "svg"),
    ('<a href="java&#10;script:x">y</a>', "<a>y</a>", "a[href]"),
    ('<p style="color:red;behavior:url(x);top:0">x</p>', '<p style="color:red;top:0">x</p>',
     "p[style] behavior"),
    ("<p>a <![ b</p>", "<p>a ", "<!"),
    ("<![<p>x", "x", "<!"),
    ("<<form>script>x</script>", "&lt;script>x", "form"),
    ("a <b c", "a &lt;b c", "<"),
    ("a<!-- b", "a", "<!"),
    ("<input type=text>", "", "input"),
    ("<title><p onclick=x>y</p>", "<p>y</p>", "title"),
    ('<iframe src="http://a.example/" title="Map &amp; more"></iframe>',
     '<a href="http://a.example/">Map &amp; more</a>', "iframe"),
    ("<iframe srcdoc='x'>y</iframe>z", "z", "iframe"),
    ("<iframe src=https://a.example/>b", "b", "iframe"),
    ('<iframe src="https://a.example/" sandbox="allow-same-origin allow-scripts"></iframe>',
     f'<iframe src="https://a.example/" sandbox="{allowed.SANDBOX}"></iframe>', "iframe[sandbox]"),
    ("<p data-hx-on:click='x' hx-get=/ @click=x x-on:click=y>z</p>", "<p>z</p>",
     "p[data-hx-on:click]"),
    # WordPress's Interactivity API would set srcdoc on the page, past every filter.
    ("<div data-wp-interactive='x' data-wp-context='{}'>z</div>", "<div>z</div>",
     "div[data-wp-interactive]"),
    ('<iframe src="https://www.youtube.com/embed/x" data-wp-bind--srcdoc="context.s"></iframe>',
     '<iframe src="https://www.youtube.com/embed/x"></iframe>', "iframe[data-wp-bind--srcdoc]"),
    ("<p data-bind='text: x' data-controller=y data-action='click->y#z'>z</p>", "<p>z</p>",
     "p[data-bind]"),
    ("<img data-src=' java\nscript:x' alt=a>", "<img alt=a>", "img[data-src]"),
    ("<p data-frame='data:text/html,<script>x</script>'>z</p>", "<p>z</p>", "p[data-frame]"),
]  # fmt: skip
PIECES = [
    "<p>", "</p>", "<b", ">", "<", "</", "<!--", "-->", "--!>", "<![CDATA[", "]]>", '"', "'", "=",
    " ", "/", "\n", "a", "href", "javascript:", "x", "onclick=", "<script>", "</script>",
    "<iframe ",
    "src=", "https://e.example", "</iframe>", "<svg>", "</svg>", "<math>", "<mtext>", "<style>",
    "</style>", "<table>", "<td>", "<textarea>", "</textarea>", "<title>", "<template>",
    "</template>",
    "<noscript>", "&lt;", "&#x6a;", "&quot;", "<plaintext>", "<select>", "<option>", "style=",
    "url(",
    "<img ", "onerror=alert(1)", "<a ", "<!-", "<?", "<br/", "<xmp>", "</xmp>", "<mglyph>",
    "<desc>",
    "<annotation-xml encoding=text/html>", "</b>", "\x00", "`", "😀", "<p title=\"", "</p x=\"",
]  # fmt: skip


def edited(text: str, cleaned: Cleaned) -> str:
    """What was written, with the edits carried out."""
    parts, at = [], 0
    for edit in cleaned.edits:
        assert edit.start >= at, "edits come in their order"
        parts += [text[at : edit.start], edit.by]
        at = edit.end
    return "".join([*parts, text[at:]])


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays_byte_for_byte(text: str) -> None:
    cleaned = cleaning.clean(text)
    assert cleaned.html == text
    assert (cleaned.edits, cleaned.rewritten) == ([], False)


@pytest.mark.parametrize(("text", "sent", "what"), TAKEN_OUT)
def test_what_is_not_is_cut_and_named(text: str, sent: str, what: str) -> None:
    cleaned = cleaning.clean(text)
    assert cleaned.html == sent
    assert not cleaned.rewritten
    assert edited(text, cleaned) == sent
    first = edits.removals(text, cleaned.edits)[0]
    assert first.what == what
    assert first.why


def test_the_list_says_where_how_often_and_what_stands_there() -> None:
    text = "<p>a</p>\n<p onclick='x()'>b</p>\n<p onclick='y()'>c</p>\n<font>d</font><form>e</form>"
    found = edits.removals(text, cleaning.clean(text).edits)
    assert [(one.what, one.times, one.line) for one in found] == [
        ("p[onclick]", 2, 2),
        ("form", 1, 4),
    ]
    assert found[0].near == "onclick='x()'"
    assert found[0].why == "it runs a script"


def test_an_admins_lists_widen_what_is_allowed_but_never_to_what_runs(tmp_path: Path) -> None:
    text = '<a href="shop://x">a</a><a href="javascript:x">b</a>'
    wide = Policy(link_schemes=allowed.LINK_SCHEMES | {"shop"})
    assert cleaning.clean(text, wide).html == '<a href="shop://x">a</a><a>b</a>'
    frame = '<iframe src="https://maps.example/x" title="Map"></iframe>'
    assert cleaning.clean(frame, Policy(embed_hosts=frozenset(["maps.example"]))).html == frame
    assert cleaning.clean(frame).html == frame.replace('Map"', f'Map" sandbox="{allowed.SANDBOX}"')
    env = {
        "IGNY8_VAR": str(tmp_path),
        "IGNY8_LINK_SCHEMES": "Shop",
        "IGNY8_EMBED_HOSTS": "b.example",
    }
    of_settings = allowed.policy_of(config.load(env))
    assert cleaning.clean(text, of_settings).html == '<a href="shop://x">a</a><a>b</a>'
    assert of_settings.embed_hosts > {"b.example", "www.youtube.com"}
    listed = Policy(only_listed_embeds=True)
    assert cleaning.clean(frame, listed).html == '<a href="https://maps.example/x">Map</a>'


def test_where_the_trees_differ_the_text_is_printed_and_says_so() -> None:
    text = "<table>a<tr><td>x</table><b>"
    cleaned = cleaning.clean(text)
    assert cleaned.html == f"{text}</b>", "browsers and nh3 read it alike"
    strange = "<p>x</p><table><b><tr><td>y"
    again = cleaning.clean(strange)
    assert again.rewritten == (again.html != strange)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_cut_and_cutting_them_again_changes_nothing(attack: str) -> None:
    for text in (attack, f"<p>{attack}</p>", f"<div title='{attack}'>"):
        cleaned = cleaning.clean(text)
        assert dangers(cleaned.html) == []
        assert cleaned.rewritten or edited(text, cleaned) == cleaned.html
        assert dangers(cleaning.clean(cleaned.html).html) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_judge_needs_nobodys_help(attack: str) -> None:
    """What a browser would run is found by nh3 alone, whatever the cutting has made of it."""
    if any(not one.startswith("iframe ") for one in dangers(attack)):  # frames get a sandbox
        assert judge.left_open(attack, allowed.TAGS, Policy()) is None


@pytest.mark.parametrize("text", ["<p>a<!-- b", "<a href='", "<iframe>", "<p>a<textarea>", "<b <"])
def test_the_judge_sees_what_would_swallow_the_rest_of_a_page(text: str) -> None:
    assert judge.left_open(text, allowed.TAGS, Policy()) is None
    assert judge.left_open("<p>a<b>b", allowed.TAGS, Policy()) == "</b></p>"


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_is_put_together_nothing_runs_and_the_edits_are_all(text: str) -> None:
    cleaned = cleaning.clean(text)
    assert dangers(cleaned.html) == []
    assert dangers(markup.shown(text)) == []
    if not cleaned.rewritten:
        assert edited(text, cleaned) == cleaned.html
    assert not re.search("<[A-Za-z/!?]", markup.plain(text))
    assert dangers(markup.line(text)) == []


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_tokens_leave_no_gap(text: str) -> None:
    at = 0
    for token in tokens.tokens(text):
        assert token.start == at < token.end
        at = token.end
    assert at == len(text)


def test_what_is_too_much_to_look_through_is_not_sent() -> None:
    for text in ("<p>" * 40_000, "<div>" * 300, "<a b=c>" * 300, "&amp;" * 200_000):
        cleaned = cleaning.clean(text)
        assert (cleaned.html, cleaned.too_complex) == ("", True)
        assert markup.facts(text).too_complex
    long_texts = random.Random(1).choices(HARMLESS, k=2000)
    assert not cleaning.clean("".join(long_texts)).too_complex


# What is left open

PARTS_OF_TABLES = {
    "caption": "<table><caption>", "colgroup": "<table><colgroup>", "col": "<table><colgroup><col>",
    "thead": "<table><thead>", "tbody": "<table><tbody>", "tfoot": "<table><tfoot>",
    "tr": "<table><tr>", "td": "<table><tr><td>", "th": "<table><tr><th>",
}  # fmt: skip
LEFT_OPEN = sorted(
    {f"<{tag}>" for tag in allowed.TAGS | allowed.WHOLE | {"form", "button", "object", "option"}}
    | set(PARTS_OF_TABLES.values())
    | {
        "<ul><li>", "<dl><dd>", "<details><summary>", "<details open><p>", "<ruby><rt>",
        "<select><option>", "<fieldset><legend>", "<table><tr><td><table><tr><td><b>",
        "<p><a href='/x'><b>", "<div><p>", "<table><tr><td></td>", "<video><source>",
        "<iframe src='https://a.example/'>", "<svg><title>", "<!-- ", "<b><p>x</b>",
    }
)  # fmt: skip


def page_around(sent: str) -> str:
    """What a browser makes of a page that shows the text and goes on after it."""
    whole = f"<section id=page>{sent}</section><aside>after</aside>"
    every = {*allowed.TAGS, *allowed.WHOLE, "form", "button", "object", "option"}
    return nh3.clean(whole, tags=every, clean_content_tags=set(), attributes={"section": {"id"}})


@pytest.mark.parametrize("start", LEFT_OPEN)
def test_what_is_left_open_swallows_nothing_of_the_page_around_it(start: str) -> None:
    for text in (start, f"{start}words", f"<p>before</p>{start}<em>words"):
        for done in (cleaning.clean(text), cleaning.only(text, allowed.LINE_TAGS)):
            assert page_around(done.html).endswith("</section><aside>after</aside>"), done.html
        assert cleaning.clean(cleaning.clean(text).html).edits == []


def test_what_is_left_open_is_closed_and_the_rest_stays_as_it_was_written() -> None:
    text = "<P ALIGN=center>Old<BR>text\r\n<table border=1><tr><td>x<td>y"
    done = cleaning.clean(text)
    assert done.html == f"{text}</td></tr></tbody></table>"
    assert not done.rewritten
    [told] = edits.removals(text, done.edits)
    assert (told.what, told.times) == ("open table", 1)
    assert cleaning.clean("<ul><li>one<li>two</ul><p>three").edits == []


# End tags that end nothing

# Browsers make nothing of these where they stand alone.
STAND_ALONE_NOT = {*PARTS_OF_TABLES, "iframe"}
STRAY = sorted(allowed.TAGS - tokens.VOID - {"p"})


@pytest.mark.parametrize("name", STRAY)
def test_an_end_tag_that_ends_nothing_is_left_out_and_named(name: str) -> None:
    before, after = "<p>Before.</p>\r\n<!-- wp:x -->", "<P>After.</p><div>x</div>"
    text = f"{before}</{name}></{name.upper()} >{after}"
    done = cleaning.clean(text)
    assert (done.html, done.rewritten) == (f"{before}{after}", False)
    [told] = edits.removals(text, done.edits)
    assert (told.what, told.times) == (f"/{name}", 2)
    assert cleaning.clean(f"words</{name}> and\n\nmore").html == "words and\n\nmore"
    whole = f"<{name}>x</{name}>"
    if name not in STAND_ALONE_NOT:
        assert cleaning.clean(f"{whole}</{name}>{whole}").html == f"{whole}{whole}"


def test_the_page_around_stays_whole() -> None:
    text = "<p>Before.</p></div></div></main></article><p>After.</p>"
    done = cleaning.clean(text)
    assert done.html == "<p>Before.</p><p>After.</p>"
    assert [one.what for one in edits.removals(text, done.edits)] == ["/div", "/main", "/article"]


@pytest.mark.parametrize("text", [
    "x</p>y", "<p>x</p></p>", "x</br>y", "<b><i>x</b>y</i>", "<p><b>x</p><p>y</b></p>",
    "<span><div>x</span>y</div></span>", "<div><table><tr><td></div>x</td></tr></table></div>",
    "<ul><li>a<ul><li>b</ul><li>c</ul>", "<dl><dt>a<dd>b</dd><dt>c</dl>", "<h2>x</h3>",
    "<table><tr><td>a<td>b<tr><td>c</table>", "<div><p>x<span>y</div>", "<ul><li><p>x</li></ul>",
    "<table><tbody><tr><th>x</th></tr></tbody><tbody><tr><td>y</td></tr></tbody></table>",
    "<ul><li><div>x</div></li><li>y</li></ul>", "<p>a<div>b</div></p>", "<ol><li>x</li></ol>",
    "<table><caption>c</caption><colgroup><col></colgroup><thead><tr><td>x</thead></table>",
    "<!-- wp:group --><div class=\"wp-block-group\">x</div><!-- /wp:group -->",
    "<ruby>a<rp>(</rp><rt>b</rt></ruby>", "<a href='/x'><div>x</div></a>",
    "<details><summary>x</summary><p>y</p></details>", "<table><tr><td><ul><li>x</td></tr></table>",
])  # fmt: skip
def test_end_tags_that_browsers_use_or_ignore_within_the_text_stay(text: str) -> None:
    assert cleaning.clean(text).edits == []
    assert cleaning.clean(text).html == text
