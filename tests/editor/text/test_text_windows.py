"""What others save comes in while a window is open: the source view, a card's source, a picture's
words. Nothing of theirs is overwritten, and nothing that was typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.editor.text.nasty import block
from tests.editor.text.surface import OPEN, Surface

ONE, TWO, NEW = block("One."), block("Two."), block("Theirs, new.")
CARD = '<!-- wp:block {"ref":412} /-->'
PICTURE = '<p>A <img src="https://p.example/1.jpg" alt=""> b</p>'


def take(surface: Surface, source: str) -> None:
    surface.page.evaluate("(source) => text.take(source)", source)


def toggle(surface: Surface) -> None:
    surface.page.evaluate("() => text.toggleSource()")


def open_card(surface: Surface) -> None:
    surface.page.locator(".text-card button").nth(2).click()


def open_picture(surface: Surface, nth: int = 0) -> None:
    surface.page.locator(".text-image").nth(nth).dblclick()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_others_saved_comes_into_the_source_view(surface: Surface, end: str) -> None:
    surface.open(f"<p>One.</p>{end}<p>Two.</p>{end}<p>Three.</p>")
    toggle(surface)
    surface.page.locator(".cm-content").press("Control+End")
    surface.press("ArrowUp", "End")
    surface.type("<!-- mine -->")
    changes = surface.page.evaluate("() => told.changes")
    theirs = (
        f"<p>Zero.</p>{end}<p>One.</p>{end}<p>Two.</p><!-- mine -->{end}{end}<p>Three, theirs.</p>"
    )
    take(surface, theirs)
    assert surface.source == theirs
    assert surface.page.evaluate("() => told.changes") == changes
    surface.type("<!-- on -->")
    assert surface.source == theirs.replace("mine -->", "mine --><!-- on -->")
    surface.press("Control+z", "Control+z")
    assert surface.source == theirs.replace("<!-- mine -->", "")
    toggle(surface)
    assert surface.source == theirs.replace("<!-- mine -->", "")


def test_undo_in_the_text_spares_what_came_into_the_source_view(surface: Surface) -> None:
    surface.open("<p>One.</p>\n<p>Two.</p>")
    toggle(surface)
    surface.page.locator(".cm-content").press("Control+End")
    surface.type("\n<p>Mine.</p>")
    take(surface, "<p>One, theirs.</p>\n<p>Two.</p>\n<p>Mine.</p>")
    toggle(surface)
    surface.press("Control+z")
    assert surface.source == "<p>One, theirs.</p>\n<p>Two.</p>"


def test_other_ends_of_lines_come_into_the_source_view(surface: Surface) -> None:
    surface.open("<p>One.</p>\r\n<p>Two.</p>")
    toggle(surface)
    for theirs in ("<p>One.</p>\n<p>Two.</p>", "\n<p>One.</p>\r\n<p>Two.</p>", "<p>1</p>\r\n"):
        take(surface, theirs)
        assert surface.source == theirs
    toggle(surface)
    assert surface.source == "<p>1</p>\r\n"


def test_asking_twice_opens_one_source_view(surface: Surface) -> None:
    surface.open("<p>One.</p>")
    surface.page.evaluate("() => Promise.all([text.toggleSource(), text.toggleSource()])")
    assert surface.page.locator(".source-view").count() == 1
    toggle(surface)
    assert surface.page.locator(".source-view").count() == 0


def test_a_source_view_that_does_not_load_leaves_the_text(browser: Browser, address: str) -> None:
    context = browser.new_context()
    surface = Surface(context.new_page(), address)
    surface.open("<p>One.</p>")
    surface.page.route("**/codemirror.js", lambda route: route.abort())
    toggle(surface)
    assert surface.page.locator(".text-surface").is_visible()
    [said] = surface.page.evaluate("() => told.said")
    assert said.startswith("The source view could not be loaded")
    surface.page.unroute("**/codemirror.js")
    toggle(surface)
    assert surface.page.locator(".source-view").count() == 1
    context.close()


def test_a_window_comes_when_it_is_asked_for(browser: Browser, address: str) -> None:
    """Where it cannot, one is told, and asks again; meanwhile nothing is lost."""
    context = browser.new_context()
    page = Surface(context.new_page(), address).page
    page.route("**/windows.js", lambda route: route.abort())
    page.evaluate(OPEN, [f"<h2>One</h2>\n\n{CARD}", {}])
    outline = page.get_by_role("button", name="Outline")
    outline.press("Enter")
    expect(page.locator("#place .text")).to_be_focused()
    said = "This could not be loaded. Look at your connection, then ask for it again."
    assert page.evaluate("() => told.said") == [said]
    page.unroute("**/windows.js")
    outline.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="One")).to_be_focused()
    page.keyboard.press("Escape")
    expect(outline).to_be_focused()
    assert page.evaluate("() => [told.said.length, told.changes]") == [1, 0]
    context.close()


def test_a_cards_source_goes_to_the_card_wherever_it_is_now(surface: Surface) -> None:
    surface.open(f"{ONE}\n\n{CARD}\n\n{TWO}\n\n{CARD}")
    open_card(surface)
    theirs = f"{NEW}\n\n{ONE}\n\n{CARD}\n\n{TWO}\n\n{CARD}"
    take(surface, theirs)
    surface.page.fill("dialog textarea", CARD.replace("412", "413"))
    surface.page.click('dialog button:has-text("Done")')
    surface.page.wait_for_selector("dialog", state="detached")
    assert surface.source == theirs.replace("412", "413", 1)


@pytest.mark.parametrize("now", [f"{ONE}\n\n{TWO}", f"{ONE}\n\n{CARD.replace('412', '9')}"])
def test_a_cards_source_stays_in_its_window_where_the_card_is_gone(
    surface: Surface, now: str
) -> None:
    surface.open(f"{ONE}\n\n{CARD}")
    open_card(surface)
    take(surface, now)
    surface.page.fill("dialog textarea", "<p>Typed at length</p>")
    surface.page.click('dialog button:has-text("Done")')
    assert "somebody has changed or deleted it" in surface.page.inner_text("dialog [role=alert]")
    assert surface.page.input_value("dialog textarea") == "<p>Typed at length</p>"
    surface.page.click('dialog button:has-text("Cancel")')
    surface.page.wait_for_selector("dialog", state="detached")
    assert surface.source == now


@pytest.mark.parametrize(
    "theirs",
    [
        f"<p>Theirs, new.</p>\n<p>One.</p>\n{PICTURE}\n{PICTURE}",
        f"<p>One.</p>\n{PICTURE.replace('A', 'Another')}\n{PICTURE}",
    ],
)
def test_a_pictures_words_go_to_the_picture_wherever_it_is_now(
    surface: Surface, theirs: str
) -> None:
    surface.open(f"<p>One.</p>\n{PICTURE}\n{PICTURE}")
    open_picture(surface)
    take(surface, theirs)
    surface.page.fill("#picture-alt", "A boat")
    surface.page.click(".picture-form button")
    assert surface.source == theirs.replace('alt=""', 'alt="A boat"', 1)


def test_a_picture_that_moved_into_other_words_is_found(surface: Surface) -> None:
    surface.open(f"<p>One.</p>\n{PICTURE}")
    open_picture(surface)
    theirs = f"{PICTURE.replace('A', 'Theirs').replace('b', 'theirs')}\n<p>One.</p>"
    take(surface, theirs)
    surface.page.fill("#picture-alt", "A boat")
    surface.page.click(".picture-form button")
    assert surface.source == theirs.replace('alt=""', 'alt="A boat"')


@pytest.mark.parametrize("now", ["<p>One.</p>", PICTURE.replace('alt=""', 'alt="Theirs"')])
def test_a_pictures_words_stay_in_their_window_where_it_is_gone(surface: Surface, now: str) -> None:
    surface.open(PICTURE)
    open_picture(surface)
    take(surface, now)
    surface.page.fill("#picture-alt", "A boat")
    surface.page.click(".picture-form button")
    told = surface.page.inner_text(".picture-form [role=alert]")
    assert "somebody has changed or deleted it" in told
    assert surface.page.input_value("#picture-alt") == "A boat"
    assert surface.source == now
    surface.press("Escape")
    assert surface.page.locator(".text-bubble").count() == 0


def test_a_cards_window_stands_whole_in_the_middle(surface: Surface) -> None:
    before = surface.page.viewport_size
    assert before is not None
    surface.open(f"{ONE}\n\n{CARD}")
    try:
        for width, height in ((640, 420), (1440, 900)):
            surface.page.set_viewport_size({"width": width, "height": height})
            open_card(surface)
            box = surface.page.locator("dialog").bounding_box()
            done = surface.page.locator('dialog button:has-text("Done")').bounding_box()
            assert box is not None
            assert done is not None
            assert abs(2 * box["x"] + box["width"] - width) < 20
            assert abs(2 * box["y"] + box["height"] - height) < 20
            assert done["y"] + done["height"] <= height
            surface.press("Escape")
    finally:
        surface.page.set_viewport_size(before)
