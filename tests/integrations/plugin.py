"""A server in the place of a website's plugin, and a client of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.misbehaving import Behaviour, Misbehaving
from webapp.integrations.base import DestinationError
from webapp.integrations.wordpress_plugin.client import Client

KEYS = {"api_key": "iwp_new-key", "previous_key": "iwp_old-key"}


@dataclass
class Plugin:
    """A server in the place of the plugin, and clients of it.

    The client waits long enough for a busy machine; the impatient one is for what never comes.
    """

    server: Misbehaving
    client: Client
    impatient: Client

    def answers(self, *behaviours: Behaviour) -> None:
        self.server.on("*", "/wp-json/igny8/v1/*", *behaviours)
        self.server.on("*", "/", *behaviours)  # ?rest_route=

    def call(self) -> dict[str, Any]:
        return self.client.post("publish-content/", "creating_post", {"a": 1}, dict)

    def failure(self, *behaviours: Behaviour) -> DestinationError:
        """What a call raises; the behaviours are those of before where none is given."""
        if behaviours:
            self.answers(*behaviours)
        with pytest.raises(DestinationError) as raised:
            self.call()
        return raised.value
