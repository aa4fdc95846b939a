"""Only files and rows that we made are ever removed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.harm.belongings import PLANT, Belongings
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.images import png

KILL = "posix_kill(posix_getpid(), SIGKILL);"

# Where PHP dies while an image is made.
DEATHS = {
    "before the name is taken": "add_filter('query', function ($sql) {"
    " if (strpos($sql, 'UPDATE wp_igny8_publishes SET `undo_list`') === 0) {"
    " add_filter('upload_dir', function () { KILL }); } return $sql; });",
    "before the row": "add_filter('wp_insert_attachment_data', function ($data) { KILL });",
    "before the meta": "add_action('query', function ($sql) {"
    " if (preg_match('/INSERT INTO `wp_postmeta`.*_wp_attached_file/s', $sql)) { KILL }"
    " return $sql; });",
    "after the first image": "add_action('add_attachment', function () { KILL });",
    "between two sizes": "add_filter('intermediate_image_sizes_advanced', function ($sizes) {"
    " add_filter('query', function ($sql) { static $n = 0;"
    " if (strpos($sql, '_wp_attachment_metadata') && $n++ > 1) { KILL } return $sql; });"
    " return $sizes; });",
    "after the sizes": "add_filter('wp_generate_attachment_metadata', function ($m) { KILL });",
}


def piece(desk: Desk, **fields: Any) -> dict[str, Any]:
    """A piece whose images are called like the person's."""
    images = {
        "featured_image": {"sha256": desk.stage(png(10)), "filename": "team.png"},
        "gallery": [
            {"sha256": desk.stage(png(11)), "filename": "logo.png"},
            {"sha256": desk.stage(png(12)), "filename": "hero.png"},
        ],
        "inline_images": [
            {"ref": "a", "sha256": desk.stage(png(13)), "filename": "team-photo.png"},
            {"ref": "b", "sha256": desk.stage(png(14)), "filename": "about-us.png"},
        ],
        "content_html": '<p>Text</p><img src="igny8:a"><img src="igny8:b">',
    }
    named = {"title": f"Team {desk.content_id}", "categories": [{"name": f"c {desk.content_id}"}]}
    return desk.body(**images | named | fields)


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("kind", ["6.8", "6.8 MyISAM", "6.1"], indirect=True)
def test_a_death_among_the_images(wp: WordPress, desk: Desk, death: str) -> None:
    body = piece(desk)
    before = Belongings(wp)
    kill = DEATHS[death].replace("KILL", KILL)
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    assert desk.abandon(body).json()["data"]["state"] == "abandoned"
    assert before.harm() == {}
    assert before.added() == {}


def test_a_person_uploads_while_php_is_dead(wp: WordPress, desk: Desk) -> None:
    """Names that we chose and never came to use are a person's once he has taken them."""
    body = piece(desk)
    kill = DEATHS["before the name is taken"].replace("KILL", KILL)
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    functions = PLANT[PLANT.index("function person_uploads") : PLANT.index("$ids = array();")]
    names = "array('team.png', 'hero.png')"
    wp.php(
        "require_once ABSPATH . 'wp-admin/includes/image.php';"
        f"{functions} foreach ({names} as $i => $name) {{ person_uploads($name, 7 + $i); }}"
        "wp_insert_term('Team', 'post_tag');"
    )
    before = Belongings(wp)
    desk.abandon(body)
    assert before.harm() == {}
    assert before.added() == {}


@pytest.mark.parametrize("to", ["draft", "trash", "delete"])
def test_new_versions_and_retracting(wp: WordPress, desk: Desk, to: str) -> None:
    before = Belongings(wp)
    desk.publish(piece(desk))
    other = {"sha256": desk.stage(png(15)), "filename": "team.png"}
    desk.publish(piece(desk, intent=2, featured_image=other, gallery=[]))
    desk.publish(piece(desk, intent=3, gallery=[], inline_images=[], content_html="<p>x</p>"))
    assert before.harm() == {}
    desk.retract(to, intent=4)
    assert before.harm() == {}


def test_images_of_an_older_version(wp: WordPress, desk: Desk) -> None:
    """They stay in the library; with the setting only those go that nothing uses."""
    wp.sql("ALTER TABLE wp_posts AUTO_INCREMENT = 900000")
    places = 10
    hashes = [desk.stage(png(100 + n)) for n in range(places + 2)]
    inline = [
        {"ref": f"r{n}", "sha256": digest, "filename": f"place-{n}.png"}
        for n, digest in enumerate(hashes)
    ]
    html = "".join(f'<img src="igny8:r{n}">' for n in range(len(inline)))
    desk.publish(desk.body(inline_images=inline, content_html=html))
    made = [row["post_id"] for row in attachments(wp, desk)]
    functions = PLANT[PLANT.index("function places()") :]
    ids = ", ".join(str(post_id) for post_id in made[:places])
    wp.php(f"{functions} foreach (array_combine(array({ids}), places()) as $i => $p) {{ $p($i); }}")
    before = Belongings(wp)

    desk.publish(desk.body(intent=2))
    assert [row["post_id"] for row in attachments(wp, desk)] == made
    wp.set_option("igny8_settings", {"remove_unused_images": True})
    try:
        desk.publish(desk.body(intent=3, force=True))
    finally:
        wp.set_option("igny8_settings", {})
    assert [row["post_id"] for row in attachments(wp, desk)] == made[:places]
    gone = set(made[places:])
    harm = {
        what
        for what in before.harm()
        if not any(f"place-{n}" in what for n in (places, places + 1))
    }
    touched = {what.split()[1] for what in harm if what.startswith("posts ")}
    assert touched == gone | {str(desk.post()["ID"])}


def attachments(wp: WordPress, desk: Desk) -> list[dict[str, Any]]:
    """Attachments that were made for the content, in their order."""
    return wp.sql(
        "SELECT post_id FROM wp_postmeta WHERE meta_key = '_igny8_attachment_of'"
        f" AND meta_value = '{desk.content_id}' ORDER BY post_id"
    )
