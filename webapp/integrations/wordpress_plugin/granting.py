"""Handing the key over through WordPress's own page for application passwords.

A person lets us in there; with what WordPress then gives us we bring address and key to the plugin,
once, and have WordPress delete that password again. It is kept nowhere.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from webapp.core.addresses import is_here
from webapp.core.errors import Conflict
from webapp.core.http import REDIRECTS, Refused, TooLarge
from webapp.core.system import System
from webapp.integrations.platform import Grant, Step
from webapp.integrations.wordpress_plugin import answers, website
from webapp.integrations.wordpress_plugin.client import FORMS, PRETTY
from webapp.integrations.wordpress_plugin.website import ROUTES

APP_NAME = "IGNY8"
PASTE = "Make a new key and enter it in WordPress under Settings → IGNY8 instead."
_OWN = "wp/v2/users/me/application-passwords"
_SIGN_IN = "application-passwords"


def page_of(system: System, base_url: str, back: str) -> str:
    """The address at which a person lets us in; WordPress leads back to `back` then, or with
    `success=false`. Raises Conflict where the website has none."""
    parts = urlsplit(back)
    if parts.scheme != "https" and not is_here(parts.hostname or ""):
        raise Conflict(f"WordPress leads back over https only, and this desk has none. {PASTE}")
    index = _Website(system, base_url).index()
    ways = index.get("authentication")
    way = ways.get(_SIGN_IN) if isinstance(ways, dict) else None
    ends = way.get("endpoints") if isinstance(way, dict) else None
    page = str(ends.get("authorization", "")) if isinstance(ends, dict) else ""
    if not page:
        raise Conflict(
            "This WordPress offers no application passwords: it has no https, or a plugin has "
            f"switched them off. {PASTE}"
        )
    if urlsplit(page).netloc.lower() != urlsplit(base_url).netloc.lower():
        raise Conflict(f"Its page for that lies at another host, {urlsplit(page).netloc}. {PASTE}")
    refused = back + ("&" if parts.query else "?") + "success=false"
    asked = {"app_name": APP_NAME, "success_url": back, "reject_url": refused}
    return f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"


def hand_over(
    system: System, base_url: str, grant: Grant, key: str, app_url: str
) -> Iterator[Step]:
    """Bring the key to the plugin and give the access back; each step with what came of it."""
    site = _Website(system, base_url, grant)
    try:
        site.index()
        own = site.ask("GET", f"{_OWN}/introspect")
        if not isinstance(own.get("uuid"), str):
            yield Step(False, f"WordPress does not take the password that it gave. {PASTE}")
            return
        yield Step(True, f"WordPress has let IGNY8 in as {grant.user}.")
        try:
            yield from _bring(site, key, app_url)
        finally:
            yield _given_back(site, own["uuid"])
    except Conflict as problem:
        yield Step(False, problem.message)


def _bring(site: _Website, key: str, app_url: str) -> Iterator[Step]:
    routes = site.ask("GET", ROUTES).get("routes")
    if not isinstance(routes, dict) or f"/{ROUTES}/connect" not in routes:
        yield Step(
            False,
            "The IGNY8 plugin is not active there, or is older than this. Download it here, "
            "upload and activate it under Plugins → Add New, then connect again.",
        )
        return
    said = site.ask("POST", f"{ROUTES}/connect", {"app_url": app_url, "api_key": key})
    done = said.get("data")
    if said.get("success") is not True or not isinstance(done, dict):
        error = said.get("error")
        told = error.get("message") if isinstance(error, dict) else said.get("message")
        yield Step(False, f"The plugin did not take the key: {str(told)[:300]}")
        return
    yield Step(True, "The plugin has the key.")
    reaches = done.get("connected") is True
    told = str(done.get("message", ""))[:500]
    yield Step(reaches, f"The plugin {'reaches' if reaches else 'does not reach'} IGNY8: {told}")


def _given_back(site: _Website, uuid: str) -> Step:
    try:
        is_gone = site.ask("DELETE", f"{_OWN}/{uuid}").get("deleted") is True
    except Conflict:
        is_gone = False
    if is_gone:
        return Step(True, "The access was given back: WordPress has deleted the password.")
    left = "WordPress did not delete the password. Delete “IGNY8” there under Users → Profile"
    return Step(False, f"{left} → Application Passwords.")


class _Website:
    """Its own REST interface, asked as a person; nobody before one has let us in."""

    def __init__(self, system: System, base_url: str, grant: Grant | None = None) -> None:
        self._http, self._seconds = system.http, system.config.request_seconds
        self._base, self._form = website.address_of(base_url), PRETTY
        self._headers = {"Accept": "application/json"}
        if grant is not None:
            pair = f"{grant.user}:{grant.password}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"

    def index(self) -> dict[str, Any]:
        """What it says of itself, in the form of addresses that it has."""
        for form in FORMS:
            self._form = form
            found = self._once("GET", "")
            if found is not None and "namespaces" in found:
                return found
        raise Conflict(
            f"At {self._base} no WordPress answers with its REST interface. Look whether the "
            f"address is right and the interface is open. {PASTE}"
        )

    def ask(self, method: str, route: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        """Its answer, whatever it says. Raises Conflict where there is none."""
        found = self._once(method, route, body)
        if found is None:
            raise Conflict(f"The website's answer could not be read. {PASTE}")
        return found

    def _once(
        self, method: str, route: str, body: dict[str, str] | None = None
    ) -> dict[str, Any] | None:
        path = f"wp-json/{route}" if self._form == PRETTY else f"?rest_route=/{route}"
        headers = dict(self._headers)
        content = None if body is None else msgspec.json.encode(body)
        if content is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self._base}/{path}"
        try:
            answer = self._http.fetch(
                method, url, seconds=self._seconds, headers=headers, content=content
            )
        except (Refused, TooLarge, httpx.HTTPError) as problem:
            said = str(problem) or type(problem).__name__
            raise Conflict(f"The website could not be reached: {said}.") from problem
        if answer.status in REDIRECTS:
            where = website.address_of(website.joined(url, answer.headers.get("location", "")))
            raise Conflict(f"The website’s address leads on to {where}. Change the address here.")
        return answers.object_in(answer.body)
