"""Terms that a dead request has made stay where people name them, and go where nobody does."""

from __future__ import annotations

import pytest

from tests.harm.test_after_a_death import ON_SAVE, die
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk

# How people name a term, in PHP: $id is its id, $slug its slug.
NAMED = {
    "query block": (
        "wp_insert_post(array('post_title' => 'x', 'post_content' => wp_slash("
        '\'<!-- wp:query {"query":{"taxQuery":{"category":[\' . $id . \']}}} /-->\')));'
    ),
    "shortcode": (
        "wp_insert_post(array('post_title' => 'x',"
        " 'post_content' => '[recent cat=\"3,' . $id . '\"]'));"
    ),
    "slug": (
        "wp_insert_post(array('post_title' => 'x',"
        " 'post_content' => '[recent category=\"' . $slug . '\"]'));"
    ),
    "widget": (
        "update_option('widget_of_posts', array(2 => array('category' => $id, 'number' => 5)));"
    ),
    "option": "update_option('newsletter_category', $id);",
    "person": "update_user_meta(1, 'favourite_category', $id);",
    "primary": (
        "$post = wp_insert_post(array('post_title' => 'x'));"
        " update_post_meta($post, '_yoast_wpseo_primary_category', $id);"
    ),
}


@pytest.mark.parametrize("named", [*NAMED, "nobody"])
@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_term_that_is_named_stays(wp: WordPress, desk: Desk, named: str) -> None:
    name = f"Made {desk.content_id}"
    body = desk.body(title="Team new", categories=[{"name": name}])
    die(wp, desk, body, ON_SAVE)
    [made] = wp.sql(f"SELECT term_id, slug FROM wp_terms WHERE name = '{name}'")
    wp.php(f"$id = {made['term_id']}; $slug = '{made['slug']}'; {NAMED.get(named, '')}")
    desk.abandon(body)
    left = wp.sql(f"SELECT term_id FROM wp_terms WHERE term_id = {made['term_id']}")
    assert bool(left) is (named != "nobody")
