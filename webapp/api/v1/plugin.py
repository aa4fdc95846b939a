"""`plugin/release/`: which release of the WordPress plugin this IGNY8 has."""

from __future__ import annotations

import msgspec

from webapp.api.endpoint import get
from webapp.integrations.wordpress_plugin import package, release


class PluginRelease(msgspec.Struct):
    """The plugin that this IGNY8 came with. `release` and `signature` are its publisher's; null
    where these very files were not signed, and no website takes them by itself."""

    version: str
    release: str | None
    signature: str | None


@get("/plugin/release", gives=PluginRelease)
def show() -> PluginRelease:
    """Which release of the WordPress plugin is here, as its publisher signed it."""
    signed = release.offered()
    return PluginRelease(
        version=package.plugin_version(),
        release=signed.release if signed else None,
        signature=signed.signature if signed else None,
    )


ROUTES = [show]
