"""How a publication is to stand at its destination: shown to everybody, or only to those who work
there.

A person chooses it for one publication, or for a piece; else it is as the connection has it. What
is public stays so, whatever was chosen: only taking it offline hides it.
"""

from __future__ import annotations

import sqlalchemy as sa

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.integrations import registry
from webapp.integrations.delivered import PUBLIC, of_config
from webapp.integrations.models import SiteIntegration
from webapp.writer.models import Content

# Of a content: it does not stand somewhere without being shown.
IS_SHOWN = (sa.or_(Content.external_id == "", Content.external_url != ""),)


def of(content: Content, integration: SiteIntegration, chosen: str = "") -> str:
    """How the piece is to stand there: public, draft or private. Raises Conflict where the
    destination cannot do that, or where `chosen` would hide what is public."""
    if content.external_url and chosen not in ("", PUBLIC):
        raise Conflict.of(Code.STAYS_PUBLIC, url=content.external_url)
    wanted = chosen or usual(content, integration)
    check(integration.platform, wanted)
    return wanted


def usual(content: Content, integration: SiteIntegration | None) -> str:
    """How it is to stand there where nobody says otherwise."""
    if content.external_url or integration is None:
        return PUBLIC
    return content.deliver_as or of_config(integration.config_json)


def check(platform: str, wanted: str) -> None:
    """Raises Conflict where the platform has nothing of that kind."""
    can = registry.of(platform).delivers
    if wanted not in can:
        raise Conflict.of(Code.DELIVERY_UNSUPPORTED, deliver_as=wanted, can=list(can))
