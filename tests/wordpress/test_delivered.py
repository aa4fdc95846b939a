"""A piece that is delivered as a draft or as private: nobody else sees it, until somebody publishes
it, here or there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.test_edited_there import KILL_AFTER_COMMIT, edit

NO_DATE = "0000-00-00 00:00:00"


def deliver(desk: Desk, deliver_as: str, intent: int = 1, **fields: Any) -> dict[str, Any]:
    words = {"slug": f"ours-{desk.content_id}", "tags": [{"name": "Ours"}], "look_first": True}
    body = desk.body(deliver_as=deliver_as, intent=intent, **words | fields)
    done = desk.publish(body)
    again = desk.publish(body | {"attempt": 2})
    assert (again["replayed"], again["post_id"]) == (True, done["post_id"]), "once"
    return done


def strangers_see(wp: WordPress, done: dict[str, Any]) -> set[int]:
    """What a stranger gets at both addresses of the post."""
    addresses = (done["post_url"], f"{wp.url}/?p={done['post_id']}")
    return {httpx.get(one, follow_redirects=True, timeout=60).status_code for one in addresses}


@pytest.mark.parametrize("deliver_as", ["draft", "private"])
def test_it_stays_hidden_until_it_is_made_public_here(
    wp: WordPress, desk: Desk, deliver_as: str
) -> None:
    plan = desk.publish(desk.body(deliver_as=deliver_as, dry_run=True))
    assert (plan["result"], plan["post_status"], desk.posts()) == ("created", deliver_as, [])
    done = deliver(desk, deliver_as)
    assert (done["result"], done["post_status"]) == ("created", deliver_as)
    assert (desk.post()["post_status"], strangers_see(wp, done)) == (deliver_as, {404})
    assert (desk.post()["post_date_gmt"] == NO_DATE) is (deliver_as == "draft")
    there = desk.status()["post"]
    assert (there["is_public"], there["edited_there"]) == (False, False)

    changed = deliver(desk, deliver_as, 2, title="Changed")
    assert (changed["result"], changed["post_status"]) == ("updated", deliver_as)
    assert (desk.post()["post_title"], strangers_see(wp, done)) == ("Changed", {404})
    unchanged = deliver(desk, deliver_as, 3, title="Changed")
    assert (unchanged["result"], unchanged["post_status"]) == ("skipped", deliver_as)

    public = deliver(desk, "public", 4, title="Changed")
    assert (public["result"], public["post_status"]) == ("updated", "publish")
    assert public["post_id"] == done["post_id"]
    assert (desk.post()["post_status"], strangers_see(wp, done)) == ("publish", {200})
    assert desk.post()["post_date_gmt"] != NO_DATE
    assert desk.status()["post"]["edited_there"] is False
    # What is public is not hidden by an update.
    kept = deliver(desk, deliver_as, 5, title="Once more")
    assert (kept["post_status"], desk.post()["post_status"]) == ("publish", "publish")


def test_a_draft_that_somebody_edited_is_put_away_and_not_deleted(
    wp: WordPress, desk: Desk
) -> None:
    deliver(desk, "draft")
    assert desk.retract("delete", 2).json()["data"]["to"] == "delete"
    assert desk.posts() == []
    deliver(desk, "draft", 3)
    edit(wp, desk, "wp_update_post(array('ID' => $id, 'post_title' => 'Theirs'));")
    body = desk.body(deliver_as="draft", intent=4, look_first=True, title="Later")
    desk.refused(body, 409, "EDITED_THERE")
    assert desk.retract("delete", 5).json()["data"]["to"] == "trash"
    assert desk.post()["post_title"] == "Theirs"


@pytest.mark.parametrize("deliver_as", ["draft", "private"])
def test_a_death_before_the_last_act_is_finished_as_it_was_asked_for(
    wp: WordPress, desk: Desk, deliver_as: str
) -> None:
    body = desk.body(deliver_as=deliver_as, slug=f"ours-{desk.content_id}")
    with wp.mu_plugin(KILL_AFTER_COMMIT), pytest.raises(httpx.TransportError):
        desk.send(body)
    wp.after_a_death()
    assert desk.post()["post_status"] == "draft"
    done = desk.publish(body | {"attempt": 2})
    assert (done["post_status"], desk.post()["post_status"]) == (deliver_as, deliver_as)
    assert (len(desk.posts()), strangers_see(wp, done)) == (1, {404})
