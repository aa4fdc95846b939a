"""What a dead request has made and a person has begun to use stays; the rest goes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.harm.belongings import PLANT
from tests.harm.test_images import KILL
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.images import png

KINDS = ["6.8", "6.8 MyISAM", "6.1"]
ON_SAVE = (
    "add_action('save_post', function ($id, $post) { if ($post->post_title === 'Team new') {"
    " global $wpdb; $wpdb->query('COMMIT'); KILL } }, 50, 2);"
).replace("KILL", KILL)
# As the last that is written, with all our meta.
ON_THE_LAST = (
    "add_filter('query', function ($sql) { if (preg_match('/INSERT.*_igny8_stored_hash/s', $sql)) {"
    " global $wpdb; mysqli_query($wpdb->dbh, 'COMMIT'); KILL } return $sql; });"
).replace("KILL", KILL)
DEATHS = {"saved": ON_SAVE, "written": ON_THE_LAST}
# The first statement after post and answer are committed.
BEFORE_PUBLIC = (
    "add_filter('query', function ($sql) {"
    " if (preg_match('/^UPDATE wp_posts SET guid/', $sql)) { KILL } return $sql; });"
).replace("KILL", KILL)

# What a person does with a draft that he finds, in PHP.
WORK = {
    "writes": "wp_update_post(array('ID' => $id, 'post_content' => 'Words of a person'));",
    "publishes": "wp_publish_post($id);",
    "hides": "wp_update_post(array('ID' => $id, 'post_status' => 'private'));",
    "throws away": "wp_trash_post($id);",
}


def die(wp: WordPress, desk: Desk, body: dict[str, Any], code: str) -> None:
    """PHP is killed while it publishes."""
    with wp.mu_plugin(code), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()


def row(wp: WordPress, post_id: int) -> dict[str, Any]:
    """A post's row but for its guid, and its meta that is not ours."""
    meta = (
        f"SELECT meta_key, meta_value FROM wp_postmeta WHERE post_id = {post_id}"
        " AND meta_key NOT LIKE '\\_igny8%' ORDER BY meta_id"
    )
    [found] = wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post_id}")
    return {**found, "guid": "", "meta": wp.sql(meta)}


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_a_person_works_on_a_draft_that_was_begun(
    wp: WordPress, desk: Desk, death: str, work: str
) -> None:
    body = desk.body(title="Team new")
    die(wp, desk, body, DEATHS[death])
    post_id = int(str(wp.value("SELECT MAX(ID) FROM wp_posts WHERE post_title = 'Team new'")))
    # Later than in the second in which it was made.
    wp.php(f"$id = {post_id}; sleep(1); {WORK[work]}")
    before = row(wp, post_id)
    desk.abandon(body)
    assert row(wp, post_id) == before
    assert "igny8-" not in str(wp.value(f"SELECT guid FROM wp_posts WHERE ID = {post_id}"))
    assert not [key for key in desk.meta(post_id) if key.startswith("_igny8_")]
    again = desk.publish(desk.body(intent=2, title="Team new", look_first=True))
    assert (again["result"], again["stored"]["posts_with_this_id"]) == ("created", 1)
    assert again["post_id"] != post_id
    assert row(wp, post_id) == before


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_a_draft_that_nobody_touched_goes(wp: WordPress, desk: Desk, death: str) -> None:
    """Also one that another plugin saved again."""
    again = "wp_update_post(array('ID' => $id, 'post_parent' => 0));"
    for number, code in enumerate(["", again], 1):
        body = desk.body(title="Team new", intent=number)
        die(wp, desk, body, DEATHS[death])
        post_id = int(str(wp.value("SELECT MAX(ID) FROM wp_posts WHERE post_title = 'Team new'")))
        wp.php(f"$id = {post_id}; sleep(1); {code}")
        left = row(wp, post_id)
        assert desk.abandon(body).json()["data"]["state"] == "abandoned"
        assert wp.sql(f"SELECT ID FROM wp_posts WHERE ID = {post_id}") == [], left


@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_a_person_uses_the_images_that_were_made(wp: WordPress, desk: Desk) -> None:
    wp.sql("ALTER TABLE wp_posts AUTO_INCREMENT = 950000")
    places = 10
    name = f"hero{desk.content_id}"
    inline = [
        {"ref": f"r{n}", "sha256": desk.stage(png(200 + n)), "filename": f"{name}-{n}.png"}
        for n in range(places + 2)
    ]
    html = "".join(f'<img src="igny8:{one["ref"]}">' for one in inline)
    body = desk.body(title="Team new", inline_images=inline, content_html=html)
    before_save = "add_filter('wp_insert_post_empty_content', function ($no, $post) {"
    before_save += f" if ($post['post_title'] === 'Team new') {{ {KILL} }} return $no; }}, 1, 2);"
    die(wp, desk, body, before_save)
    made = [
        str(one["post_id"])
        for one in wp.sql(
            "SELECT post_id FROM wp_postmeta WHERE meta_key = '_igny8_attachment_of'"
            f" AND meta_value = '{desk.content_id}' ORDER BY post_id"
        )
    ]
    assert len(made) == places + 2
    functions = PLANT[PLANT.index("function places()") :]
    used = ", ".join(made[:places])
    # A file whose name only begins like ours, and numbers that are no ids, keep nothing.
    wp.php(
        f"{functions} foreach (array_combine(array({used}), places()) as $i => $p) {{ $p($i); }}"
        f" wp_insert_post(array('post_title' => 'x', 'post_content' => '/{name}-{places}50x50.png"
        f" costs {made[-1]} or <b>{made[-2]}</b>'));"
        f" update_option('of_another', array('at' => '1{made[-1]}'));"
    )
    desk.abandon(body)
    left = wp.sql(f"SELECT ID FROM wp_posts WHERE ID IN ({', '.join(made)}) ORDER BY ID")
    assert [str(one["ID"]) for one in left] == made[:places]
    files = wp.sql(
        "SELECT meta_value FROM wp_postmeta WHERE meta_key = '_wp_attached_file'"
        f" AND post_id IN ({used})"
    )
    uploads = f"glob(wp_upload_dir()['path'] . '/{name}-*')"
    there = str(wp.php(f"echo implode(',', array_map('basename', {uploads}));")).split(",")
    assert {str(one["meta_value"]).rpartition("/")[2] for one in files} <= set(there)
    assert not [file for file in there if file.startswith((f"{name}-10.", f"{name}-11."))]


