"""What keys do at the edges: of lists, cells, captions, quotes, cards, and the whole text."""

from __future__ import annotations

import pytest

from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface

CARD = '<!-- wp:block {"ref":412} /-->'


def items(*words: str) -> str:
    """A list of WordPress's."""
    inner = "\n\n".join(
        f"<!-- wp:list-item -->\n<li>{one}</li>\n<!-- /wp:list-item -->" for one in words
    )
    return f'<!-- wp:list -->\n<ul class="wp-block-list">{inner}</ul>\n<!-- /wp:list -->'


QUOTE = '<!-- wp:quote -->\n<blockquote class="wp-block-quote">{}</blockquote>\n<!-- /wp:quote -->'
TABLE = (
    '<!-- wp:table -->\n<figure class="wp-block-table"><table class="has-fixed-layout"><tbody>'
    "<tr><td>a</td><td></td></tr><tr><td>c</td><td>d</td></tr></tbody></table></figure>\n"
    "<!-- /wp:table -->"
)
HEADING = '<!-- wp:heading -->\n<h2 class="wp-block-heading">{}</h2>\n<!-- /wp:heading -->'
FIGURE = (
    '<!-- wp:image {"id":5} -->\n<figure class="wp-block-image"><img src="/icon.svg" alt=""/>'
    '<figcaption class="wp-element-caption">Caption</figcaption></figure>\n<!-- /wp:image -->'
)
FILE = (
    '<!-- wp:file {"href":"/a.pdf"} -->\n<div class="wp-block-file"><a href="/a.pdf">Report</a>'
    '<a href="/a.pdf" class="wp-block-file__button" download>Download</a></div>\n<!-- /wp:file -->'
)
EMBED = (
    '<!-- wp:embed {"url":"https://v.example/1"} -->\n<figure class="wp-block-embed">'
    '<div class="wp-block-embed__wrapper">\nhttps://v.example/1\n</div><figcaption '
    'class="wp-element-caption">Seen</figcaption></figure>\n<!-- /wp:embed -->'
)
CASES = {
    "select all and delete leaves nothing": (
        [block("One"), items("a", "b"), CARD, TABLE],
        ("One", "before"),
        ["Control+a", "Delete"],
        [block("")],
    ),
    "Enter between words": (
        [block("One two")],
        ("One", "behind"),
        ["Enter"],
        [block("One"), block(" two")],
    ),
    "Enter behind a heading": (
        [HEADING.format("Head")],
        ("Head", "behind"),
        ["Enter", "x"],
        [HEADING.format("Head"), block("x")],
    ),
    "Enter before a heading": (
        [HEADING.format("Head")],
        ("Head", "before"),
        ["Enter"],
        [block(""), HEADING.format("Head")],
    ),
    "a paragraph joins the heading before": (
        [HEADING.format("Head"), block("more")],
        ("more", "before"),
        ["Backspace"],
        [HEADING.format("Headmore")],
    ),
    "Enter in a list": ([items("a", "b")], ("a", "behind"), ["Enter", "x"], [items("a", "x", "b")]),
    "Enter twice leaves the list": (
        [items("a", "b")],
        ("a", "behind"),
        ["Enter", "Enter", "x"],
        [items("a"), block("x"), items("b")],
    ),
    "Backspace in the first item leaves the list": (
        [items("a", "b")],
        ("a", "before"),
        ["Backspace"],
        [block("a"), items("b")],
    ),
    "Backspace joins two items": ([items("a", "b")], ("b", "before"), ["Backspace"], [items("ab")]),
    "Delete joins two items": ([items("a", "b")], ("a", "behind"), ["Delete"], [items("ab")]),
    "Backspace behind a card selects it, and again deletes it": (
        [block("One"), CARD, block("two")],
        ("two", "before"),
        ["Backspace", "Backspace"],
        [block("One"), block("two")],
    ),
    "Backspace in an empty cell does nothing": (
        [TABLE],
        ("a", "behind"),
        ["Tab", "Backspace"],
        [TABLE],
    ),
    "Tab goes on to the next cell": (
        [TABLE],
        ("a", "behind"),
        ["Tab", "x"],
        [TABLE.replace("<td></td>", "<td>x</td>")],
    ),
    "Tab in the last cell adds a row": (
        [TABLE],
        ("d", "behind"),
        ["Tab", "x"],
        [TABLE.replace("</tr></tbody>", "</tr><tr><td>x</td><td></td></tr></tbody>")],
    ),
    "Enter in a caption goes on behind the picture": (
        [FIGURE, block("next")],
        ("Caption", "behind"),
        ["Enter", "x"],
        [FIGURE, block("x"), block("next")],
    ),
    "Enter between a caption's words goes on behind the picture": (
        [FIGURE, block("next")],
        ("Cap", "behind"),
        ["Enter", "x"],
        [FIGURE, block("x"), block("next")],
    ),
    "Enter before a file's name goes before the file": (
        [FILE],
        ("Report", "before"),
        ["Enter"],
        [block(""), FILE],
    ),
    "a line does not join the picture before": (
        [FIGURE, block("next"), block("last")],
        ("next", "before"),
        ["Backspace", "Backspace"],
        [block("next"), block("last")],
    ),
    "an empty line behind a file goes": (
        [FILE, block("next")],
        ("Report", "behind"),
        ["Enter", "Backspace", "x"],
        [FILE.replace("Report", "Reportx"), block("next")],
    ),
    "a caption does not leave its embed": (
        [EMBED, block("next")],
        ("Seen", "behind"),
        ["Delete", "Delete", "Control+Alt+2", "Control+Shift+7", "Control+Shift+9"],
        [EMBED, block("next")],
    ),
    "an embed's caption is written in": (
        [EMBED],
        ("Seen", "behind"),
        [" ", "x"],
        [EMBED.replace("Seen", "Seen x")],
    ),
    "a file's name is written in": (
        [FILE],
        ("Report", "before"),
        ["A", "End", "x"],
        [FILE.replace("Report", "AReportx")],
    ),
    "Enter in a quote, twice, leaves it": (
        [QUOTE.format(block("said"))],
        ("said", "behind"),
        ["Enter", "Enter", "x"],
        [QUOTE.format(block("said")), block("x")],
    ),
    "Shift and Enter break the line": (
        [block("ab")],
        ("a", "behind"),
        ["Shift+Enter"],
        [block("a<br>b")],
    ),
    "a card goes up": (
        [block("One"), CARD],
        ("One", "before"),
        ["Alt+ArrowDown"],
        [CARD, block("One")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_keys(surface: Surface, name: str) -> None:
    before, (words, where), keys, after = CASES[name]
    source = "\n\n".join(before)
    surface.open(source)
    surface.select(words, where)
    surface.press(*keys)
    assert surface.source == "\n\n".join(after)
    for _ in keys:
        surface.press("Control+z")
    assert surface.source == source


def test_tab_makes_an_item_one_of_the_item_before(surface: Surface) -> None:
    surface.open(items("a", "b"))
    surface.select("b", "before")
    surface.press("Tab")
    nested = (
        '<!-- wp:list-item -->\n<li>a<!-- wp:list -->\n<ul class="wp-block-list"><!-- wp:list-item -->\n'
        "<li>b</li>\n<!-- /wp:list-item --></ul>\n<!-- /wp:list --></li>\n<!-- /wp:list-item -->"
    )
    assert (
        surface.source
        == f'<!-- wp:list -->\n<ul class="wp-block-list">{nested}</ul>\n<!-- /wp:list -->'
    )
    surface.press("Shift+Tab")
    assert surface.source == items("a", "b")


def test_deleting_from_a_list_into_a_table_leaves_both_whole(surface: Surface) -> None:
    source = "\n\n".join([items("a", "bee"), TABLE, block("last")])
    surface.open(source)
    surface.page.evaluate(
        """() => {
          const { state } = text.view;
          const at = (words) => {
            let found = 0;
            state.doc.descendants((node, place) => {
              if (node.isText && node.text === words) found = place;
            });
            return found;
          };
          const { TextSelection } = prosemirror;
          text.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, at("bee") + 1, at("c"))));
        }"""
    )
    surface.press("Delete")
    now = surface.source
    assert now.count("<table") == now.count("</table>")
    assert now.count("<!-- wp:") == now.count("<!-- /wp:")
    assert "last" in now
    surface.press("Control+z")
    assert surface.source == source


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("## Head", HEADING.format("Head")),
        ("- one", items("one")),
        ("> said", QUOTE.format(block("said"))),
        ("a **bold** b", block("a <strong>bold</strong> b")),
        ("a *slanted* b", block("a <em>slanted</em> b")),
        ("a `code` b", block("a <code>code</code> b")),
        (
            "1. one",
            '<!-- wp:list {"ordered":true} -->\n<ol class="wp-block-list"><!-- wp:list-item -->\n'
            "<li>one</li>\n<!-- /wp:list-item --></ol>\n<!-- /wp:list -->",
        ),
        (
            "```x",
            '<!-- wp:code -->\n<pre class="wp-block-code"><code>x</code></pre>\n<!-- /wp:code -->',
        ),
        ("3 * 4 * 5 and a_b_c", block("3 * 4 * 5 and a_b_c")),
        ("R&D <b> & \u00a0", block("R&amp;D &lt;b&gt; &amp; &nbsp;")),
    ],
)
def test_habits_from_markdown(surface: Surface, typed: str, written: str) -> None:
    surface.open(block("Before"))
    surface.select("Before", "behind")
    surface.press("Enter")
    surface.type(typed)
    assert surface.source == f"{block('Before')}\n\n{written}"


@pytest.mark.parametrize("key", ["Enter", "ArrowDown"])
def test_the_way_out_of_code(surface: Surface, key: str) -> None:
    surface.open("<pre><code>x = 1</code></pre>")
    surface.select("x = 1", "behind")
    for _ in range(2 if key == "Enter" else 1):
        surface.press(key)
    surface.type("Out.")
    assert surface.source == "<pre><code>x = 1</code></pre>\n\nOut."


@pytest.mark.parametrize("words", ["espresso", "javascript:alert(1)"])
def test_a_link_leads_somewhere(surface: Surface, words: str) -> None:
    surface.open("<p>Some words.</p>")
    surface.select("words", "over")
    surface.press("Control+k")
    surface.type(words)
    surface.press("Enter")
    assert surface.page.get_by_role("alert").filter(has_text="no address").is_visible()
    assert surface.source == "<p>Some words.</p>"


def test_what_was_found_is_taken_by_key(surface: Surface) -> None:
    surface.open("<p>Some words.</p>")
    surface.select("words", "over")
    surface.press("Control+k")
    surface.type("boats")
    surface.page.locator(".link-offer").first.wait_for()
    surface.press("ArrowDown")
    surface.press("Enter")
    assert 'href="https://site.example/about/"' in surface.source


@pytest.mark.parametrize(
    ("source", "words", "to", "written"),
    [
        (
            "<p>One</p>\n<dl><dt>word</dt><dd>meaning</dd></dl>",
            "word",
            "One",
            "<p>One</p>\n<p>word</p>\n<dl><dd>meaning</dd></dl>",
        ),
        (
            "<dl><dt>word<dd>meaning<dd>another</dl>\n<p>One</p>",
            "meaning",
            "One",
            "<dl><dt>word</dt><dd>another</dl>\n<p>One</p>\n<p>meaning</p>",
        ),
        (
            "<dl><dt>word</dt><dd>meaning</dd></dl>\n<p>One</p>",
            "One",
            "word",
            "<dl><dt>word</dt>\n<dd>One</dd>\n<dd>meaning</dd></dl>",
        ),
    ],
)
def test_a_line_that_moves_is_what_fits_there(
    surface: Surface, source: str, words: str, to: str, written: str
) -> None:
    """A definition is one in its list only."""
    surface.open(source)
    surface.page.evaluate(
        """([words, to]) => {
          const { state, dispatch } = text.view;
          const found = {};
          state.doc.descendants((node, at) => {
            if (node.isTextblock) found[node.textContent] = { node, at };
          });
          const { node, at } = found[words];
          const end = found[to].at + found[to].node.nodeSize;
          const tr = state.tr.insert(end, node);
          const from = tr.mapping.map(at, at < end ? -1 : 1);
          dispatch(tr.delete(from, from + node.nodeSize));
        }""",
        [words, to],
    )
    assert surface.source == written


def test_a_shortcode_alone_in_a_quote_leaves_a_quote(surface: Surface) -> None:
    source = "<blockquote>[gallery]</blockquote>\n<p>One</p>"
    surface.open(source)
    assert surface.source == source
    assert surface.page.locator("#place blockquote .text-card").count() == 1


def test_two_lines_of_classic_text_stay_two(surface: Surface) -> None:
    surface.open("Words\n<pre>code</pre>\nhttps://v.example/")
    surface.select("code")
    surface.press("Control+Alt+0")
    assert surface.source == "Words\n\ncode\n\nhttps://v.example/"


def test_a_line_that_was_left_open_gets_its_end_as_a_heading(surface: Surface) -> None:
    surface.open("<p>One<p>Two<p>Three")
    surface.select("Two")
    surface.press("Control+Alt+2")
    assert surface.source == "<p>One<h2>Two</h2><p>Three"
    surface.open("<dl><dt>word<dd>meaning</dl>")
    surface.select("meaning")
    surface.press("Control+Alt+2")
    assert surface.source == "<dl><dt>word<dd>meaning</dl>"


def test_an_ampersand_stays_bare_while_it_is_no_reference(surface: Surface) -> None:
    surface.open("<p>R&D &x</p>")
    surface.select("x")
    surface.type("y")
    assert surface.source == "<p>R&D &y</p>"
    surface.press("Backspace")
    surface.type("copy")
    assert surface.source == "<p>R&D &amp;copy</p>"
