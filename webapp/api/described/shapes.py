"""A sentence for each shape that says nothing of itself in code, and for what stands in paths.
Pure."""

from __future__ import annotations

# Shapes that say nothing of themselves in code.
SHAPES: dict[str, str] = {
    "Named": "Something by its number and name",
    "Connection": "The connection whose key this is",
    "ContentType": "A type of what is published, with how many there are",
    "TermName": "A term by name and slug",
    "KindLine": "A type or a taxonomy of the website",
    "PublicImage": "A picture of a published document",
}

# What stands in paths.
PATHS: dict[str, str] = {
    "content_id": "The piece's id",
    "deployment_id": "The deployment's id",
    "binned_id": "The deleted piece's id",
    "image_id": "The picture's id",
    "record_id": "The record's id",
    "revision": "The version, as the list names it",
    "site_id": "The site's id",
    "integration_id": "The connection's id",
    "site_slug": "The site's slug",
    "slug": "The document's slug",
}
