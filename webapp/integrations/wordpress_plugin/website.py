"""The address of a WordPress website, as people paste it and as redirects name it. Pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from webapp.core.addresses import is_here
from webapp.core.http import Answer
from webapp.core.links import is_website

ROUTES = "igny8/v1"
# Where an address goes on into WordPress itself: what stands before is the website's.
_INSIDE = re.compile(
    r"/(?:index\.php/)?wp-json(?=[/?#]|$)|/(?:index\.php)?\?rest_route=|/wp-admin(?=[/?#]|$)"
    r"|/wp-login\.php|/index\.php(?=[/?#]|$)"
)

_GENERATOR = re.compile(
    rb"""<meta\s+name=["']generator["']\s+content=["']WordPress\s?([0-9.]{0,12})""", re.IGNORECASE
)
# By this a WordPress tells where its routes are, also where its version is hidden.
_RELATION = "https://api.w.org/"


def recognised(front_page: Answer) -> str:
    """What a front page shows itself to be: "a WordPress 6.8"; "" for no WordPress."""
    found = _GENERATOR.search(front_page.body)
    if found:
        return f"a WordPress {found[1].decode('ascii')}".rstrip(" .")
    links = front_page.headers.get("link", "")
    is_one = _RELATION in links or _RELATION.encode() in front_page.body
    return "a WordPress" if is_one else ""


def address_of(pasted: str) -> str:
    """The website's own address, of any address within WordPress that somebody pasted:
    `https://example.com/blog/wp-json/` is `https://example.com/blog`."""
    text = pasted.strip()
    inside = _INSIDE.search(text)
    return (text[: inside.start()] if inside else text).rstrip("/")


def may_go_along(before: str, now: str) -> bool:
    """Whether the key goes along to a new address: of the same host, and as safe from readers.
    It does not go from one that nobody can call, as may stand in an old row."""
    if not is_website(before):
        return False
    is_bared = urlsplit(before).scheme == "https" and urlsplit(now).scheme != "https"
    return _host(before) == _host(now) and not is_bared


def _host(url: str) -> tuple[str, int | None]:
    """Whom a call to the address reaches; with the port, behind which may be somebody else."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = (parts.hostname or "").lower().removeprefix("www.")
    return host, None if port in (80, 443) else port


def check_encryption(address: str, home: str) -> dict[str, dict[str, Any]]:
    """A finding where the key, or the website, can be read on the way; it stops nothing."""
    if _is_bare(address):
        message = "This connection's address begins with http://: its key can be read on the way."
        message += " Give the website https and change the address here."
    elif address.strip().lower().startswith("https:") and _is_bare(home):
        message = f"The website was connected with https and now calls itself {home}."
        message += " Put https back there, under Settings → General."
    else:
        return {}
    return {"encryption": {"ok": False, "message": message, "ms": 0}}


def check_listing(site: Any) -> dict[str, dict[str, Any]]:
    """A finding of the site where it keeps itself out of search engines; it stops nothing."""
    if not isinstance(site, dict) or site.get("listed") is not False:
        return {}
    message = "The website asks search engines not to list it: in WordPress, Settings → Reading,"
    message += " “Discourage search engines”. No piece there is found until that is switched off."
    return {"listing": {"ok": False, "message": message, "ms": 0}}


def _is_bare(url: str) -> bool:
    """Whether what goes there can be read on the way: plain http that leaves this machine."""
    try:
        parts = urlsplit(url.strip().lower())
    except ValueError:
        return False
    return parts.scheme == "http" and not is_here(parts.hostname or "")


def joined(url: str, location: str) -> str:
    """Where a redirect leads, made whole."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
