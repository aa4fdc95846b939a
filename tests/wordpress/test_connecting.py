"""A website is connected from its own settings page, and tells the desk what it is made of."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tests.support import misbehaving as how
from tests.support import sqlite
from tests.support.contract import assert_valid
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from tests.support.misbehaving import Misbehaving
from tests.support.served import served
from tests.support.wordpress import ADMIN, WordPress
from tests.support.wordpress import PASSWORD as WP_PASSWORD
from tests.wordpress.app import ME
from tests.wordpress.conftest import start_site
from webapp.accounts import setup
from webapp.accounts.models import ApiToken
from webapp.core.system import System
from webapp.integrations import connections, fetching, keys, structure
from webapp.integrations.models import SiteAuthor, SiteIntegration, SiteTerm

MANY = int(os.environ.get("IGNY8_TERMS", "1200"))
API = "/api/v1/integration/integrations"
OPTIONS = ("igny8_app_url", "igny8_site_id", "igny8_integration_id", "igny8_connection")
MORE = ("igny8_api_key", "igny8_home", "igny8_home_hash", "igny8_structure_synced")


@pytest.fixture(scope="module")
def website() -> Iterator[WordPress]:
    site = start_site("6.8")
    yield site
    assert site.debug_log() == ""
    site.stop()


@pytest.fixture(scope="module")
def admin(website: WordPress) -> Iterator[httpx.Client]:
    """The website's administrator, signed in once."""
    with httpx.Client(base_url=website.url, follow_redirects=True, timeout=60) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": WP_PASSWORD})
        yield browser


@pytest.fixture
def wp(website: WordPress) -> WordPress:
    """A website that was never connected."""
    names = ", ".join(f"'{name}'" for name in (*OPTIONS, *MORE))
    website.php(f"array_map('delete_option', array({names}));")
    website.php("wp_unschedule_hook('igny8_sync_site_structure');")
    return website


@pytest.fixture
def desk(system: System) -> Desk:
    """The desk itself, and not only its side of the contract."""
    return Desk(system, sqlite.house())


@pytest.fixture
def app(system: System) -> Iterator[Misbehaving]:
    """The application, with what it is asked written down."""
    with served(system) as address, Misbehaving(upstream=address) as server:
        yield server


def connection(desk: Desk, wp: WordPress, site: Any = None) -> tuple[int, str]:
    """The desk's connection with the website, and its key."""
    with desk.system.db.write() as db:
        made, key = connections.connect(
            db, desk.system, site or desk.site, "wordpress", base_url=wp.url
        )
        return made.id, key


class Settings:
    """The settings page, as the administrator uses it."""

    PAGE = "/wp-admin/options-general.php?page=igny8"
    KEPT = {"content_types[]": "post", "auto_create_terms": "1", "gallery_limit": "5"}

    def __init__(self, admin: httpx.Client, app_url: str) -> None:
        self._admin, self._app_url = admin, app_url
        self._page = ""

    def save(self, **fields: str) -> str:
        """The form, with App URL unless another is given; the page afterwards."""
        given = {"app_url": self._app_url, **self.KEPT, **fields}
        return self._post("admin-post.php", "igny8_save", given)

    def by_password(self, desk: Desk, **more: str) -> str:
        return self.save(email=f"{desk.owner.email} ", password=PASSWORD, **more)

    def press(self, act: str) -> str:
        return self._post("admin-post.php", "igny8_key", {"act": act})

    def sync(self) -> str:
        nonce = self._found(r'data-nonce="([^"]+)"')
        form = {"action": "igny8_sync_site_structure", "_ajax_nonce": nonce}
        return self._admin.post("/wp-admin/admin-ajax.php", data=form).text

    def _post(self, where: str, action: str, form: dict[str, str]) -> str:
        nonce = self._found(f'value="{action}">.*?name="_wpnonce" value="([^"]+)"')
        given = {**form, "action": action, "_wpnonce": nonce}
        answer = self._admin.post(f"/wp-admin/{where}", data=given)
        assert answer.status_code == 200
        self._page = answer.text
        return self._page

    def _found(self, pattern: str) -> str:
        self._page = self._page or self._admin.get(self.PAGE).text
        found = re.search(pattern, self._page, re.S)
        assert found
        return found[1]


