"""The plugin keeps itself up to date: WordPress's own updater installs what the publisher signed,
and goes back where it does not start."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.processes import wait_until
from tests.support.wordpress import ADMIN, PASSWORD
from tests.wordpress.desk import KEY, Desk
from tests.wordpress.update.place import AT_NIGHT, NEW, OLD, Place
from tests.wordpress.update.publisher import offer, signed


def test_by_wordpresss_own_screens(place: Place) -> None:
    """The list says what is new, in the publisher's words, and the button installs it."""
    place.offer()
    log = len(place.site.debug_log())
    with httpx.Client(base_url=place.site.url, follow_redirects=True, timeout=60) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": PASSWORD})
        page = browser.get("/wp-admin/update-core.php?force-check=1").text
        assert "IGNY8" in page
        assert NEW in page
        about = "/wp-admin/plugin-install.php?tab=plugin-information&plugin=igny8&section=changelog"
        assert f"What is &lt;new&gt; in {NEW}." in browser.get(about).text
        plugins = browser.get("/wp-admin/plugins.php").text
        assert "toggle-auto-update" in plugins
        assert "Disable auto-updates" in plugins, "on from the first, off by WordPress's own switch"
        nonce = re.search(r'"ajax_nonce":"([^"]+)"', plugins)
        assert nonce
        form = {
            "action": "update-plugin",
            "plugin": "igny8/igny8.php",
            "slug": "igny8",
            "_ajax_nonce": nonce[1],
        }
        answer = browser.post("/wp-admin/admin-ajax.php", data=form).json()
        assert (answer["success"], answer["data"]["newVersion"]) == (True, f"Version {NEW}")
        settings = browser.get("/wp-admin/options-general.php?page=igny8").text
        assert f"{NEW}. Updated by itself" in settings
    assert place.version() == NEW
    place.wait_until_tidy()
    keys = {hit.headers.get("Authorization") for hit in place.app.hits}
    assert keys == {f"Bearer {KEY}"}
    assert not re.search(r"plugins?/igny8|IGNY8:", place.site.debug_log()[log:])


def test_at_night_unless_somebody_switched_it_off(place: Place) -> None:
    place.offer()
    switched_off = "update_site_option('auto_update_plugins', array());"
    place.site.php(switched_off + AT_NIGHT)
    assert place.version() == OLD
    with Desk(place.site) as desk:
        assert desk.health()["updates"] == {"automatic": False, "problem": ""}
    place.site.php("update_site_option('auto_update_plugins', array('igny8/igny8.php'));")
    place.site.php(AT_NIGHT)
    assert place.version() == NEW
    with Desk(place.site) as desk:
        assert desk.health()["updates"] == {"automatic": True, "problem": ""}
    place.wait_until_tidy()


def test_the_second_key_signs_when_the_first_is_lost(place: Place) -> None:
    data = place.release()
    told = place.publisher.told(data, NEW)
    offer(place.app, told | signed(told["release"], place.publisher.next_key), data)
    assert place.update()["installed"]
    assert place.version() == NEW


BROKEN = [
    pytest.param("\nthis_function_is_nowhere();\n", id="fatal"),
    pytest.param("\nfoo bar {\n", id="syntax"),
    pytest.param("\nclass_alias( 'Igny8\\Gone', 'X' ); exit;\n", id="exit"),
]


@pytest.mark.parametrize("code", BROKEN)
def test_what_does_not_start_makes_way_for_what_did(place: Place, code: str) -> None:
    before = place.files()
    place.offer(NEW, code)
    told = place.update()
    assert f"Version {NEW} does not start" in told["said"]
    assert place.files() == before
    assert place.version() == OLD
    place.wait_until_tidy()
    with Desk(place.site) as desk:
        assert "does not start" in desk.health()["updates"]["problem"]
        desk.publish(desk.body())


