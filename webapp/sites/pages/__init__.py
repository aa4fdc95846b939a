"""The pages of a site: it is added, its connections, how it publishes, and many
pieces at once."""

from __future__ import annotations

from webapp.sites.pages import adding, connections, deployments, publishing

ROUTES = [*adding.ROUTES, *connections.ROUTES, *publishing.ROUTES, *deployments.ROUTES]
