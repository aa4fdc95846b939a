"""Addresses that came from elsewhere, before they become links. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 2_048


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
