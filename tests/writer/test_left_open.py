"""What a text leaves open is closed, and an end tag that ends nothing is left out: the page around
stays whole."""

from __future__ import annotations

import nh3
import pytest

from webapp.writer import allowed, cleaning, edits
from webapp.writing import lexer

# What is left open

PARTS_OF_TABLES = {
    "caption": "<table><caption>",
    "colgroup": "<table><colgroup>",
    "col": "<table><colgroup><col>",
    "thead": "<table><thead>",
    "tbody": "<table><tbody>",
    "tfoot": "<table><tfoot>",
    "tr": "<table><tr>",
    "td": "<table><tr><td>",
    "th": "<table><tr><th>",
}
LEFT_OPEN = sorted(
    {f"<{tag}>" for tag in allowed.TAGS | allowed.WHOLE | {"form", "button", "object", "option"}}
    | set(PARTS_OF_TABLES.values())
    | {
        "<ul><li>",
        "<dl><dd>",
        "<details><summary>",
        "<details open><p>",
        "<ruby><rt>",
        "<select><option>",
        "<fieldset><legend>",
        "<table><tr><td><table><tr><td><b>",
        "<p><a href='/x'><b>",
        "<div><p>",
        "<table><tr><td></td>",
        "<video><source>",
        "<iframe src='https://a.example/'>",
        "<svg><title>",
        "<!-- ",
        "<b><p>x</b>",
    }
)


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
STRAY = sorted(allowed.TAGS - lexer.VOID - {"p"})


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


@pytest.mark.parametrize(
    "text",
    [
        "x</p>y",
        "<p>x</p></p>",
        "x</br>y",
        "<b><i>x</b>y</i>",
        "<p><b>x</p><p>y</b></p>",
        "<span><div>x</span>y</div></span>",
        "<div><table><tr><td></div>x</td></tr></table></div>",
        "<ul><li>a<ul><li>b</ul><li>c</ul>",
        "<dl><dt>a<dd>b</dd><dt>c</dl>",
        "<h2>x</h3>",
        "<table><tr><td>a<td>b<tr><td>c</table>",
        "<div><p>x<span>y</div>",
        "<ul><li><p>x</li></ul>",
        "<table><tbody><tr><th>x</th></tr></tbody><tbody><tr><td>y</td></tr></tbody></table>",
        "<ul><li><div>x</div></li><li>y</li></ul>",
        "<p>a<div>b</div></p>",
        "<ol><li>x</li></ol>",
        "<table><caption>c</caption><colgroup><col></colgroup><thead><tr><td>x</thead></table>",
        '<!-- wp:group --><div class="wp-block-group">x</div><!-- /wp:group -->',
        "<ruby>a<rp>(</rp><rt>b</rt></ruby>",
        "<a href='/x'><div>x</div></a>",
        "<details><summary>x</summary><p>y</p></details>",
        "<table><tr><td><ul><li>x</td></tr></table>",
    ],
)
def test_end_tags_that_browsers_use_or_ignore_within_the_text_stay(text: str) -> None:
    assert cleaning.clean(text).edits == []
    assert cleaning.clean(text).html == text
