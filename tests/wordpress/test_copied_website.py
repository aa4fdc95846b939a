"""A copy of the website has the key and the tables too: nothing passes until a person has said
which it is. And a key goes to the address that it was entered for, and nowhere else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support import misbehaving as how
from tests.support.contract import assert_valid
from tests.support.misbehaving import Misbehaving
from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.conftest import start_site
from tests.wordpress.desk import KEY, Desk, refusal
from tests.wordpress.test_site import save_settings
from tests.wordpress.test_whose_post import HOME, STAMP

ME = {
    "success": True,
    "data": {
        "account": {"id": 1, "name": "A"},
        "site": {"id": 42, "name": "A site"},
        "integration": {"id": 43, "platform": "wordpress"},
    },
}
INSTALLED = {
    "X-IGNY8-Installation": "5d3a7e3a-1c52-4c1c-9c39-2f4b7a6d9b10",
    "X-IGNY8-Address": HOME,
    "X-IGNY8-Stamp": STAMP,
}


@pytest.fixture
def app() -> Iterator[Misbehaving]:
    """The app, as far as a website calls it."""
    with Misbehaving() as server:
        server.on("GET", "/api/v1/auth/me/", how.answer_json(ME))
        yield server


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    """A site of this test's own: its key and its address are changed."""
    made = start_site(getattr(request, "param", "6.8"), workers=2)
    yield made
    made.stop()


@contextmanager
def administrator(site: WordPress) -> Iterator[httpx.Client]:
    """A signed-in browser."""
    with httpx.Client(base_url=site.url, follow_redirects=True, timeout=60) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": PASSWORD})
        yield browser


def answer(site: WordPress, word: str) -> str:
    """The question in the administration, and its answer; the page that asked."""
    with administrator(site) as browser:
        page = browser.get("/wp-admin/index.php").text
        form = re.search(r'value="igny8_website">.*?name="_wpnonce" value="([^"]+)"', page, re.S)
        assert form
        given = {"action": "igny8_website", "_wpnonce": form.group(1), "answer": word}
        assert browser.post("/wp-admin/admin-post.php", data=given).status_code == 200
        return page


@contextmanager
def copy_of(original: WordPress) -> Iterator[WordPress]:
    """A second website with everything that the first one has in its database."""
    copy = start_site(original.version, workers=2)
    try:
        sockets = [str(one.root / "db" / "s.sock") for one in (original, copy)]
        dump = subprocess.run(
            ["mariadb-dump", "--no-defaults", "-uroot", f"-S{sockets[0]}", "wordpress"],
            capture_output=True,
            check=True,
        )
        subprocess.run(
            ["mariadb", "--no-defaults", "-uroot", f"-S{sockets[1]}", "wordpress"],
            input=dump.stdout,
            check=True,
        )
        yield copy
    finally:
        copy.stop()


def ours(site: WordPress) -> list[dict[str, str | None]]:
    """The posts, and what we keep with them; WordPress's own cron clears marks of its own."""
    meta = "SELECT * FROM wp_postmeta WHERE meta_key LIKE '%igny8%' ORDER BY meta_id"
    rows = "SELECT * FROM wp_igny8_publishes ORDER BY content_id"
    return [
        row
        for query in ("SELECT * FROM wp_posts ORDER BY ID", meta, rows)
        for row in site.sql(query)
    ]


