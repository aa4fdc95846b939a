"""A network of websites in one WordPress: each is a website of its own, with a key, tables, posts
and changes of its own, whether the plugin is active on one of them or on all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.app import App, heard
from tests.wordpress.conftest import start_site
from tests.wordpress.desk import KEY, Desk, refusal
from tests.wordpress.test_changes import CATEGORY
from tests.wordpress.test_whose_post import HOME, STAMP

NAME = "0f6f7e3a-1c52-4c1c-9c39-2f4b7a6d9b10"
SECOND_KEY = f"{KEY}-second"
INSTALL = """
global $wpdb;
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/network.php';
foreach ($wpdb->tables('ms_global') as $table => $name) { $wpdb->$table = $name; }
install_network();
populate_network(1, '%(host)s', 'admin@example.test', 'Network', '/', false);
update_option('home', '%(url)s');
update_option('siteurl', '%(url)s');
"""
CONSTANTS = """
$_SERVER['HTTP_HOST'] = '%(host)s';
define('MULTISITE', true);
define('SUBDOMAIN_INSTALL', false);
define('DOMAIN_CURRENT_SITE', '%(host)s');
define('PATH_CURRENT_SITE', '/');
define('SITE_ID_CURRENT_SITE', 1);
define('BLOG_ID_CURRENT_SITE', 1);
$table_prefix = 'wp_';
"""
EVERYWHERE = (
    "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
    "wp_set_current_user(1); echo json_encode(activate_plugin('igny8/igny8.php', '', true));"
)
UNINSTALL = (
    "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
    "deactivate_plugins('igny8/igny8.php'); uninstall_plugin('igny8/igny8.php');"
)


@pytest.fixture(scope="module", params=["6.8", "6.1"])
def wp(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    """A network of two: the plugin is active on the first, at the root, not on /second/."""
    site = start_site(request.param, workers=4)
    names = {"host": urlsplit(site.url).netloc, "url": site.url}
    site.php(INSTALL % names)
    config = site.home / "wp-config.php"
    lines = config.read_text().splitlines(keepends=True)
    alone = [one for one in lines if "WP_HOME" not in one and "WP_SITEURL" not in one]
    config.write_text("".join(alone).replace("$table_prefix = 'wp_';\n", CONSTANTS % names))
    site.restart_php()
    add(site, "second")
    yield site
    site.stop()


def add(site: WordPress, path: str) -> None:
    """One more website of the network."""
    host = urlsplit(site.url).netloc
    made = site.php(f"echo json_encode(wpmu_create_blog('{host}', '/{path}/', '{path}', 1));")
    number = int(json.loads(made))
    # WordPress 6.1 takes the port for a part of the name.
    site.sql(f"UPDATE wp_blogs SET domain = '{host}' WHERE blog_id = {number}")
    address = f"'{site.url}/{path}'"
    site.php(
        f"switch_to_blog({number}); delete_option('rewrite_rules');"
        f"update_option('home', {address}); update_option('siteurl', {address});"
        "update_option('permalink_structure', '/%postname%/');"
    )


def there(site: WordPress, path: str = "", key: str = KEY) -> Desk:
    """The app's side, speaking to one website of the network."""
    headers = {"X-IGNY8-Installation": NAME, "X-IGNY8-Address": HOME, "X-IGNY8-Stamp": STAMP}
    desk = Desk(site, **headers, Authorization=f"Bearer {key}")
    desk.http.base_url = httpx.URL(f"{site.url}{path}/wp-json/igny8/v1/")
    return desk


def tables(site: WordPress) -> set[str | None]:
    return {next(iter(row.values())) for row in site.sql("SHOW TABLES LIKE '%igny8%'")}


def connect(site: WordPress, number: int, app: App, key: str) -> None:
    options = {"igny8_api_key": key, "igny8_app_url": app.url, "igny8_site_id": number}
    for name, value in options.items():
        site.php(f"switch_to_blog({number}); update_option('{name}', '{value}');")


def test_each_website_of_a_network_is_its_own(wp: WordPress) -> None:
    with App() as app, App() as other, there(wp) as first:
        connect(wp, 1, app, KEY)
        post_id = int(first.publish(first.body())["post_id"])
        with there(wp, "/second") as second:
            assert second.http.get("health").status_code == 404
            assert not any(str(name).startswith("wp_2_") for name in tables(wp))

        assert wp.php(EVERYWHERE) == "null"
        with there(wp, "/second", SECOND_KEY) as second:
            refusal(second.http.get("health"), 503, "PLUGIN_NOT_CONFIGURED")
            connect(wp, 2, other, SECOND_KEY)
            second.content_id = first.content_id
            made = second.publish(second.body(categories=[{"name": "News"}]))
            assert made["post_url"].startswith(f"{wp.url}/second/")
            stranger = first.http.get("health", headers=second.http.headers)
            refusal(stranger, 401, "INVALID_CREDENTIALS")
            wp.php(f"$id = {made['post_id']}; switch_to_blog(2); {CATEGORY}")
            assert first.flush()["sent"] == 0
            other.judges = lambda message: heard(message, "categories")
            assert second.flush() == {"sent": 1, "unchanged": 0, "waiting": 0, "problem": ""}
            [told] = other.messages("changes")
            assert (told["post_id"], told["content_id"]) == (made["post_id"], second.content_id)
            assert app.messages("changes") == []
            assert second.retract("delete", 2).is_success
        assert first.status()["post"]["post_id"] == post_id

        add(wp, "third")
        with there(wp, "/third") as third:
            refusal(third.http.get("health"), 503, "PLUGIN_NOT_CONFIGURED")
        names = tables(wp)
        assert {"wp_igny8_publishes", "wp_2_igny8_publishes", "wp_3_igny8_publishes"} <= names
        wp.php(UNINSTALL)
        assert tables(wp) == set()
        kept = "SELECT option_name FROM wp_2_options WHERE option_name LIKE '%igny8%'"
        assert wp.sql(kept) == []
    assert not re.search(r"plugins?/igny8|IGNY8:", wp.debug_log())  # WordPress itself complains
