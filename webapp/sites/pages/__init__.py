"""The pages of a site: it is added, its connections, and how it publishes."""

from __future__ import annotations

from webapp.sites.pages import adding, connections, content_types, handing_over, publishing

ROUTES = [
    *adding.ROUTES,
    *connections.ROUTES,
    *handing_over.ROUTES,
    *content_types.ROUTES,
    *publishing.ROUTES,
]
