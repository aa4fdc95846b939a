"""Cleaning the HTML of a piece: what is shown and what is sent.

The stored text stays as the author wrote it. Cleaning keeps block comments (`<!-- wp:… -->`),
tables, figures and the common embeds, and drops everything that could run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

OWN_SCHEME = "igny8"
EMBED_HOSTS = frozenset(
    [
        "www.youtube.com",
        "www.youtube-nocookie.com",
        "player.vimeo.com",
        "open.spotify.com",
        "w.soundcloud.com",
        "embed.podcasts.apple.com",
        "www.google.com",
        "platform.twitter.com",
    ]
)
_ANYWHERE = {"class", "id", "title", "lang", "dir", "style", "role"}
TAGS = nh3.ALLOWED_TAGS | {
    "audio", "video", "source", "track", "iframe", "section", "input", "label", "picture",
    "font", "big", "tfoot", "address", "main",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
ATTRIBUTES.setdefault("*", set()).update(_ANYWHERE)
for _tag, _names in {
    "a": "target name download",
    "img": "srcset sizes loading decoding",
    "iframe": "src width height title allow allowfullscreen frameborder loading",
    "video": "src controls poster width height loop muted playsinline preload",
    "audio": "src controls loop preload",
    "source": "src type media srcset sizes",
    "track": "src kind label srclang default",
    "td": "data-align",
    "th": "data-align",
    "input": "type checked disabled",
    "font": "color face size",
}.items():
    ATTRIBUTES.setdefault(_tag, set()).update(_names.split())
# What a title or a caption may carry.
LINE_TAGS = {
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
    "q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip
_GO_WHOLE = {"script", "style", "noscript", "template"}
_SCHEMES = nh3.ALLOWED_URL_SCHEMES | {OWN_SCHEME}
_BAD_CSS = re.compile(
    r"expression|javascript:|vbscript:|@import|behavior|-moz-binding|url\s*\(|\\", re.I
)
_IFRAME = re.compile(r'<iframe\b[^>]*?\bsrc="([^"]*)"[^>]*>.*?</iframe>', re.S)
_MARKUP = re.compile("<[A-Za-z/!?]")
_OWN_REF = re.compile(rf"{OWN_SCHEME}:([A-Za-z0-9_-]+)")


def clean(html: str) -> str:
    """The text as it may be shown or sent. Never hash this: cleaning twice can differ once."""
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=_GO_WHOLE,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        strip_comments=False,
        link_rel=None,
        url_schemes=_SCHEMES,
        generic_attribute_prefixes={"data-", "aria-"},
    )


def line(text: str) -> str:
    """A title or a caption: of markup only what stands within a line is left."""
    return _without(text, LINE_TAGS).replace("&amp;", "&") if _MARKUP.search(text) else text


def plain(text: str) -> str:
    """A text without markup, for what is no HTML; character references stay as they were typed."""
    if not _MARKUP.search(text):
        return text
    return _without(text, set()).replace("&gt;", ">").replace("&amp;", "&")


def readable(text: str) -> str:
    """The same as a person reads it, for pages that escape it."""
    return unescape(plain(text))


def _without(text: str, tags: set[str]) -> str:
    return nh3.clean(
        text,
        tags=tags,
        clean_content_tags=_GO_WHOLE,
        attributes={name: ATTRIBUTES.get(name, set()) for name in ("*", *tags)},
        attribute_filter=_attribute,
        strip_comments=True,
        link_rel=None,
        url_schemes=_SCHEMES,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "iframe" and name == "src":
        parts = urlsplit(value)
        return value if parts.scheme == "https" and parts.hostname in EMBED_HOSTS else None
    if name == "style":
        return None if _BAD_CSS.search(value) else value
    if tag == "input" and name == "type":
        return "checkbox" if value.lower() == "checkbox" else None
    return value


def with_images_at(html: str, addresses: dict[str, str]) -> str:
    """Put addresses, escaped, in the place of `igny8:<ref>`; an unknown reference stays."""
    escaped = {ref: escape(address) for ref, address in addresses.items()}
    return _OWN_REF.sub(lambda found: escaped.get(found[1], found[0]), html)


def with_links_for_embeds(clean_html: str) -> str:
    """Cleaned HTML for pages on which nothing runs: a player becomes a link to it."""
    return _IFRAME.sub(_link, clean_html)


def _link(found: re.Match[str]) -> str:
    host = urlsplit(found[1]).hostname or ""
    return f'<p class="embed"><a href="{found[1]}">Embedded from {escape(host)}</a></p>'


def own_references(html: str) -> list[str]:
    """The `igny8:<ref>` images that the text names, in their order, each once."""
    return list(dict.fromkeys(_OWN_REF.findall(html)))


@dataclass
class Facts:
    """What a reader of the text would count."""

    words: int = 0
    text: str = ""
    links: list[str] = field(default_factory=list)
    images: int = 0
    images_without_alt: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    not_sent: list[str] = field(default_factory=list)


def facts(html: str) -> Facts:
    """Words, links, images and headings of the text, and which tags cleaning drops."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = reader.facts
    found.text = " ".join("".join(reader.parts).split())
    found.words = len(found.text.split())
    found.not_sent = sorted(reader.seen - TAGS)
    return found


def has_something(html: str) -> bool:
    """Whether there is a word or an image; reads no further than the first."""
    reader = _Reader()
    for start in range(0, len(html), 1024):
        reader.feed(html[start : start + 1024])
        if reader.found_something():
            return True
    reader.close()
    return reader.found_something()


def word_count(html: str) -> int:
    return facts(html).words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.facts = Facts()
        self.parts: list[str] = []
        self.seen: set[str] = set()
        self._silent = 0

    def found_something(self) -> bool:
        return self.facts.images > 0 or any(part.strip() for part in self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.seen.add(tag)
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "a" and given.get("href"):
            self.facts.links.append(given["href"])
        elif tag == "img":
            self.facts.images += 1
            if "alt" not in given:
                self.facts.images_without_alt.append(given.get("src", ""))
        elif re.fullmatch(r"h[1-6]", tag):
            self.facts.headings.append((int(tag[1]), ""))
        if tag not in ("a", "b", "i", "em", "strong", "span", "code", "sup", "sub", "mark"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
