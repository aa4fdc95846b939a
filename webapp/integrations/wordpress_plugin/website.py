"""The address of a WordPress website, as people paste it and as redirects name it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

ROUTES = "igny8/v1"
# Where an address goes on into WordPress itself: what stands before is the website's.
_INSIDE = re.compile(
    r"/(?:index\.php/)?wp-json(?=[/?#]|$)|/(?:index\.php)?\?rest_route=|/wp-admin(?=[/?#]|$)"
    r"|/wp-login\.php|/index\.php(?=[/?#]|$)"
)


def address_of(pasted: str) -> str:
    """The website's own address, of any address within WordPress that somebody pasted:
    `https://example.com/blog/wp-json/` is `https://example.com/blog`."""
    text = pasted.strip()
    inside = _INSIDE.search(text)
    return (text[: inside.start()] if inside else text).rstrip("/")


def place_of(url: str) -> tuple[str, int, str]:
    """Host, port and path: scheme and `www.` lead to the same website."""
    try:
        parts = urlsplit(url.strip().lower())
        port = parts.port or 80
    except ValueError:
        return url, 0, ""
    host = (parts.hostname or "").removeprefix("www.")
    return host, 80 if port == 443 else port, parts.path.rstrip("/")


def joined(url: str, location: str) -> str:
    """Where a redirect leads, made whole."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
