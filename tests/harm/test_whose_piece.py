"""Two installations, a copied database, a plugin that was deleted: on one WordPress, nobody
overwrites, retracts or removes what another one published."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY
from tests.support.desk import Desk
from tests.support.wordpress import WordPress
from tests.wordpress.conftest import start_site
from webapp import doctor, layout
from webapp.config import Config
from webapp.core import migrate
from webapp.core import system as systems
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.integrations import connections, installation, keys
from webapp.publisher.delivery import reconcile, restored, runner
from webapp.publisher.records import ownership, states
from webapp.publisher.records.models import PublishingRecord

pytestmark = pytest.mark.heavy
HOME, ELSEWHERE = "https://desk.example.com", "https://copy.example.com"


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    site = start_site("6.8")
    yield site
    site.stop()


@dataclass
class House:
    """An installation, and the key by which the WordPress knows it."""

    desk: Desk
    wordpress: WordPress
    key: str

    @property
    def system(self) -> System:
        return self.desk.system

    @property
    def name(self) -> str:
        with self.system.db.read() as db:
            return installation.this(db, self.system.config).installation

    def enter_key(self) -> None:
        """In WordPress, under Settings → IGNY8: from now on it is this one's."""
        self.wordpress.set_option("igny8_api_key", self.key)

    def posts(self) -> list[dict[str, str | None]]:
        """Its posts, as they stand in the database, with all that belongs to them."""
        ids = (
            "SELECT post_id FROM wp_postmeta WHERE meta_key = '_igny8_installation'"
            f" AND meta_value = '{self.name}'"
        )
        return [
            *self.wordpress.sql(f"SELECT * FROM wp_posts WHERE ID IN ({ids}) ORDER BY ID"),
            *self.wordpress.sql(
                f"SELECT * FROM wp_postmeta WHERE post_id IN ({ids}) ORDER BY meta_id"
            ),
        ]

    def publish(self, content_id: int, **given: Any) -> PublishingRecord:
        """Click, and let a worker do it; the record."""
        record_id = self.desk.publish(content_id, **given)
        self.desk.run_worker()
        return self.desk.record(record_id)


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(wordpress: WordPress, tmp_path: Path) -> Iterator[MakeHouse]:
    """Makes installations that are connected with the one WordPress."""
    made: list[System] = []

    def make(name: str, public_url: str, database: Path | None = None) -> House:
        system = open_system(tmp_path / name, public_url, database)
        made.append(system)
        desk = Desk(system)
        with system.db.write() as db:
            _, key = connections.connect(db, system, desk.site, "wordpress", base_url=wordpress.url)
        installation.begin(system)
        return House(desk, wordpress, key)

    yield make
    for system in made:
        system.close()


def open_system(directory: Path, public_url: str, database: Path | None = None) -> System:
    """An installation of its own; on a database that is there already, or a fresh one."""
    directory.mkdir(exist_ok=True)
    path = database or directory / "igny8.sqlite"
    migrate.upgrade(f"sqlite:///{path}")
    return systems.create(
        Config(
            var=directory,
            database_url=f"sqlite:///{path}",
            queue_url=f"sqlite:///{directory / 'queue.sqlite'}",
            secret_keys=(KEY,),
            public_url=public_url,
            allow_private_destinations=True,
            verify_seconds=0.1,
        )
    )


def copied(house: House, directory: Path, public_url: str) -> House:
    """The same database once more, opened at an address."""
    directory.mkdir()
    path = directory / "igny8.sqlite"
    source = house.system.config.var / "igny8.sqlite"
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)
    desk = object.__new__(Desk)
    vars(desk).update(vars(house.desk))
    desk.system = open_system(directory, public_url)
    return replace(house, desk=desk)


def may_work(house: House) -> bool:
    return not runner.Runner(house.system, 2)._must_wait()


