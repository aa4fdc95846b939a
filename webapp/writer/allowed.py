"""What may stay in a text: tags, attributes, addresses and styles that run nowhere.

Whatever is not named here is taken out, and said so on the piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import nh3

from webapp.config import RUNNING_SCHEMES, Config

OWN_SCHEME = "igny8"
MOST_CANDIDATES = 100
LONGEST_STYLE = 10_000
TAGS = frozenset(
    nh3.ALLOWED_TAGS
    | {
        "address", "audio", "big", "dir", "fieldset", "font", "iframe", "input", "label", "legend",
        "main", "meter", "nobr", "output", "picture", "progress", "rb", "search", "section",
        "source", "tfoot", "track", "video",
    }
)  # fmt: skip
# What a title or a caption may carry.
LINE_TAGS = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
     "q", "s", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"]
)  # fmt: skip
# These go with what stands between them.
WHOLE = frozenset(
    ["script", "style", "noscript", "template", "svg", "math", "select", "textarea", "title",
     "xmp", "noembed", "noframes", "iframe"]
)  # fmt: skip
_ANYWHERE = (
    "about accesskey align class content datatype dir draggable hidden id inlist itemid itemprop "
    "itemref itemscope itemtype lang prefix property resource role spellcheck style tabindex title "
    "translate typeof vocab xml:lang"
)
_CELL = "align axis bgcolor bordercolor char charoff height nowrap valign width"
_PLAYER = "autoplay controls controlslist crossorigin loop muted preload src disableremoteplayback"
ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: frozenset(names.split())
    for tag, names in {
        "*": _ANYWHERE,
        "a": "charset coords download href hreflang name referrerpolicy rel rev shape target type",
        "area": "alt coords download href hreflang nohref referrerpolicy rel shape target",
        "audio": _PLAYER,
        "blockquote": "cite",
        "br": "clear",
        "caption": "width",
        "col": f"span {_CELL}",
        "colgroup": f"span {_CELL}",
        "data": "value",
        "del": "cite datetime",
        "details": "open name",
        "dir": "compact",
        "dl": "compact",
        "fieldset": "disabled name",
        "font": "color face size",
        "hr": "color noshade size width",
        "iframe": "allow allowfullscreen allowtransparency frameborder height loading marginheight "
        "marginwidth mozallowfullscreen name referrerpolicy sandbox scrolling src "
        "webkitallowfullscreen width",
        "img": "alt border crossorigin decoding fetchpriority height hspace ismap loading longdesc "
        "name referrerpolicy sizes src srcset usemap vspace width",
        "input": "checked disabled name type value",
        "ins": "cite datetime",
        "label": "for",
        "li": "type value",
        "map": "name",
        "meter": "high low max min optimum value",
        "ol": "compact reversed start type",
        "output": "for name",
        "pre": "width",
        "progress": "max value",
        "q": "cite",
        "source": "height media sizes src srcset type width",
        "table": "background bgcolor border bordercolor cellpadding cellspacing frame height rules "
        "summary width",
        "tbody": _CELL,
        "td": f"abbr colspan headers rowspan scope {_CELL}",
        "tfoot": _CELL,
        "th": f"abbr colspan headers rowspan scope {_CELL}",
        "thead": _CELL,
        "time": "datetime",
        "tr": _CELL,
        "track": "default kind label src srclang",
        "ul": "compact type",
        "video": f"{_PLAYER} disablepictureinpicture height playsinline poster width",
    }.items()
}
# Names that a page's own programs read stay, unless they are programs themselves: directives of
# WordPress's Interactivity API, htmx, Angular, Alpine, Vue, Knockout and Stimulus, and what tells
# a script to take a text for HTML.
_PROGRAMS = (
    r"wp-|hx-|on[:-]|ng-|x-|v-|bind\b|controller\b|action\b|reflex\b|turbo-|bs-html\b|srcdoc\b"
)
_FREE = re.compile(rf"(?:data|aria)-(?!{_PROGRAMS})[a-z0-9_.:-]*")
_RUNS = frozenset(["javascript", "vbscript", "livescript"])
LINK_SCHEMES = frozenset(
    nh3.ALLOWED_URL_SCHEMES
    | {
        "callto", "facetime", "facetime-audio", "fb-messenger", "feed", "gopher", "line", "maps",
        "market", "msteams", "rtsp", "sgnl", "sips", "skype", "slack", "spotify",
        "tg", "viber", "whatsapp", "zoommtg",
    }
)  # fmt: skip
_SHOWN_SCHEMES = frozenset(["http", "https", OWN_SCHEME])
_LINKS = frozenset(["href", "cite", "longdesc", "resource", "about", "itemid"])
_SHOWN = frozenset(["src", "poster", "background"])
_LOOKED_AT = {"style", "srcset", "content", "type", *_LINKS, *_SHOWN}
_PLAIN = {tag: (names | ATTRIBUTES["*"]) - _LOOKED_AT for tag, names in ATTRIBUTES.items()}
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp|x-icon)[;,]", re.I)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*+):")
_URL_EDGE = "".join(map(chr, range(33)))
EMBED_HOSTS = frozenset(
    ["www.youtube.com", "www.youtube-nocookie.com", "player.vimeo.com", "open.spotify.com",
     "w.soundcloud.com", "embed.podcasts.apple.com", "www.google.com", "platform.twitter.com"]
)  # fmt: skip
# A frame of any other host may do this and no more: it reaches neither the page nor its cookies.
SANDBOX = "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation"
_IN_A_SANDBOX = frozenset([*SANDBOX.split(), "allow-downloads", "allow-orientation-lock"])


@dataclass(frozen=True)
class Policy:
    """What an installation allows beyond the rule. `embed_hosts` go out as they are written; other
    hosts in a sandbox, unless `only_listed_embeds`: then as a link."""

    link_schemes: frozenset[str] = LINK_SCHEMES
    embed_hosts: frozenset[str] = EMBED_HOSTS
    only_listed_embeds: bool = False


def is_plain(tag: str, name: str) -> bool:
    """Whether such an attribute may stay whatever its value is."""
    return name in _PLAIN.get(tag, _PLAIN["*"])


def scheme_of(address: str) -> str:
    """The scheme that a browser would see in a decoded address; "" for a relative one."""
    found = _SCHEME.match(_without_noise(address))
    return found[1].lower() if found else ""


def attribute_fault(policy: Policy, tag: str, name: str, value: str) -> str:
    """Why an attribute with that value cannot stay; "" if it can."""
    if name.startswith("on"):
        return "it runs a script"
    known = name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())
    if not known and not _FREE.fullmatch(name):
        return "this attribute is not among those that are sent"
    if not known and (scheme_of(value) in _RUNS or _is_a_page(value)):
        return "a script would take it for an address that runs"
    if name in _LINKS or (name == "content" and ":" in value):
        return _address_fault(value, policy.link_schemes | {OWN_SCHEME})
    if name in _SHOWN:
        if tag == "img" and PICTURE.match(value.strip(_URL_EDGE)):
            return ""
        return _address_fault(value, _SHOWN_SCHEMES)
    if name == "style":
        return "" if len(value) <= LONGEST_STYLE else "this style is longer than anybody writes one"
    return _srcset_fault(value) if name == "srcset" else ""


def _is_a_page(address: str) -> bool:
    return scheme_of(address) == "data" and not PICTURE.match(address.strip(_URL_EDGE))


def is_in_sandbox(value: str) -> bool:
    """Whether such a sandbox allows no more than ours."""
    return {word.lower() for word in value.split()} <= _IN_A_SANDBOX


def _without_noise(address: str) -> str:
    """As browsers read it: without what they pass over."""
    for noise in "\t\n\r":
        address = address.replace(noise, "")
    return address.strip(_URL_EDGE)


def _address_fault(address: str, schemes: Iterable[str]) -> str:
    scheme = scheme_of(address)
    if not scheme or scheme in schemes:
        return ""
    runs = scheme in RUNNING_SCHEMES
    return f"{scheme}: is an address that may run" if runs else f"{scheme}: is no allowed address"


def _srcset_fault(value: str) -> str:
    if value.count(",") > MOST_CANDIDATES:
        return "these are more addresses than anybody writes"
    for candidate in value.split(","):
        scheme = scheme_of(candidate)
        if scheme and scheme not in _SHOWN_SCHEMES and not PICTURE.match(candidate.strip()):
            return f"{scheme}: is no address of an image"
    return ""


def frame_address(value: str) -> tuple[str, str]:
    """Scheme and host of a frame's address; ("", "") for what is none of the web."""
    address = _without_noise(value)
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""
    strange = "\\" in address or "@" in parts.netloc
    if strange or not host or parts.scheme.lower() not in ("", "http", "https"):
        return "", ""
    return parts.scheme.lower() or "https", host.lower()


_here = Policy()


def current() -> Policy:
    """What this process allows."""
    return _here


def policy_of(config: Config) -> Policy:
    """The rule, widened by what the installation's settings allow."""
    return Policy(
        link_schemes=LINK_SCHEMES | set(config.link_schemes),
        embed_hosts=EMBED_HOSTS | set(config.embed_hosts),
        only_listed_embeds=config.only_listed_embeds,
    )


def use(policy: Policy) -> None:
    """Set what this process allows; done once, when it starts."""
    global _here  # noqa: PLW0603
    _here = policy
