"""Dashboard → IGNY8 and its widget; the same by WP-CLI's commands; in German as well."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.support.contract import assert_valid
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.app import SUMMARY, App
from tests.wordpress.desk import Desk
from tests.wordpress.test_changes import NAME
from tests.wordpress.test_whose_post import HOME, STAMP

PAGE = "/wp-admin/index.php?page=igny8-dashboard"
BROKEN = {
    "record_id": 8,
    "content_id": 5,
    "content_title": "Oil & <b>water</b>",
    "action": "publish",
    "status": "failed",
    "message": "The website did not answer.",
    "external_url": "",
    "at": "2030-06-03T09:00:00Z",
}
ONLINE = BROKEN | {
    "record_id": 7,
    "content_title": "Olive oil",
    "status": "published",
    "message": "",
    "external_url": "https://news.example.com/olive-oil/",
}
TOLD = {
    "success": True,
    "data": {
        "site_name": "Gazette",
        "pending_today": 3,
        "scheduled": 17,
        "failed": 1,
        "last_publication": ONLINE,
        "activities": [BROKEN, ONLINE],
    },
}


@pytest.fixture
def app(wp: WordPress) -> Iterator[App]:
    """The app that the website is connected with; afterwards with none."""
    assert_valid("summary.response", TOLD)
    facts = {"igny8_site_id": 42, "igny8_integration_id": 43}
    with App() as server:
        server.summary = TOLD
        for name, value in (facts | {"igny8_app_url": server.url}).items():
            wp.set_option(name, value)
        yield server
    names = json.dumps([*facts, "igny8_app_url", "igny8_structure_synced"])
    wp.php(f"array_map('delete_option', json_decode('{names}', true));")
    wp.php("delete_transient('igny8_summary');")


@contextmanager
def signed_in(wp: WordPress, app: App, name: str, password: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=wp.url, follow_redirects=True, timeout=60) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": name, "pwd": password})
        wp.php("delete_transient('igny8_summary');")  # that page shows the widget
        app.asked.clear()
        yield browser


@pytest.fixture
def admin(wp: WordPress, app: App) -> Iterator[httpx.Client]:
    """A signed-in administrator's browser."""
    with signed_in(wp, app, ADMIN, PASSWORD) as browser:
        yield browser


@pytest.fixture
def desk(wp: WordPress, app: App) -> Iterator[Desk]:
    headers = {"X-IGNY8-Installation": NAME, "X-IGNY8-Address": HOME, "X-IGNY8-Stamp": STAMP}
    wp.sql("DELETE FROM wp_igny8_outbox")
    with Desk(wp, **headers) as client:
        yield client


def facts(page: str) -> dict[str, str]:
    """What the page says, by its labels."""
    found = re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>(.*?)</td>', page)
    return {label: html.unescape(value) for label, value in found}


def command(wp: WordPress, name: str) -> tuple[str, int]:
    """What `wp igny8 NAME` prints, and its exit code."""
    told: dict[str, Any] = json.loads(
        wp.php(f"echo wp_json_encode(Igny8\\Cli\\Commands::run('{name}'));")
    )
    return "\n".join(told["lines"]), told["code"]


def test_the_dashboard_says_how_it_stands(
    wp: WordPress, app: App, admin: httpx.Client, clean_log: None
) -> None:
    wp.sql("DELETE FROM wp_igny8_outbox")  # other tests change posts of this website
    wp.php("delete_option('igny8_structure_synced');")
    page = admin.get(PAGE).text
    said = facts(page)
    assert said["Connection"] == "IGNY8 answers and knows this website."
    assert (said["Pending today"], said["Scheduled"], said["Failed"]) == ("3", "17", "1")
    assert said["Last publication"].endswith(": Olive oil")
    assert (said["Last sync"], said["Waiting changes"]) == ("none yet", "none")
    assert "Oil &amp; &lt;b&gt;water&lt;/b&gt;" in page
    assert "Publishing failed." in page
    assert f"{app.url}/content/5/edit" in page
    widget = admin.get("/wp-admin/index.php").text
    assert facts(widget)["Scheduled"] == "17"
    assert app.asked.count(SUMMARY) == 1, "within a minute it is asked once"


