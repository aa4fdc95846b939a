"""What keeps a website's pages from being found, whatever the piece: told once, at its connection.
Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from webapp.core import decoders

KEPT = "findability"


class Finding(msgspec.Struct, kw_only=True):
    """Something that keeps a page from being found."""

    code: str
    message: str
    details: dict[str, Any] = {}


class OfSite(NamedTuple):
    """The findings of a website, and when they were made."""

    at: datetime
    findings: list[Finding]


def of_config(config: Mapping[str, Any]) -> OfSite | None:
    """What was found last, as it stands in a connection's config; None: nobody has looked."""
    kept = config.get(KEPT)
    if not isinstance(kept, dict):
        return None
    found = decoders.convert(kept["site"], list[Finding])
    return OfSite(decoders.convert(kept["at"], datetime), found)
