"""The platforms that can be connected, and the adapter of each."""

from __future__ import annotations

from collections.abc import Callable

from webapp.core.system import System
from webapp.integrations.base import Adapter, Target
from webapp.integrations.headless.adapter import HeadlessAdapter
from webapp.integrations.wordpress_plugin.adapter import WordPressPluginAdapter

ADAPTERS: dict[str, Callable[[System, Target], Adapter]] = {
    "headless": HeadlessAdapter,
    "wordpress": WordPressPluginAdapter,
}


def adapter_for(system: System, target: Target) -> Adapter:
    """The adapter of the target's platform; KeyError is a bug: rows name known platforms only."""
    return ADAPTERS[target.platform](system, target)
