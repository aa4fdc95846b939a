"""Which end tags of a text end something in it, as browsers have it. Pure.

One that ends nothing of the text ends what stands around it on the page. Where browsers ignore an
end tag because of what is open in the text, it can do no harm and counts as the text's own.
"""

from __future__ import annotations

from webapp.writing.lexer import VOID

# Browsers open these again in each following block until they are closed.
FORMATS = frozenset(
    [
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    ]
)
# An end tag of these makes an element of its own where there is none to end.
_MAKES = frozenset(["p"])
_CELLS = frozenset(["td", "th"])
_PARTS = frozenset(["caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_ITEMS = {"li": frozenset(["li"]), "dd": frozenset(["dd", "dt"]), "dt": frozenset(["dd", "dt"])}
_SPECIAL = (
    frozenset(
        [
            "address",
            "article",
            "aside",
            "blockquote",
            "center",
            "dd",
            "details",
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "header",
            "hgroup",
            "iframe",
            "li",
            "main",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "search",
            "section",
            "summary",
            "table",
            "ul",
        ]
    )
    | _HEADINGS
    | _PARTS
)
# Where the search for what an end tag ends goes no further.
_WALLS = frozenset(["table", "caption", "td", "th"])
_ENDS_P = _SPECIAL - _PARTS - {"p", "iframe"}


class Nesting:
    """What is open at a place of a text."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._formats: dict[str, int] = {}

    def begins(self, name: str) -> None:
        """A start tag that stays."""
        if name in VOID:
            return
        if name in FORMATS:
            self._formats[name] = self._formats.get(name, 0) + 1
            return
        if name in _PARTS:
            if "table" not in self._open:
                return  # browsers ignore it
            self._end_parts(name)
        elif name in _ITEMS:
            self._end_item(_ITEMS[name])
        elif name in _HEADINGS and self._open and self._open[-1] in _HEADINGS:
            self._open.pop()
        if name in _ENDS_P and self._open and self._open[-1] == "p":
            self._open.pop()
        self._open.append(name)

    def ends(self, name: str) -> bool:
        """Whether an end tag is the text's own; False where it would act on the page around."""
        if name in VOID:
            return True
        if name in FORMATS:
            left = self._formats.get(name, 0)
            self._formats[name] = max(left - 1, 0)
            return left > 0
        if name in _PARTS or name == "table":
            return self._ends_part(name)
        same = _HEADINGS if name in _HEADINGS else frozenset([name])
        walls = _WALLS if name in _SPECIAL else _SPECIAL
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] in same:
                del self._open[at:]
                return True
            if self._open[at] in walls:
                return True
        return name in _MAKES

    def _ends_part(self, name: str) -> bool:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] == name:
                del self._open[at:]
                return True
            if self._open[at] == "table":
                return True
        return False

    def _end_parts(self, name: str) -> None:
        """A cell ends the cell before it; a row that and its row; a part of the table all that."""
        table = len(self._open) - 1 - self._open[::-1].index("table")
        ended = _CELLS if name in _CELLS else _CELLS | {"tr"} if name == "tr" else _PARTS
        at = next((at for at in range(table + 1, len(self._open)) if self._open[at] in ended), None)
        if at is not None:
            del self._open[at:]

    def _end_item(self, ended: frozenset[str]) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] in ended:
                del self._open[at:]
                return
            if self._open[at] in _SPECIAL - {"address", "div", "p"}:
                return
