"""Two installations on one WordPress: the same content id is two contents, and each has its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.conftest import start_site
from tests.wordpress.desk import Desk, refusal
from tests.wordpress.images import png
from tests.wordpress.test_nothing_left import everything

OLD_TABLE = (
    "ALTER TABLE wp_igny8_publishes DROP PRIMARY KEY, DROP COLUMN installation,"
    " ADD PRIMARY KEY (content_id)"
)
STAMP = "1.1.0000000000000000"
POSTS = int(os.environ.get("IGNY8_OLD_POSTS", "200"))
HOME, OTHER = "https://desk.example.com", "https://copy.example.com"
OpenDesk = Callable[[str], Desk]


@pytest.fixture
def open_desk(wp: WordPress) -> Iterator[OpenDesk]:
    """Opens the app's side as an installation of a name; '' is one that has no name yet."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(named(wp, name))


def named(
    site: WordPress, name: str, address: str = "https://desk.example.com", stamp: str = STAMP
) -> Desk:
    """The app's side as an installation of that name."""
    headers = {"X-IGNY8-Installation": name, "X-IGNY8-Address": address, "X-IGNY8-Stamp": stamp}
    return Desk(site, **(headers if name else {}))


def call(site: WordPress, name: str, address: str, stamp: str) -> dict[str, object] | None:
    """Ask something as that installation; None, or the error with which it was refused."""
    with named(site, name, address, stamp) as desk:
        response = desk.http.get(f"content/{desk.content_id}/")
    return None if response.is_success else refusal(response, 409, "INSTALLATION_COPIED")


def rich(desk: Desk, **fields: object) -> dict[str, object]:
    """A publication with an image, in the name of this installation."""
    image = {"sha256": desk.stage(png(140)), "filename": f"{desk.content_id}.png"}
    return desk.body(featured_image=image, **fields)


def own_rows(site: WordPress, post_id: int) -> tuple[object, ...]:
    """A post with its meta and attachments, as they stand in the database."""
    these = f"SELECT ID FROM wp_posts WHERE ID = {post_id} OR post_parent = {post_id}"
    return (
        site.sql(f"SELECT * FROM wp_posts WHERE ID IN ({these}) ORDER BY ID"),
        site.sql(f"SELECT * FROM wp_postmeta WHERE post_id IN ({these}) ORDER BY meta_id"),
    )


@pytest.mark.parametrize("to", ["draft", "trash", "delete"])
def test_the_same_number_of_another_installation_is_another_content(
    wp: WordPress, open_desk: OpenDesk, to: str
) -> None:
    first, second = open_desk(str(uuid.uuid4())), open_desk(str(uuid.uuid4()))
    second.content_id = first.content_id
    made = first.publish(rich(first, title="The first one's", intent=7))
    before = own_rows(wp, made["post_id"])
    assert second.status()["exists"] is False
    gone = second.retract(to, intent=90).json()["data"]
    assert (gone["result"], gone["post_id"]) == ("gone", None)
    body = rich(second, title="The second one's", intent=91)
    assert second.abandon(body).json()["data"]["undone"] is False
    body = rich(second, title="The second one's", intent=92)
    other = second.publish(body)
    assert (other["result"], other["stored"]["posts_with_this_id"]) == ("created", 1)
    assert other["post_id"] != made["post_id"]
    second.publish(rich(second, title="Newer", intent=93, force=True))
    second.retract(to, intent=94)
    assert own_rows(wp, made["post_id"]) == before
    # The first one's fence has not moved either, and it goes on.
    assert first.status()["publish"]["seen_intent"] == 7
    again = first.publish(rich(first, title="The first one's, newer", intent=8))
    assert (again["result"], again["post_id"]) == ("updated", made["post_id"])


def test_an_app_without_a_name_keeps_what_it_published(wp: WordPress, open_desk: OpenDesk) -> None:
    nameless, other = open_desk(""), open_desk(str(uuid.uuid4()))
    other.content_id = nameless.content_id
    made = nameless.publish(rich(nameless))
    before = everything(wp)
    assert other.status()["exists"] is False
    assert other.publish(other.body(intent=5) | {"dry_run": True})["result"] == "created"
    assert everything(wp) == before
    updated = nameless.publish(rich(nameless, intent=2, title="Newer"))
    assert updated["post_id"] == made["post_id"]


def test_a_name_is_a_uuid(open_desk: OpenDesk) -> None:
    desk = open_desk("demo")
    desk.refused(desk.body(), 400, "CONTENT_INVALID")


