"""What a person does between a publication's end and its recovery stays."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.harm.belongings import Belongings
from tests.harm.test_images import KILL
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk

# What people and other plugins do with a post, in PHP.
PEOPLE = {
    "private": "wp_update_post(array('ID' => $id, 'post_status' => 'private'));",
    "trash": "wp_trash_post($id);",
    "slug": "wp_update_post(array('ID' => $id, 'post_name' => 'chosen-by-a-person'));",
    "excerpt and image": "wp_update_post(array('ID' => $id, 'post_excerpt' => 'By a person'));"
    " update_post_meta($id, '_thumbnail_id', (int) get_option('site_icon'));",
    "tag, views and comment": "wp_set_object_terms($id, array('person-tag'), 'post_tag', true);"
    " update_post_meta($id, 'views', '17'); wp_insert_comment(array('comment_post_ID' => $id,"
    " 'comment_content' => 'hello', 'comment_approved' => 1, 'comment_author' => 'v'));",
}
# How our statements end up in the database, or not.
ENDS = {"rolled back": "", "kept": "global $wpdb; $wpdb->query('COMMIT');"}


def on_our_save(code: str) -> str:
    """A plugin that runs the code while the new version is saved."""
    return (
        "add_action('save_post', function ($id, $post) {"
        " if ($post->post_title === 'Team new' && !isset($_GET['person']))"
        f" {{ {code} }} }}, 50, 2);"
    )


def first(desk: Desk) -> tuple[int, dict[str, Any]]:
    """A post that is online, and the next version that will fail."""
    post_id = desk.publish(desk.body(title="Before", excerpt="Old", tags=[{"name": "old"}]))
    tags = [{"name": "old"}, {"name": "team"}]
    return int(post_id["post_id"]), desk.body(intent=2, title="Team new", tags=tags, excerpt="New")


def of_people(wp: WordPress, post_id: int) -> dict[str, Any]:
    """What a post has apart from our title, tags and private rows; our excerpt is none."""
    columns = "post_status, post_name, NULLIF(NULLIF(post_excerpt, 'New'), 'Old'), comment_count"
    return {
        "post": wp.sql(f"SELECT {columns} FROM wp_posts WHERE ID = {post_id}"),
        "meta": wp.sql(
            f"SELECT * FROM wp_postmeta WHERE post_id = {post_id}"
            " AND meta_key NOT LIKE '\\_igny8%' AND meta_key NOT IN ('_pingme', '_encloseme')"
            " ORDER BY meta_id"
        ),
        "terms": wp.sql(
            "SELECT t.name FROM wp_term_relationships r"
            " JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id"
            f" JOIN wp_terms t ON t.term_id = x.term_id WHERE r.object_id = {post_id}"
            " AND t.name <> 'team' ORDER BY t.name"
        ),
    }


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", ["6.8", "6.8 MyISAM"], indirect=True)
def test_after_a_death(wp: WordPress, desk: Desk, end: str, person: str) -> None:
    post_id, body = first(desk)
    with wp.mu_plugin(on_our_save(ENDS[end] + KILL)), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    wp.php(f"$id = {post_id}; {PEOPLE[person]}")
    before, people = Belongings(wp), of_people(wp, post_id)
    desk.abandon(body)
    if end == "rolled back" and "MyISAM" not in wp_engine(wp):
        # The new version's tag goes, which nobody else uses.
        assert [key for key in before.harm() if not key.startswith("term")] == []
    assert of_people(wp, post_id) == people
    assert wp.value(f"SELECT post_title FROM wp_posts WHERE ID = {post_id}") == "Before"


@pytest.mark.parametrize("person", ["slug", "excerpt and image", "trash"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", ["6.8"], indirect=True)
def test_in_the_second_of_the_death(wp: WordPress, desk: Desk, end: str, person: str) -> None:
    """The moment of a change does not say whose it is."""
    post_id, body = first(desk)
    long_ago = "post_modified = '2020-01-02 03:04:05', post_modified_gmt = '2020-01-02 08:04:05'"
    wp.sql(f"UPDATE wp_posts SET {long_ago} WHERE ID = {post_id}")
    with wp.mu_plugin(on_our_save(ENDS[end] + KILL)), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    undo = "SELECT undo_list FROM wp_igny8_publishes WHERE content_id = "
    noted = json.loads(str(wp.value(f"{undo}{desk.content_id}")))
    wrote = noted[f"restore {post_id}"]["wrote"]["columns"]["post_modified_gmt"]
    wp.php(f"$id = {post_id}; {PEOPLE[person]}")
    wp.sql(f"UPDATE wp_posts SET post_modified_gmt = '{moment(wrote)}' WHERE ID = {post_id}")
    before, people = Belongings(wp), of_people(wp, post_id)
    desk.abandon(body)
    if end == "rolled back":
        assert [key for key in before.harm() if not key.startswith("term")] == []
    assert of_people(wp, post_id) == people
    saved = f"SELECT post_modified_gmt FROM wp_posts WHERE ID = {post_id}"
    assert wp.value(saved) == moment(wrote), "a person saved the post last"


def moment(hashes: list[str]) -> str:
    """The second of the last minutes whose hash was noted."""
    now = datetime.now(UTC)
    seconds = (f"{now - timedelta(seconds=n):%Y-%m-%d %H:%M:%S}" for n in range(-60, 600))
    return next(text for text in seconds if hashlib.sha1(text.encode()).hexdigest() in hashes)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("kind", ["6.8", "6.8 MyISAM"], indirect=True)
def test_while_the_request_lives(wp: WordPress, desk: Desk, person: str) -> None:
    post_id, body = first(desk)
    other = (
        "add_action('init', function () { if (isset($_GET['person'])) {"
        f" $id = (int) $_GET['person']; {PEOPLE[person]} exit('done'); }} }}, 99);"
    )
    call = (
        "global $wpdb; $wpdb->query('COMMIT');"
        f" $r = wp_remote_get('{wp.url}/?person=' . $id, array('timeout' => 60));"
        " if (wp_remote_retrieve_body($r) !== 'done') exit('no person'); throw new Error('oops');"
    )
    with wp.mu_plugin(other + on_our_save(call)):
        response = desk.send(body)
    assert response.status_code == 500, response.text
    people = of_people(wp, post_id)
    wp.php(f"$id = {post_id};" + PEOPLE[person].partition("wp_insert_comment")[0])
    if person != "trash":
        assert of_people(wp, post_id) == people, "the person's work was there already"
    assert (people["post"][0]["post_status"] == "trash") is (person == "trash")
    assert wp.value(f"SELECT post_title FROM wp_posts WHERE ID = {post_id}") == "Before"


def wp_engine(wp: WordPress) -> str:
    """What the posts are kept in."""
    return str(
        wp.value(
            "SELECT ENGINE FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'wp_posts'"
        )
    )
