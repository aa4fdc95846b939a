"""What somebody changed in WordPress at the separate gallery post, or at a product's images, is an
edit like any other: told, left alone, and overwritten only by who has seen exactly that."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.images import png

KINDS = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
PRODUCT = (
    "add_action('init', function () { register_post_type('product', array('public' => true,"
    " 'supports' => array('title', 'editor', 'excerpt', 'thumbnail', 'author'))); });"
)
# What people do with the gallery post, and the fields that tell it.
EDITS: dict[str, tuple[str, set[str]]] = {
    "title": (
        "wp_update_post(array('ID' => $id, 'post_title' => 'Theirs'));",
        {"gallery_post:title"},
    ),
    "content": (
        "wp_update_post(array('ID' => $id, 'post_content' => '<p>Theirs.</p>'));",
        {"gallery_post:content"},
    ),
    "private": (
        "wp_update_post(array('ID' => $id, 'post_status' => 'private'));",
        {"gallery_post:status"},
    ),
    "trash": ("wp_trash_post($id);", {"gallery_post:status"}),
    "deleted": ("wp_delete_post($id, true);", {"gallery_post:status"}),
}


@pytest.fixture
def separate(wp: WordPress) -> Iterator[None]:
    """Images beyond the first go to a post of their own."""
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    yield
    wp.set_option("igny8_settings", {})


def pictures(desk: Desk, count: int = 3) -> list[dict[str, str]]:
    return [{"sha256": desk.stage(png(70 + n))} for n in range(count)]


def piece(desk: Desk, intent: int, **fields: Any) -> dict[str, Any]:
    title = f"Pictures {desk.content_id}"
    return desk.body(**{"title": title, "look_first": True, "intent": intent} | fields)


def published(desk: Desk, **fields: Any) -> int:
    """A piece that is online; its gallery post."""
    data = desk.publish(piece(desk, 1, gallery=pictures(desk), **fields))
    assert desk.status()["post"]["edited_there"] is False
    return int(data["gallery"]["gallery_overflow_post_id"] or 0)


def edit(wp: WordPress, overflow: int, edited: str) -> None:
    """As an administrator does it, whose text WordPress does not clean."""
    wp.php(f"kses_remove_filters(); $id = {overflow}; {EDITS[edited][0]}")


def rows(wp: WordPress, post_id: int) -> list[Any]:
    """Everything of a post."""
    return [
        wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post_id}"),
        wp.sql(f"SELECT * FROM wp_postmeta WHERE post_id = {post_id} ORDER BY meta_id"),
    ]


def told(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """The details of the refusal, which are those of the status, too."""
    details: dict[str, Any] = desk.refused(body, 409, "EDITED_THERE")["details"]
    assert desk.status()["post"]["differences"] == details["differences"]
    return details


def fields_of(details: dict[str, Any]) -> set[str]:
    return {one["field"] for one in details["differences"]}


@KINDS
@pytest.mark.parametrize("edited", EDITS)
@pytest.mark.parametrize("images", [3, 1], ids=["still a gallery", "no gallery any more"])
@pytest.mark.usefixtures("separate")
def test_an_edit_is_told_and_left_alone_until_somebody_publishes_over_it(
    wp: WordPress, desk: Desk, edited: str, images: int
) -> None:
    overflow = published(desk)
    address = wp.php(f"echo get_permalink({overflow});")
    fields = EDITS[edited][1]
    edit(wp, overflow, edited)
    before = rows(wp, overflow), desk.post()
    body = piece(desk, 2, gallery=pictures(desk, images), excerpt="Newer")
    details = told(desk, body)
    assert fields_of(details) == fields
    assert all(one["left"] != one["there"] for one in details["differences"])
    forced = body | {"publish_key": str(uuid.uuid4()), "intent": 3, "force": True}
    assert fields_of(told(desk, forced)) == fields
    assert (rows(wp, overflow), desk.post()) == before

    over_it = body | {"publish_key": str(uuid.uuid4()), "intent": 4, "over": details["over"]}
    data = desk.publish(over_it)
    now = data["gallery"]["gallery_overflow_post_id"]
    assert desk.status()["post"]["edited_there"] is False
    if images == 1:
        assert (now, rows(wp, overflow)[0]) == (None, [])
        return
    row = wp.sql(f"SELECT * FROM wp_posts WHERE ID = {now}")[0]
    assert (row["post_title"], row["post_status"]) == (f"{body['title']} – Gallery", "publish")
    assert str(row["post_content"]).count("<!-- wp:image ") == 2
    link = wp.php(f"echo get_permalink({now});")
    assert link in str(desk.post()["post_content"])
    assert httpx.get(link).status_code == 200
    assert "__trashed" not in link
    if edited != "deleted":
        assert (now, link) == (overflow, address)


@KINDS
@pytest.mark.parametrize("to", ["draft", "trash"])
@pytest.mark.usefixtures("separate")
def test_what_we_took_down_ourselves_is_no_edit(wp: WordPress, desk: Desk, to: str) -> None:
    overflow = published(desk)
    address = wp.php(f"echo get_permalink({overflow});")
    assert desk.retract(to, 2).is_success
    assert desk.status()["post"]["edited_there"] is False
    data = desk.publish(piece(desk, 3, gallery=pictures(desk)))
    assert data["gallery"]["gallery_overflow_post_id"] == overflow
    assert wp.php(f"echo get_permalink({overflow});") == address
    assert address in str(desk.post()["post_content"])
    assert httpx.get(address).status_code == 200
    assert desk.status()["post"]["edited_there"] is False


@KINDS
@pytest.mark.usefixtures("separate")
def test_an_address_that_was_taken_meanwhile_stays_with_who_took_it(
    wp: WordPress, desk: Desk
) -> None:
    overflow = published(desk)
    slugs = {
        int(post): wp.value(f"SELECT post_name FROM wp_posts WHERE ID = {post}")
        for post in (overflow, str(desk.post()["ID"]))
    }
    assert desk.retract("trash", 2).is_success
    for slug in slugs.values():
        wp.php(
            f"wp_insert_post(array('post_title' => 'Theirs', 'post_name' => '{slug}',"
            " 'post_content' => 'x', 'post_status' => 'publish'));"
        )
    data = desk.publish(piece(desk, 3, gallery=pictures(desk)))
    for post, slug in slugs.items():
        assert wp.value(f"SELECT post_name FROM wp_posts WHERE ID = {post}") == f"{slug}-2"
        assert wp.value(f"SELECT COUNT(*) FROM wp_posts WHERE post_name = '{slug}'") == "1"
    assert f"{slugs[overflow]}-2" in str(desk.post()["post_content"])
    assert data["stored"]["slug"] == f"{slugs[int(data['post_id'])]}-2"


@KINDS
@pytest.mark.parametrize("edited", EDITS)
@pytest.mark.parametrize("to", ["draft", "trash", "delete"])
@pytest.mark.usefixtures("separate")
def test_a_retract_takes_an_edited_gallery_offline_and_loses_nothing(
    wp: WordPress, desk: Desk, edited: str, to: str
) -> None:
    overflow = published(desk)
    edit(wp, overflow, edited)
    columns = f"SELECT post_title, post_content FROM wp_posts WHERE ID = {overflow}"
    status = f"SELECT post_status FROM wp_posts WHERE ID = {overflow}"
    before, stood = wp.sql(columns), wp.value(status)
    assert desk.retract(to, 2).is_success
    assert wp.sql(columns) == before
    if before:
        offline = "draft" if to == "delete" and stood != "trash" else to
        assert wp.value(status) == ("trash" if stood == "trash" else offline)
    if to != "delete" and edited in {"title", "content", "deleted"}:
        body = piece(desk, 3, gallery=pictures(desk))
        assert fields_of(told(desk, body)) == EDITS[edited][1]


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
@pytest.mark.parametrize("trash", [True, False], ids=["with a trash", "without a trash"])
@pytest.mark.parametrize("to", ["trash", "delete"])
def test_an_edited_post_is_never_deleted_for_good(
    wp: WordPress, desk: Desk, to: str, trash: bool
) -> None:
    desk.publish(piece(desk, 1))
    untouched = Desk(wp)
    untouched.publish(piece(untouched, 1))
    edit(wp, int(str(desk.post()["ID"])), "content")
    no_trash = "" if trash else "define('EMPTY_TRASH_DAYS', 0);"
    with wp.mu_plugin(no_trash):
        left = desk.retract(to, 2).json()["data"]
        gone = untouched.retract(to, 2).json()["data"]
    deletes = to == "delete" or not trash
    assert gone["post_status"] == (None if deletes else "trash")
    assert left["post_status"] == ("trash" if trash else "draft")
    assert desk.post()["post_status"] == left["post_status"]
    assert desk.post()["post_content"] == "<p>Theirs.</p>"
    untouched.http.close()


@KINDS
@pytest.mark.usefixtures("separate")
def test_an_edit_after_a_death_is_not_removed_with_the_gallery(wp: WordPress, desk: Desk) -> None:
    """The newer version needs no gallery post, and a person changed it before the end."""
    overflow = published(desk)
    body = piece(desk, 2, gallery=pictures(desk, 1), title="Newer")
    kill = (
        "add_filter('query', function ($sql) { static $decided = false, $committed = false;"
        " if ($committed) { posix_kill(posix_getpid(), SIGKILL); }"
        " $decided = $decided || strpos($sql, \"`state` = 'publishing'\");"
        " $committed = $decided && $sql === 'COMMIT'; return $sql; });"
    )
    with wp.mu_plugin(kill), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    edit(wp, overflow, "title")
    desk.publish(body | {"attempt": 2})
    assert wp.value(f"SELECT post_title FROM wp_posts WHERE ID = {overflow}") == "Theirs"
    details = told(desk, piece(desk, 3, gallery=pictures(desk, 1), title="Newest"))
    assert fields_of(details) == {"gallery_post:title"}


@KINDS
def test_the_images_of_a_product(wp: WordPress, desk: Desk) -> None:
    with wp.mu_plugin(PRODUCT):
        product = {"content_type": "product"}
        published(desk, **product)
        post_id = desk.post()["ID"]
        ours = desk.meta()["_product_image_gallery"]
        wp.php(f"update_post_meta({post_id}, '_product_image_gallery', get_option('site_icon'));")
        theirs = desk.meta()["_product_image_gallery"]
        body = piece(desk, 2, gallery=pictures(desk, 2), **product)
        details = told(desk, body)
        [one] = details["differences"]
        assert one["field"] == "product_gallery"
        assert one["left"].count(".png") == 3
        assert desk.meta()["_product_image_gallery"] == theirs
        desk.publish(
            body | {"publish_key": str(uuid.uuid4()), "intent": 3, "over": details["over"]}
        )
        assert desk.meta()["_product_image_gallery"] == ",".join(str(ours).split(",")[:2])
        assert desk.status()["post"]["edited_there"] is False
        desk.publish(piece(desk, 4, gallery=[], title="None", **product))
        assert "_product_image_gallery" not in desk.meta(), "the newer version has none"
        assert desk.status()["post"]["edited_there"] is False
        wp.php(f"update_post_meta({post_id}, '_product_image_gallery', get_option('site_icon'));")
        over = told(desk, piece(desk, 5, gallery=[], title="Still", **product))["over"]
        desk.publish(piece(desk, 6, gallery=[], title="Still", over=over, **product))
        assert desk.meta()["_product_image_gallery"] == theirs, "theirs, and no gallery of ours"


@KINDS
@pytest.mark.usefixtures("separate")
def test_a_baseline_of_the_plugin_of_before_says_nothing_of_the_gallery(
    wp: WordPress, desk: Desk
) -> None:
    overflow = published(desk)
    wp.php(
        f"$id = {desk.post()['ID']}; $kept = json_decode(get_post_meta($id, '_igny8_baseline',"
        " true), true); foreach (array_keys($kept['fields']) as $name) {"
        " if (strpos($name, 'gallery')) unset($kept['fields'][$name]);"
        " if (0 === strpos($name, 'gallery_post:')) unset($kept['fields'][$name]); }"
        " update_post_meta($id, '_igny8_baseline', wp_slash(wp_json_encode($kept)));"
    )
    edit(wp, overflow, "title")
    assert desk.status()["post"]["edited_there"] is False
