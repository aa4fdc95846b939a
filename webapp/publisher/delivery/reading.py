"""What a public page shows, compared with what was sent. Pure.

Both sides are folded the same way. WordPress changes quotes, dashes and signs of a text on its way
to the page (in 4x4 the letter becomes the sign of multiplication), themes change spaces and case,
and either may put tags in between.
"""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_READ = 400_000
MOST_PARTS, MOST_SAMPLES = 400, 60
WORDS_IN_SAMPLE = 8
FEWEST_LETTERS, LONGEST_SAMPLE, LONGEST_PART = 8, 60, 2_000
ENOUGH = 0.8
_TAG = re.compile(r"<[^<>]*>")
# Where one run of text ends for a reader; also a comment, which is where a block ends.
_BLOCK = re.compile(
    r"<!--[^<>]*-->|</?(?:address|article|aside|blockquote|br|caption|dd|details|div|dl|dt"
    r"|fig(?:caption|ure)|footer|h[1-6]|header|hr|img|li|main|nav|ol|p|pre|section|summary|t(?:able"
    r"|body|d|foot|h|head|r)|ul)\b[^<>]*>",
    re.I,
)
_NEXT_PAGE = "<!--nextpage-->"
_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)</title", re.I)
_HEADING = re.compile(r"<h1\b[^<>]*>(.*?)</h1", re.I | re.S)
# What stands between a page's title and the name of its website.
_PARTED = re.compile(r"\s[-\u2013\u2014|\u00b7\u00bb\u2022:]\s")
# What an SEO plugin puts something else in the place of.
_VARIABLE = re.compile(r"%\w+%|#\w+_\w+|\{\{")


def letters(text: str) -> str:
    """Only letters and digits, folded."""
    plain = unicodedata.normalize("NFKC", html.unescape(html.unescape(text)))
    return re.sub(r"[\W_]+", "", plain.replace("\u00d7", "x")).casefold()


class Page:
    """A page, read once."""

    def __init__(self, body: bytes) -> None:
        self.source = body.decode("utf-8", errors="replace")
        self._everything = letters(self.source)
        self._text = letters(_TAG.sub("", self.source))

    def shows(self, text: str) -> bool:
        """A title or a description, wherever it stands. A theme shows tags in a title as markup,
        as text, or drops them."""
        wanted = {letters(_TAG.sub("", text)), letters(text)} - {""}
        places = (self._everything, self._text)
        return not wanted or any(one in place for one in wanted for place in places)

    def is_titled(self, text: str) -> bool:
        """Whether the title for search engines and tabs is this one."""
        titles = [letters(one) for one in _TITLE.findall(self.source)]
        return bool(_VARIABLE.search(text)) or any(letters(text) in one for one in titles)

    def is_headed(self, text: str) -> bool:
        """Whether its heading is this one, or what its tab shows before the website's name."""
        wanted = letters(_TAG.sub("", text))
        headings = [_TAG.sub("", one) for one in _HEADING.findall(self.source)]
        tabs = [_PARTED.split(html.unescape(one))[0] for one in _TITLE.findall(self.source)]
        return any(letters(one) == wanted for one in (*headings, *tabs))

    def missing(self, parts: list[str]) -> list[str]:
        """Those parts of a text that do not stand here, word for word."""
        return [one for one in parts if letters(one) not in self._text]


def parts(sent: str) -> list[str]:
    """The runs of a text, spread over all of it: what a page of it shows.

    Left out is what websites put something else in the place of: shortcodes, and addresses.
    """
    runs = _BLOCK.split(sent.split(_NEXT_PAGE, 1)[0][:LONGEST_READ])
    found = [one for one in map(_run, runs) if one]
    return _spread(found, MOST_PARTS)


def is_there(page: Page, wanted: list[str]) -> bool:
    """Whether the page shows the text: some words of most of its parts, for plugins alter some."""
    samples = [_sample(one) for one in _spread(wanted, MOST_SAMPLES)]
    return len(page.missing(samples)) <= (1 - ENOUGH) * len(samples)


def _spread(found: list[str], most: int) -> list[str]:
    """About so many of them, and the last."""
    step = max(1, -(-len(found) // most))
    return list(dict.fromkeys([*found[::step], *found[-1:]]))


def _run(html_of: str) -> str:
    """Its text; "" where there is too little to tell it from others."""
    text = " ".join(html.unescape(_TAG.sub("", html_of)).split())[:LONGEST_PART]
    if "[" in text or "://" in text:
        return ""
    return text if len(letters(text)) >= FEWEST_LETTERS else ""


def _sample(part: str) -> str:
    """The words in the middle of it."""
    words = part.split()
    first = max(0, (len(words) - WORDS_IN_SAMPLE) // 2)
    return " ".join(words[first : first + WORDS_IN_SAMPLE])[:LONGEST_SAMPLE]
