"""The pages of a site: it is added, its connections, and how it publishes."""

from __future__ import annotations

from webapp.sites.pages import adding, connections, publishing

ROUTES = [*adding.ROUTES, *connections.ROUTES, *publishing.ROUTES]
