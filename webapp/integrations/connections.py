"""Connecting a site with a platform: its address, its key, its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import audit
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.core.errors import Conflict, Invalid
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.integrations import (
    content_types,
    delivered,
    from_website,
    installation,
    keys,
    registry,
    site_findings,
    standing,
    structure,
)
from webapp.integrations.base import Sender, Target
from webapp.integrations.models import IS_DEFAULT, Installation, SiteIntegration
from webapp.integrations.platform import Key, Platform

NO_SUCH_FIELD = "This platform has no such field."
# What is known of the website at an address, and of no other.
LEARNT = (
    *("rest", "home", content_types.LEARNT, structure.TOLD),
    *(keys.CALLER, installation.REFUSED, site_findings.KEPT),
)


def connect(
    db: Session, system: System, site: Site, platform: str, /, **given: str
) -> tuple[SiteIntegration, str]:
    """A new active connection, and the key that we make for it ("" where we make none): the only
    moment it can be read. `given` are the platform's fields.

    The first connection of a site is its default. Raises Invalid with every wrong field, or
    Conflict where the site has an active one for this platform.
    """
    kind = _kind(platform)
    values = _checked(system, kind, given)
    _check_alone(db, site.id, platform)
    integration = SiteIntegration(
        account_id=site.account_id,
        site_id=site.id,
        platform=platform,
        transport=kind.transport,
        base_url=values.get("base_url", ""),
        default_author=values.get("default_author", ""),
        is_default=default_of(db, site.id) is None,
    )
    key = ""
    if kind.key is Key.MADE:
        key = keys.give(system, integration)
    elif kind.key is Key.GIVEN:
        keys.take(system, integration, values)
    db.add(integration)
    db.flush()
    _announce(db, system, integration)
    return integration, key


def fields_of(platform: str) -> list[str]:
    """The names of what a platform asks for; none of one that is not known."""
    kind = registry.PLATFORMS.get(platform)
    return [one.name for one in kind.fields] if kind is not None else []


def secret_fields() -> set[str]:
    """Of those, what is shown to nobody again."""
    return {one.name for kind in registry.PLATFORMS.values() for one in kind.secrets}


def change(
    db: Session, system: System, integration: SiteIntegration, values: dict[str, Any]
) -> SiteIntegration:
    """Set base_url, default_author, keys that the platform gives, is_active, is_default, or
    from_website (its switches), or deliver_as. The only one that is switched on is the default."""
    kind = registry.of(integration.platform)
    if "base_url" in values:
        _move(db, system, kind, integration, values["base_url"])
    if "default_author" in values:
        author = {"default_author": values["default_author"]}
        integration.default_author = _checked(system, kind, author, only=True)["default_author"]
    secrets = {one.name: values[one.name] for one in kind.secrets if one.name in values}
    if secrets:
        keys.take(system, integration, _checked(system, kind, secrets, only=True))
    if "is_active" in values:
        if values["is_active"] and not integration.is_active:
            _check_alone(db, integration.site_id, integration.platform)
        integration.is_active = values["is_active"]
        if not integration.is_active:
            integration.is_default = False
        elif _is_alone(db, integration):
            make_default(db, integration)
    integration.config_json = {**integration.config_json, **_chosen(kind, values)}
    if "from_website" in values:
        wake(db, system, "look", integration.id)
    if values.get("is_default"):
        make_default(db, integration)
    _announce(db, system, integration)
    return integration


def _chosen(kind: Platform, values: dict[str, Any]) -> dict[str, Any]:
    """What of these is kept in the config. Raises Invalid."""
    chosen = {}
    if "from_website" in values:
        chosen[from_website.KEPT] = msgspec.to_builtins(values["from_website"])
    if "deliver_as" in values:
        if values["deliver_as"] not in kind.delivers:
            raise Invalid({"deliver_as": f"Choose one of: {', '.join(kind.delivers)}."})
        chosen[delivered.KEPT] = values["deliver_as"]
    return chosen


def _move(
    db: Session, system: System, kind: Platform, integration: SiteIntegration, address: str
) -> None:
    """It leads to another address from now on. Raises Invalid."""
    checked = _checked(system, kind, {"base_url": address}, only=True)
    base_url = checked.get("base_url", integration.base_url)  # pages of our own have none
    if base_url == integration.base_url:
        return
    standing.is_new(integration)
    if not kind.key_goes_along(integration.base_url, base_url):
        keys.end_all(integration)  # it is for the website that it was made for
    integration.base_url = base_url
    structure.forget_all(db, integration)
    integration.config_json = {
        name: value for name, value in integration.config_json.items() if name not in LEARNT
    }


def _announce(db: Session, system: System, integration: SiteIntegration) -> None:
    """Tell the open pages how it stands now."""
    system.notices.send(db, integration.account_id, "integration", integration.id)


def _kind(platform: str) -> Platform:
    if platform not in registry.PLATFORMS:
        raise Invalid({"platform": f"Choose one of: {', '.join(registry.PLATFORMS)}."})
    return registry.of(platform)


def _checked(
    system: System, kind: Platform, given: Mapping[str, str], *, only: bool = False
) -> dict[str, str]:
    """The platform's fields as they are kept; `only` those that are given. Raises Invalid."""
    fields = [one.name for one in kind.fields if one.name in given or not only]
    values = {name: given.get(name, "").strip() for name in fields}
    if "base_url" in values:
        values["base_url"] = kind.address_of(values["base_url"])
    strange = [name for name in given if given[name] and name not in values]
    wrong = dict.fromkeys(strange, NO_SUCH_FIELD) | kind.wrong(system, values)
    if wrong:
        raise Invalid(wrong)
    return values