@pytest.fixture
def settings(admin: httpx.Client, app: Misbehaving) -> Settings:
    return Settings(admin, app.url)


def sent(app: Misbehaving, path: str) -> list[Any]:
    return [hit.json() for hit in app.hits if hit.path == path and hit.method == "POST"]


def key_of(desk: Desk, integration_id: int) -> str:
    with desk.system.db.read() as db:
        row = db.get_one(SiteIntegration, integration_id)
        return keys.opened(desk.system, row).get("api_key", "")


def known_terms(desk: Desk) -> int:
    with desk.system.db.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(SiteTerm)) or 0


def test_a_password_is_enough_and_is_kept_nowhere(
    wp: WordPress, settings: Settings, app: Misbehaving, desk: Desk
) -> None:
    integration_id, _ = connection(desk, wp)
    page = settings.by_password(desk, app_url=f"{app.url}/settings/sites/1")
    assert "Connected as &quot;Gazette&quot;. IGNY8 has the structure of this website" in page
    assert wp.get_option("igny8_api_key") == key_of(desk, integration_id)
    assert [int(wp.get_option(name)) for name in OPTIONS[1:3]] == [desk.site.id, integration_id]
    assert wp.sql(f"SELECT * FROM wp_options WHERE option_value LIKE '%{PASSWORD}%'") == []
    assert PASSWORD not in page
    assert desk.rows(ApiToken) == [], "the pass was given up"
    log = json.dumps({"data": {"access": "ig8_one", "refresh": "igr_two"}})
    masked = wp.php(f"echo Igny8\\Rest\\Debug_Log::masked('{log}');")
    assert "ig8_one" not in masked
    assert "igr_two" not in masked
    assert int(wp.get_option("igny8_structure_synced")) > 0
    assert wp.php("echo wp_get_schedule('igny8_sync_site_structure');") == "daily"

    for name, path in (
        ("login.request", "/api/v1/auth/login/"),
        ("refresh.request", "/api/v1/auth/logout/"),
        ("update-structure.request", f"{API}/{integration_id}/update-structure/"),
        ("terms.request", f"{API}/{integration_id}/terms/"),
    ):
        assert sent(app, path), path
        for message in sent(app, path):
            assert_valid(name, message)
    told = desk.integration(integration_id).config_json[structure.TOLD]
    assert told["post_types"]["post"]["label"] == "Posts"
    assert told["taxonomies"]["category"]["enabled"] is True
    assert [one.email for one in desk.rows(SiteAuthor)] == ["admin@example.test"]
    asked = httpx.get(
        f"{app.url}{API}/{integration_id}/content-types/",
        headers={"Authorization": f"Bearer {wp.get_option('igny8_api_key')}"},
    )
    assert_valid("content-types.response", asked.json())


def said(wp: WordPress, app_url: str, **given: Any) -> str:
    """What connecting says with what was typed, without the page around it."""
    typed = {"email": "", "password": "", "api_key": "", "site_id": 0} | given
    text = json.dumps(json.dumps(typed)).replace("$", "\\$")
    wp.set_option("igny8_app_url", app_url)
    if given.get("api_key"):
        wp.set_option("igny8_api_key", given["api_key"])
    return wp.php(
        f"Igny8\\Connection\\Connecting::run(json_decode({text}, true), false);"
        "echo get_option('igny8_connection')['message'];"
    )