@pytest.mark.parametrize("version", ["6.1", "6.8"])
def test_the_table_of_version_0_1_is_taken_along(version: str) -> None:
    site = start_site(version)
    try:
        with Desk(site) as desk:
            bodies = [rich(desk)]
            for _ in range(5):
                desk.other_content()
                bodies.append(desk.body())
            made = [desk.publish(body)["post_id"] for body in bodies]
            site.sql(OLD_TABLE)
            site.set_option("igny8_db_version", 1)
            before = everything(site)
            old = site.sql("SELECT * FROM wp_igny8_publishes")
            answers = [desk.publish(body) for body in bodies]
            assert [answer["post_id"] for answer in answers] == made
            assert all(answer["replayed"] for answer in answers)
            assert everything(site) == before
            kept = site.sql("SELECT * FROM wp_igny8_publishes_1")
            assert kept == old
            assert site.value("SELECT COUNT(*) FROM wp_igny8_publishes") == "6"
            newest = site.php("echo Igny8\\Setup::DB_VERSION;")
            assert site.get_option("igny8_db_version") == newest
    finally:
        site.stop()


@pytest.mark.parametrize("way", ["in pages", "with the publication", "with the retraction"])
def test_what_names_nobody_belongs_to_whoever_knows_its_key(
    wp: WordPress, open_desk: OpenDesk, way: str
) -> None:
    before, ours, other = open_desk(""), open_desk(str(uuid.uuid4())), open_desk(str(uuid.uuid4()))
    ours.content_id = other.content_id = before.content_id
    old = rich(before, intent=7)
    made = before.publish(old)
    rows = own_rows(wp, made["post_id"])
    key = [str(old["publish_key"])]
    # A stranger who has the number and not the key, by each of the three ways:
    wrong = [str(uuid.uuid4())]
    assert made["content_id"] not in other.prove({other.content_id: wrong})["ours"]
    assert other.publish(other.body(intent=8, proof=wrong))["result"] == "created"
    assert own_rows(wp, made["post_id"]) == rows
    # The one who published it:
    if way == "in pages":
        assert ours.prove({ours.content_id: [*wrong, *key]})["ours"] == [ours.content_id]
        key = []
    body = rich(ours, intent=9, title="Newer", proof=key)
    assert ours.publish(body | {"dry_run": True, "publish_key": str(uuid.uuid4())})["result"] == (
        "updated"
    )
    if way == "with the retraction":
        message = {"publish_key": str(uuid.uuid4()), "intent": 9, "attempt": 1, "to": "draft"}
        answer = ours.http.post(
            f"content/{ours.content_id}/retract/", json=message | {"proof": key}
        )
        assert answer.json()["data"]["post_id"] == made["post_id"]
    else:
        done = ours.publish(body)
        assert (done["result"], done["post_id"]) == ("updated", made["post_id"])
        assert done["featured_image"]["reused"] is True
    assert ours.meta(made["post_id"])["_igny8_installation"] == ours_name(ours)
    assert ours.status()["publish"]["seen_intent"] == 9
    # Who has it by now keeps it, whatever others know.
    assert other.prove({other.content_id: [str(old["publish_key"])]})["ours"] == []
    assert other.status()["post"]["post_id"] != made["post_id"]


def ours_name(desk: Desk) -> str:
    return desk.http.headers["X-IGNY8-Installation"]


@pytest.mark.parametrize("version", ["6.8"])
def test_posts_of_version_0_1_are_found_to_be_ours(version: str) -> None:
    """Made by one publication and copies of its rows; IGNY8_OLD_POSTS=1000 is the long form."""
    site = start_site(version)
    try:
        with Desk(site) as old, named(site, str(uuid.uuid4())) as desk:
            body = old.body()
            old.publish(body)
            site.php(COPIES % (old.content_id, body["publish_key"], POSTS))
            site.sql(OLD_TABLE)
            site.set_option("igny8_db_version", 1)
            rows = site.sql("SELECT content_id, publish_key FROM wp_igny8_publishes")
            keys = {int(str(row["content_id"])): [str(row["publish_key"])] for row in rows}
            numbers = sorted(keys)
            assert len(numbers) == POSTS
            assert desk.health()["installation"]["unproven"] == POSTS
            for page in range(0, POSTS, 100):
                part = {number: keys[number] for number in numbers[page : page + 100]}
                assert desk.prove(part)["ours"] == sorted(part)
            known = desk.health()["installation"]
            assert (known["ours"], known["unproven"], known["foreign"]) == (POSTS, 0, 0)
            nameless = "SELECT COUNT(*) FROM wp_igny8_publishes WHERE installation = ''"
            assert site.value(nameless) == "0"
            desk.content_id = numbers[-1]
            again = desk.publish(desk.body(intent=2, title="Newer"))
            assert (again["result"], again["stored"]["posts_with_this_id"]) == ("updated", 1)
    finally:
        site.stop()


