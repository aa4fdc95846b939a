"""What a page, and the files beside it, tell search engines. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from itertools import groupby
from urllib.parse import unquote, urljoin
from urllib.robotparser import RobotFileParser

from webapp.core.codes import Code
from webapp.core.links import place_of

_META, _LINK = re.compile(r"<meta\b[^<>]*>", re.I), re.compile(r"<link\b[^<>]*>", re.I)
_ATTRIBUTE = re.compile(r"""\b([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.I)
_ROBOTS = ("robots", "googlebot", "bingbot")
_HEADING = re.compile(r"<h1\b", re.I)
_PLACE = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]]+)", re.I)
MOST_PLACES = 50_000
_RULE = re.compile(r"\s*(?:user-agent|allow|disallow)\s*:[^#]*", re.I)
_SITEMAP = re.compile(r"\s*sitemap\s*:\s*(\S+)", re.I)
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


def headings(page: str) -> int:
    """How many main headings the page has."""
    return len(_HEADING.findall(page))


def has_picture(page: str) -> bool:
    """Whether it names a picture for those who share it."""
    tags = map(_attributes, _META.findall(page))
    return any(one.get("property", one.get("name", "")).lower() == "og:image" for one in tags)


def rules(robots: str) -> RobotFileParser:
    """A robots.txt as search engines read it: empty lines end nothing, and of the lines that fit an
    address the longest counts. An empty one forbids nothing."""
    lines = [found[0].strip() for one in robots.splitlines() if (found := _RULE.match(one))]
    ordered: list[str] = []
    for is_agent, group in groupby(lines, lambda one: one.lower().startswith("user-agent")):
        some = list(group)
        ordered += some if is_agent else sorted(some, key=_length, reverse=True)
    read = RobotFileParser()
    read.parse(ordered)
    return read


def _length(rule: str) -> tuple[int, bool]:
    """How much of an address a line names; of two alike the one that allows comes first."""
    name, _, path = rule.partition(":")
    return len(path.strip()), name.lower().startswith("allow")


def sitemaps(robots: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return [found[1] for one in robots.splitlines() if (found := _SITEMAP.match(one))]


def is_forbidden(read: RobotFileParser, url: str) -> bool:
    """Whether the robots of search engines are to stay away from the address."""
    return not all(read.can_fetch(one, url) for one in ("*", "Googlebot", "Bingbot"))


def places(sitemap: str) -> list[str]:
    """The addresses that a sitemap, or a list of sitemaps, names."""
    found = _PLACE.findall(sitemap)[:MOST_PLACES]
    return [html.unescape(one.strip()) for one in found]


def is_list_of_sitemaps(sitemap: str) -> bool:
    return "<sitemapindex" in sitemap[:5_000]


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