def test_an_update_waits_for_what_is_being_published(place: Place) -> None:
    """Who has begun ends as the version that it began with; who comes then is asked to wait."""
    place.offer()
    slow = """add_action('save_post', function ($id, $post) {
        if ($post->post_title === 'Slow') { touch(ABSPATH . 'has-begun'); sleep(3); }
    }, 10, 2);"""
    answers: list[Any] = []
    updated: list[dict[str, Any]] = []
    begun = place.site.home / "has-begun"
    with place.site.mu_plugin(slow), Desk(place.site) as desk, Desk(place.site) as other:
        body = desk.body(title="Slow")
        publishing_one = threading.Thread(target=lambda: answers.append(desk.publish(body)))
        publishing_one.start()
        wait_until(begun.exists, "WordPress to begin")
        updating = threading.Thread(target=lambda: updated.append(place.update()))
        updating.start()
        wait_until((place.site.home / ".maintenance").exists, "the update to begin")
        assert place.files()["igny8.php"].count(OLD.encode()) == 2
        closed = other.http.post("publish-content/", json=other.body())
        assert closed.status_code == 503
        publishing_one.join()
        updating.join()
        assert answers[0]["result"] == "created"
        assert updated[0]["installed"], updated
        assert place.version() == NEW
        again = desk.publish(body)
        assert (again["replayed"], again["post_id"]) == (True, answers[0]["post_id"])
        other.publish(other.body())
    begun.unlink()


def test_a_call_that_meets_an_exchange_is_asked_to_come_again(place: Place) -> None:
    """It came in before WordPress closed, and finds other files than it began with."""
    folder = place.site.home / "wp-content" / "plugins" / "igny8"
    late = f"""add_filter('rest_pre_dispatch', function ($result) {{
        $main = '{folder}/igny8.php';
        file_put_contents($main, str_replace('{OLD}', '{NEW}', file_get_contents($main)));
        return $result;
    }});"""
    with place.site.mu_plugin(late), Desk(place.site) as desk:
        error = desk.refused(desk.body(), 423, "IN_PROGRESS")
        assert error["recoverable"]
        assert desk.http.get("health").status_code == 200, "the next one is whole again"


def test_the_folder_of_a_developer_is_not_touched(place: Place, old: Path) -> None:
    place.offer()
    folder = place.site.home / "wp-content" / "plugins" / "igny8"
    shutil.rmtree(folder)
    folder.symlink_to(old)
    try:
        assert "Update it by hand" in place.update()["said"]
        assert (old / "igny8.php").is_file()
    finally:
        folder.unlink()
        shutil.copytree(old, folder)
    led = {place.site.php("echo realpath(WP_PLUGIN_DIR . '/igny8');") for _ in range(6)}
    assert led == {str(folder)}, "PHP went on to where the link had led"


def test_strangers_learn_nothing_of_an_update(place: Place) -> None:
    asked = f"{place.site.url}/wp-admin/admin-ajax.php?action=igny8_started&igny8_started="
    for token in ("", "0", "guessed"):
        assert httpx.get(f"{asked}{token}").status_code == 403
    (place.site.home / ".maintenance").write_text("<?php $upgrading = time();")
    assert httpx.get(f"{asked}guessed").status_code == 503
    (place.site.home / ".maintenance").unlink()


FULL = """
add_filter('upgrader_install_package_result', function ($result) {
    if (is_wp_error($result)) {
        class_exists('Full_Disk') || eval('class Full_Disk extends WP_Filesystem_Direct {
            public function copy($a, $b, $c = false, $d = false) { return false; } }');
        $GLOBALS['wp_filesystem'] = new Full_Disk(null);
    }
    return $result;
}, 1);
"""


def test_on_a_full_disk_the_old_version_is_not_thrown_away(place: Place) -> None:
    """The new version does not start, and the old one cannot be copied back."""
    before = place.files()
    place.offer(NEW, "\nthis_function_is_nowhere();\n")
    kept = place.site.home / "wp-content" / "upgrade" / "igny8-before"
    try:
        with place.site.mu_plugin(FULL):
            told = place.update()
        assert not told["installed"]
        assert "could not be copied back. It lies in wp-content/upgrade/igny8-before" in str(told)
        there = {str(p.relative_to(kept)): p.read_bytes() for p in kept.rglob("*") if p.is_file()}
        assert there == before
    finally:
        shutil.rmtree(kept, ignore_errors=True)
