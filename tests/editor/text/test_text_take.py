"""What somebody else has written meanwhile comes into the text that one writes in."""

from __future__ import annotations

import pytest

from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface

ONE, TWO, THREE = block("One is here"), block("Two is here"), block("Three is here")
CARD = '<!-- wp:block {"ref":412} /-->'


def take(surface: Surface, source: str) -> None:
    """Take the source; the text then says exactly it."""
    surface.page.evaluate("(source) => text.take(source)", source)
    assert surface.source == source


@pytest.mark.parametrize(
    "theirs",
    [
        [block("One was there"), TWO, THREE],
        [block("New"), ONE, TWO, THREE],
        [TWO, THREE],
        [ONE, TWO, THREE, block("New")],
        [ONE, CARD, TWO, THREE],
        [THREE, TWO, ONE],
        [ONE, "<!-- wp:quote -->\n<blockquote>" + TWO + "</blockquote>\n<!-- /wp:quote -->", THREE],
        [ONE, TWO.replace("is", "<b>was</b> and is"), THREE],
    ],
)
def test_the_caret_stays_on_its_words(surface: Surface, theirs: list[str]) -> None:
    surface.open("\n\n".join([ONE, TWO, THREE]))
    surface.select("Two is", "behind")
    take(surface, "\n\n".join(theirs))
    if theirs != [THREE, TWO, ONE] and "<blockquote>" not in theirs[1]:
        before, after = surface.caret.split("|")
        assert after == " here"
        assert before.endswith("is")
    assert surface.page.evaluate("() => told.changes") == 0


def test_undo_takes_back_ones_own_words_only(surface: Surface) -> None:
    surface.open("\n\n".join([ONE, TWO, THREE]))
    surface.select("Three is", "behind")
    surface.type(" now")
    mine = THREE.replace("is here", "is now here")
    take(surface, "\n\n".join([block("One was there"), CARD, TWO, mine]))
    assert surface.caret == "Three is now| here"
    surface.press("Control+z")
    assert surface.source == "\n\n".join([block("One was there"), CARD, TWO, THREE])
    surface.press("Control+z")
    assert surface.source == "\n\n".join([block("One was there"), CARD, TWO, THREE])
    surface.press("Control+y")
    assert surface.source == "\n\n".join([block("One was there"), CARD, TWO, mine])


def test_both_in_one_paragraph(surface: Surface) -> None:
    surface.open("\n\n".join([ONE, TWO]))
    surface.select("One", "behind")
    surface.type(" mine")
    take(surface, "\n\n".join([block("One mine is over there"), TWO]))
    assert surface.caret == "One mine| is over there"
    surface.press("Control+z")
    assert surface.source == "\n\n".join([block("One is over there"), TWO])


def test_while_a_new_paragraph_is_not_saved_yet(surface: Surface) -> None:
    surface.open("\n\n".join([ONE, TWO]))
    surface.select("Two is here", "behind")
    surface.press("Enter")
    surface.type("New words")
    now = surface.source
    take(surface, now.replace("One is", "One was"))
    assert surface.caret == "New words|"
    surface.type(" go on")
    assert surface.source == now.replace("One is", "One was").replace(
        "New words", "New words go on"
    )


def test_an_empty_text_and_a_full_one(surface: Surface) -> None:
    surface.open("")
    take(surface, ONE)
    take(surface, "")
    take(surface, "\n\n")
    take(surface, f"{ONE}\n")


def test_the_source_view_and_back(surface: Surface) -> None:
    for source in (
        "<p>One</p>\r\n<p>two</p>\n<p>three</p>\r<p>four</p>\r\n\n",
        f"{ONE}\r\n\r\n{TWO}".replace("\n", "\r\n").replace("\r\r", "\r"),
        f"{ONE}\n\n{TWO}\u2028\u0085",
    ):
        surface.open(source)
        surface.page.evaluate("() => text.toggleSource()")
        assert surface.source == source
        surface.page.evaluate("() => text.toggleSource()")
        assert surface.source == source
        assert surface.page.evaluate("() => told.changes") == 0


def test_what_was_changed_in_the_source_view_is_one_step_of_undo(surface: Surface) -> None:
    source = "\n\n".join([ONE, TWO])
    surface.open(source)
    surface.page.evaluate("() => text.toggleSource()")
    surface.page.wait_for_selector(".cm-content")
    surface.page.click(".cm-line >> text=One is here")
    surface.press("Home", "Control+ArrowRight")
    surface.press("End")
    surface.type("\n")
    assert surface.page.evaluate("() => told.changes") > 0
    surface.page.evaluate("() => text.toggleSource()")
    changed = surface.source
    assert changed != source
    surface.select("Two")
    surface.press("Control+z")
    assert surface.source == source
    surface.press("Control+y")
    assert surface.source == changed
