"""A passage stays on its words through every save, or is said to be gone; never on other words."""

from __future__ import annotations

import os
import re

from tests.writing.changes import edited
from tests.writing.posts import Posts
from webapp.writing import anchors
from webapp.writing.anchors import Anchor, Gone, move, move_all

BEFORE = "<p>Heat the milk slowly. Then pour the milk into the jug, and wait.</p>\n<p>Serve it.</p>"
# So many anchors, through so many saves each; IGNY8_RUNS=1000 for the long run.
ANCHORS, SAVES = int(os.environ.get("IGNY8_RUNS", "0")) or 120, 50
_OWN = re.compile(r"neu\d+")


def anchor(passage: str, source: str = BEFORE) -> Anchor:
    start = source.index(passage)
    return anchors.of(source, start, start + len(passage))


def moved(passage: str, new: str) -> str | Gone:
    found = move(anchor(passage), BEFORE, new)
    if isinstance(found, Gone):
        return found
    assert new[found.start : found.end] == found.quotation
    assert new[max(found.start - 30, 0) : found.start] == found.before
    return found.quotation


def test_what_stands_before_it_moves_it() -> None:
    new = BEFORE.replace("Heat", "<b>Gently</b> heat")
    assert moved("pour the milk", new) == "pour the milk"
    assert move(anchor("Heat"), BEFORE, BEFORE) == anchor("Heat")


def test_a_word_within_it_changes_it() -> None:
    new = BEFORE.replace("pour the milk into the jug", "pour the hot cream into the jug")
    assert moved("pour the milk into the jug", new) == "pour the hot cream into the jug"


def test_what_is_rewritten_is_gone() -> None:
    assert moved("Serve it.", BEFORE.replace("Serve it.", "Drink!")) == Gone("Serve it.")
    assert moved("pour the milk", BEFORE.replace("pour the milk", "tip all")) == Gone(
        "pour the milk"
    )


def test_one_word_is_not_another_of_the_same_name() -> None:
    """The first milk is deleted with its sentence: the second was never meant."""
    first = anchor("milk")
    new = BEFORE.replace("Heat the milk slowly. ", "")
    assert move(first, BEFORE, new) == Gone("milk")


def test_a_paragraph_that_was_cut_and_put_elsewhere_is_found() -> None:
    first, second = BEFORE.split("\n")
    found = moved("pour the milk into the jug", f"{second}\n<p>Drink.</p>\n{first}")
    assert found == "pour the milk into the jug"


def test_a_picture_is_known_by_its_address() -> None:
    old = '<p>a</p><img src="/a.png" alt="Cup"><p>b</p>'
    new = '<p>a</p><p>c</p><img class="x" src="/a.png" alt="A cup of milk"><p>b</p>'
    picture = '<img src="/a.png" alt="Cup">'
    found = move(anchor(picture, old), old, new)
    assert isinstance(found, Anchor)
    assert found.quotation == '<img class="x" src="/a.png" alt="A cup of milk">'
    assert move(anchor(picture, old), old, new.replace("/a.png", "/b.png")) == Gone(picture)


def test_through_many_saves_never_on_other_words() -> None:
    """Anchors on passages of up to five words, in texts that are edited, shuffled and cut: what an
    anchor stands on begins and ends with words that it had before, and has none of those that stood
    around it at first, of which each text has many that stand nowhere else."""
    posts = Posts(8)
    gone = 0
    for _ in range(max(ANCHORS // 20, 1)):
        blocks = posts.random.choice([posts.blocks, posts.classic])(10)
        source = "".join(blocks)
        held: list[Anchor | Gone] = [_passage(posts, source) for _ in range(20)]
        meant = [set(one.quotation.split()) for one in held]
        around = [set(_OWN.findall(source)) - said for said in meant]
        for _ in range(SAVES):
            blocks = _saved(posts, blocks)
            new = "".join(blocks)
            there = [one for one in held if isinstance(one, Anchor)]
            after = iter(move_all(there, source, new))
            held = [next(after) if isinstance(one, Anchor) else one for one in held]
            source = new
            for one, said, other in zip(held, meant, around, strict=True):
                if isinstance(one, Anchor):
                    assert source[one.start : one.end] == one.quotation
                    assert not set(_OWN.findall(one.quotation)) & other
                    stands_on = re.sub(r"</?b>", "", one.quotation).split()
                    assert {stands_on[0], stands_on[-1]} <= said
                    said.update(stands_on)
        gone += sum(isinstance(one, Gone) for one in held)
    assert 0 < gone < ANCHORS


def _passage(posts: Posts, source: str) -> Anchor:
    """A word of the source's own, with up to two words on each side."""
    found = posts.random.choice(list(re.finditer(r"(?:\w+ ){0,2}(neu\d+)(?: \w+){0,2}", source)))
    return anchors.of(source, *found.span())


def _saved(posts: Posts, blocks: list[str]) -> list[str]:
    act = posts.random.random()
    place = posts.random.randrange(len(blocks))
    if act < 0.1:
        blocks = [*blocks[:place], *blocks[place + 1 :], blocks[place]]
    elif act < 0.15 and len(blocks) > 5:
        blocks = blocks[:place] + blocks[place + 1 :]
    else:
        blocks = [*blocks[:place], edited(posts, blocks[place]), *blocks[place + 1 :]]
    return [one for one in blocks if one] or posts.classic(2)
