"""Addresses that came from elsewhere, before they become links. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 2_048
WEBSITE = "Write the website's address, such as https://example.com."
# What may stand in a host's name, in any script; a port is digits of ASCII (urlsplit sees to it).
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?|[0-9a-f:.]+")


def web_address(given: object) -> str:
    """The address, where it is one of the web and shows where it leads; else ""."""
    text = given if isinstance(given, str) else ""
    is_plain = text.isprintable() and not any(sign in text for sign in ' \\"<>')
    if not text or len(text) > LONGEST or not is_plain:
        return ""
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return text if is_whole and parts.username is None and parts.password is None else ""


def is_website(given: object) -> bool:
    """Whether it is the address of a whole website: without a query, and a host in plain signs."""
    text = web_address(given)
    if not text or "?" in text or "#" in text:
        return False
    parts = urlsplit(text)
    _, marked, port = parts.netloc.rpartition("]")[2].partition(":")
    return _HOST.fullmatch(parts.hostname or "") is not None and (bool(port) or not marked)


def tidy(pasted: str) -> str:
    """An address as it is kept: scheme and host in small letters, without a last stroke."""
    text = pasted.strip()
    scheme, marked, rest = text.partition("://")
    if not marked:
        return text
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}".rstrip("/")


def place_of(url: str) -> tuple[str, int, str]:
    """Host, port and path: scheme and `www.` lead to the same website."""
    try:
        parts = urlsplit(url.strip().lower())
        port = parts.port or 80
    except ValueError:
        return url, 0, ""
    host = (parts.hostname or "").removeprefix("www.")
    return host, 80 if port == 443 else port, parts.path.rstrip("/")


def host_of(address: str) -> str:
    """Host and port as an address names them; "" where it cannot be read."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
