"""What is copied keeps its bytes within the desk; what is pasted from elsewhere its structure."""

from __future__ import annotations

import pytest

from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface

CARD = '<!-- wp:latest-posts {"postsToShow":3} /-->'
STYLED = (
    '<!-- wp:paragraph {"style":{"color":{"text":"#111"}}} -->\n'
    '<p class="has-text-color" style="color:#111">With   <b>looks</b> &amp; all</p>\n'
    "<!-- /wp:paragraph -->"
)


def test_a_card_and_a_block_are_pasted_with_their_bytes(surface: Surface) -> None:
    source = "\n\n".join([block("First"), CARD, STYLED, block("Last")])
    surface.open(source)
    surface.select("First")
    surface.page.evaluate(
        "() => { const { TextSelection } = prosemirror; const { state } = text.view;"
        " text.view.dispatch(state.tr.setSelection("
        "   TextSelection.create(state.doc, 1, state.doc.content.size - 1))) }"
    )
    html, plain = surface.copied()
    assert "Last" in plain
    surface.open(block("Elsewhere"))
    surface.select("Elsewhere", "behind")
    surface.press("Enter")
    surface.paste(html, plain)
    assert surface.source == f"{block('Elsewhere')}\n\n{source}"


def test_a_selected_card_is_cut_and_pasted(surface: Surface) -> None:
    surface.open("\n\n".join([block("First"), CARD, block("Last")]))
    surface.page.click(".text-card-head strong")
    html, plain = surface.copied("cut")
    assert surface.source == "\n\n".join([block("First"), block("Last")])
    surface.select("Last", "behind")
    surface.press("Enter")
    surface.paste(html, plain)
    assert CARD in surface.source
    assert surface.source.index("Last") < surface.source.index(CARD)


def test_words_are_pasted_into_a_line_with_the_spelling_they_had(surface: Surface) -> None:
    surface.open(f"{STYLED}\n\n{block('Into here')}")
    surface.select("looks & all")
    html, plain = surface.copied()
    surface.select("Into ", "behind")
    surface.paste(html, plain)
    assert surface.source == f"{STYLED}\n\n{block('Into <b>looks</b> &amp; allhere')}"


def test_a_name_is_not_given_twice(surface: Surface) -> None:
    heading = (
        '<!-- wp:heading {"anchor":"x"} -->\n<h2 class="a" id="x">Head</h2>\n<!-- /wp:heading -->'
    )
    surface.open(f"{heading}\n\n{block('Last')}")
    surface.page.evaluate(
        "() => { const { NodeSelection } = prosemirror; const { state } = text.view;"
        " text.view.dispatch(state.tr.setSelection(NodeSelection.create(state.doc, 0))) }"
    )
    html, plain = surface.copied()
    surface.select("Last", "behind")
    surface.press("Enter")
    surface.paste(html, plain)
    assert surface.source.count('id="x"') == 1
    assert surface.source.count("<h2") == 2


def test_other_programs_get_links_and_pictures(surface: Surface) -> None:
    surface.open(
        '<p>See <a href="/there/" onclick="x()">there</a> <img src="/icon.svg" alt="A"></p>'
    )
    surface.select("See")
    surface.press("Control+a")
    html, _ = surface.copied()
    seen = html.split(">", 1)[1]
    assert '<a href="/there/">there</a>' in seen
    assert '<img src="/icon.svg" alt="A">' in seen


def test_a_source_from_elsewhere_that_would_run_comes_in_without_it(surface: Surface) -> None:
    surface.open(block("Mine"))
    surface.select("Mine", "behind")
    surface.press("Enter")
    surface.paste(
        '<div data-igny8-open="0 0" data-igny8-source="&lt;p onclick=&quot;x()&quot;&gt;Evil&lt;/p&gt;">'
        "<p onclick='x()'>Evil</p></div>"
    )
    assert surface.source == f"{block('Mine')}\n\n{block('Evil')}"


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style>
<!--[if gte mso 9]><xml><o:x/></xml><![endif]--></head><body lang=EN-US>
<h1 style='mso-x:1'>Sailing <span style='color:red'>south</span><o:p></o:p></h1>
<p class=MsoNormal><b>Bold</b> and <i>slanted</i> <a href="https://a.example/">link</a><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>One</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·
</span>Two</p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoTableGrid><tr><td width=10><p class=MsoNormal>a</p></td><td>b</td></tr></table>
</body></html>"""
DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1">
<h2 dir="ltr"><span style="font-weight:700;font-size:16pt">Sailing</span></h2>
<p dir="ltr"><span style="font-weight:700">Bold</span><span style="font-style:italic"> slanted</span>
<a href="https://a.example/" style="text-decoration:none"><span style="text-decoration:underline">link</span></a></p>
<ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>One</span></p></li></ul>
<p><span style="vertical-align:super">up</span><span style="text-decoration:line-through">out</span></p></b>"""
BROWSER = """<html><body><!--StartFragment--><div class="x" style="color:red"><h3 onclick="x()">Sailing</h3>
<p>Text <em>slanted</em> <script>x()</script><img src="https://a.example/b.png" alt="B" onerror="x()"></p>
<iframe src="https://v.example/"></iframe><blockquote>Said</blockquote><form><input></form>
<a href="javascript:x()">bad</a><hr></div><!--EndFragment--></body></html>"""


@pytest.mark.parametrize(
    ("html", "kept", "told"),
    [
        (
            WORD,
            [
                "<h1>Sailing south</h1>",
                '<strong>Bold</strong> and <em>slanted</em> <a href="https://a.example/">link</a>',
                "<ul>\n<li>One</li>\n<li>Two</li></ul>",
                "<td>a</td><td>b</td>",
            ],
            [],
        ),
        (
            DOCS,
            [
                "<h2>Sailing</h2>",
                '<strong>Bold</strong><em> slanted</em> <a href="https://a.example/">link</a>',
                "<ul>\n<li>One</li></ul>",
                "<sup>up</sup><s>out</s>",
            ],
            [],
        ),
        (
            BROWSER,
            [
                "<h3>Sailing</h3>",
                '<em>slanted</em> <img src="https://a.example/b.png" alt="B"/>',
                "<blockquote><p>Said</p></blockquote>",
                "bad",
                "<hr>",
            ],
            ["Pasted, without what was embedded and form fields."],
        ),
    ],
    ids=["Word", "Google Docs", "a browser"],
)
def test_what_is_pasted_keeps_its_structure(
    surface: Surface, html: str, kept: list[str], told: list[str]
) -> None:
    surface.open("<p>Before</p>\n<p></p>")
    surface.select("", nth=-1)
    surface.paste(html, "plain")
    source = surface.source
    compact = source.replace("<ul><li>", "<ul>\n<li>")
    assert [one for one in kept if one not in compact] == [], source
    assert "style=" not in source
    assert "onclick" not in source
    assert "script" not in source
    assert [one for one in surface.page.evaluate("() => told.said") if one] == told


def test_what_moved_leaves_nothing_hollow(surface: Surface) -> None:
    """What is put in is looked at at its edges only: an empty box within stays unseen."""
    surface.open("<p>Words</p>")
    surface.page.evaluate(
        """() => {
          const { state, dispatch } = text.view;
          dispatch(state.tr.insert(0, state.schema.nodes.box.create({ tag: "blockquote" })));
          text.view.state.doc.check();
        }"""
    )
    assert surface.source == "<blockquote><p></p></blockquote>\n<p>Words</p>"
