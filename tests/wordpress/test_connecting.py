"""A website is connected from its own settings page, and tells the desk what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tests.support import misbehaving as how
from tests.support.contract import assert_valid
from tests.support.desk import PASSWORD, Desk
from tests.support.misbehaving import Misbehaving
from tests.support.served import served
from tests.support.wordpress import ADMIN, WordPress
from tests.support.wordpress import PASSWORD as WP_PASSWORD
from tests.wordpress.conftest import start_site
from tests.wordpress.test_site import save_settings
from webapp.accounts import setup
from webapp.accounts.models import ApiToken
from webapp.core.system import System
from webapp.integrations import connections, fetching, keys, structure
from webapp.integrations.models import SiteAuthor, SiteIntegration, SiteTerm

API = "/api/v1/integration/integrations"
OPTIONS = ("igny8_app_url", "igny8_site_id", "igny8_integration_id", "igny8_connection")
MORE = ("igny8_api_key", "igny8_home", "igny8_home_hash", "igny8_structure_synced")


@pytest.fixture(scope="module")
def website() -> Iterator[WordPress]:
    site = start_site("6.8")
    yield site
    assert site.debug_log() == ""
    site.stop()


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
    return Desk(system)


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


def by_password(wp: WordPress, app: Misbehaving, desk: Desk, **more: str) -> str:
    email = f"{desk.owner.email} "
    return save_settings(wp, app_url=f"{app.url}/", email=email, password=PASSWORD, **more)


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
    wp: WordPress, app: Misbehaving, desk: Desk
) -> None:
    integration_id, _ = connection(desk, wp)
    page = by_password(wp, app, desk)
    assert "Connected as &quot;Gazette&quot;. IGNY8 has the structure of this website" in page
    assert wp.get_option("igny8_api_key") == key_of(desk, integration_id)
    assert [int(wp.get_option(name)) for name in OPTIONS[1:3]] == [desk.site.id, integration_id]
    assert wp.sql(f"SELECT * FROM wp_options WHERE option_value LIKE '%{PASSWORD}%'") == []
    assert PASSWORD not in page
    assert desk.rows(ApiToken) == [], "the pass was given up"
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


def test_what_is_wrong_is_said(wp: WordPress, app: Misbehaving, desk: Desk) -> None:
    _, key = connection(desk, wp)
    wrong = save_settings(wp, app_url=app.url, email=desk.owner.email, password="a wrong password")
    assert "E-mail address or password is wrong." in wrong
    assert "does not know this API key" in save_settings(wp, app_url=app.url, api_key=f"{key}x")
    email = desk.stranger.email
    foreign = save_settings(wp, app_url=app.url, email=email, password=PASSWORD, api_key=key)
    assert "belongs to the site &quot;Gazette&quot;, which this person does not manage" in foreign
    wp.php("delete_option('igny8_api_key');")
    none = save_settings(wp, app_url=app.url, email=email, password=PASSWORD)
    assert "There is no such site: IGNY8 has no WordPress connection" in none
    with desk.system.db.write() as db:
        connections.connect(
            db, desk.system, desk.other_site, "wordpress", base_url="http://127.0.0.1:9"
        )
    other = save_settings(wp, app_url=app.url, email=email, password=PASSWORD)
    assert (
        f"has the address of this website, {wp.url}. There are: Rival (http://127.0.0.1:9)" in other
    )
    assert "Enter your e-mail address" in save_settings(wp, app_url=app.url, password=PASSWORD)

    app.on("POST", "/api/v1/auth/login/", how.status(429, **{"Retry-After": "7"}))
    assert "asks to wait 7 seconds" in by_password(wp, app, desk)
    app.on("POST", "/api/v1/auth/login/", how.status(503))
    assert "has a problem just now (status 503)" in by_password(wp, app, desk)
    app.on("POST", "/api/v1/auth/login/", how.status(404))
    assert "There is no IGNY8 at this address" in by_password(wp, app, desk)
    tls = save_settings(
        wp, app_url=app.url.replace("http:", "https:"), email=email, password=PASSWORD
    )
    assert "could not be reached" in tls or "certificate is not trusted" in tls
    assert desk.rows(ApiToken) == []


def test_the_connection_stands_where_the_structure_is_not_taken(
    wp: WordPress, app: Misbehaving, desk: Desk
) -> None:
    _, key = connection(desk, wp)
    app.on("POST", "*/update-structure/", how.status(500))
    page = save_settings(wp, app_url=app.url, api_key=key)
    assert "Connected as &quot;Gazette&quot;. The connection stands; only the structure" in page
    assert wp.get_option("igny8_structure_synced") is None
    app.on("POST", "*/update-structure/", how.forward())
    wp.php("do_action('igny8_sync_site_structure');")
    assert int(wp.get_option("igny8_structure_synced")) > 0


def test_one_of_two_sites_is_chosen(wp: WordPress, app: Misbehaving, desk: Desk) -> None:
    with desk.system.db.write() as db:
        second = setup.add_site(db, desk.site.account_id, "Gazette Two", wp.url, "UTC")
    connection(desk, wp)
    integration_id, _ = connection(desk, wp, second)
    page = by_password(wp, app, desk)
    assert "Choose one below" in page
    assert re.findall(r'<option value="(\d+)">(Gazette[^<]*)<', page) == [
        (str(desk.site.id), "Gazette"),
        (str(second.id), "Gazette Two"),
    ]
    assert "Connected as &quot;Gazette Two&quot;" in by_password(
        wp, app, desk, site_id=str(second.id)
    )
    assert wp.get_option("igny8_api_key") == key_of(desk, integration_id)


def press(wp: WordPress, act: str) -> str:
    """A button of the settings page; the page afterwards."""
    with httpx.Client(base_url=wp.url, follow_redirects=True, timeout=60) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": WP_PASSWORD})
        page = browser.get("/wp-admin/options-general.php?page=igny8").text
        if act == "sync":
            nonce = re.search(r'data-nonce="([^"]+)"', page)
            assert nonce
            form = {"action": "igny8_sync_site_structure", "_ajax_nonce": nonce[1]}
            return browser.post("/wp-admin/admin-ajax.php", data=form).text
        nonce = re.search(r'value="igny8_key">.*?name="_wpnonce" value="([^"]+)"', page, re.S)
        assert nonce
        form = {"action": "igny8_key", "_wpnonce": nonce[1], "act": act}
        return browser.post("/wp-admin/admin-post.php", data=form).text


def test_the_key_is_changed_and_ended_from_here(
    wp: WordPress, app: Misbehaving, desk: Desk
) -> None:
    integration_id, first = connection(desk, wp)
    save_settings(wp, app_url=app.url, api_key=first)

    def opens(key: str) -> bool:
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.get(f"{app.url}/api/v1/auth/me/", headers=headers).is_success

    assert "There is a new key." in press(wp, "renew_key")
    second = wp.get_option("igny8_api_key")
    assert second == key_of(desk, integration_id) != first
    assert opens(first), "for a day"
    late = httpx.post(
        f"{app.url}{API}/{integration_id}/rotate-key/",
        json={},
        headers={"Authorization": f"Bearer {first}"},
    )
    assert late.status_code == 403, "an old key makes no new one"
    assert "The old key opens nothing" in press(wp, "end_old_key")
    assert not opens(first)
    assert "Disconnected." in press(wp, "disconnect")
    assert not opens(second)
    assert wp.get_option("igny8_api_key") is None
    assert wp.php("var_export(wp_next_scheduled('igny8_sync_site_structure'));") == "false"


def test_many_terms_are_told_and_asked_for_in_pages(
    wp: WordPress, app: Misbehaving, desk: Desk
) -> None:
    integration_id, key = connection(desk, wp)
    save_settings(wp, app_url=app.url, api_key=key)
    before = known_terms(desk)
    wp.sql(
        "INSERT INTO wp_terms (name, slug) SELECT CONCAT('Q&amp;A ', seq), CONCAT('many-', seq)"
        " FROM seq_1_to_1200"
    )
    wp.sql(
        "INSERT INTO wp_term_taxonomy (term_id, taxonomy, description)"
        " SELECT term_id, 'post_tag', '' FROM wp_terms WHERE slug LIKE 'many-%'"
    )
    try:
        app.hits.clear()
        assert '"success":true' in press(wp, "sync")
        pages = sent(app, f"{API}/{integration_id}/terms/")
        assert [len(page["terms"]) for page in pages] == [500, 500, 200 + before]
        for page in pages:
            assert_valid("terms.request", page)
        assert known_terms(desk) == 1200 + before
        with desk.system.db.read() as db:
            one = db.scalars(sa.select(SiteTerm).where(SiteTerm.slug == "many-7")).one()
            assert (one.name, one.taxonomy) == ("Q&A 7", "post_tag")
    finally:
        wp.sql(
            "DELETE FROM wp_term_taxonomy WHERE term_id IN"
            " (SELECT term_id FROM wp_terms WHERE slug LIKE 'many-%')"
        )
        wp.sql("DELETE FROM wp_terms WHERE slug LIKE 'many-%'")
    assert fetching.fetch(desk.system, integration_id) == before
    headers = {"Authorization": f"Bearer {key}", "X-IGNY8-Protocol": "1"}
    base = f"{wp.url}/wp-json/igny8/v1/structure"
    assert_valid("structure.response", httpx.get(base, headers=headers).json())
    first = httpx.get(f"{base}/terms?after=0", headers=headers).json()
    assert_valid("structure-terms.response", first)
    refused = httpx.get(f"{base}/terms?after=x", headers=headers)
    assert refused.status_code == 400
    assert httpx.get(base).status_code == 401