@pytest.mark.parametrize("site", ["6.1", "6.8"], indirect=True)
def test_a_copied_website_sends_nothing_and_takes_nothing(
    site: WordPress, app: Misbehaving
) -> None:
    save_settings(site, app_url=app.url, api_key=KEY)
    assert app.hits[-1].headers["X-IGNY8-Home"] == site.url
    with Desk(site, **INSTALLED) as desk:
        made = desk.publish(desk.body())
        # Something waits for the app when the copy is made; it is no concern of the copy.
        site.php(f"wp_update_post(['ID' => {made['post_id']}, 'post_title' => 'Theirs']);")
        waits = site.sql("SELECT * FROM wp_igny8_outbox")
        assert len(waits) == 1
        with copy_of(site) as copy, Desk(copy, **INSTALLED) as there:
            app.hits.clear()
            there.content_id = desk.content_id
            before = ours(copy)
            problem = there.refused(there.body(intent=2), 409, "WEBSITE_COPIED")
            assert problem["details"] == {"connected": site.url, "address": copy.url}
            refusal(there.retract("delete", intent=3), 409, "WEBSITE_COPIED")
            refusal(there.abandon(there.body(intent=4)), 409, "WEBSITE_COPIED")
            refusal(there.http.get("health"), 409, "WEBSITE_COPIED")
            assert_valid("error", there.http.get("health").json())
            for event in ("igny8_sweep", "igny8_flush", "igny8_sync_site_structure"):
                copy.php(f"wp_clear_scheduled_hook('{event}');")
                copy.php(f"wp_schedule_single_event(time() - 1, '{event}');")
            copy.run_cron()
            copy.run_cron()
            assert copy.sql("SELECT * FROM wp_igny8_outbox") == waits
            assert ours(copy) == before
            assert app.hits == []
            assert site.url in answer(copy, "copy")
            assert copy.get_option("igny8_api_key") in (None, "")
            refusal(there.send(there.body(intent=2)), 503, "PLUGIN_NOT_CONFIGURED")
            copy.run_cron()
            assert app.hits == []
        again = desk.publish(desk.body(intent=2, title="Newer"))
        assert (again["result"], again["post_id"]) == ("updated", made["post_id"])


def test_a_website_that_has_moved_goes_on(site: WordPress, app: Misbehaving) -> None:
    save_settings(site, app_url=app.url, api_key=KEY)
    site.set_option("igny8_home", "https://www.before.example")
    with Desk(site) as desk:
        desk.refused(desk.body(), 409, "WEBSITE_COPIED")
        assert "https://www.before.example" in answer(site, "moved")
        desk.publish(desk.body())
    # Another way to the same website is no other website.
    site.set_option("igny8_home", site.url.replace("http://", "https://www."))
    with Desk(site) as desk:
        desk.publish(desk.body())


def test_a_key_follows_no_redirect(site: WordPress, app: Misbehaving) -> None:
    with Misbehaving() as taker:
        where = f"{taker.url}/api/v1/auth/me/"
        app.on("GET", "/api/v1/auth/me/", how.status(302, Location=where))
        app.on("POST", "/api/v1/integrations/*", how.status(307, Location=where))
        page = save_settings(site, app_url=app.url, api_key=KEY)
        assert f"This address leads on to {where}." in page
        site.set_option("igny8_site_id", 42)
        with Desk(site) as desk:
            desk.publish(desk.body(report_progress=True))
            assert desk.health()["checks"]["api_connection"]["ok"] is False
        assert len(app.hits) > 2
        assert taker.hits == []


def test_a_key_is_for_the_app_that_it_was_entered_for(site: WordPress, app: Misbehaving) -> None:
    save_settings(site, app_url=app.url, api_key=KEY)
    assert site.get_option("igny8_api_key") == KEY
    save_settings(site, app_url=f"{app.url}/")  # the same app
    assert site.get_option("igny8_api_key") == KEY
    with Misbehaving() as other:
        save_settings(site, app_url=other.url)
        assert site.get_option("igny8_api_key") in (None, "")
        assert [hit for hit in other.hits if KEY in str(hit.headers)] == []
        save_settings(site, app_url=other.url, api_key=KEY)
        assert other.hits[-1].headers["X-IGNY8-API-Key"] == KEY


def test_a_search_and_replace_does_not_hide_a_copy(site: WordPress, app: Misbehaving) -> None:
    """Tools that copy websites change the old address wherever the database has it."""
    save_settings(site, app_url=app.url, api_key=KEY)
    with Desk(site) as desk:
        desk.publish(desk.body())
        with copy_of(site) as copy, Desk(copy) as there:
            copy.sql(
                "UPDATE wp_options SET option_value ="
                f" REPLACE(option_value, '{site.url}', '{copy.url}')"
            )
            there.content_id = desk.content_id
            problem = there.refused(there.body(intent=2), 409, "WEBSITE_COPIED")
            said = f"This WordPress was connected under another address than {copy.url}: "
            assert problem["message"].startswith(said)
            assert problem["details"] == {"address": copy.url}
            page = answer(copy, "moved")
            assert f"when this website had another address than {copy.url}." in page
            assert there.publish(there.body(intent=3, title="Newer"))["result"] == "updated"
