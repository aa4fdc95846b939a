"""Whether a page tells search engines to pass it by, and by what. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import unquote, urljoin

from webapp.core.codes import Code
from webapp.core.links import place_of

_META, _LINK = re.compile(r"<meta\b[^<>]*>", re.I), re.compile(r"<link\b[^<>]*>", re.I)
_ATTRIBUTE = re.compile(r"""\b([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.I)
_ROBOTS = ("robots", "googlebot", "bingbot")
_HIDES = re.compile(r"\b(?:noindex|none)\b", re.I)


def hidden_by(headers: Mapping[str, str], page: str) -> dict[Code, str]:
    """What keeps a page out of lists, each with its words."""
    found = {}
    header = headers.get("x-robots-tag", "")
    if _HIDES.search(header):
        found[Code.NOINDEX_HEADER] = header[:200]
    for tag in _META.findall(page):
        said = _attributes(tag)
        if said.get("name", "").lower() in _ROBOTS and _HIDES.search(said.get("content", "")):
            found[Code.NOINDEX_TAG] = said["content"][:200]
    return found


def canonicals(page: str) -> list[str]:
    """The addresses that the page names as its original, as they are written."""
    tags = [_attributes(tag) for tag in _LINK.findall(page)]
    return [
        one["href"] for one in tags if one.get("rel", "").lower() == "canonical" and "href" in one
    ]


def plain(address: str) -> str:
    """An address without what two ways of writing it differ in."""
    return unquote(html.unescape(address)).rstrip("/")


def sent_elsewhere(url: str, page: str) -> str:
    """The other page that this one names as its original; "" where it names itself, or none."""
    for named in canonicals(page):
        address = urljoin(url, html.unescape(named))
        if place_of(address) != place_of(url):
            return address
    return ""


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(tag)}
