"""What people change in WordPress is found, named, and forgotten when it is put right there."""

from __future__ import annotations

from tests.drift.house import House
from webapp import housekeeping
from webapp.publisher.delivery import reconcile
from webapp.publisher.records.models import Drift


def test_each_kind_is_found_by_one_look_and_what_stands_as_it_was_left_is_no_drift(
    house: House,
) -> None:
    edited, taken_down, trashed, gone, untouched = (house.published() for _ in range(5))
    house.edit(edited, "'post_title' => 'Theirs'")
    house.edit(taken_down, "'post_status' => 'draft'")
    house.edit(trashed, then="wp_trash_post($id);")
    house.edit(gone, then="wp_delete_post($id, true);")
    house.look()
    kinds = [house.kind(one) for one in (edited, taken_down, trashed, gone, untouched)]
    assert kinds == ["edited_there", "unpublished_there", "gone", "gone", ""]
    found = house.found(edited)
    assert found is not None
    assert found.there is not None
    assert (found.there["title"], bool(found.changed_by)) == ("Theirs", True)

    first = found.found_at
    house.look()
    again = house.found(edited)
    assert again is not None
    assert again.found_at == first, "what is known already is not written again"
    house.edit(edited, "'post_title' => 'Ours'")
    house.edit(taken_down, "'post_status' => 'publish'")
    house.look()
    assert (house.kind(edited), house.kind(taken_down)) == ("", "")


def test_a_publication_that_was_refused_there_is_looked_at_and_a_newer_one_makes_it_void(
    house: House,
) -> None:
    content_id = house.published()
    house.edit(content_id, "'post_title' => 'Theirs'")
    house.desk.edit(content_id, title="Newer", keep_approved=True)
    house.desk.publish(content_id)
    house.desk.run_worker()
    assert house.desk.records_of(content_id)[-1].status == "failed"
    house.look()
    found = house.found(content_id)
    assert found is not None
    house.desk.publish(content_id, over=found.over)
    house.desk.run_worker()
    assert house.kind(content_id) == ""
    assert len(house.desk.rows(Drift)) == 1
    housekeeping.prune(house.desk.system)
    assert house.desk.rows(Drift) == []
    house.look()
    assert house.kind(content_id) == ""


def test_a_website_that_keeps_itself_out_of_lists_says_so_and_no_piece_does(house: House) -> None:
    house.wp.set_option("blog_public", 0)
    try:
        content_id = house.published()
        assert house.desk.records_of(content_id)[-1].status == "published"
        reconcile.check_one(house.desk.system, house.integration_id)
    finally:
        house.wp.set_option("blog_public", 1)
    found = house.desk.integration(house.integration_id)
    assert found.health_report["checks"]["listing"]["ok"] is False
    assert found.paused_at is None
