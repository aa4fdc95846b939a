"""The address of a WordPress website, as people paste it and as redirects name it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin

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


def joined(url: str, location: str) -> str:
    """Where a redirect leads, made whole."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location
