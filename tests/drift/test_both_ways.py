"""A change there is found by looking, and told by the plugin: both are about one edit, and page,
panel and list say the same of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.drift.house import House
from webapp.core.errors import Conflict
from webapp.integrations import from_website
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import collecting, drift, hearing, ways_out
from webapp.writer import payload

NEWS = "wp_set_object_terms($id, array('News'), 'category');"
TITLE = "'post_title' => 'Theirs'"


def ask(house: House) -> None:
    """The window is over."""
    now = house.desk.system.clock()
    collected = collecting.ask(house.desk.system, house.integration_id, now)
    assert (collected.waiting, collected.problem) == (0, "")


def accept(house: House, content_id: int) -> None:
    found = house.found(content_id)
    assert found is not None
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, found.over)


def shown(house: House, content_id: int) -> set[str]:
    """The fields that the panel shows."""
    with house.desk.system.db.read() as db:
        return {one.field for _, one in hearing.shown_of(db, house.desk.content(content_id))}


def categories(house: House, content_id: int) -> list[str]:
    with house.desk.system.db.read() as db:
        return [one.name for one in payload.build_by_id(db, content_id).categories]


def agrees(house: House, content_id: int) -> bool:
    content = house.desk.content(content_id)
    return content.published_hash == content.content_hash == content.approved_hash


@pytest.mark.both_databases
def test_what_was_heard_stays_when_something_else_is_taken_over(told: House) -> None:
    content_id = told.published()
    told.edit(content_id, then=NEWS)
    ask(told)
    assert categories(told, content_id) == ["News"]
    told.edit(content_id, TITLE)
    told.look()
    accept(told, content_id)
    assert told.desk.content(content_id).title == "Theirs"
    assert categories(told, content_id) == ["News"]
    assert agrees(told, content_id)


@pytest.mark.parametrize("first", ["heard", "found"])
def test_what_was_decided_is_decided_by_whichever_way_it_came(told: House, first: str) -> None:
    content_id = told.published()
    told.edit(content_id, TITLE)
    ways: list[Callable[[House], None]] = [ask, House.look]
    for way in ways if first == "heard" else ways[::-1]:
        way(told)
    assert shown(told, content_id) == {"title"}
    assert told.kind(content_id) == "edited_there"
    accept(told, content_id)
    assert shown(told, content_id) == set()
    ask(told)
    told.look()
    assert (shown(told, content_id), told.kind(content_id)) == (set(), "")
    assert agrees(told, content_id)
    # And the next one is one against that.
    told.edit(content_id, "'post_title' => 'Theirs again'")
    ask(told)
    assert shown(told, content_id) == {"title"}


def test_what_is_taken_over_by_itself_is_no_more_found(told: House) -> None:
    content_id = told.published()
    told.edit(content_id, then=NEWS)
    told.look()
    assert told.kind(content_id) == "edited_there"
    ask(told)
    assert told.kind(content_id) == ""
    told.look()
    assert told.kind(content_id) == ""
    assert agrees(told, content_id)


def test_what_is_told_for_people_to_see_is_found_at_once(told: House) -> None:
    content_id = told.published()
    jobs = told.desk.system.jobs
    told.edit(content_id, TITLE)
    before = jobs.waiting()
    ask(told)
    assert jobs.waiting() == before + 1
    drift.look_at_pieces(told.desk.system, content_id)  # the job
    assert told.kind(content_id) == "edited_there"


def test_told_before_the_website_has_heard_of_our_acceptance(told: House) -> None:
    """It was away when we said that we have it, and tells it then."""
    content_id = told.published()
    told.edit(content_id, TITLE)
    told.look()
    away = (
        "if (strpos($_SERVER['REQUEST_URI'] ?? '', '/accept/')) { http_response_code(503); exit; }"
    )
    with told.wp.mu_plugin(away), pytest.raises(Conflict):
        accept(told, content_id)
    assert told.desk.content(content_id).title == "Theirs"
    ask(told)
    assert shown(told, content_id) == set()
    told.look()
    assert (told.kind(content_id), agrees(told, content_id)) == ("", True)


def test_an_editor_here_and_one_there_after_an_acceptance(told: House) -> None:
    """What both have changed since is not settled by the website alone."""
    with told.desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, told.integration_id)
        row.config_json = {**row.config_json, from_website.KEPT: {"texts": "take"}}
    content_id = told.published()
    told.edit(content_id, TITLE)
    told.look()
    accept(told, content_id)
    told.desk.edit(content_id, title="Ours, newer", keep_approved=True)
    told.edit(content_id, "'post_title' => 'Theirs, newer'")
    ask(told)
    assert told.desk.content(content_id).title == "Ours, newer"
    assert shown(told, content_id) == {"title"}


def test_deleted_there_and_accepted(told: House) -> None:
    content_id = told.published()
    told.edit(content_id, then="wp_delete_post($id, true);")
    told.look()
    ask(told)
    assert told.kind(content_id) == "gone"
    accept(told, content_id)
    assert (shown(told, content_id), told.kind(content_id)) == (set(), "")
    drift.look_everywhere(told.desk.system)
    assert told.desk.content(content_id).external_url == ""


def test_a_text_that_was_heard_goes_out_with_what_was_written_here(told: House) -> None:
    """And what is accepted after that, too."""
    with told.desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, told.integration_id)
        row.config_json = {**row.config_json, from_website.KEPT: {"texts": "take"}}
    content_id = told.published()
    told.edit(content_id, TITLE, "'post_content' => '<p>Theirs.</p>'", then=NEWS)
    ask(told)
    assert (told.desk.content(content_id).title, shown(told, content_id)) == ("Theirs", set())
    told.edit(content_id, "'post_status' => 'private'")
    told.edit(content_id, "'post_status' => 'publish'")
    ask(told)
    told.look()
    assert (told.kind(content_id), shown(told, content_id)) == ("", set())
    told.desk.edit(content_id, excerpt="Ours")
    told.desk.approve(content_id)
    told.desk.publish(content_id)
    told.desk.run_worker()
    assert told.desk.records_of(content_id)[-1].status == "published"
    post = told.post(content_id)
    assert (post["post_title"], post["post_excerpt"]) == ("Theirs", "Ours")
    assert post["post_content"] == "<p>Theirs.</p>"


def test_taken_offline_here_while_a_change_waits_there(told: House) -> None:
    content_id = told.published()
    told.edit(content_id, TITLE, then=NEWS)
    told.desk.retract(content_id)
    told.desk.run_worker()
    assert told.desk.content(content_id).external_url == ""
    ask(told)
    told.look()
    assert told.kind(content_id) == ""
    assert categories(told, content_id) == ["News"]


TABLES = (("wp_posts", "ID"), ("wp_postmeta", "post_id"), ("wp_igny8_publishes", "post_id"))


def test_a_backup_that_is_put_back_there_is_found(told: House) -> None:
    """By the website's own account all stands as it was left; it was left otherwise since."""
    content_id = told.published()
    post_id = told.desk.content(content_id).external_id
    for table, key in TABLES:
        told.wp.sql(f"CREATE TABLE old_{table} AS SELECT * FROM {table} WHERE {key} = {post_id}")
    told.desk.edit(content_id, title="Newer", keep_approved=True)
    told.desk.publish(content_id)
    told.desk.run_worker()
    told.look()
    assert told.kind(content_id) == ""
    for table, key in TABLES:
        told.wp.sql(f"DELETE FROM {table} WHERE {key} = {post_id}")
        told.wp.sql(f"INSERT INTO {table} SELECT * FROM old_{table}")
        told.wp.sql(f"DROP TABLE old_{table}")
    told.wp.restart_php()
    told.look()
    assert told.kind(content_id) == "edited_there"
    accept(told, content_id)
    assert (told.desk.content(content_id).title, agrees(told, content_id)) == ("Ours", True)
    told.look()
    assert told.kind(content_id) == ""
    told.edit(content_id, then=NEWS)
    ask(told)
    assert (categories(told, content_id), agrees(told, content_id)) == (["News"], True)
