"""Looking whether the site uses an image: the same on every database, and careful when it fails."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.wordpress import WordPress

# An attachment, another post that shows its file, and every pattern that was asked for.
LOOK = """
global $wpdb;
$id = wp_insert_post(array('post_type' => 'attachment', 'post_title' => 'x',
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
$found = (new Igny8\\Usage($id))->is_found();
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