def test_two_installations_have_the_same_numbers_and_other_pieces(make_house: MakeHouse) -> None:
    demo, real = make_house("demo", "http://127.0.0.1:8000"), make_house("real", HOME)
    demo.enter_key()
    pieces = [demo.desk.published(title=f"Of the demo {n}") for n in range(3)]
    demo_posts = demo.posts()
    assert len(pieces) == 3

    real.enter_key()
    assert demo.publish(pieces[0], force=True).status == states.FAILED  # its key is gone there
    same = [real.desk.published(title=f"Of the real one {n}") for n in range(3)]
    assert same == pieces
    for to in ("draft", "trash", "delete"):
        content_id = same.pop()
        real.desk.retract(content_id, to)
        real.desk.run_worker()
        assert real.publish(content_id).status in (states.PUBLISHED, states.PUBLISHED_WITH_ISSUES)
    reconcile.clean_up_destinations(real.system, most=None)
    assert restored.catch_up(real.system).held == []
    reconcile.check_health(real.system)
    assert demo.posts() == demo_posts
    with real.system.db.read() as db:
        target = connections.target_of(db, real.system, real.desk.integration().id)
    assert target.config["proven"] == {"as": real.name, "unproven": 0}
    foreign = real.desk.integration().health_report["report"]["installation"]
    assert (foreign["ours"], foreign["foreign"]) == (3, 3)

    real_posts = real.posts()
    demo.enter_key()
    demo.desk.edit(pieces[1], title="Newer", keep_approved=True)
    record = demo.publish(pieces[1])
    assert record.result is not None
    assert (record.result["result"], record.result["posts_with_this_id"]) == ("updated", 1)
    assert real.posts() == real_posts


def try_everything(house: House, pieces: list[int]) -> None:
    """Whatever a person or an operator can do with it."""
    house.publish(pieces[0], force=True)
    house.desk.edit(pieces[1], title="From the copy", keep_approved=True)
    house.publish(pieces[1])
    house.desk.retract(pieces[2], "delete")
    house.desk.run_worker()
    house.desk.schedule(house.desk.approved(title="With a time"), 0)
    house.desk.run_worker()
    reconcile.find_stuck(house.system)
    reconcile.clean_up_destinations(house.system, most=None)
    reconcile.check_health(house.system)
    installation.raise_stamp(house.system)


def test_a_copy_elsewhere_asks_and_changes_nothing(make_house: MakeHouse, tmp_path: Path) -> None:
    first = make_house("first", HOME)
    first.enter_key()
    pieces = [first.desk.published(title=f"Piece {n}") for n in range(3)]
    before = first.posts()
    copy = copied(first, tmp_path / "copy", ELSEWHERE)
    assert not may_work(copy)
    try_everything(copy, pieces)
    with pytest.raises(Conflict, match="igny8 installation copy"):
        restored.catch_up(copy.system)
    assert first.posts() == before
    said, is_settled = ownership.answer(copy.system, None)
    assert not is_settled
    assert HOME in "\n".join(said)
    [told] = [one for one in doctor.examine(copy.system) if one.name == "installation"]
    assert not told.ok
    with copy.system.db.read() as db:
        lines = layout.build(db, copy.desk.owner, copy.system.config).lines
    assert "has said which it is" in lines[0].text
    # The first one has noticed nothing, and goes on.
    assert may_work(first)
    first.desk.edit(pieces[0], title="Newer", keep_approved=True)
    assert first.publish(pieces[0]).status in (states.PUBLISHED, states.PUBLISHED_WITH_ISSUES)

    before = first.posts()
    ownership.answer(copy.system, "copy")
    assert may_work(copy)
    assert copy.name != first.name
    assert copy.desk.content(pieces[0]).external_url == ""
    assert copy.publish(pieces[0]).error["code"] == "KEY_MISSING"  # type: ignore[index]
    with copy.system.db.write() as db:
        row = db.merge(copy.desk.integration())
        copy.key = keys.rotate(db, copy.system, row)
    copy.enter_key()
    reconcile.check_health(copy.system)  # offers no key of the first one's publications
    record = copy.publish(pieces[0])
    assert record.result is not None
    assert record.result["result"] == "created"
    copy.desk.retract(pieces[0], "delete")
    copy.desk.run_worker()
    assert first.posts() == before
    copy.system.close()


def test_a_copy_beside_it_is_behind_and_asks(make_house: MakeHouse, tmp_path: Path) -> None:
    """At the same address nothing tells the two apart until one of them has gone on."""
    first = make_house("beside", HOME)
    first.enter_key()
    pieces = [first.desk.published(title=f"Piece {n}") for n in range(3)]
    copy = copied(first, tmp_path / "copy", HOME)
    installation.raise_stamp(first.system)
    reconcile.check_health(first.system)
    first.wordpress.sql("UPDATE wp_igny8_installations SET changed_at = changed_at - 3600")
    before = first.posts()
    assert may_work(copy)  # it cannot know yet
    record = copy.publish(pieces[0], force=True)
    assert record.status == states.PENDING  # it waits for a person's answer
    assert installation.is_refused(copy.desk.integration())
    try_everything(copy, pieces)
    assert first.posts() == before
    assert may_work(first)
    first.desk.edit(pieces[0], title="Newer", keep_approved=True)
    assert first.publish(pieces[0]).status in (states.PUBLISHED, states.PUBLISHED_WITH_ISSUES)
    copy.system.close()


