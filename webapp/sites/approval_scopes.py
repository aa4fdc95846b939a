"""Whose steps a list can hold: of which types and sources a site has pieces."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.approving.lists import Of
from webapp.core.errors import Invalid
from webapp.integrations import content_types, registry
from webapp.publisher.planning.autopilot import WRITTEN_HERE

# Where a piece comes from (Content.source), in words.
SOURCES = {
    WRITTEN_HERE: "Written here",
    **{name: f"Taken over from {registry.of(name).title}" for name in registry.elsewhere()},
}


def types(db: Session, site_id: int) -> list[str]:
    """The types that pieces of the site may have."""
    return sorted(content_types.known(db, site_id))


def check(db: Session, of: Of) -> None:
    """Raise Invalid for a type or a source that no piece of the site can have."""
    if of.content_type and of.content_type not in types(db, of.site_id):
        raise Invalid({"content_type": "This site has no such type."})
    if of.source and of.source not in SOURCES:
        raise Invalid({"source": f"Choose one of: {', '.join(SOURCES)}."})
