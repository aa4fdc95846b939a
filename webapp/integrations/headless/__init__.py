"""Our own pages as a destination: served from here, without another server."""

from __future__ import annotations

from webapp.integrations.headless.adapter import HeadlessAdapter
from webapp.integrations.platform import Platform

PLATFORM = Platform(
    name="headless",
    title="IGNY8’s own pages",
    summary="Served from here; no other server is needed.",
    icon="newspaper",
    transport="internal",
    adapter=HeadlessAdapter,
    is_own=True,
)
