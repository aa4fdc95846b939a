"""Two installations on one WordPress: the same content id is two contents, and each has its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.conftest import start_site
from tests.wordpress.desk import Desk
from tests.wordpress.images import png
from tests.wordpress.test_nothing_left import everything

OLD_TABLE = (
    "ALTER TABLE wp_igny8_publishes DROP PRIMARY KEY, DROP COLUMN installation,"
    " ADD PRIMARY KEY (content_id)"
)
OpenDesk = Callable[[str], Desk]


@pytest.fixture
def open_desk(wp: WordPress) -> Iterator[OpenDesk]:
    """Opens the app's side as an installation of a name; '' is one that has no name yet."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(named(wp, name))


def named(site: WordPress, name: str) -> Desk:
    return Desk(site, **({"X-IGNY8-Installation": name} if name else {}))


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
            assert site.get_option("igny8_db_version") == "2"
    finally:
        site.stop()
