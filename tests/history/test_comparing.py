"""What changed between two versions, as the page says it."""

from __future__ import annotations

from typing import Any

from webapp.history import comparing, words
from webapp.history.comparing import Comparison
from webapp.writing.revisions import Version


def block(text: str, name: str = "paragraph", tag: str = "p") -> str:
    return f"<!-- wp:{name} -->\n<{tag}>{text}</{tag}>\n<!-- /wp:{name} -->\n\n"


JUG = block("The jug", "heading", "h2")
MILK = block("Steamed milk has one job: to taste sweeter than it did cold.")
CARTON = block("We heated the same carton a dozen times, and no one liked it above 66.")
STEAM = block("Most machines overshoot. Stop the steam at 52, and let the jug do the rest.")


def compared(old: str, new: str, **fields: tuple[Any, Any]) -> Comparison:
    was = {name: pair[0] for name, pair in fields.items()}
    now = {name: pair[1] for name, pair in fields.items()}
    return comparing.of(Version(old, was), Version(new, now))


def lines(found: Comparison) -> list[tuple[str, str]]:
    return [(one.name, one.said) for one in found.lines]


def test_the_same_text_has_no_change() -> None:
    found = compared(JUG + MILK, JUG + MILK)
    assert (found.lines, found.same) == ([], 2)
    assert "".join(run.text for run in found.texts[1].runs).startswith("Steamed milk")


def test_words_are_counted_and_named() -> None:
    now = CARTON.replace("a dozen", "twenty").replace("66", "64")
    found = compared(JUG + CARTON, JUG + now)
    assert lines(found) == [("Paragraph 1", "3 words")]
    [shown] = [one for one in found.texts if not one.is_same]
    assert "a dozen" in "".join(run.text for run in shown.before)
    assert "a dozen" not in "".join(run.text for run in shown.after)
    assert "twenty" in "".join(run.text for run in shown.after)


def test_a_move_is_a_move_and_says_from_where() -> None:
    found = compared(MILK + JUG + CARTON + STEAM, STEAM + MILK + JUG + CARTON)
    [shown] = [one for one in found.texts if not one.is_same]
    assert shown.moved == "Moved up, from under “The jug”, unchanged"
    assert lines(found) == [("Paragraph 1", "moved")]


def test_a_format_is_no_change_of_words() -> None:
    bold = MILK.replace("one job", "<strong>one job</strong>")
    assert lines(compared(MILK, bold)) == [("Paragraph 1", "now bold")]
    assert lines(compared(bold, MILK)) == [("Paragraph 1", "no longer bold")]


def test_what_came_and_what_went() -> None:
    assert lines(compared(MILK, MILK + STEAM)) == [("Paragraph 2", "added, 15 words")]
    assert lines(compared(MILK + STEAM, MILK)) == [("Paragraph 2", "removed, 15 words")]


def test_fields_by_their_names() -> None:
    found = compared(
        MILK,
        MILK,
        title=("Milk", "Milk at 58"),
        tags=([{"name": "milk"}], [{"name": "milk"}, {"name": "<b>steam</b>"}]),
        images=([{"filename": "a.png", "alt": ""}], [{"filename": "a.png", "alt": "A jug"}]),
        slug=("milk", "milk"),
    )
    assert lines(found) == [("Title", "2 words"), ("Tags", "1 word"), ("Pictures", "2 words")]
    assert "<b>steam</b>" in "".join(run.text for run in found.fields[1].runs)


def test_another_picture_of_the_same_name_and_another_place_of_it_are_changes() -> None:
    hero = {"filename": "hero.jpg", "alt": "", "image_type": "featured", "sha256": "a"}
    other = compared(MILK, MILK, images=([hero], [hero | {"sha256": "b"}]))
    assert lines(other) == [("Pictures", "changed")]
    assert lines(compared(MILK, MILK, images=([hero], [dict(hero)]))) == []
    moved = compared(MILK, MILK, images=([hero], [hero | {"image_type": "in_article"}]))
    assert lines(moved) == [("Pictures", "2 words")]
    assert "in article" in "".join(run.text for run in moved.fields[0].runs)


def test_unchanged_blocks_fold_into_one_row() -> None:
    found = compared(JUG + MILK + CARTON, JUG + MILK + CARTON + STEAM)
    assert [len(row) for row in found.rows] == [3, 1]


def test_a_link_is_shortened_in_its_note() -> None:
    linked = MILK.replace("milk", f'<a href="https://e.example/{"x" * 200}">milk</a>')
    [shown] = [one for one in compared(MILK, linked).texts if not one.is_same]
    notes = [words.format_note(run) for run in shown.runs if run.kind == "formatted"]
    assert len(notes[0]) < 80


def test_where_a_list_begins_is_no_block_that_is_seen() -> None:
    items = block("One", "list-item", "li") + block("Two", "list-item", "li")
    text = f"<!-- wp:list -->\n<ul>{items}</ul>\n<!-- /wp:list -->\n"
    found = compared(text, text)
    assert ["".join(run.text for run in one.runs) for one in found.texts] == ["One", "Two"]
    assert found.same == 2