def test_what_is_wrong_is_said(wp: WordPress, app: Misbehaving, desk: Desk) -> None:
    _, key = connection(desk, wp)
    owner = {"email": desk.owner.email, "password": PASSWORD}
    stranger = {"email": desk.stranger.email, "password": PASSWORD}
    assert "password is wrong" in said(wp, app.url, email=desk.owner.email, password="wrong")
    assert "Enter your e-mail address" in said(wp, app.url, password=PASSWORD)
    assert "does not know this API key" in said(wp, app.url, api_key=f"{key}x")
    foreign = said(wp, app.url, api_key=key, **stranger)
    assert 'belongs to the site "Gazette", which this person does not manage' in foreign
    wp.php("delete_option('igny8_api_key');")
    assert "There is no such site" in said(wp, app.url, **stranger)
    with desk.system.db.write() as db:
        address = "http://127.0.0.1:9"
        connections.connect(db, desk.system, desk.other_site, "wordpress", base_url=address)
    other = said(wp, app.url, **stranger)
    assert f"has the address of this website, {wp.url}. There are: Rival ({address})" in other
    assert desk.rows(ApiToken) == [], "each pass was given up"

    login = "/api/v1/auth/login/"
    for answer, words in (
        (how.status(429, **{"Retry-After": "7"}), "asks to wait 7 seconds"),
        (how.status(503), "has a problem just now (status 503)"),
        (how.status(404), "There is no IGNY8 at this address"),
        (how.status(302, Location="https://elsewhere.example/"), "leads on to https://elsewhere"),
    ):
        app.on("POST", login, answer)
        assert words in said(wp, app.url, **owner)
    assert "could not be reached" in said(wp, "http://127.0.0.1:9", **owner)
    bare = desk.system.config.public_url.replace("http:", "https:")
    assert "No secure connection with IGNY8 came about" in said(wp, bare, **owner)
    late = how.Reply(200, json.dumps(ME).encode(), {"Date": "Mon, 05 Jan 2026 09:00:00 GMT"})
    app.on("GET", "/api/v1/auth/me/", how.reply(late))
    assert "The clock of this server is" in said(wp, app.url, api_key=key)


def test_the_connection_stands_where_the_structure_is_not_taken(
    wp: WordPress, settings: Settings, app: Misbehaving, desk: Desk
) -> None:
    _, key = connection(desk, wp)
    app.on("POST", "*/update-structure/", how.status(500))
    page = settings.save(api_key=key)
    assert "Connected as &quot;Gazette&quot;. The connection stands; only the structure" in page
    assert wp.get_option("igny8_structure_synced") is None
    app.on("POST", "*/update-structure/", how.forward())
    wp.php("do_action('igny8_sync_site_structure');")
    assert int(wp.get_option("igny8_structure_synced")) > 0


def test_one_of_two_sites_is_chosen(
    wp: WordPress, settings: Settings, app: Misbehaving, desk: Desk
) -> None:
    with desk.system.db.write() as db:
        second = setup.add_site(db, desk.site.account_id, "Gazette Two", wp.url, "UTC")
    connection(desk, wp)
    integration_id, _ = connection(desk, wp, second)
    page = settings.by_password(desk)
    assert "Choose one below" in page
    assert re.findall(r'<option value="(\d+)">(Gazette[^<]*)<', page) == [
        (str(desk.site.id), "Gazette"),
        (str(second.id), "Gazette Two"),
    ]
    assert "Connected as &quot;Gazette Two&quot;" in settings.by_password(
        desk, site_id=str(second.id)
    )
    assert wp.get_option("igny8_api_key") == key_of(desk, integration_id)


def test_the_key_is_changed_and_ended_from_here(
    wp: WordPress, settings: Settings, app: Misbehaving, desk: Desk
) -> None:
    integration_id, first = connection(desk, wp)
    settings.save(api_key=first)

    def opens(key: str) -> bool:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.get(f"{app.url}/api/v1/auth/me/", headers=headers).is_success

    assert "There is a new key." in settings.press("renew_key")
    second = wp.get_option("igny8_api_key")
    assert second == key_of(desk, integration_id) != first
    assert opens(first), "for a day"
    late = httpx.post(
        f"{app.url}{API}/{integration_id}/rotate-key/",
        json={},
        headers={"Authorization": f"Bearer {first}"},
    )
    assert late.status_code == 403, "an old key makes no new one"
    assert "The old key opens nothing" in settings.press("end_old_key")
    assert not opens(first)
    assert "Disconnected." in settings.press("disconnect")
    assert not opens(second)
    assert wp.get_option("igny8_api_key") is None
    assert wp.php("var_export(wp_next_scheduled('igny8_sync_site_structure'));") == "false"