def test_where_the_app_is_away_the_dashboard_comes_all_the_same(
    wp: WordPress, app: App, admin: httpx.Client, clean_log: None
) -> None:
    app.delay = 6
    page = admin.get(PAGE).text
    assert "IGNY8 does not answer now" in page
    said = facts(page)
    assert said["Connection"].startswith("IGNY8 could not be reached in time")
    assert "Managed posts" in said
    assert "Scheduled" not in said
    assert "IGNY8 does not answer now" in admin.get("/wp-admin/index.php").text
    assert app.asked.count(SUMMARY) == 1, "nor is it waited for twice"


def test_buttons_and_commands_do_the_same(
    wp: WordPress, app: App, desk: Desk, admin: httpx.Client, clean_log: None
) -> None:
    post_id = desk.publish(desk.body())["post_id"]
    wp.php(f"wp_update_post(['ID' => {post_id}, 'post_title' => 'Changed']);")
    page = admin.get(PAGE).text
    assert facts(page)["Waiting changes"].startswith("1, ")
    form = {"action": "igny8_dashboard", "act": "flush", "_wpnonce": "wrong"}
    assert admin.post("/wp-admin/admin-post.php", data=form).status_code == 403
    nonce = re.search(r'name="_wpnonce" value="(\w+)"', page)
    assert nonce
    form["_wpnonce"] = nonce[1]
    page = admin.post("/wp-admin/admin-post.php", data=form).text
    assert "Changes told: 1, already known: 0, still waiting: 0." in page
    assert len(app.messages("changes")) == 1
    page = admin.post("/wp-admin/admin-post.php", data=form | {"act": "sync"}).text
    assert "IGNY8 has the structure of this website." in page

    status, code = command(wp, "status")
    assert code == 0
    assert "Scheduled: 17\nFailed: 1" in status
    assert command(wp, "sync")[0].startswith("IGNY8 has the structure")
    assert command(wp, "flush") == ("Changes told: 0, already known: 0, still waiting: 0.", 0)
    checks, code = command(wp, "doctor")
    assert (code, checks.count(": OK (")) == (0, 4)

    wp.php("delete_option('igny8_app_url');")
    status, code = command(wp, "status")
    assert code == 1
    assert "Connection: No app URL is entered yet." in status
    assert [command(wp, one)[1] for one in ("sync", "flush", "doctor")] == [1, 1, 1]


def test_editors_see_it_and_press_nothing(wp: WordPress, app: App) -> None:
    wp.php(
        "wp_insert_user(['user_login' => 'ed', 'user_pass' => 'ed-pass-1', 'role' => 'editor']);"
        "wp_insert_user(['user_login' => 'con', 'user_pass' => 'con-pass-1',"
        " 'role' => 'contributor']);"
    )
    with signed_in(wp, app, "ed", "ed-pass-1") as editor:
        page = editor.get(PAGE).text
        assert facts(page)["Scheduled"] == "17"
        assert 'value="flush"' not in page
        form = {"action": "igny8_dashboard", "act": "sync"}
        assert editor.post("/wp-admin/admin-post.php", data=form).status_code == 403
    with signed_in(wp, app, "con", "con-pass-1") as contributor:
        assert contributor.get(PAGE).status_code == 403
        assert "Waiting changes" not in contributor.get("/wp-admin/index.php").text


def test_it_speaks_german(wp: WordPress, app: App, admin: httpx.Client, clean_log: None) -> None:
    wp.php("update_user_meta(1, 'locale', 'de_DE');")
    said = facts(admin.get(PAGE).text)
    assert said["Verbindung"] == "IGNY8 antwortet und kennt diese Website."
    assert said["Geplant"] == "17"
    wp.php("delete_user_meta(1, 'locale');")
