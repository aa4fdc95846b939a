"""The text of a piece with the desk behind it: pictures that it takes and refuses, a network that
goes, tools, and what stands beside it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.test_editor_saving import draft, editor, saves, stored
from tests.support.browser import Product, Window
from tests.support.pictures import picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'


def choose(page: Page, folder: Path, *files: tuple[str, bytes]) -> None:
    """By the tool, as files of the computer."""
    for name, data in files:
        (folder / name).write_bytes(data)
    page.get_by_role("button", name="Picture", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files…").click()
    chooser.value.set_files([folder / name for name, _ in files])


def test_pictures_are_sent_from_the_text(window: Window, product: Product, tmp_path: Path) -> None:
    content_id = draft(product, "Milk with pictures", html="<p>First words.</p>\r\n<p>Last.</p>")
    page = editor(window, content_id)
    page.locator("#editor-text p").first.click()
    big = b"\x89PNG\r\n\x1a\n" + bytes(30 * 1024 * 1024)
    choose(page, tmp_path, ("jug.png", picture(shade=1)), ("evil.png", SVG), ("big.png", big))
    shown = page.locator("#editor-text .text-image img")
    expect(shown).to_have_js_property("naturalWidth", 8)
    refused = page.locator(".text-upload [role=alert]")
    expect(refused).to_have_count(2)
    expect(refused.nth(0)).to_contain_text("Use a JPEG, PNG, GIF or WebP image.")
    expect(refused.nth(1)).to_contain_text("This picture has 31 MB, and one may have at most 10.")
    assert window.axe() == []
    page.get_by_role("button", name="Remove evil.png").click()
    page.get_by_role("button", name="Remove big.png").click()
    page.get_by_role("button", name="Describe it").click()
    page.locator("#picture-alt").fill("A jug")
    page.locator("#picture-caption").fill("Full of milk")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#editor-pictures .rail-picture textarea")).to_have_value("A jug")
    page.keyboard.press("Control+s")
    saves(page)
    piece = stored(product, content_id)
    [held] = piece["images"]
    assert (held["image_type"], held["alt"], held["caption"]) == (
        "in_article",
        "A jug",
        "Full of milk",
    )
    image = f'<img src="igny8:{held["ref"]}" alt="A jug"/>'
    figure = f"<figure>{image}<figcaption>Full of milk</figcaption></figure>"
    assert piece["html"] == f"<p>First words.</p>\n{figure}\r\n<p>Last.</p>"


def test_a_picture_waits_for_the_network(window: Window, product: Product, tmp_path: Path) -> None:
    content_id = draft(product, "Milk with a picture, alone", html="<p>First words.</p>")
    page = editor(window, content_id)
    page.locator("#editor-text p").first.click()
    page.get_by_role("button", name="Picture", exact=True).click()
    page.get_by_role("button", name="Choose files…").press("Escape")  # that window is there
    page.context.set_offline(True)
    choose(page, tmp_path, ("jug.png", picture(shade=2)))
    expect(page.locator(".text-upload [role=alert]")).to_contain_text("The picture waits here")
    page.keyboard.press("End")
    page.keyboard.type(" Typed alone.")
    page.context.set_offline(False)
    window.troubles.clear()  # the browser's own word that nobody answered
    expect(page.locator("#editor-text .text-image img")).to_have_js_property("naturalWidth", 8)
    page.keyboard.press("Control+s")
    saves(page)
    html = stored(product, content_id)["html"]
    assert html.startswith("<p>First words. Typed alone.</p>\n<figure>")


def test_tools_that_are_not_seen_are_hinted_at(new_window: OpenWindow, product: Product) -> None:
    content_id = draft(product, "Milk and its tools", html="<h2>One</h2><p>a</p><h2>Two</h2>")
    window = new_window(viewport={"width": 390, "height": 844})
    page = window.open(f"/content/{content_id}/edit")
    tools = page.locator("#editor-tools")
    expect(tools).to_have_attribute("data-more", "end")
    page.locator("#editor-text h2").last.click()
    page.locator(".text-kind").press("ArrowLeft")
    expect(page.get_by_role("button", name="Source", exact=True)).to_be_in_viewport()
    expect(tools).to_have_attribute("data-more", "start")
    outline = page.get_by_role("button", name="Outline")
    outline.press("Enter")
    dialog = page.get_by_role("dialog", name="Outline")
    expect(dialog.get_by_role("button", name="Two")).to_be_focused()
    box, button = dialog.bounding_box(), outline.bounding_box()
    assert box is not None
    assert button is not None
    assert button["y"] - 12 <= box["y"] + box["height"] <= button["y"]
    page.keyboard.press("Escape")
    expect(outline).to_be_focused()
    window.page.set_viewport_size({"width": 1440, "height": 900})
    expect(tools).to_have_attribute("data-more", "")


def test_the_search_result_shows_what_is_typed(window: Window, product: Product) -> None:
    page = editor(window, draft(product, "Milk that is new", html=""))
    expect(page.locator("#serp .serp-text")).to_have_text("No text to show.")
    page.locator("#editor-text [contenteditable=true]").focus()
    page.keyboard.type("Milk at 58 degrees & more")
    expect(page.locator("#serp .serp-text")).to_have_text("Milk at 58 degrees & more")
    page.locator("#field-meta_description").fill("Said.")
    page.locator("#field-meta_description").fill("")
    expect(page.locator("#serp .serp-text")).to_have_text("Milk at 58 degrees & more")


PACKED = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => name.endsWith(".js"))
  .map(({ name, encodedBodySize }) => [name, encodedBodySize])"""
MOST = 160 * 1024


def test_the_editors_own_script_is_small(window: Window, product: Product) -> None:
    """What its page loads beside what every page loads, as it comes over the wire, until the first
    key is saved; with it the windows of tools, which come meanwhile."""
    page = window.open("/content")
    others = dict(page.evaluate(PACKED))
    editor(window, draft(product, "Milk and script"))
    page.locator("#editor-text [contenteditable=true]").focus()
    page.keyboard.type("Q")
    saves(page)
    page.get_by_role("button", name="Outline").click()
    expect(page.get_by_role("dialog", name="Outline")).to_be_visible()
    own = {name: size for name, size in page.evaluate(PACKED) if name not in others}
    assert any("prosemirror" in name for name in own)
    assert any("outline" in name for name in own)
    assert not any("codemirror" in name or "source-view" in name for name in own)
    assert sum(own.values()) <= MOST, (sum(own.values()), sum(others.values()))
