"""What writers do to a block of a post, from a seed."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.writing.posts import Posts

_TEXT_WORD = re.compile(r"(?<![\w/&#;.=\"<-])[Nn]eu\d+(?![\w\".])")


def edited(posts: Posts, block: str) -> str:
    """The block with one thing changed in it, or gone, or with another before or after it."""
    act = posts.random.choice(
        [
            word_replaced,
            word_replaced,
            word_added,
            word_removed,
            made_bold,
            deleted,
            followed,
            preceded,
        ]
    )
    return act(posts, block)


def word_replaced(posts: Posts, block: str) -> str:
    return _at_a_word(posts, block, lambda word: posts.new_word())


def word_added(posts: Posts, block: str) -> str:
    return _at_a_word(posts, block, lambda word: f"{word} {posts.new_word()}")


def word_removed(posts: Posts, block: str) -> str:
    return _at_a_word(posts, block, lambda word: "")


def made_bold(posts: Posts, block: str) -> str:
    return _at_a_word(posts, block, lambda word: f"<b>{word}</b>")


def deleted(posts: Posts, block: str) -> str:
    return ""


def followed(posts: Posts, block: str) -> str:
    return block + posts.paragraph() + "\n\n"


def preceded(posts: Posts, block: str) -> str:
    return posts.paragraph() + "\n\n" + block


def _at_a_word(posts: Posts, block: str, change: Callable[[str], str]) -> str:
    """The block with one of its words, that no other text has, changed."""
    found = list(_TEXT_WORD.finditer(block))
    if not found:
        return block
    word = posts.random.choice(found)
    return block[: word.start()] + change(word[0]) + block[word.end() :]
