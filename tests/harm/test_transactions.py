"""All or nothing, also where another plugin ends our transaction or the tables have none."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.harm.belongings import Belongings
from tests.harm.test_images import KILL, piece
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk

# What another plugin does while our post is saved.
PLUGINS = {
    "nothing": "",
    "commits": "$wpdb->query('COMMIT');",
    "runs DDL": "$wpdb->query('CREATE TABLE IF NOT EXISTS wp_of_another (n int)');"
    " $wpdb->query('ALTER TABLE wp_of_another COMMENT = \"x\"');",
    "rolls back": "$wpdb->query('ROLLBACK');",
    "begins its own": "$wpdb->query('START TRANSACTION');",
}

WORST = ("commits", "rolls back")

# Where it then goes wrong.
FAILURES = {
    "throws": "add_action('save_post', function ($id, $post) { if (is_team($post))"
    " throw new Error('oops'); }, 50, 2);",
    "meta refused": "add_filter('query', function ($sql) { return did_action('igny8_test')"
    " && preg_match('/INSERT INTO wp_postmeta .*_igny8_stored_hash/s', $sql)"
    " ? $sql . ' )broken' : $sql; });",
    "decision refused": "add_filter('query', function ($sql) { return did_action('igny8_test')"
    " && strpos($sql, \"SET `state` = 'publishing'\") ? $sql . ' )broken' : $sql; });",
    "dies": "add_action('save_post', function ($id, $post) {"
    " if (is_team($post)) { KILL } }, 50, 2);",
    "dies later": "add_filter('query', function ($sql) { if (did_action('igny8_test')"
    " && strpos($sql, \"SET `state` = 'publishing'\")) { KILL } return $sql; });",
}


def hostile(plugin: str, failure: str) -> str:
    """The plugin that does it, and the failure after it."""
    return (
        "function is_team($post) { return strpos($post->post_title, 'Team') === 0"
        " && $post->post_type === 'post'; }"
        "add_action('save_post', function ($id, $post) { global $wpdb; if (!is_team($post)) return;"
        f" do_action('igny8_test'); {PLUGINS[plugin]} }}, 20, 2);"
        + FAILURES.get(failure, "").replace("KILL", KILL)
    )


# Each plugin with one failure, each failure with the worst plugins.
CASES = [
    *(("throws", plugin) for plugin in PLUGINS),
    *((failure, plugin) for failure in FAILURES if failure != "throws" for plugin in WORST),
]
# A transaction that was rolled back is noticed before the decision.
CASES.remove(("dies later", "rolls back"))
both = pytest.mark.parametrize("update", [False, True], ids=["create", "update"])


@both
@pytest.mark.parametrize(("failure", "plugin"), CASES)
@pytest.mark.parametrize("kind", ["6.8", "6.8 MyISAM"], indirect=True)
def test_a_failure_leaves_nothing(
    wp: WordPress, desk: Desk, failure: str, plugin: str, update: bool
) -> None:
    leaves_nothing(wp, desk, failure, plugin, update)


@both
@pytest.mark.parametrize("failure", ["throws", "dies"])
@pytest.mark.parametrize("kind", ["6.1", "6.1 MyISAM"], indirect=True)
def test_a_failure_leaves_nothing_on_an_old_wordpress(
    wp: WordPress, desk: Desk, failure: str, update: bool
) -> None:
    leaves_nothing(wp, desk, failure, "commits", update)


def leaves_nothing(wp: WordPress, desk: Desk, failure: str, plugin: str, update: bool) -> None:
    """Everything is as before the failure, and the next attempt makes or updates the one post."""
    if update:
        desk.publish(piece(desk, title="Before", excerpt="Old", tags=[{"name": "old"}]))
    body = piece(desk, intent=2, tags=[{"name": f"t {desk.content_id}"}], meta_title="New")
    before = Belongings(wp)
    with wp.mu_plugin(hostile(plugin, failure)):
        attempt(desk, body, dies=failure.startswith("dies"))
    if failure.startswith("dies"):
        wp.after_a_death()
        desk.abandon(body)
        body |= {"publish_key": desk.body()["publish_key"], "intent": 3}
    assert before.harm() == {}
    assert before.added() == {}
    data = desk.publish(body | {"attempt": 2})
    assert data["result"] == ("updated" if update else "created")
    assert len(desk.posts()) == 1


def attempt(desk: Desk, body: dict[str, Any], dies: bool) -> None:
    """A publication that must not succeed."""
    if dies:
        with pytest.raises(httpx.TransportError):
            desk.send(body)
    else:
        response = desk.send(body)
        assert response.status_code >= 500, response.text


@both
@pytest.mark.parametrize("plugin", ["commits", "runs DDL", "begins its own"])
@pytest.mark.parametrize("kind", ["6.8"], indirect=True)
def test_a_plugin_that_ends_the_transaction_does_not_stop_a_publication(
    wp: WordPress, desk: Desk, plugin: str, update: bool
) -> None:
    if update:
        desk.publish(piece(desk, title="Before"))
    with wp.mu_plugin(hostile(plugin, "none")):
        data = desk.publish(piece(desk, intent=2))
    assert data["result"] == ("updated" if update else "created")
    assert desk.post()["post_status"] == "publish"
    assert str(desk.post()["guid"]).startswith(wp.url)