def test_many_terms_are_told_and_asked_for_in_pages(
    wp: WordPress, settings: Settings, app: Misbehaving, desk: Desk
) -> None:
    integration_id, key = connection(desk, wp)
    settings.save(api_key=key)
    before = known_terms(desk)
    names = "CONCAT('Q&amp;A ', seq), CONCAT('many-', seq)"
    wp.sql(f"INSERT INTO wp_terms (name, slug) SELECT {names} FROM seq_1_to_{MANY}")
    wp.sql(
        "INSERT INTO wp_term_taxonomy (term_id, taxonomy, description)"
        " SELECT term_id, 'post_tag', '' FROM wp_terms WHERE slug LIKE 'many-%'"
    )
    try:
        app.hits.clear()
        sizes = [500] * (MANY // 500) + [MANY % 500 + before]
        assert '"success":true' in settings.sync()
        pages = sent(app, f"{API}/{integration_id}/terms/")
        assert [len(page["terms"]) for page in pages] == sizes
        for page in pages:
            assert_valid("terms.request", page)
        assert known_terms(desk) == MANY + before
        with desk.system.db.read() as db:
            one = db.scalars(sa.select(SiteTerm).where(SiteTerm.slug == "many-7")).one()
            assert (one.name, one.taxonomy) == ("Q&A 7", "post_tag")
    finally:
        wp.sql(
            "DELETE FROM wp_term_taxonomy WHERE term_id IN"
            " (SELECT term_id FROM wp_terms WHERE slug LIKE 'many-%')"
        )
        wp.sql("DELETE FROM wp_terms WHERE slug LIKE 'many-%'")
    with desk.system.db.write() as db:  # a telling is known by its second: that was an earlier one
        earlier = datetime(2026, 1, 5, 9, tzinfo=UTC)
        db.execute(sa.update(SiteTerm).values(fetched_at=earlier))
    assert fetching.fetch(desk.system, integration_id) == before
    headers = {"Authorization": f"Bearer {key}", "X-IGNY8-Protocol": "1"}
    base = f"{wp.url}/wp-json/igny8/v1/structure"
    assert_valid("structure.response", httpx.get(base, headers=headers).json())
    first = httpx.get(f"{base}/terms?after=0", headers=headers)
    assert_valid("structure-terms.response", first.json())
    assert httpx.get(f"{base}/terms?after=x", headers=headers).status_code == 400
    assert httpx.get(base).status_code == 401


def test_the_key_is_handed_over_through_wordpress_own_page(
    wp: WordPress, admin: httpx.Client, desk: Desk, app: Misbehaving
) -> None:
    """A person approves there; what WordPress gives for it is given back at once."""
    integration_id, key = connection(desk, wp)
    with desk.browser(desk.owner) as browser:
        asked = browser.post(f"/settings/integrations/{integration_id}/authorisation")
        page = re.search(r'id="grant-\d+" href="([^"]+)"', asked.text)
        assert page, asked.text[-3000:]
        form = admin.get(html.unescape(page[1])).text
        nonce = re.search(r'name="_wpnonce" value="([^"]+)"', form)
        success = re.search(r'name="success_url" value="([^"]+)"', form)
        assert nonce
        assert success
        given = {
            "action": "authorize_application_password",
            "_wpnonce": nonce[1],
            "app_name": "IGNY8",
            "app_id": "",
            "reject_url": "",
            "success_url": html.unescape(success[1]),
            "approve": "yes",
        }
        back = admin.post(
            "/wp-admin/authorize-application.php", data=given, follow_redirects=False
        ).headers["location"]
        assert back.startswith(f"{desk.system.config.public_url}/settings/integrations/")
        told = browser.get(back.removeprefix(desk.system.config.public_url)).text
    steps = re.findall(r'<li class="check (green|red)">.*?<span>(.*?)</span>', told, re.S)
    assert [colour for colour, _ in steps[:5]] == ["green"] * 5
    assert [said[:30] for _, said in steps[:5]] == [
        "WordPress has let IGNY8 in as ",
        "The plugin has the key.",
        "The plugin reaches IGNY8: Conn",
        "The access was given back: Wor",
        "The website has told what it i",
    ]
    assert wp.get_option("igny8_api_key") == key, "the one that works goes on"
    assert (
        wp.sql(
            "SELECT * FROM wp_usermeta WHERE meta_key = '_application_passwords'"
            " AND meta_value LIKE '%IGNY8%'"
        )
        == []
    )
    anybody = httpx.post(f"{wp.url}/wp-json/igny8/v1/connect", json={"app_url": app.url})
    assert anybody.status_code == 401
    assert_valid("error", anybody.json())
