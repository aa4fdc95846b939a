"""A website's structure, as the plugin tells it when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from webapp.core.system import System
from webapp.integrations.base import Target
from webapp.integrations.structure import (
    Author,
    AuthorPage,
    Part,
    SiteTermLine,
    Structure,
    TermPage,
)
from webapp.integrations.wordpress_plugin import refusals
from webapp.integrations.wordpress_plugin.client import Client, client_of

STEP = "connection"


class Terms(msgspec.Struct):
    """`data` of structure/terms/."""

    terms: list[SiteTermLine]
    next: int | None


class Authors(msgspec.Struct):
    """`data` of structure/authors/."""

    authors: list[Author]
    next: int | None


Page = TypeVar("Page", Authors, Terms)


def told(system: System, target: Target) -> Iterator[Part]:
    """Its types, taxonomies and authors, then its terms page by page. Raises DestinationError."""
    client = client_of(system, target)
    structure = client.get("structure", STEP, Structure)
    yield structure
    for people in _pages(client, "authors", structure.next_author, Authors):
        yield AuthorPage(structure.timestamp, people.authors, people.next)
    for page in _pages(client, "terms", 0, Terms):
        yield TermPage(structure.timestamp, page.terms, page.next)


def _pages(client: Client, what: str, after: int | None, kind: type[Page]) -> Iterator[Page]:
    """The pages from a place on; None: there are none."""
    while after is not None:
        page = client.get(f"structure/{what}?after={after}", STEP, kind)
        if page.next is not None and page.next <= after:
            raise refusals.unreadable(STEP, f"the page after {after} begins at {page.next}")
        yield page
        after = page.next
