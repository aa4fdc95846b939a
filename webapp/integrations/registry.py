"""The platforms that can be connected: each is a folder here, and a line below."""

from __future__ import annotations

from webapp.core import codes
from webapp.core.system import System
from webapp.integrations import headless, wordpress_plugin
from webapp.integrations.base import Adapter, Target
from webapp.integrations.platform import Platform

# In the order in which people are offered them.
PLATFORMS: dict[str, Platform] = {
    one.name: one for one in (wordpress_plugin.PLATFORM, headless.PLATFORM)
}
for _one in PLATFORMS.values():
    codes.join(_one.sentences)


def of(name: str) -> Platform:
    """The platform of a row; KeyError is a bug: rows name known platforms only."""
    return PLATFORMS[name]


def adapter_for(system: System, target: Target) -> Adapter:
    """The adapter of the target's platform."""
    return of(target.platform).adapter(system, target)


def destination_name(platform: str | None, base_url: str | None) -> str:
    """A destination in a word: a host name, or our own pages; "" for none."""
    return "" if platform is None else of(platform).destination(base_url)


def with_keys() -> list[str]:
    """The platforms to which nothing can be sent without a key."""
    return [one.name for one in PLATFORMS.values() if one.has_key]


def elsewhere() -> list[str]:
    """The platforms whose posts stand at somebody's website, and not in our own database."""
    return [one.name for one in PLATFORMS.values() if not one.is_own]


def telling() -> list[str]:
    """The platforms whose websites tell what they are made of."""
    return [one.name for one in PLATFORMS.values() if one.tells is not None]