def switch_types(
    db: Session, system: System, integration: SiteIntegration, on: dict[str, bool], *, by: Member
) -> None:
    """Switch types of its website on and off; those that are not named stay as they are. A piece of
    one that is off does not go out. Raises Invalid for types that the website has not told of."""
    told = structure.types(integration)
    unknown = sorted(set(on) - set(told))
    if unknown:
        names = ", ".join(unknown)
        raise Invalid({"post_types": f"This website has not told of these types: {names}."})
    off = structure.switch(integration, {name for name, is_on in {**told, **on}.items() if is_on})
    said = f"{name_of(integration)}: types off: {', '.join(off) or 'none'}"
    audit.note(db, system, Act.CONNECTION_CHANGED, said, by=by)
    system.notices.send(db, integration.account_id, "integration", integration.id)


def name_of(integration: SiteIntegration) -> str:
    """A connection as the security log names it."""
    return f"{integration.platform} {integration.id} of site {integration.site_id}"


def make_default(db: Session, integration: SiteIntegration) -> None:
    """Publish goes there from now on."""
    if not integration.is_active:
        raise Conflict("Only an active connection can be the default.")
    db.execute(
        sa.update(SiteIntegration)
        .where(SiteIntegration.site_id == integration.site_id)
        .values(is_default=False)
    )
    db.flush()
    integration.is_default = True


def default_of(db: Session, site_id: int) -> SiteIntegration | None:
    """Where the site's contents go: its default connection, if that is active."""
    return db.scalars(
        sa.select(SiteIntegration).where(SiteIntegration.site_id == site_id, IS_DEFAULT)
    ).one_or_none()


def open_target(db: Session, system: System, integration: SiteIntegration) -> Target:
    """The connection with its key decrypted. Raises secrets.Unreadable."""
    return target_of(db, system, integration.id)


def target_of(db: Session, system: System, integration_id: int) -> Target:
    """The same by its id, for those who need nothing else of it."""
    row = _TARGET.rows(db, {"this": integration_id})[0]
    return Target(
        integration_id=integration_id,
        account_id=row.account_id,
        site_id=row.site_id,
        site_slug=row.slug,
        site_timezone=row.timezone,
        platform=row.platform,
        base_url=row.base_url,
        default_author=row.default_author,
        sender=_sender(row, system),
        credentials=keys.opened(system, row),
        config=dict(row.config_json),
    )


_TARGET = Prepared(
    sa.select(
        SiteIntegration.account_id,
        SiteIntegration.site_id,
        SiteIntegration.platform,
        SiteIntegration.base_url,
        SiteIntegration.default_author,
        SiteIntegration.credentials,
        SiteIntegration.previous_key_until,
        SiteIntegration.config_json,
        Site.slug,
        Site.timezone,
        *installation.COLUMNS,
    )
    .join(Site, Site.id == SiteIntegration.site_id)
    .join(Installation, sa.true())
    .where(SiteIntegration.id == sa.bindparam("this"))
)


def _sender(row: Any, system: System) -> Sender:
    """Who speaks; to a website that takes us for a copy, with that question."""
    we = installation.sender(row, system.config)
    if we.question or not installation.is_refused(row):
        return we
    return replace(we, question=installation.HELD)


def _check_alone(db: Session, site_id: int, platform: str) -> None:
    """Raises Conflict where the site has an active connection with the platform."""
    found = sa.select(SiteIntegration.id).where(
        SiteIntegration.site_id == site_id,
        SiteIntegration.platform == platform,
        SiteIntegration.is_active,
    )
    if db.scalar(found) is not None:
        raise Conflict("This site already has an active connection of that kind.")


def _is_alone(db: Session, integration: SiteIntegration) -> bool:
    """Whether it is the only connection of its site that is switched on."""
    other = sa.select(SiteIntegration.id).where(
        SiteIntegration.site_id == integration.site_id,
        SiteIntegration.id != integration.id,
        SiteIntegration.is_active,
    )
    return db.scalar(other.limit(1)) is None
