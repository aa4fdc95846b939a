"""Planted secrets are found nowhere in WordPress but in the option that keeps the key: not in the
rest of its database, its logs, pages and exports, with the debug log on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.desk import Desk
from tests.support.house import PASSWORD
from tests.support.served import served
from tests.support.wordpress import ADMIN, WordPress
from tests.support.wordpress import PASSWORD as WP_PASSWORD
from tests.wordpress.conftest import start_site
from tests.wordpress.test_connecting import Settings, connection, desk, key_of  # noqa: F401
from webapp.core.system import System
from webapp.publisher.delivery import collecting, reconcile

PAGES = (
    "options-general.php?page=igny8",
    "index.php?page=igny8-dashboard",
    "index.php",
    "edit.php",
    "plugins.php",
    "site-health.php",
    "site-health.php?tab=debug",
    "export.php?download=true&content=all",
)
TOKENS = re.compile(r"ig8_[\w-]{16,}|igr_[\w-]{16,}")
TABLES = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'wordpress'"


@pytest.fixture
def website() -> Iterator[WordPress]:
    """One of its own, for its log is written into."""
    made = start_site("6.8")
    made.php("delete_option('igny8_api_key');")
    yield made
    made.stop()


def found(secrets: dict[str, str], text: str) -> list[str]:
    named = [name for name, secret in secrets.items() if secret in text]
    return named + [f"a token, {one[:8]}…" for one in TOKENS.findall(text)]


def test_no_secret_is_found_in_wordpress(
    website: WordPress,
    system: System,
    desk: Desk,  # noqa: F811
) -> None:
    integration_id, first = connection(desk, website)
    is_on = website.mu_plugin("define('IGNY8_DEBUG', true);")
    browser = httpx.Client(base_url=website.url, follow_redirects=True, timeout=60)
    with served(system) as address, is_on, browser as admin:
        admin.get("/wp-login.php")
        admin.post("/wp-login.php", data={"log": ADMIN, "pwd": WP_PASSWORD})
        settings = Settings(admin, address)
        said = [settings.save(email=desk.owner.email, password=f"{PASSWORD} wrong")]
        said += [settings.by_password(desk), settings.sync(), settings.press("new_key")]
        key = key_of(desk, integration_id)
        assert key not in ("", first)
        piece = desk.published(tags=[{"name": "Fresh"}])
        [record] = desk.records_of(piece)
        assert record.status == "published", record.error
        website.php(f"wp_set_post_tags({record.external_id}, array('Theirs'));")
        assert collecting.ask(system, integration_id, system.clock()).sent == 1
        reconcile.check_one(system, integration_id)
        desk.retract(piece)
        desk.run_worker()
        said += [f"{one.headers} {one.text}" for one in map(admin.get, _pages(record.external_id))]

    secrets = {"the key": key, "the first key": first, "the password": PASSWORD}
    assert [found(secrets, text) for text in said] == [[] for _ in said]
    log = website.debug_log()
    assert "to IGNY8: POST" in log, "it was on"
    assert found(secrets, log + _logs(website)) == []
    for row in website.sql(TABLES):
        for line in website.sql(f"SELECT * FROM `{row['name']}`"):
            kept = line.get("option_name") == "igny8_api_key"
            assert found(secrets, str(line)) == (["the key"] if kept else []), line
            assert not kept or line["autoload"] in ("no", "off")


def _pages(post_id: str | None) -> list[str]:
    return [f"/wp-admin/{one}" for one in (*PAGES, f"post.php?post={post_id}&action=edit")]


def _logs(website: WordPress) -> str:
    return "".join(one.read_text(errors="replace") for one in website.root.glob("*.log"))
