"""Looking whether the site uses an image: the same on every database, and careful when it fails."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.images import png

# An attachment, another post that shows its file, and every pattern that was asked for.
LOOK = """
global $wpdb;
$id = wp_insert_post(array('post_type' => 'attachment', 'post_title' => wp_generate_uuid4(),
    'import_id' => random_int(1000000000, 2000000000)));
update_post_meta($id, '_wp_attached_file', wp_slash('2026/11/' . %(name)s . '.png'));
if (%(shown)s) {
    wp_insert_post(wp_slash(array('post_title' => 'x', 'post_status' => 'publish',
        'post_content' => '<!-- /2026/11/' . %(name)s . '-150x150.png -->')));
}
$asked = array();
add_filter('query', function ($sql) use (&$asked) {
    if (preg_match_all("/REGEXP '((?:[^'\\\\\\\\]|\\\\\\\\.)*)'/", $sql, $m)) {
        array_push($asked, ...array_map('stripslashes', $m[1]));
        if (%(fails)s) { return str_replace('REGEXP', 'NO_SUCH_WORD', $sql); }
    }
    return $sql;
});
$wpdb->suppress_errors(true);
$found = (new Igny8\\Media\\Usage($id))->is_found();
echo json_encode(array($found, array_values(array_unique($asked)), $wpdb->last_error));
"""
NAMES = ["hero", "a^b", "what (1) [2]", "über-uns", "a.b+c$d|e{2}", "50%off", "back\\slash"]


def look(wp: WordPress, name: str, *, shown: bool = True, fails: bool = False) -> Any:
    """Whether it was found, the patterns, and the database's last error."""
    given = {"name": json.dumps(name).replace("$", "\\$"), "shown": int(shown), "fails": int(fails)}
    return json.loads(wp.php(LOOK % given))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_file_of_any_name_is_found(wp: WordPress, name: str) -> None:
    unique = f"{name}{re.sub('[^a-z]', '', wp.php('echo wp_generate_uuid4();'))}"
    unshown, patterns, error = look(wp, unique, shown=False)
    assert (unshown, error) == (False, "")
    assert len(patterns) >= 2
    found, _, error = look(wp, unique)
    assert (found, error) == (True, "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["6.8"], indirect=True)
def test_every_database_reads_the_patterns_alike(wp: WordPress, name: str) -> None:
    """MySQL 8 takes `[` in a set for another set, and `&` for what two have in common; in MySQL 5.7
    a backslash in a set is itself."""
    for pattern in look(wp, name, shown=False)[1]:
        outside = re.sub(r"\\.", "", pattern, flags=re.S)
        for each in re.findall(r"\[(\^?(?:\][^]]*|[^]]*))\]", outside):
            assert not set(each) & set("[]&\\"), pattern
        assert not re.search(r"\\\w|\(\?", pattern), pattern


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_file_is_found_wherever_its_name_begins(wp: WordPress) -> None:
    before = ["http%3A%2F%2Fsite%2F2026%2F11%2F", "a|", "&quot;", "x\n", "<b>", "one;"]
    for begins in before:
        unique = re.sub("[^a-z]", "", wp.php("echo wp_generate_uuid4();"))
        text = json.dumps(f"{begins}{unique}.png")
        wp.php(f"wp_insert_post(array('post_title' => 'x', 'post_content' => {text}));")
        assert look(wp, unique, shown=False)[0], begins


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_file_of_the_same_name_and_another_kind_is_another(wp: WordPress) -> None:
    for ending, expected in [("jpg", False), ("pngx", False), ("webp", True), ("png.webp", True)]:
        unique = re.sub("[^a-z]", "", wp.php("echo wp_generate_uuid4();"))
        text = f"<img src='/2026/11/{unique}.{ending}'>"
        wp.php(f"wp_insert_post(array('post_title' => 'x', 'post_content' => \"{text}\"));")
        assert look(wp, unique, shown=False)[0] is expected, ending


@pytest.mark.parametrize("kind", ["6.8"], indirect=True)
def test_a_look_that_fails_finds_it(wp: WordPress) -> None:
    """Where nobody can say, the image stays."""
    found, _, error = look(wp, "nowhere", shown=False, fails=True)
    assert error != ""
    assert found is True


# How people's posts and fields name an image by its id N or its page.
TEXTS = [
    "[gallery ids={N} columns=2]",
    "[gallery ids=9999999,{N} size=large]",
    "[gallery ids={N}]",
    '[gallery ids="9999999 {N}"]',
    '[gallery ids=" ,{N} ,"]',
    "[x id={N}/]",
    "<a data-id={N}>x</a>",
    '<!-- wp:image {"id": {N}} --><figure></figure><!-- /wp:image -->',
    '<!-- wp:cover { "id" : {N} , "dimRatio":50} /-->',
    '<div data-ids="[&quot;{N}&quot;]"></div>',
    '<div data-s="{&quot;image&quot;: {N}}"></div>',
    "<div data-s='{&#34;image&#34;:&#34;{N}&#34;}'></div>",
    '[vc_x values="%5B%7B%22image%22%3A%22{N}%22%7D%5D"]',
    '[vc_x values="%5B%7B%22image%22%3a{N}%7D%5D"]',
    '[vc_x values="%5B1%2C{N}%2C3%5D"]',
    '[vc_x image="{N}|full"]',
    '[{"_type":"image","image_src":"{N}:full","image_alt":""}]',
    '{"src":"{N}:medium_large"}',
    '{"ids":"{N}-full"}',
    '<a href="/?attachment_id={N}#top">x</a>',
    "See http://site/?attachment_id={N}",
    '<a href="/some-post/{SLUG}/">x</a>',
    '<a href="/{SLUG}">x</a>',
    '"http:\\/\\/site\\/{SLUG}\\/"',
]
FIELDS = [
    '{\n    "value": {N},\n    "type": "x"\n}',
    '{\n    "value": {N}\n}',
    "[\n    1,\n    {N},\n    3\n]",
    "[\n    1,\n    {N}\n]",
    "[ {N} ]",
    '"{\\"id\\":\\"{N}\\"}"',
    '[{"image_src":"{N}:full"}]',
    '"{\\"image_src\\":\\"{N}:full\\"}"',
    "9999999|{N}",
    "{N}|9999999",
    "9999999 {N}",
    "9999999 {N} 1",
    "9999999\n{N}",
    "{N}; 5",
    "[gallery ids={N} columns=2]",
]
PROSE = [
    "It costs {N} or <b>{N}</b>.",
    "In {N} ({N}) there were {N} people; about {N}% of them, or {N}.",
    "{N} people",
    "No. {N}\nand then {N} more",
    "#{N} is 1{N} or {N}1, and {N}0",
    "%22 {N} %3D {N}",
    "http://site/{N}/ and /posts/{N} and {SLUG}",
    'From {N}-page books, "{N}: a story", "{N} - full" and {N}:full',
    "Mentions {SLUG} and /{SLUG}-2/ and /x{SLUG}/",
]
PLACES = """
global $wpdb;
$id = wp_insert_post(array('post_type' => 'attachment', 'post_title' => 'x',
    'import_id' => random_int(1000000000, 2000000000), 'post_name' => 'page-' . wp_rand()));
update_post_meta($id, '_wp_attached_file', "2026/11/$id-x.png");
$found = array();
foreach (json_decode(%s, true) as $text) {
    $text = str_replace(array('{N}', '{SLUG}'), array($id, get_post($id)->post_name), $text);
    if (%d) { update_post_meta(1, 'their_field', wp_slash($text)); }
    else { $wpdb->update($wpdb->posts, array(%s => $text), array('ID' => 1)); }
    $found[] = (new Igny8\\Media\\Usage($id))->is_found();
}
delete_post_meta(1, 'their_field');
$wpdb->update($wpdb->posts, array('post_content' => 'x', 'post_content_filtered' => ''),
    array('ID' => 1));
echo json_encode($found);
"""


def found_in(wp: WordPress, texts: list[str], place: str) -> list[str]:
    """Those in which it is found, in a field or a column."""
    code = PLACES % (f"base64_decode('{coded(texts)}')", place == "field", json.dumps(place))
    return [text for text, found in zip(texts, json.loads(wp.php(code)), strict=True) if found]


def coded(texts: list[str]) -> str:
    return base64.b64encode(json.dumps(texts).encode()).decode()


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_an_id_is_found_however_it_is_written(wp: WordPress) -> None:
    assert found_in(wp, TEXTS, "post_content") == TEXTS
    assert found_in(wp, TEXTS[:3], "post_content_filtered") == TEXTS[:3]
    assert found_in(wp, FIELDS, "field") == FIELDS
    assert found_in(wp, PROSE, "post_content") == []
    assert found_in(wp, PROSE, "field") == []


COMMENT = "wp_insert_comment(array('comment_post_ID' => $id, 'comment_content' => 'x'{}));"
# What people do with an image itself, in PHP, and whether it stays.
WITH_IT = {
    "nothing": ("", False),
    "a title": ("wp_update_post(array('ID' => $id, 'post_title' => 'By a person'));", True),
    "a caption": ("wp_update_post(array('ID' => $id, 'post_excerpt' => 'By a person'));", True),
    "a description": ("wp_update_post(array('ID' => $id, 'post_content' => 'Theirs'));", True),
    "another text": ("update_post_meta($id, '_wp_attachment_image_alt', 'Theirs');", True),
    "a comment": (COMMENT.format(""), True),
    "spam": (COMMENT.format(", 'comment_approved' => 'spam'"), False),
    "attached to a post": ("wp_update_post(array('ID' => $id, 'post_parent' => 1));", True),
    "crops it": (
        "update_post_meta($id, '_wp_attachment_backup_sizes', array('full-orig' => array()));",
        True,
    ),
    "gives it a field": ("update_post_meta($id, 'photographer', 'Ada');", True),
    "takes it into another piece": (
        "$post = wp_insert_post(array('post_title' => 'x', 'post_content' => '[gallery]'));"
        " update_post_meta($post, '_igny8_content_id', '999');"
        " wp_update_post(array('ID' => $id, 'post_parent' => $post));",
        True,
    ),
    "optimised": ("update_post_meta($id, 'wp-smpro-smush-data', array('stats' => 1));", False),
    "files it": (
        "register_taxonomy('press', 'attachment', array('show_ui' => true));"
        " wp_set_object_terms($id, 'Press kit', 'press');",
        True,
    ),
    "files it where only the administration knows": (
        "register_taxonomy('folder', 'attachment'); wp_set_object_terms($id, 'Press', 'folder');"
        " unregister_taxonomy('folder');",
        True,
    ),
    "made smaller": ("wp_update_post(array('ID' => $id, 'menu_order' => 3));", False),
}


@pytest.mark.parametrize("done", WITH_IT)
@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_an_image_that_a_person_has_worked_on_stays(wp: WordPress, desk: Desk, done: str) -> None:
    wp.set_option("igny8_settings", {"remove_unused_images": True})
    try:
        image = {"sha256": desk.stage(png(140)), "caption": "Ours & more", "alt": 'Ours "too"'}
        desk.publish(desk.body(featured_image=image | {"filename": f"Ä b {desk.content_id}.png"}))
        image_id = desk.meta()["_thumbnail_id"]
        wp.php(f"kses_remove_filters(); $id = {image_id}; {WITH_IT[done][0]}")
        desk.publish(desk.body(intent=2, title="Newer"))
    finally:
        wp.set_option("igny8_settings", {})
    stays = wp.value(f"SELECT COUNT(*) FROM wp_posts WHERE ID = {image_id}") == "1"
    assert stays is WITH_IT[done][1]


SLOW = """
global $wpdb;
$wpdb->suppress_errors(true);
$within = new ReflectionMethod('Igny8\\Database\\Look', 'within');
$within->setAccessible(true);
$wpdb->get_var($within->invoke(null, 0.2) . ' FROM (SELECT SLEEP(20)) slow');
$ended = $wpdb->last_error;
$id = wp_insert_post(array('post_type' => 'attachment', 'post_title' => wp_generate_uuid4()));
update_post_meta($id, '_wp_attached_file', '2026/11/' . wp_generate_uuid4() . '.png');
$left = new ReflectionProperty('Igny8\\Database\\Look', 'left');
$left->setAccessible(true);
foreach (array(10.0, 0.0) as $seconds) {
    $left->setValue(null, $seconds);
    $found[] = (new Igny8\\Media\\Usage($id))->is_found();
}
echo json_encode(array('' !== $ended, $found));
"""


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_look_that_takes_too_long_ends_and_the_image_stays(wp: WordPress) -> None:
    """A query ends with an error; and when the time of all is used up, nothing is asked."""
    assert json.loads(wp.php(SLOW)) == [True, [False, True]]


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_number_among_wordpresss_own_settings_is_no_image(wp: WordPress) -> None:
    """Ids are small on a young website: comments_per_page is 50."""
    code = """
    foreach (array('comments_per_page', 'posts_per_page', 'site_icon', 'of_a_plugin') as $name) {
        $was = get_option($name);
        update_option($name, 987654);
        $id = wp_insert_post(array('post_type' => 'attachment', 'import_id' => 987654,
            'post_title' => wp_generate_uuid4()));
        update_post_meta($id, '_wp_attached_file', '2026/11/' . wp_generate_uuid4() . '.png');
        $found[$name] = (new Igny8\\Media\\Usage($id))->is_found();
        wp_delete_post($id, true);
        update_option($name, $was);
    }
    echo json_encode($found);
    """
    assert json.loads(wp.php(code)) == {
        "comments_per_page": False,
        "posts_per_page": False,
        "site_icon": True,
        "of_a_plugin": True,
    }
