"""A website's structure, as the plugin tells it when it is asked."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from webapp.core.system import System
from webapp.integrations.base import Target
from webapp.integrations.structure import SiteTermLine, Structure, TermPage
from webapp.integrations.wordpress_plugin import refusals
from webapp.integrations.wordpress_plugin.client import Client

STEP = "connection"


class Terms(msgspec.Struct):
    """`data` of structure/terms/."""

    terms: list[SiteTermLine]
    next: int | None


def told(system: System, target: Target) -> Iterator[Structure | TermPage]:
    """Its types, taxonomies and authors, then its terms page by page. Raises DestinationError."""
    client = Client(system.http, target, system.config.request_seconds)
    structure = client.get("structure", STEP, Structure)
    yield structure
    after: int | None = 0
    while after is not None:
        page = client.get(f"structure/terms?after={after}", STEP, Terms)
        if page.next is not None and page.next <= after:
            raise refusals.unreadable(STEP, f"the page after {after} begins at {page.next}")
        yield TermPage(structure.timestamp, page.terms, page.next)
        after = page.next