@pytest.mark.parametrize("was", ["new", "offline"])
@pytest.mark.parametrize("work", [*WORK, "nothing"])
@pytest.mark.parametrize("kind", ["6.8", "6.1"], indirect=True)
def test_a_person_decides_before_it_goes_public(
    wp: WordPress, desk: Desk, work: str, was: str
) -> None:
    intent = 1
    if was == "offline":
        desk.publish(desk.body())
        desk.retract("draft", intent=2)
        intent = 3
    body = desk.body(intent=intent, title="Newer", look_first=True)
    die(wp, desk, body, BEFORE_PUBLIC)
    post_id = int(desk.post()["ID"] or 0)
    assert desk.post()["post_status"] == "draft"
    wp.php(f"$id = {post_id}; {WORK.get(work, '')}")
    before = row(wp, post_id)
    again = body | {"attempt": 2}
    if work in ("nothing", "publishes", "writes"):
        assert desk.publish(again)["post_status"] == "publish"
        assert desk.post()["post_status"] == "publish"
        assert work != "writes" or desk.post()["post_content"] == before["post_content"]
        return
    told = desk.refused(again, 409, "EDITED_THERE")["details"]
    assert [one["field"] for one in told["differences"]] == ["status"]
    assert row(wp, post_id) == before
    over = desk.body(intent=intent + 1, title="Newer", look_first=True, over=told["over"])
    assert desk.publish(over)["post_id"] == post_id
    assert desk.post()["post_status"] == "publish"


@pytest.mark.parametrize("own_id", [True, False], ids=["of today", "of an older plugin"])
@pytest.mark.parametrize("kind", ["6.8", "6.8 MyISAM", "6.1"], indirect=True)
def test_a_duplicate_is_not_ours(wp: WordPress, desk: Desk, own_id: bool) -> None:
    """Plugins that duplicate posts copy all their meta, ours with it."""
    first = int(desk.publish(desk.body())["post_id"])
    if not own_id:
        wp.sql(f"DELETE FROM wp_postmeta WHERE meta_key = '_igny8_post_id' AND post_id = {first}")
    wp.php(
        f"$post = get_post({first}, ARRAY_A); unset($post['ID'], $post['guid']);"
        " $id = wp_insert_post(wp_slash(array('post_title' => 'A duplicate') + $post));"
        f" foreach (get_post_meta({first}) as $key => $values) {{ foreach ($values as $value) {{"
        " add_post_meta($id, $key, wp_slash($value)); } }"
    )
    copy = int(str(wp.value("SELECT MAX(ID) FROM wp_posts WHERE post_title = 'A duplicate'")))
    before = row(wp, copy)
    assert desk.status()["posts_with_this_id"] == 1
    again = desk.publish(desk.body(intent=2, title="Newer"))
    assert (again["result"], again["post_id"]) == ("updated", first)
    if not own_id:
        wp.sql(f"DELETE FROM wp_postmeta WHERE meta_key = '_igny8_post_id' AND post_id = {first}")
    wp.php(f"wp_delete_post({first}, true);")
    assert desk.status()["exists"] is False
    gone = desk.retract("delete", intent=3).json()["data"]
    assert (gone["result"], gone["post_id"]) == ("gone", None)
    assert row(wp, copy) == before
    anew = desk.publish(desk.body(intent=4))
    assert anew["result"] == "created"
    assert row(wp, copy) == before


@pytest.mark.parametrize("kind", ["6.8"], indirect=True)
def test_a_duplicate_somewhere_keeps_nobodys_images_from_being_used_again(
    wp: WordPress, desk: Desk
) -> None:
    post_id = int(
        desk.publish(desk.body(featured_image={"sha256": desk.stage(png(31))}))["post_id"]
    )
    wp.php(
        "$id = wp_insert_post(array('post_title' => 'A duplicate'));"
        f" update_post_meta($id, '_igny8_post_id', {post_id});"
    )
    first = desk.meta()["_thumbnail_id"]
    image = {"sha256": desk.stage(png(31))}
    desk.publish(desk.body(intent=2, title="Newer", featured_image=image))
    assert desk.meta()["_thumbnail_id"] == first
