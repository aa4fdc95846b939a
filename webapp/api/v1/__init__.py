"""The JSON API: one file per noun."""

from __future__ import annotations

from litestar import Router

from webapp.api.endpoint import ROOT
from webapp.api.v1 import (
    audit,
    auth,
    content,
    content_publishing,
    drift,
    images,
    inbound,
    integrations,
    plugin,
    publishing_settings,
    records,
    schedule,
    site_definition,
    sites,
)

HANDLERS = [
    *auth.ROUTES,
    *audit.ROUTES,
    *content.ROUTES,
    *content_publishing.ROUTES,
    *drift.ROUTES,
    *images.ROUTES,
    *records.ROUTES,
    *sites.ROUTES,
    *publishing_settings.ROUTES,
    *schedule.ROUTES,
    *integrations.ROUTES,
    *inbound.ROUTES,
    *plugin.ROUTES,
    *site_definition.ROUTES,
]
# One router owns the paths: several bare handlers of one path would be wrapped twice.
ROUTES = [Router(path=ROOT, route_handlers=HANDLERS)]