def test_one_that_has_moved_goes_on(make_house: MakeHouse, tmp_path: Path) -> None:
    first = make_house("old", HOME)
    first.enter_key()
    pieces = [first.desk.published(title=f"Piece {n}") for n in range(3)]
    moved = copied(first, tmp_path / "new", ELSEWHERE)
    ownership.answer(moved.system, "moved")
    assert may_work(moved)
    moved.desk.edit(pieces[0], title="From the new address", keep_approved=True)
    record = moved.publish(pieces[0])
    assert record.result is not None
    assert record.result["result"] == "updated"
    # What was left behind at the old address is the copy now.
    before = moved.posts()
    first.wordpress.sql("UPDATE wp_igny8_installations SET changed_at = changed_at - 3600")
    first.publish(pieces[1], force=True)
    assert installation.is_refused(first.desk.integration())
    assert moved.posts() == before
    moved.system.close()


def test_a_plugin_that_was_deleted_and_installed_again(make_house: MakeHouse) -> None:
    first, other = make_house("first", HOME), make_house("other", ELSEWHERE)
    wordpress = first.wordpress
    first.enter_key()
    pieces = [first.desk.published(title=f"Piece {n}") for n in range(2)]
    other.enter_key()
    other.desk.published(title="Of another one")
    others, count = other.posts(), len(first.posts())
    reinstall(wordpress)
    first.enter_key()
    first.desk.edit(pieces[0], title="Newer", keep_approved=True)
    record = first.publish(pieces[0])
    assert record.result is not None
    assert (record.result["result"], record.result["posts_with_this_id"]) == ("updated", 1)
    first.desk.retract(pieces[1], "delete")
    first.desk.run_worker()
    assert len(first.posts()) < count
    assert other.posts() == others


def reinstall(wordpress: WordPress) -> None:
    """Delete the plugin as WordPress does, and install it again; its files are only linked here."""
    wordpress.php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "deactivate_plugins('igny8/igny8.php'); uninstall_plugin('igny8/igny8.php');"
    )
    assert wordpress.sql("SHOW TABLES LIKE 'wp_igny8%'") == []
    wordpress.php(
        "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        "$r = activate_plugin('igny8/igny8.php'); if (is_wp_error($r)) { exit(1); }"
    )


@pytest.mark.parametrize("first_comes", ["the check", "the click"])
def test_what_version_0_1_published_is_ours_again(make_house: MakeHouse, first_comes: str) -> None:
    ours, other = make_house("ours", HOME), make_house("other", ELSEWHERE)
    ours.enter_key()
    pieces = [ours.desk.published(title=f"Piece {n}") for n in range(2)]
    wordpress, rows = ours.wordpress, ours.posts()
    wordpress.sql(f"DELETE FROM wp_postmeta WHERE meta_value = '{ours.name}'")
    wordpress.sql(
        f"UPDATE wp_igny8_publishes SET installation = '' WHERE installation = '{ours.name}'"
    )
    other.enter_key()
    other.desk.published(title="Has the same number")
    reconcile.check_health(other.system)
    assert other.desk.integration().config_json["proven"] == {"as": other.name, "unproven": 2}
    ours.enter_key()
    if first_comes == "the check":
        reconcile.check_health(ours.system)
        assert ours.desk.integration().config_json["proven"]["unproven"] == 0
        assert [row["ID"] for row in ours.posts() if "ID" in row] == [
            row["ID"] for row in rows if "ID" in row
        ]
    ours.desk.edit(pieces[0], title="Newer", keep_approved=True)
    record = ours.publish(pieces[0])
    assert record.result is not None
    assert (record.result["result"], record.result["posts_with_this_id"]) == ("updated", 1)
    ours.desk.retract(pieces[1], "draft")
    ours.desk.run_worker()
    status = (
        "SELECT post_status FROM wp_posts p JOIN wp_postmeta m ON m.post_id = p.ID AND m.meta_key"
    )
    mine = f"{status} = '_igny8_installation' AND m.meta_value = '{ours.name}' ORDER BY p.ID"
    assert [row["post_status"] for row in wordpress.sql(mine)] == ["publish", "draft"]
