"""The JSON API: one file per noun."""

from __future__ import annotations

from litestar import Router

from webapp.api.endpoint import ROOT
from webapp.api.v1 import (
    approval_lists,
    audit,
    auth,
    bin,
    content,
    content_publishing,
    deployments,
    drift,
    images,
    inbound,
    integrations,
    plugin,
    publishing_settings,
    records,
    revisions,
    schedule,
    site_definition,
    sites,
    structure,
    threads,
    website_changes,
)

HANDLERS = [
    *auth.ROUTES,
    *audit.ROUTES,
    *content.ROUTES,
    *revisions.ROUTES,
    *threads.ROUTES,
    *bin.ROUTES,
    *content_publishing.ROUTES,
    *drift.ROUTES,
    *images.ROUTES,
    *records.ROUTES,
    *deployments.ROUTES,
    *sites.ROUTES,
    *publishing_settings.ROUTES,
    *approval_lists.ROUTES,
    *schedule.ROUTES,
    *integrations.ROUTES,
    *structure.ROUTES,
    *inbound.ROUTES,
    *website_changes.ROUTES,
    *plugin.ROUTES,
    *site_definition.ROUTES,
]
# One router owns the paths: several bare handlers of one path would be wrapped twice.
ROUTES = [Router(path=ROOT, route_handlers=HANDLERS)]
