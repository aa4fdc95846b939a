"""Suggestions: a change of a passage that waits until somebody accepts or refuses it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from webapp.core import limits
from webapp.core.errors import Conflict, Invalid
from webapp.threads.passages import Meant
from webapp.writing import rewriting, structure
from webapp.writing.anchors import Anchor
from webapp.writing.lexer import CLOSE, OPEN, tokens
from webapp.writing.merge import Merged

NO_PASSAGE = "Choose the words that should change."
BESIDE = "These words are not in the text yet: they lie beside it. Hand them in first."
SAME = "That is what stands there already."
SEVERAL_BLOCKS = "Suggest within one paragraph, heading or item."
BROKEN = "This would leave an element open, or close one that is not open here."
_INLINE = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd"]
) | frozenset(
    ["mark", "q", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var"]
)


class Suggested(NamedTuple):
    """What should stand there instead: words, or HTML where that is given. `model` names the
    program that suggests it, "" for a person."""

    words: str = ""
    html: str | None = None
    model: str = ""


def suggested(change: Suggested, meant: Meant | None) -> str:
    """The source that is to stand in place of the passage. Raises Invalid where that cannot be."""
    if meant is None:
        raise Invalid({"words": NO_PASSAGE})
    if meant.is_beside:
        raise Invalid({"words": BESIDE})
    now = meant.anchor.quotation
    if change.html is not None:
        field, made = "replacement", change.html
        if not structure.kept(now) <= structure.kept(made):
            raise Invalid({field: BROKEN})
    else:
        field, made = "instead", rewriting.rewritten(now, change.words)
        if not _is_inline(now):
            raise Invalid({"words": SEVERAL_BLOCKS})
    if made == now:
        raise Invalid({field: SAME})
    wrong = limits.wrong("threads", {"replacement": made, "model": change.model})
    if wrong:
        raise Invalid({field if name == "replacement" else name: wrong[name] for name in wrong})
    return made


def _is_inline(fragment: str) -> bool:
    """Whether the fragment begins and ends no block."""
    return all(one.name in _INLINE for one in tokens(fragment) if one.kind in (OPEN, CLOSE))


def applied(html: str, passage: Anchor, replacement: str) -> str:
    """The text that says `replacement` in place of the passage."""
    return html[: passage.start] + replacement + html[passage.end :]


def must_fit(merged: Merged) -> str:
    """The merged text; Conflict, with both, where the words were changed since."""
    if not merged.clashes:
        return merged.text
    raise Conflict(
        "The text below this suggestion was changed since, so it was not taken. "
        "Both stand in the suggestion: put the text right by hand, or refuse it.",
        details={
            "clashes": [
                {"was": one.base, "now": one.theirs, "suggested": one.ours}
                for one in merged.clashes
            ]
        },
    )
