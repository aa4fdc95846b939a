"""WordPress as a destination, by our own plugin."""

from __future__ import annotations

from webapp.core import links
from webapp.core.http import Refused
from webapp.core.system import System
from webapp.integrations.delivered import DELIVERED_AS
from webapp.integrations.platform import Download, Field, Granting, Key, Platform
from webapp.integrations.wordpress_plugin import granting, package, telling, website
from webapp.integrations.wordpress_plugin.adapter import WordPressPluginAdapter
from webapp.integrations.wordpress_plugin.watch import PluginWatch


def _check_address(system: System, value: str) -> str:
    try:
        system.http.check(value)
    except Refused as problem:
        return f"This address is not called: {problem}."
    return "" if links.is_website(value) else links.WEBSITE


PLATFORM = Platform(
    name="wordpress",
    title="WordPress",
    summary="A WordPress website, by the IGNY8 plugin",
    icon="plug",
    transport="plugin",
    adapter=WordPressPluginAdapter,
    watch=PluginWatch,
    fields=(
        Field(
            "base_url",
            "Address of the website",
            kind="url",
            placeholder="https://example.com",
            check=_check_address,
        ),
        Field(
            "default_author",
            "E-mail of the author to use when a piece names none",
            kind="email",
            is_required=False,
        ),
    ),
    key=Key.MADE,
    key_place="in WordPress under Settings → IGNY8",
    help="wordpress_plugin/key.html",
    download=Download(package.PATH, "Plugin (zip)"),
    takes_proof=True,
    tells_changes=True,
    delivers=DELIVERED_AS,
    address_of=website.address_of,
    key_goes_along=website.may_go_along,
    recognised=website.recognised,
    tells=telling.told,
    granting=Granting(granting.page_of, granting.hand_over),
)
