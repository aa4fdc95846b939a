"""Line ends of a text that went through a form: browsers send each as CR LF. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from webapp.writing.coding import Full, Vocabulary
from webapp.writing.finding import Finder
from webapp.writing.shortest import Match

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


def as_opened(opened: str, sent: str) -> str:
    """What was sent, each line ending as it did in the text that was opened. Lines that were not
    there end as most of that text's do."""
    before, after = _lines(opened), _lines(sent)
    ends = Counter(end for _, end in before if end)
    usual = ends.most_common(1)[0][0] if ends else "\n"
    kept = [usual if end else "" for _, end in after]
    if len(ends) > 1:
        for at, to, length in _same(before, after):
            for line in range(length):
                if kept[to + line] and before[at + line][1]:
                    kept[to + line] = before[at + line][1]
    return "".join(text + end for (text, _), end in zip(after, kept, strict=True))


def _lines(text: str) -> list[tuple[str, str]]:
    """Each line with its end; the last has none."""
    found = [(line[1], line[2]) for line in _LINE.finditer(text)]
    while len(found) > 1 and found[-1] == ("", "") and found[-2][1] == "":
        found.pop()
    return found


def _same(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Iterator[Match]:
    """Runs of lines that are the same; none are told where there are more different lines than can
    be compared."""
    known = Vocabulary()
    try:
        codes, new_codes = (
            known.encode(f"{text}\n" for text, _ in one).codes for one in (before, after)
        )
    except Full:
        return iter(())
    return Finder(known).matches(codes, new_codes)
