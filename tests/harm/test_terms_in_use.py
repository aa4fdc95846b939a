"""Terms that a dead request has made stay where people name them, and go where nobody does."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.harm.test_after_a_death import ON_SAVE, die
from tests.harm.test_refused_at_last import REFUSALS
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


KINDS = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
# Texts in which a term is named by its id N or its slug S.
ATTRIBUTES = [
    '<!-- wp:query {"query":{"taxQuery":{"category":[3,{N}]}}} /-->',
    '<!-- wp:x {"selectedCategories":["{S}"]} /-->',
    '<div data-s="{&quot;category&quot;:{N}}"></div>',
    '{"x":"{\\"post_tag\\":{N}}"}',
    "[recent cat={N}]",
    "[recent tags = '{S}']",
    '<a href="/?cat={N}">x</a>',
    '<a href="/?product_tag={S}&x=1">x</a>',
    "/?tax_query[0][terms]={N}",
    'a:1:{i:2;a:2:{s:8:"category";s:{L}:"{S}";}}',
    'a:1:{s:7:"term_id";i:{N};}',
]
PROSE = [
    "In this location we do great {S} for you.",
    "<p>Our application: {S} is new, and {N} others.</p>",
    "At this stage = {S}. An advantage: {S}. To determine '{S}'.",
    "The category of products that we call {S}, and tag lists of {S}.",
    "Terms of {N} pages, cat {S}, tag {N}.",
    "<a class='tag'>a</a> {S}",
    "taxi: see <b>{S}</b>",
]
NAMING = """
$term = wp_insert_term('w' . wp_generate_password(9, false), 'category');
$slug = get_term($term['term_id'])->slug;
$since = Igny8\\Database\\Look::moment();
$look = function () use ($term, $since) {
    return (new Igny8\\Terms\\Term_Mention($term['term_id'], $since))->is_found();
};
$found = array();
foreach (json_decode(%s, true) as $text) {
    $words = array($term['term_id'], $slug, strlen($slug));
    $text = str_replace(array('{N}', '{S}', '{L}'), $words, $text);
    $id = wp_insert_post(wp_slash(array('post_title' => 'x', 'post_content' => $text)));
    $found[] = $look();
    wp_delete_post($id, true);
}
wp_delete_term($term['term_id'], 'category');
echo json_encode($found);
"""


@KINDS
def test_a_word_of_a_sentence_names_no_term(wp: WordPress) -> None:
    quoted = [json.dumps(json.dumps(texts)).replace("$", "\\$") for texts in (ATTRIBUTES, PROSE)]
    kses = "kses_remove_filters();"
    assert json.loads(wp.php(kses + NAMING % quoted[0])) == [True] * len(ATTRIBUTES)
    assert json.loads(wp.php(kses + NAMING % quoted[1])) == [False] * len(PROSE)


@KINDS
@pytest.mark.parametrize("parent", ["none", "theirs", "new"])
def test_nothing_is_left_of_a_category_below_another_one(
    wp: WordPress, desk: Desk, parent: str
) -> None:
    """WordPress notes the children of a category in an option of its own."""
    above, below = (f"w{uuid.uuid4().hex[:8]}z" for _ in range(2))
    if parent == "theirs":
        wp.php(f"wp_insert_term('{above}', 'category');")
    named = {"name": below} | ({} if parent == "none" else {"parent": above})
    before = wp.sql("SELECT * FROM wp_terms ORDER BY term_id")
    with wp.mu_plugin(REFUSALS["put to pending"]):
        desk.refused(desk.body(title="fail", categories=[named]), 500, "POST_PUBLISH_FAILED")
    assert wp.sql("SELECT * FROM wp_terms ORDER BY term_id") == before


OPTIONS = {"default_category": True, "default_link_category": False, "of_a_category": True}


@KINDS
@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_for_links_is_of_another_kind(wp: WordPress, option: str) -> None:
    """On a young website the first new category has the number of WordPress's category of links."""
    code = """
    $term = wp_insert_term('w' . wp_generate_password(9, false), 'category')['term_id'];
    $was = get_option('OPTION');
    update_option('OPTION', $term);
    echo (int) (new Igny8\\Terms\\Term_Mention($term, Igny8\\Database\\Look::moment()))->is_found();
    update_option('OPTION', $was);
    wp_delete_term($term, 'category');
    """.replace("OPTION", option)
    assert wp.php(code) == str(int(OPTIONS[option]))


LOOKS_IN_TRANSACTIONS = """
add_filter('query', function ($sql) {
    static $open = false, $looks = array();
    if (preg_match('/^(START TRANSACTION|COMMIT|ROLLBACK)/', $sql, $m)) {
        $open = 'START TRANSACTION' === $m[1];
    }
    if (strpos($sql, 'REGEXP')) {
        $looks[] = $open;
        file_put_contents(WP_CONTENT_DIR . '/looks.json', json_encode($looks));
    }
    return $sql;
});
"""


@KINDS
def test_nobody_waits_while_the_website_is_looked_through(wp: WordPress, desk: Desk) -> None:
    """Terms are locked only for the last look, and old posts are not read."""
    name = f"w{uuid.uuid4().hex[:8]}z"
    post = wp.php(
        "global $wpdb; $id = wp_insert_post(array('post_title' => 'x', 'post_status' => 'publish',"
        f" 'post_content' => '[recent category=\"{name}\"]')); $wpdb->update($wpdb->posts,"
        " array('post_modified_gmt' => '2020-01-01 00:00:00'), array('ID' => $id)); echo $id;"
    )
    with wp.mu_plugin(REFUSALS["put to pending"] + LOOKS_IN_TRANSACTIONS):
        body = desk.body(title="fail", categories=[{"name": name}], tags=[{"name": name}])
        desk.refused(body, 500, "POST_PUBLISH_FAILED")
    looks = json.loads((wp.home / "wp-content" / "looks.json").read_text())
    assert looks
    assert not any(looks)
    assert wp.sql(f"SELECT term_id FROM wp_terms WHERE name = '{name}'") == []
    wp.php(f"wp_delete_post({post}, true);")
