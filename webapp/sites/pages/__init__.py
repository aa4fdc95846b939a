"""The pages of a site: it is added, its connections, how it publishes, and many
pieces at once."""

from __future__ import annotations

from webapp.sites.pages import (
    adding,
    approval,
    connections,
    content_types,
    deployments,
    handing_over,
    publishing,
)

ROUTES = [
    *adding.ROUTES,
    *connections.ROUTES,
    *handing_over.ROUTES,
    *content_types.ROUTES,
    *publishing.ROUTES,
    *approval.ROUTES,
    *deployments.ROUTES,
]
