"""The plugin as a guest of a site: settings, calls to the app, odd databases, leaving."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.contract import assert_valid
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.app import ME, App
from tests.wordpress.conftest import start_site
from tests.wordpress.desk import KEY, Desk, refusal
from tests.wordpress.images import png
from tests.wordpress.test_exactly_once import in_parallel
from tests.wordpress.test_nothing_left import everything, full

OWN_ID = "a-click-of-the-tests"
OPTIONS = ("igny8_app_url", "igny8_site_id", "igny8_integration_id", "igny8_connection")


@pytest.fixture
def app(wp: WordPress) -> Iterator[App]:
    """The app; afterwards the site knows nothing of it."""
    with App() as server:
        yield server
    for name in OPTIONS:
        wp.php(f"delete_option('{name}');")
    wp.set_option("igny8_settings", [])
    wp.set_option("igny8_api_key", KEY)


def save_settings(wp: WordPress, **fields: str) -> str:
    """Fill the settings screen in as the administrator does; the page afterwards."""
    with httpx.Client(base_url=wp.url, follow_redirects=True, timeout=30) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": PASSWORD})
        screen = "/wp-admin/options-general.php?page=igny8"
        page = browser.get(screen).text
        nonce = re.search(r'name="_wpnonce" value="([^"]+)"', page)
        assert nonce
        form = {
            "action": "igny8_save",
            "_wpnonce": nonce.group(1),
            "content_types[]": "post",
            "auto_create_terms": "1",
            "fallback_category": "1",
            "gallery_limit": "99",
            "gallery_overflow": "inline",
            "default_author": "0",
        }
        assert browser.post("/wp-admin/admin-post.php", data=form | fields).status_code == 200
        saved = browser.get(screen).text
        stranger = httpx.post(f"{wp.url}/wp-admin/admin-post.php", data=form | fields)
        assert stranger.status_code in {302, 400, 403}
        return saved


@pytest.mark.usefixtures("clean_log")
def test_settings_screen(wp: WordPress, app: App, desk: Desk) -> None:
    assert_valid("auth-me.response", ME)
    page = save_settings(wp, app_url=f"{app.url}/", api_key=KEY)
    assert "Connected as &quot;A &amp; site&quot;." in page
    assert KEY not in page
    assert [wp.get_option(name) for name in OPTIONS[:3]] == [app.url, "42", "43"]
    autoload = "SELECT autoload FROM wp_options WHERE option_name = 'igny8_api_key'"
    assert wp.value(autoload) in {"no", "off"}
    assert desk.health()["status"] == "healthy"
    assert desk.health()["gallery"] == {"limit": 20, "overflow": "inline"}
    desk.refused(desk.body(content_type="page"), 422, "TYPE_DISABLED")

    page = save_settings(wp, app_url=app.url, api_key="another")
    assert "does not know this API key" in page
    assert wp.get_option("igny8_api_key") == "another"
    page = save_settings(wp, app_url="http://127.0.0.1:9", api_key=KEY)
    assert "could not be reached" in page
    assert wp.get_option("igny8_app_url") == "http://127.0.0.1:9"


def test_a_key_is_not_read_on_the_way(wp: WordPress, app: App) -> None:
    """Neither by a stored key that goes along to plain http, nor without a word."""
    safe, bare = "https://desk.example.test", "http://desk.example.test"
    assert "read on the way" not in save_settings(wp, app_url=app.url, api_key=KEY)
    assert "read on the way" not in save_settings(wp, app_url=safe, api_key=KEY)
    page = save_settings(wp, app_url=bare, api_key="")
    assert wp.get_option("igny8_api_key") is None
    assert "read on the way" not in page, "there is no key to read"
    page = save_settings(wp, app_url=bare, api_key=KEY)
    assert "The App URL begins with http://" in page
    save_settings(wp, app_url=safe, api_key="")
    assert wp.get_option("igny8_api_key") == KEY
    home = wp.get_option("igny8_home")
    wp.set_option("igny8_home", "https://site.example.test")
    became_http = "add_filter('option_home', function () { return 'http://site.example.test'; });"
    try:
        assert wp.php("echo count(Igny8\\Admin\\Website::readable_on_the_way());") == "0"
        told = wp.php(f"{became_http} echo implode(Igny8\\Admin\\Website::readable_on_the_way());")
        assert "connected as https://site.example.test and is now http://site" in told
    finally:
        wp.set_option("igny8_home", home)


def test_progress(wp: WordPress, app: App, desk: Desk) -> None:
    wp.set_option("igny8_app_url", app.url)
    wp.set_option("igny8_site_id", 42)
    desk.http.headers["X-Request-Id"] = OWN_ID
    body = desk.body(task_id=9, report_progress=True)
    desk.publish(body)
    assert desk.http.get("health").headers["x-request-id"] == OWN_ID
    assert [message["step"] for _, _, message in app.received] == [
        "validation",
        "media_processing",
        "taxonomies",
        "creating_post",
        "seo_metadata",
    ]
    percents = [message["progress"] for _, _, message in app.received]
    assert percents == sorted(percents)
    for path, headers, message in app.received:
        assert path == "/api/v1/integrations/42/publish-progress/"
        assert headers["authorization"] == f"Bearer {KEY}"
        assert headers["x-igny8-api-key"] == KEY
        assert headers["x-igny8-protocol"] == "1"
        assert headers["x-request-id"] == OWN_ID
        assert_valid("publish-progress.request", message)
        assert message["publish_key"] == body["publish_key"]
    app.received.clear()
    desk.publish(desk.body(intent=2, title="Quiet"))
    assert app.received == []
    app.delay = 60
    began = time.monotonic()
    desk.publish(desk.body(intent=3, title="Slow app", report_progress=True))
    assert time.monotonic() - began < 50
    assert len(app.received) == 1


def test_tables_without_transactions(wp: WordPress) -> None:
    site = start_site(wp.version)
    try:
        for table in ("posts", "postmeta", "term_relationships"):
            site.sql(f"ALTER TABLE wp_{table} ENGINE = MyISAM")
        site.php("delete_option('igny8_transactions');")
        with Desk(site) as desk:
            assert desk.health()["transactions"] is False
            fail = (
                "foreach (array('add', 'update') as $a) add_filter(\"{$a}_post_metadata\","
                " function ($x, $id, $key) {"
                " return $key === '_igny8_meta_title' ? false : $x; }, 10, 3);"
            )
            before = everything(site)
            with site.mu_plugin(fail):
                refusal(desk.send(full(desk)), 500, "SEO_WRITE_FAILED")
            assert everything(site) == before
            desk.publish(full(desk, intent=2, title="Old"))
            before = everything(site)
            with site.mu_plugin(fail):
                body = full(desk, intent=3, meta_title="Other", title="New")
                refusal(desk.send(body), 500, "SEO_WRITE_FAILED")
            assert everything(site) == before
            kill = (
                "add_action('updated_post_meta', function ($m, $id, $key) {"
                " if ($key === '_igny8_meta_title') posix_kill(posix_getpid(), SIGKILL);"
                " }, 10, 3);"
            )
            with site.mu_plugin(kill), pytest.raises(httpx.TransportError):
                desk.send(body | {"attempt": 2})
            site.restart_php()
            assert desk.abandon(body | {"attempt": 2}).json()["data"]["undone"] is True
            assert everything(site) == before
    finally:
        site.stop()


def test_deactivate_and_uninstall(wp: WordPress) -> None:
    site = start_site(wp.version)
    try:
        with Desk(site) as desk:
            desk.publish(desk.body())
            desk.stage(png(230))
            wrong = {"Authorization": "Bearer wrong"}
            assert httpx.get(f"{site.url}/wp-json/igny8/v1/health", headers=wrong).is_client_error
            site.php("Igny8\\Connection\\Summary::read();")
            admin = "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
            site.php(f"{admin} deactivate_plugins('igny8/igny8.php');")
            assert site.value("SELECT COUNT(*) FROM wp_igny8_publishes") == "1"
            site.php(f"{admin} uninstall_plugin('igny8/igny8.php');")
            assert site.sql("SHOW TABLES LIKE '%igny8%'") == []
            assert site.sql("SELECT * FROM wp_options WHERE option_name LIKE '%igny8\\_%'") == []
            assert "igny8" not in str(site.get_option("cron"))
            assert not (site.home / "wp-content" / "uploads" / "igny8-staging").exists()
            assert len(desk.posts()) == 1
    finally:
        site.stop()


def test_lost_table_is_made_again_and_the_post_found(wp: WordPress, desk: Desk) -> None:
    first = desk.publish(desk.body())
    wp.sql("DELETE FROM wp_igny8_publishes")
    assert desk.publish(desk.body(title="New"))["post_id"] == first["post_id"]


def test_many_contents_at_once(desk: Desk) -> None:
    bodies = []
    for _ in range(40):
        desk.other_content()
        bodies.append(desk.body(tags=[{"name": "common"}], categories=[{"name": "Common"}]))
    assert {response.status_code for response in in_parallel(desk, bodies)} == {201}
