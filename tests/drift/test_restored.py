"""A backup is put back on either side: what the two had agreed on since is told, found and agreed
on again, and nothing that a person did there is lost or overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drift.house import House
from tests.drift.test_both_ways import NEWS, TABLES, TITLE, accept, agrees, ask, categories, shown
from tests.integrations.test_restored import copy
from webapp.core.codes import Code
from webapp.publisher.delivery import restored

KEYWORD = "update_post_meta($id, '_igny8_focus_keywords', wp_json_encode(array('olive')));"

ROWS = (*TABLES, ("wp_term_relationships", "object_id"))


class Backup:
    """Our database as it was."""

    def __init__(self, folder: Path) -> None:
        self._database, self._kept = folder / "igny8.sqlite", folder / "backup.sqlite"
        copy(self._database, self._kept)

    def put_back(self) -> None:
        copy(self._kept, self._database)


def rows_of(house: House, content_id: int) -> str:
    """Keeps the rows that WordPress has of the piece; the number of its post."""
    post_id = str(house.desk.content(content_id).external_id)
    for table, key in ROWS:
        house.wp.sql(f"CREATE TABLE old_{table} AS SELECT * FROM {table} WHERE {key} = {post_id}")
    return post_id


def put_back_there(house: House, post_id: str) -> None:
    for table, key in ROWS:
        house.wp.sql(f"DELETE FROM {table} WHERE {key} = {post_id}")
        house.wp.sql(f"INSERT INTO {table} SELECT * FROM old_{table}")
        house.wp.sql(f"DROP TABLE old_{table}")
    house.wp.sql("DELETE FROM wp_igny8_outbox")
    house.wp.restart_php()


def test_our_database_hears_again_what_it_had_taken_over(told: House, tmp_path: Path) -> None:
    heard, accepted, untouched = (told.published() for _ in range(3))
    backup = Backup(tmp_path)
    told.edit(heard, then=NEWS)
    ask(told)
    told.edit(accepted, TITLE)
    told.look()
    accept(told, accepted)
    assert (categories(told, heard), told.desk.content(accepted).title) == (["News"], "Theirs")
    backup.put_back()
    assert categories(told, heard) == []

    restored.catch_up(told.desk.system)
    assert told.kind(accepted) == "edited_there"
    told.desk.edit(accepted, excerpt="Of yesterday's piece", keep_approved=True)
    told.desk.publish(accepted)
    told.desk.run_worker()
    assert (told.desk.records_of(accepted)[-1].error or {})["code"] == Code.EDITED_THERE
    ask(told)
    assert categories(told, heard) == ["News"]
    told.look()
    accept(told, accepted)
    assert told.post(accepted)["post_title"] == told.desk.content(accepted).title == "Theirs"
    told.look()
    kinds = [told.kind(one) for one in (heard, accepted, untouched)]
    assert (kinds, agrees(told, heard)) == (["", "", ""], True)
    # And all is as ever: nothing is told a second time.
    told.edit(heard, then="wp_set_object_terms($id, array('News', 'Food'), 'category');")
    ask(told)
    assert categories(told, heard) == ["News", "Food"]


def test_a_new_change_comes_before_anybody_has_looked(told: House, tmp_path: Path) -> None:
    content_id = told.published()
    backup = Backup(tmp_path)
    told.edit(content_id, then=NEWS)
    ask(told)
    backup.put_back()
    told.edit(content_id, then=KEYWORD)
    told.edit(content_id, TITLE)
    ask(told)
    assert categories(told, content_id) == ["News"]
    assert told.desk.content(content_id).focus_keywords == ["olive"]
    assert shown(told, content_id) == {"title"}


def test_what_had_gone_out_since_is_not_overwritten_unseen(told: House, tmp_path: Path) -> None:
    content_id = told.published()
    backup = Backup(tmp_path)
    told.edit(content_id, TITLE)
    told.look()
    accept(told, content_id)
    told.desk.edit(content_id, excerpt="Newer", keep_approved=True)
    told.desk.approve(content_id)
    told.desk.publish(content_id)
    told.desk.run_worker()
    assert told.desk.records_of(content_id)[-1].status == "published"
    backup.put_back()
    restored.catch_up(told.desk.system)
    assert told.kind(content_id) == "edited_there"
    accept(told, content_id)
    content = told.desk.content(content_id)
    assert (content.title, content.excerpt) == ("Theirs", "Newer")
    told.look()
    assert (told.kind(content_id), agrees(told, content_id)) == ("", True)


@pytest.mark.parametrize("older", ["theirs", "ours"])
def test_both_sides_are_put_back(told: House, tmp_path: Path, older: str) -> None:
    """Each to a moment of its own."""
    content_id = told.published()
    if older == "theirs":
        post_id = rows_of(told, content_id)
    else:
        backup = Backup(tmp_path)
    told.edit(content_id, then=NEWS)
    ask(told)
    if older == "theirs":
        backup = Backup(tmp_path)
    else:
        post_id = rows_of(told, content_id)
    told.edit(content_id, then="wp_set_object_terms($id, 'Food', 'category');")
    ask(told)
    backup.put_back()
    put_back_there(told, post_id)
    restored.catch_up(told.desk.system)
    ask(told)
    assert categories(told, content_id) == ["News"]
    if older == "ours":
        assert (told.kind(content_id), agrees(told, content_id)) == ("", True)
    told.edit(content_id, then="wp_set_object_terms($id, array('News', 'Last'), 'category');")
    ask(told)
    assert categories(told, content_id) == ["News", "Last"]
