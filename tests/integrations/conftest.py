"""A website's plugin that answers as it is told, for tests of the client."""

from __future__ import annotations

import pytest

from tests.integrations.plugin import KEYS, Plugin
from tests.support.misbehaving import Misbehaving
from webapp.core.http import OutboundHttp
from webapp.integrations.base import Target
from webapp.integrations.wordpress_plugin.client import Client


@pytest.fixture
def plugin(misbehaving: Misbehaving) -> Plugin:
    http = OutboundHttp(allow_private=True, own_url="http://127.0.0.1:1")
    target = Target(
        integration_id=1,
        account_id=1,
        site_id=1,
        site_slug="s",
        site_timezone="UTC",
        platform="wordpress",
        base_url=misbehaving.url,
        credentials=KEYS,
    )
    return Plugin(misbehaving, Client(http, target, seconds=30), Client(http, target, seconds=0.6))