# More posts like that one, with numbers and keys of their own.
COPIES = """
global $wpdb;
$id = %d; $key = '%s'; $posts = %d;
$table = "{$wpdb->prefix}igny8_publishes";
$row = $wpdb->get_row("SELECT * FROM $table WHERE content_id = $id", ARRAY_A);
$at = $row['post_id'];
$post = $wpdb->get_row("SELECT * FROM $wpdb->posts WHERE ID = $at", ARRAY_A);
$meta = $wpdb->get_results("SELECT * FROM $wpdb->postmeta WHERE post_id = $at", ARRAY_A);
for ($n = 1; $n < $posts; $n++) {
    $new = wp_generate_uuid4();
    $wpdb->insert($wpdb->posts, array('ID' => null, 'post_name' => "copy-$n") + $post);
    $post_id = $wpdb->insert_id;
    foreach ($meta as $one) {
        $value = $one['meta_key'] === '_igny8_content_id' ? $id + $n : $one['meta_value'];
        $value = $one['meta_key'] === '_igny8_publish_key' ? $new : $value;
        $value = $one['meta_key'] === '_igny8_post_id' ? $post_id : $value;
        $changed = array('meta_id' => null, 'post_id' => $post_id, 'meta_value' => $value);
        $wpdb->insert($wpdb->postmeta, $changed + $one);
    }
    $changed = array('content_id' => $id + $n, 'publish_key' => $new, 'post_id' => $post_id);
    $wpdb->insert($table, $changed + $row);
}
"""


def key_of(site: WordPress, content_id: int) -> str:
    """The key of a content's last publication, which the app has in its records."""
    query = f"SELECT publish_key FROM wp_igny8_publishes_1 WHERE content_id = {content_id}"
    return str(site.value(query))


def test_a_copy_of_the_database_cannot_push_the_first_one_out(wp: WordPress) -> None:
    name = str(uuid.uuid4())
    mark, other_mark = "0" * 16, "f" * 16
    assert call(wp, name, HOME, f"1.5.{mark}") is None
    refused = call(wp, name, OTHER, f"1.5.{mark}")
    assert refused is not None
    assert refused["details"] == {"by": "address", "address": HOME}
    assert refused["recoverable"] is False
    # A day later the first one has gone on, and the copy has too: elsewhere, or beside it.
    assert call(wp, name, HOME, f"1.6.{mark}") is None
    assert call(wp, name, OTHER, f"1.7.{other_mark}") is not None
    refused = call(wp, name, HOME, f"1.6.{other_mark}")
    assert refused is not None
    assert refused["details"] == {"by": "stamp", "address": HOME}
    assert call(wp, name, HOME, f"1.4.{mark}") is not None
    # What was on its way with the stamp before still arrives.
    assert call(wp, name, HOME, f"1.5.{mark}") is None
    wp.sql("UPDATE wp_igny8_installations SET changed_at = changed_at - 3600")
    assert call(wp, name, HOME, f"1.5.{mark}") is not None
    assert call(wp, name, HOME, f"1.6.{mark}") is None


def test_a_person_says_that_it_has_moved(wp: WordPress) -> None:
    name, mark = str(uuid.uuid4()), "0" * 16
    assert call(wp, name, HOME, f"1.5.{mark}") is None
    assert call(wp, name, OTHER, f"2.6.{mark}") is None
    assert call(wp, name, HOME, f"1.5.{mark}") is not None
    assert call(wp, name, HOME, f"1.9.{mark}") is not None
    assert call(wp, name, OTHER, f"2.6.{mark}") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8017"),
        ("http://desk.example.com", "https://DESK.example.com:443"),
    ],
)
def test_what_is_no_other_address(wp: WordPress, one: str, other: str) -> None:
    name = str(uuid.uuid4())
    assert call(wp, name, one, STAMP) is None
    assert call(wp, name, other, STAMP) is None
    assert call(wp, name, OTHER, STAMP) is not None


@pytest.mark.parametrize("stamp", ["", "1", "1.2", "-1.2.0000000000000000", f"{STAMP}x"])
def test_a_name_comes_with_a_stamp(wp: WordPress, stamp: str) -> None:
    with named(wp, str(uuid.uuid4()), HOME, stamp) as desk:
        desk.refused(desk.body(), 400, "CONTENT_INVALID")
