"""A title as the last part of an address: what WordPress's `sanitize_title` makes of it, decoded.

Letters, marks and digits of every script stay; Latin accents come off, by the site's language
where WordPress does that. A slug is sent as it is, so one that went through here once is never
changed again. `tests/wordpress/test_slugs.py` compares it with WordPress itself.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container
from urllib.parse import quote, unquote_to_bytes

LONGEST = 200  # of the percent-encoded form

# Latin letters whose canonical decomposition begins with the plain letter.
_ACCENTED = (range(0xC0, 0x1DD), range(0x218, 0x21C), range(0x1EA0, 0x1EFA))
_PLAIN = {
    "ª": "a",
    "ɑ": "a",
    "Æ": "AE",
    "æ": "ae",
    "Ð": "D",
    "ð": "d",
    "Đ": "D",
    "đ": "d",
    "Ə": "E",
    "ǝ": "e",
    "€": "E",
    "Ħ": "H",
    "ħ": "h",
    "ı": "i",
    "Ĳ": "IJ",
    "ĳ": "ij",
    "ĸ": "k",
    "Ŀ": "L",
    "ŀ": "l",
    "Ł": "L",
    "ł": "l",
    "ŉ": "n",
    "Ŋ": "N",
    "ŋ": "n",
    "º": "o",
    "Ø": "O",
    "ø": "o",
    "Œ": "OE",
    "œ": "oe",
    "ß": "s",
    "ſ": "s",
    "Ŧ": "T",
    "ŧ": "t",
    "Þ": "TH",
    "þ": "th",
    "£": "",
}
_GERMAN = {"Ä": "Ae", "ä": "ae", "Ö": "Oe", "ö": "oe", "Ü": "Ue", "ü": "ue", "ß": "ss"}
_DANISH = {"Æ": "Ae", "æ": "ae", "Ø": "Oe", "ø": "oe", "Å": "Aa", "å": "aa"}
_SERBIAN = {"Đ": "DJ", "đ": "dj"}
_CATALAN = {"l·l": "ll"}

_HYPHENS = re.compile(
    "[\u00a0\u2000-\u200a\u2013\u2014\u2028\u2029\u202f/]|&(?:nbsp|#160|ndash|#8211|mdash|#8212);"
)
_GONE = re.compile(
    "[\u00a1\u00a9\u00ab\u00ad\u00ae\u00b0\u00b4\u00bb\u00bf\u02ca\u0300\u0301\u0304\u030c\u0341"
    "\u200b-\u200f\u2018-\u201f\u2022\u2026\u202a-\u202e\u2039\u203a\u2122\ufeff\ufffc]"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ENTITY = re.compile("&.+?;")
_UNFIT = re.compile("[\x00-\x1f!-,:-@\\[-^`{-\x7f]")
_OCTETS = re.compile("(?:%[0-9A-Fa-f]{2})+")
_NUMBER = re.compile(r"-([1-9][0-9]{0,8})\Z")
_ROOM = 10  # for a hyphen and a number
_COMMENT = re.compile("<!--.*?(?:-->|$)", re.DOTALL)


def of_title(title: str, language: str = "") -> str:
    """The slug of a title; empty where nothing of it can stand in an address.

    `language` is the site's, as WordPress names it ("de_DE" or "de-DE").
    """
    # The second time changes next to nothing (ẞ becomes ß, and that s), the third time nothing.
    return _once(_once(title, language), language)


def typed(slug: str, language: str = "") -> str:
    """What a person typed or copied from a browser, as a slug: the same characters, composed,
    without those that nobody sees, as emoji and right-to-left text bring along."""
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", _decoded(slug.strip(" \t\r\n"))))
    return composed if composed == of_title(composed, language) else slug


def without_accents(text: str) -> str:
    """The text with Latin accents off, composed; letters of other scripts stay."""
    return _without_accents(text, "")


def numbered(slug: str, number: int) -> str:
    """The slug for another piece of the same name: shorter by what the number takes."""
    end = f"-{number}"
    return _cut(slug, LONGEST - len(end)).rstrip("-") + end


def is_numbered(slug: str, other: str) -> bool:
    """Whether the other is this slug, or this slug with a number."""
    found = _NUMBER.search(other)
    return other == slug or bool(found and numbered(slug, int(found[1])) == other)


def stem(slug: str) -> str:
    """What the slug and all that are made of it by a number begin with."""
    return _cut(slug, LONGEST - _ROOM).rstrip("-")


def free(wanted: str, taken: Container[str]) -> str:
    """The slug that is wanted, or where it is taken the first with a number that is not."""
    if wanted not in taken:
        return wanted
    every = (numbered(wanted, number) for number in itertools.count(2))
    return next(one for one in every if one not in taken)


def encoded(slug: str) -> str:
    """A slug as it stands in an address, in ASCII."""
    return quote(slug, safe="")


def _once(title: str, language: str) -> str:
    text = _without_tags(_without_accents(_decoded(title), language)).replace("%", "")
    text = "".join(map(str.lower, text))  # each for itself, also a sigma that ends a word
    text = _GONE.sub("", _HYPHENS.sub("-", _cut(text)))
    text = _ENTITY.sub("", text.replace("×", "x")).replace(".", "-")
    return re.sub("[ -]+", "-", _UNFIT.sub("", text)).strip("-")


def _decoded(text: str) -> str:
    """Without percent-encoding, as far as it is text."""
    return _OCTETS.sub(lambda found: unquote_to_bytes(found[0]).decode(errors="ignore"), text)


def _without_accents(text: str, language: str) -> str:
    text = unicodedata.normalize("NFC", text)
    own = _of_language(language.replace("-", "_"))
    for letters in own.keys() - {one for one in own if len(one) == 1}:
        text = text.replace(letters, own[letters])
    return "".join(own.get(char) or _plain(char) for char in text)


def _of_language(name: str) -> dict[str, str]:
    if name.startswith("de"):
        return _GERMAN
    by_name = {"da_DK": _DANISH, "ca": _CATALAN, "sr_RS": _SERBIAN, "bs_BA": _SERBIAN}
    return by_name.get(name, {})


def _plain(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    if any(ord(char) in letters for letters in _ACCENTED):
        first = unicodedata.normalize("NFD", char)[0]
        return first if first.isascii() else char
    return char


def _without_tags(text: str) -> str:
    """As PHP's strip_tags: a `<` before a space is none, an open tag takes the rest with it."""
    text = _COMMENT.sub("", text)
    kept, depth, quoted = [], 0, ""
    for char, following in zip(text, f"{text[1:]}.", strict=False):
        if not depth:
            depth = int(char == "<" and not following.isspace())
            kept.append("" if depth else char)
        elif quoted:
            quoted = "" if char == quoted else quoted
        elif char in "\"'":
            quoted = char
        elif char == ">":
            depth -= 1
        elif char == "<" and not following.isspace():
            depth += 1
    return "".join(kept)


def _cut(text: str, most: int = LONGEST) -> str:
    """The beginning that takes at most so many characters when it is percent-encoded."""
    taken = 0
    for at, char in enumerate(text):
        taken += 1 if char.isascii() else 3 * len(char.encode())
        if taken > most:
            return text[:at]
    return text
