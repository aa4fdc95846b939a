"""What stands around the text: tools, small windows, cards, find and replace; by keyboard, by finger,
by an input method, in both looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface
from tests.support.browser import AXE, WCAG

CARD = '<!-- wp:block {"ref":412} /-->'
PICTURE = '<p><img src="/icon.svg" class="x" alt="Old"></p>'
WHOLE = (
    "<h2>First part</h2>\n<p>Some words, <a href='/x/'>a link</a> and words.</p>\n<ul><li>one</li></ul>\n"
    "<h3>Within</h3>\n<table><tr><th>a</th></tr><tr><td>b</td></tr></table>\n"
    f"{PICTURE}\n<!-- note -->\n<blockquote><p>said</p></blockquote>\n<pre><code>x</code></pre>"
)


def test_find_and_replace(surface: Surface) -> None:
    surface.open("<p>One wórd &amp; one <b>word</b></p>\n<p>a word</p>")
    surface.select("One", "before")
    surface.press("Control+f")
    surface.type("word")
    page = surface.page
    assert page.inner_text(".text-find [role=status]") == "1 of 2"
    assert page.locator(".text-found").count() == 2
    page.fill('input[aria-label="Replace with"]', "term <1>")
    page.click('.text-find button:text-is("All")')
    written = "<p>One wórd &amp; one <b>term &lt;1&gt;</b></p>\n<p>a term &lt;1&gt;</p>"
    assert surface.source == written
    surface.press("Escape")
    assert page.locator(".text-find").count() == 0
    surface.press("Control+z")
    assert surface.source == "<p>One wórd &amp; one <b>word</b></p>\n<p>a word</p>"


def test_what_is_found_is_replaced_at_its_place(surface: Surface) -> None:
    """Some letters are longer when they are small."""
    surface.open("<p>İİİ w-(rd and İ W-(rd</p>")
    surface.select("İİİ", "before")
    surface.press("Control+f")
    surface.type("w-(rd")
    surface.page.fill('input[aria-label="Replace with"]', "term")
    surface.page.click('.text-find button:text-is("All")')
    assert surface.source == "<p>İİİ term and İ term</p>"
    surface.press("Escape")


def test_the_outline_leads_to_its_headings(surface: Surface) -> None:
    surface.open(WHOLE)
    surface.page.click('#tools button[aria-label="Outline"]')
    assert surface.page.locator(".text-outline button").all_inner_texts() == [
        "First part",
        "Within",
    ]
    surface.press("ArrowDown", "Enter")
    assert surface.caret == "|Within"
    assert surface.page.evaluate("() => text.place()") == "Within"


def test_a_link_is_made_changed_and_removed(surface: Surface) -> None:
    surface.open("<p>Some words here</p>")
    surface.select("words")
    surface.press("Control+k")
    surface.type("a.example")
    surface.press("Enter")
    linked = '<p>Some <a href="https://a.example">words</a> here</p>'
    assert surface.source == linked
    surface.select("words", "before")
    surface.press("ArrowRight", "Control+k", "Control+a")
    surface.type("boats")
    surface.page.click('.link-offers button:has-text("About boats")')
    assert surface.source == '<p>Some <a href="https://site.example/about/">words</a> here</p>'
    surface.press("Control+k")
    surface.page.click('.text-bubble button:has-text("Remove")')
    assert surface.source == "<p>Some words here</p>"


def test_a_pictures_words_are_changed_and_nothing_else_of_it(surface: Surface) -> None:
    surface.open(PICTURE)
    surface.page.dblclick(".text-image img")
    surface.page.fill("#picture-alt", 'A "boat" & sea')
    surface.page.click('.picture-form button:has-text("Done")')
    assert surface.source == PICTURE.replace("Old", "A &quot;boat&quot; &amp; sea")


def test_a_card_is_moved_edited_and_deleted(surface: Surface) -> None:
    surface.open("\n\n".join([block("One"), CARD, block("two")]))
    surface.page.click('button[aria-label^="Move Block down"]')
    assert surface.source == "\n\n".join([block("One"), block("two"), CARD])
    surface.page.click('button[aria-label="Edit the source of Block"]')
    surface.page.fill("dialog textarea", block("Now words"))
    surface.page.click('dialog button:has-text("Done")')
    surface.page.wait_for_selector("dialog", state="detached")
    assert surface.source == "\n\n".join([block("One"), block("two"), block("Now words")])
    surface.press("Control+z", "Control+z")
    surface.page.click('button[aria-label="Delete Block"]')
    assert surface.source == "\n\n".join([block("One"), block("two")])


def test_a_card_is_dragged(surface: Surface) -> None:
    surface.open("\n\n".join([block("One"), CARD, block("two")]))
    page = surface.page
    target = page.locator("#place p", has_text="One").bounding_box()
    card = page.locator(".text-card-head strong").bounding_box()
    assert target is not None
    assert card is not None
    page.mouse.move(card["x"] + 5, card["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 2, target["y"] + 30, steps=4)
    page.mouse.move(target["x"] + 2, target["y"] + 3, steps=4)
    page.mouse.up()
    assert surface.source == "\n\n".join([CARD, block("One"), block("two")])
    surface.press("Control+z")
    assert surface.source == "\n\n".join([block("One"), CARD, block("two")])


@pytest.mark.parametrize(
    ("words", "composed"),
    [
        ("天気は", ["き", "きょ", "今日"]),
        ("한국", ["ㅎ", "하", "한"]),
        ("שלום", ["א", "אב"]),
        ("cafe", ["´", "é"]),
    ],
)
def test_an_input_method_writes_into_a_line(
    surface: Surface, words: str, composed: list[str]
) -> None:
    surface.open(f"<p>{words} &amp; <b>b</b></p>\n<p>other</p>")
    surface.select(words, "behind")
    session = surface.page.context.new_cdp_session(surface.page)
    for one in composed:
        given = {"text": one, "selectionStart": len(one), "selectionEnd": len(one)}
        session.send("Input.imeSetComposition", given)
    session.send("Input.insertText", {"text": composed[-1]})
    assert surface.source == f"<p>{words}{composed[-1]} &amp; <b>b</b></p>\n<p>other</p>"
    surface.press("Control+z")
    assert surface.source == f"<p>{words} &amp; <b>b</b></p>\n<p>other</p>"


def test_emoji_and_directions_are_one_key_each(surface: Surface) -> None:
    surface.open('<p dir="rtl">שלום 👩‍👩‍👧</p>\n<p>مرحبا</p>')
    surface.select("👩‍👩‍👧", "behind")
    surface.press("Backspace")
    assert surface.source == '<p dir="rtl">שלום </p>\n<p>مرحبا</p>'
    shown = surface.page.eval_on_selector_all(
        "#place p", "all => all.map(one => getComputedStyle(one).direction)"
    )
    assert shown == ["rtl", "rtl"]


def test_a_new_table_gets_a_row_of_headings(surface: Surface) -> None:
    surface.open("<p>One</p>")
    surface.select("One", "behind")
    for _ in range(2):
        surface.page.click('#tools button[aria-label="Table"]')
    surface.page.click('.text-bubble button:has-text("First row is a heading")')
    head, body = "<tr><th></th><th></th><th></th></tr>", "<tr><td></td><td></td><td></td></tr>"
    table = f"<table><tbody>{head}{body}{body}</tbody></table>"
    assert surface.source == f"<p>One</p>\n{table}"


def test_the_tools_are_one_stop_for_tab(surface: Surface) -> None:
    surface.open(WHOLE)
    page = surface.page
    page.focus("#tools select")
    surface.press("ArrowRight")
    label = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(label) == "Bold, Ctrl B"
    surface.press("Tab")
    inside = "document.activeElement.closest('.text') !== null"
    assert page.evaluate(inside)
    role = page.eval_on_selector(
        "#place .text", "one => [one.role, one.ariaLabel, one.ariaMultiLine]"
    )
    assert role == ["textbox", "Text", "true"]


def test_keys_land_at_the_cursor_anywhere_in_a_long_text(surface: Surface) -> None:
    lines = [block(f"Line {number} of a long text {'and so on ' * 8}") for number in range(1500)]
    surface.open("\n\n".join(lines))
    assert surface.page.locator("#place .is-long").count() == 1
    for number in (3, 700, 1499, 40):
        surface.select(f"Line {number}", "behind")
        surface.press(
            "Enter", "a", "b", "Enter", "c", "Backspace", "Backspace", "d", "ArrowDown", "End"
        )
        surface.type("!")
        was = f"Line {number} of a long text {'and so on ' * 8}"
        rest = was.removeprefix(f"Line {number}")
        at = lines.index(block(was))
        lines[at : at + 1] = [block(f"Line {number}"), block(f"abd{rest}!")]
        now = surface.source
        if now != "\n\n".join(lines):  # without a page of differences
            start = now.find(f"Line {number}<")
            assert now[start : start + 300] == ""


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Surface]:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    )
    made = Surface(context.new_page(), address)
    yield made
    context.close()
    assert made.troubles == []


def test_on_a_phone_one_writes_by_finger(phone: Surface) -> None:
    phone.open("\n\n".join([block("One"), CARD, block("two")]))
    phone.page.tap("#place p >> text=two")
    phone.press("End")
    phone.type(" three")
    assert block("two three") in phone.source
    phone.page.tap('button[aria-label^="Move Block up"]')
    assert phone.source.startswith(CARD)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", WCAG
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def test_it_is_clean_for_axe_in_both_looks(browser: Browser, address: str) -> None:
    context = browser.new_context()
    surface = Surface(context.new_page(), address)
    surface.open(WHOLE)
    for look in ("light", "dark"):
        surface.page.evaluate(
            "(look) => document.documentElement.classList.toggle('dark', look === 'dark')", look
        )
        surface.page.wait_for_timeout(500)  # colours go over into each other
        surface.select("Some words", "before")
        surface.press("Control+f")
        assert surface.page.locator(".text-find").count() == 1
        assert _axe(surface.page) == [], look
        surface.page.click('#tools button[aria-label="Outline"]')
        assert _axe(surface.page) == [], look
        surface.press("Escape")
        surface.page.evaluate("() => text.toggleSource()")
        surface.page.wait_for_selector(".cm-content")
        assert _axe(surface.page) == [], look
        surface.page.evaluate("() => text.toggleSource()")
    context.close()


MERGE = """() => {
  const { state, dispatch } = text.view;
  const cells = [];
  state.doc.descendants((node, at) => { if (/cell/.test(node.type.name)) cells.push(at); });
  return import("/vendor/prosemirror/prosemirror.js").then(({ CellSelection, mergeCells }) => {
    dispatch(state.tr.setSelection(CellSelection.create(state.doc, cells[0], cells[3])));
    mergeCells(text.view.state, text.view.dispatch);
  });
}"""
ROWS = "<tr><td>A</td><td>B</td></tr><tr><td>C</td><td>D</td></tr>"


def test_merged_cells_say_how_far_they_reach(surface: Surface) -> None:
    """In a table that was written before, and in one that is new."""
    merged = '<td colspan="2" rowspan="2">A<p>B</p><p>C</p><p>D</p></td>'
    surface.open(f"<table><tbody>{ROWS}</tbody></table>")
    surface.page.evaluate(MERGE)
    assert merged in surface.source
    surface.open("<p>Before.</p>")
    surface.page.evaluate(
        """() => {
          const { state, dispatch } = text.view;
          const { cell, paragraph, row, table } = state.schema.nodes;
          const line = (words) => paragraph.create({ tag: null, open: "", close: "" }, state.schema.text(words));
          const made = (one, other) => row.create(null, [cell.create(null, line(one)), cell.create(null, line(other))]);
          dispatch(state.tr.insert(state.doc.content.size, table.create(null, [made("A", "B"), made("C", "D")])));
        }"""
    )
    surface.page.evaluate(MERGE)
    assert merged in surface.source


def test_a_small_window_stays_in_the_window(surface: Surface) -> None:
    """Also where that becomes another one, as when somebody zooms, or a list in it comes later."""
    inside = """() => {
      const { top, left, right, bottom } = document.querySelector(".text-bubble").getBoundingClientRect();
      return top >= 0 && left >= 0 && right <= innerWidth && bottom <= innerHeight;
    }"""
    before = surface.page.viewport_size
    assert before is not None
    surface.open("\n".join(f"<p>Line {number}</p>" for number in range(12)))
    surface.select("Line 11")
    surface.press("Control+k")
    try:
        for width, height in ((640, 420), (390, 300), (1024, 700)):
            surface.page.set_viewport_size({"width": width, "height": height})
            surface.page.wait_for_function(inside, timeout=5_000)
        surface.type("words")
        surface.page.wait_for_selector(
            ".text-bubble li, .text-bubble [role=option], .text-bubble button + *"
        )
        surface.page.wait_for_function(inside, timeout=5_000)
    finally:
        surface.press("Escape")
        surface.page.set_viewport_size(before)
