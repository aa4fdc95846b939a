"""The pages of a site: its connections, and how it publishes."""

from __future__ import annotations

from webapp.sites.pages import connections, publishing

ROUTES = [*connections.ROUTES, *publishing.ROUTES]
