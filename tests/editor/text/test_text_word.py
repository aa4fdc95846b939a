"""What comes from Word keeps its structure, however long it is; what had to go is said."""

from __future__ import annotations

from tests.editor.text import word
from tests.editor.text.surface import Surface

PAGES = 200
HOLD = """() => {
  const held = [];
  const real = window.setTimeout;
  window.setTimeout = (act, wait, ...more) => wait ? real(act, wait, ...more) : held.push(act);
  window.release = () => {
    window.setTimeout = real;
    for (const act of held) real(act);
  };
}"""


def pasted(surface: Surface, *parts: str, source: str = "<p>Before</p>\n<p></p>") -> str:
    surface.open(source)
    surface.select("", nth=-1)
    surface.paste(word.file(*parts), "plain")
    return surface.source.removeprefix("<p>Before</p>\n")


def test_lists_are_nested_as_their_levels_say(surface: Surface) -> None:
    item = word.item
    source = pasted(
        surface,
        item("a"),
        item("b", 2, "o"),
        item("c", 3, "1.", number=4),
        item("d", 3, "2.", number=4),
        item("e", 1, "·"),
        item("f", 1, "1.", number=5),
        word.line("Between"),
        item("g", 1, "2.", number=5),
        item("h", 1, "1.", number=6),
        item("i", 3, "a)", number=6),
        item("j", 2, "·", number=6),
        word.line("No list", "MsoListParagraph"),
    )
    assert source == "".join(
        [
            "<ul><li>a<ul><li>b<ol><li>c</li>\n<li>d</li></ol></li></ul></li>\n<li>e</li></ul>\n",
            "<ol><li>f</li></ol>\n<p>Between</p>\n",
            '<ol start="2"><li>g</li></ol>\n',
            "<ol><li>h<ul><li>j</li></ul></li></ol>\n",
            "<p>No list</p>",
        ]
    ).replace("<li>h<ul><li>j</li></ul></li>", "<li>h<ol><li>i</li></ol><ul><li>j</li></ul></li>")


def test_notes_tables_and_what_word_adds(surface: Surface) -> None:
    source = pasted(
        surface,
        word.line("Sailing", "MsoTitle"),
        word.line(f"To {word.SMART} {word.CHANGED}{word.noted(1)}"),
        word.line("Said", "MsoQuote"),
        word.TABLE,
        word.line(word.PICTURE),
        "<p class=MsoNormal>See <a href=\"#_Toc1\">there</a><br clear=all style='page-break-before:always'></p>",
        "<pre><code>if (a &lt; b)</code></pre>",
        word.notes(1),
    )
    assert "<h1>Sailing</h1>" in source
    assert "<p>To Lisbon written<sup>[1]</sup></p>" in source
    assert "<blockquote>Said</blockquote>" in source.replace("<p>", "").replace("</p>", "")
    assert "<td><strong>Port</strong></td><td>Depth</td>" in source
    assert "<p>See there</p>" in source
    assert "<pre><code>if (a &lt; b)</code></pre>" in source
    assert source.endswith("<p><sup>[1]</sup> Note 1</p>")
    assert surface.page.evaluate("() => told.said") == [
        "Pasted, without what was deleted with changes tracked, the links of its notes and a picture."
    ]


def test_two_hundred_pages_come_in_part_by_part(surface: Surface) -> None:
    surface.open("<p>Before and behind</p>\n<p>Last</p>")
    surface.select(" and", "before")
    surface.type("!")
    whole = word.file(*(word.page(number) for number in range(PAGES)), word.notes(PAGES))
    # Its parts wait for their turn until what is done meanwhile was done, however slow that is.
    surface.page.evaluate(HOLD)
    surface.paste(whole, "plain")
    sign = surface.page.locator(".text-pasting")
    assert sign.inner_text().startswith("Pasting…")
    surface.type("not now")
    tools = surface.page.evaluate(
        """() => [...document.querySelectorAll("#tools button")].map((one) => {
          one.click();
          return one.getAttribute("aria-disabled");
        })"""
    )
    assert set(tools) == {"true"}
    surface.page.evaluate("() => window.release()")
    sign.wait_for(state="detached")
    assert surface.page.locator("#place .cm-editor").count() == 0
    said = surface.page.evaluate("() => told.said")
    assert [one.startswith("Pasted, without") for one in said] == [True]
    source = surface.source
    assert source.startswith("<p>Before!</p>\n<h1>Page 0</h1>")
    assert source.endswith("<p> and behind</p>\n<p>Last</p>")
    assert "not now" not in source
    counted = [source.count(one) for one in ("<h", "<table", "<ul>", "<sup>[")]
    assert counted == [PAGES, PAGES, 2 * PAGES, 2 * PAGES]
    nested = "<li>one of 7<ul><li>two of 7</li>\n<li>three of 7</li></ul></li>\n<li>four of 7</li>"
    assert nested in source
    assert surface.caret == f"[{PAGES}] Note {PAGES}|"
    surface.press("Control+z")
    assert surface.source == "<p>Before! and behind</p>\n<p>Last</p>"
    surface.press("Control+z")
    assert surface.source == "<p>Before and behind</p>\n<p>Last</p>"
