"""The source is edited, not printed again: what is harmless stays byte for byte, and what goes is
named with its place."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.writer.test_html import ATTACKS, KEPT, dangers
from webapp import config
from webapp.writer import allowed, cleaning, edits, judge, markup
from webapp.writer.allowed import Policy
from webapp.writer.cleaning import Cleaned
from webapp.writing import lexer

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
]
TAKEN_OUT = [
    ("<p onclick='x()' class=a>b</p>", "<p class=a>b</p>", "p[onclick]"),
    ("<p a=1 onclick='x'class=b>c</p>", "<p class=b>c</p>", "p[a]"),
    ("<script>a</script>b", "b", "script"),
    ("<form action=x>a</form>", "a", "form"),
    ("<svg><path/><svg></svg><title>t</title></svg>x", "x", "svg"),
    ('<a href="java&#10;script:x">y</a>', "<a>y</a>", "a[href]"),
    (
        '<p style="color:red;behavior:url(x);top:0">x</p>',
        '<p style="color:red;top:0">x</p>',
        "p[style] behavior",
    ),
    ("<p>a <![ b</p>", "<p>a ", "<!"),
    ("<![<p>x", "x", "<!"),
    ("<<form>script>x</script>", "&lt;script>x", "form"),
    ("a <b c", "a &lt;b c", "<"),
    ("a<!-- b", "a", "<!"),
    ("<input type=text>", "", "input"),
    ("<title><p onclick=x>y</p>", "<p>y</p>", "title"),
    (
        '<iframe src="http://a.example/" title="Map &amp; more"></iframe>',
        '<a href="http://a.example/">Map &amp; more</a>',
        "iframe",
    ),
    ("<iframe srcdoc='x'>y</iframe>z", "z", "iframe"),
    ("<iframe src=https://a.example/>b", "b", "iframe"),
    (
        '<iframe src="https://a.example/" sandbox="allow-same-origin allow-scripts"></iframe>',
        f'<iframe src="https://a.example/" sandbox="{allowed.SANDBOX}"></iframe>',
        "iframe[sandbox]",
    ),
    (
        "<p data-hx-on:click='x' hx-get=/ @click=x x-on:click=y>z</p>",
        "<p>z</p>",
        "p[data-hx-on:click]",
    ),
    # WordPress's Interactivity API would set srcdoc on the page, past every filter.
    (
        "<div data-wp-interactive='x' data-wp-context='{}'>z</div>",
        "<div>z</div>",
        "div[data-wp-interactive]",
    ),
    (
        '<iframe src="https://www.youtube.com/embed/x" data-wp-bind--srcdoc="context.s"></iframe>',
        '<iframe src="https://www.youtube.com/embed/x"></iframe>',
        "iframe[data-wp-bind--srcdoc]",
    ),
    (
        "<p data-bind='text: x' data-controller=y data-action='click->y#z'>z</p>",
        "<p>z</p>",
        "p[data-bind]",
    ),
    ("<img data-src=' java\nscript:x' alt=a>", "<img alt=a>", "img[data-src]"),
    ("<p data-frame='data:text/html,<script>x</script>'>z</p>", "<p>z</p>", "p[data-frame]"),
]
PIECES = [
    "<p>",
    "</p>",
    "<b",
    ">",
    "<",
    "</",
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    '"',
    "'",
    "=",
    " ",
    "/",
    "\n",
    "a",
    "href",
    "javascript:",
    "x",
    "onclick=",
    "<script>",
    "</script>",
    "<iframe ",
    "src=",
    "https://e.example",
    "</iframe>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<table>",
    "<td>",
    "<textarea>",
    "</textarea>",
    "<title>",
    "<template>",
    "</template>",
    "<noscript>",
    "&lt;",
    "&#x6a;",
    "&quot;",
    "<plaintext>",
    "<select>",
    "<option>",
    "style=",
    "url(",
    "<img ",
    "onerror=alert(1)",
    "<a ",
    "<!-",
    "<?",
    "<br/",
    "<xmp>",
    "</xmp>",
    "<mglyph>",
    "<desc>",
    "<annotation-xml encoding=text/html>",
    "</b>",
    "\x00",
    "`",
    "😀",
    '<p title="',
    '</p x="',
]


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
    for token in lexer.tokens(text):
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
