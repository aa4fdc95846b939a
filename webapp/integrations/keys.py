"""The key between us and a website, in both directions: given, replaced, ended, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import ConnectedSite
from webapp.core import decoders, links
from webapp.core.clock import iso
from webapp.core.errors import Conflict
from webapp.core.secrets import fingerprint, new_token
from webapp.core.system import System
from webapp.integrations import registry, standing
from webapp.integrations.models import SiteIntegration
from webapp.integrations.platform import Key

GRACE = timedelta(hours=24)
TOLD_EVERY = timedelta(hours=1)
# Of a key, so that people tell one from another.
SHOWN = 10
# In a connection's config: another website that calls with its key.
CALLER = "elsewhere"


def give(system: System, integration: SiteIntegration) -> str:
    """A new key; the one before is kept beside it."""
    key = new_token("iwp")
    keys = {"api_key": key}
    if integration.credentials:
        keys["previous_key"] = system.secrets.decrypt(integration.credentials)["api_key"]
    _forget_callers(integration)
    integration.credentials = system.secrets.encrypt(keys)
    integration.key_hash = fingerprint(key)
    integration.key_prefix = key[:SHOWN]
    return key


def take(system: System, integration: SiteIntegration, given: Mapping[str, str]) -> None:
    """The keys that a person got at the platform; those that are not given stay."""
    names = [one.name for one in registry.of(integration.platform).secrets]
    kept = system.secrets.decrypt(integration.credentials) if integration.credentials else {}
    keys = {name: given.get(name, kept.get(name, "")) for name in names}
    integration.credentials = system.secrets.encrypt(keys)
    # Nothing of a key that opens another house stands here in clear: its fingerprint tells it.
    integration.key_prefix = fingerprint("".join(keys.values()))[:SHOWN]
    standing.is_new(integration)


def opened(system: System, row: Any) -> dict[str, str]:
    """The key, and the one before for as long as it is taken."""
    if not row.credentials:
        return {}
    keys = system.secrets.decrypt(row.credentials)
    if row.previous_key_until is None or row.previous_key_until <= system.clock():
        keys.pop("previous_key", None)
    return keys


def rotate(db: Session, system: System, integration: SiteIntegration) -> str:
    """A new key. For a day the old one works too, in both directions: time to replace it there."""
    _check_made(integration)
    if integration.key_hash:
        integration.previous_key_hash = integration.key_hash
        integration.previous_key_until = system.clock() + GRACE
    else:
        standing.is_new(integration)
    system.notices.send(db, integration.account_id, "integration", integration.id)
    return give(system, integration)


def end(db: Session, system: System, integration: SiteIntegration, which: str) -> None:
    """A key that others may know ends at once, in both directions: the "old" one that a rotation
    left for a day, or "all"; then the connection has none until a new one is made."""
    if which == "old":
        _check_made(integration)
    system.notices.send(db, integration.account_id, "integration", integration.id)
    if which != "old":
        end_all(integration)
        return
    integration.previous_key_hash = integration.previous_key_until = None
    if integration.credentials:
        kept = system.secrets.decrypt(integration.credentials)
        integration.credentials = system.secrets.encrypt({"api_key": kept["api_key"]})


def _check_made(integration: SiteIntegration) -> None:
    if registry.of(integration.platform).key is not Key.MADE:
        raise Conflict("This connection has no key that is made here.")


def end_all(integration: SiteIntegration) -> None:
    """No key opens this connection any more, in either direction, until a new one is made."""
    integration.credentials = integration.key_prefix = ""
    integration.key_hash = integration.previous_key_hash = None
    integration.previous_key_until = None
    _forget_callers(integration)
    standing.has_no_key(integration)


def _forget_callers(integration: SiteIntegration) -> None:
    """Who called with the key that was is no matter any more."""
    known = integration.config_json or {}
    integration.config_json = {name: value for name, value in known.items() if name != CALLER}


def site_of(db: Session, key: str, now: datetime, home: str = "") -> ConnectedSite | None:
    """Whose key this is: how WordPress signs in with us. `home` is the address that it names."""
    digest = fingerprint(key)
    row = db.execute(
        sa.select(
            SiteIntegration.id,
            SiteIntegration.account_id,
            SiteIntegration.site_id,
            SiteIntegration.base_url,
            SiteIntegration.config_json,
            SiteIntegration.key_hash,
        ).where(
            SiteIntegration.is_active,
            sa.or_(
                SiteIntegration.key_hash == digest,
                sa.and_(
                    SiteIntegration.previous_key_hash == digest,
                    SiteIntegration.previous_key_until > now,
                ),
            ),
        )
    ).one_or_none()
    if row is None:
        return None
    known = {links.place_of(one) for one in (row.base_url, row.config_json.get("home", ""))}
    elsewhere = home if home and links.place_of(home) not in known else ""
    is_late = row.key_hash != digest
    return ConnectedSite(row.account_id, row.site_id, row.id, elsewhere, is_late)


def note_elsewhere(db: Session, system: System, site: ConnectedSite) -> None:
    """Another website calls with this connection's key: people are told on the site's page."""
    integration = db.get_one(SiteIntegration, site.integration_id, with_for_update=True)
    now = system.clock()
    told = integration.config_json.get(CALLER)
    told = told if isinstance(told, dict) else {}
    since = now - TOLD_EVERY
    if told.get("url") == site.elsewhere and decoders.convert(told["at"], datetime) > since:
        return
    integration.config_json = {
        **integration.config_json,
        CALLER: {"url": site.elsewhere, "at": iso(now)},
    }
    system.notices.send(db, site.account_id, "integration", integration.id)
