"""A piece that is delivered to a real WordPress without being shown: what the desk says of it, and
what becomes of it when somebody publishes it, here or there."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.drift.house import House
from tests.drift.test_both_ways import ask
from webapp.accounts.access import get_for_update
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

# A plugin that does not know the route.
OLDER = (
    "add_filter('rest_endpoints', function ($all) {"
    " unset($all['/igny8/v1/deliver-content']); return $all; });"
)


def deliver(house: House, content_id: int, **asked: Any) -> PublishingRecord:
    """Ask for it, and let the worker do it."""
    desk = house.desk
    with desk.system.db.write() as db:
        content = get_for_update(db, desk.teammate, Content, content_id)
        records.publish(db, desk.system, content, by=desk.teammate, **asked)
    desk.run_worker()
    record = desk.records_of(content_id)[-1]
    assert record.status in ("delivered", "published", "published_with_issues"), record.error
    return record


def posts_counted(house: House) -> int:
    """How many posts the connection has published; whoever has published none has no moment of
    it."""
    row = house.desk.integration(house.integration_id)
    assert (row.last_publish_at is None) == (row.posts_published_count == 0)
    return row.posts_published_count


def strangers_see(house: House, content_id: int) -> int:
    post_id = house.desk.content(content_id).external_id
    address = f"{house.wp.url}/?p={post_id}"
    return httpx.get(address, follow_redirects=True, timeout=60).status_code


def by_name(record: PublishingRecord) -> dict[str, bool]:
    return {check["name"]: check["ok"] for check in (record.receipt or {})["checks"]}


@pytest.mark.parametrize("deliver_as", ["draft", "private"])
def test_it_is_delivered_and_not_published_until_somebody_here_says_so(
    house: House, deliver_as: str
) -> None:
    desk, before = house.desk, posts_counted(house)
    mark = {"draft": "delivered", "private": "delivered_private"}[deliver_as]
    content_id = desk.write(title="Kept back", html="<p>Not yet.</p>")
    record = deliver(house, content_id, deliver_as=deliver_as)
    content = desk.content(content_id)
    assert (record.status, record.external_url, bool(record.external_id)) == ("delivered", "", True)
    assert (record.receipt or {})["stands_as"] == deliver_as
    assert by_name(record) == {"one_post": True, "terms": True, "delivered": True, "hidden": True}
    assert (content.site_status, content.status) == ("not_published", "approved")
    assert (set(content.attention), content.external_url) == ({mark}, "")
    assert content.first_published_at is not None, "it has taken its place under the limits"
    assert house.post(content_id)["post_status"] == deliver_as
    assert (strangers_see(house, content_id), posts_counted(house)) == (404, before)
    house.look()
    assert house.kind(content_id) == ""

    desk.edit(content_id, title="Kept back, changed")
    desk.edit(content_id, deliver_as=deliver_as)
    assert deliver(house, content_id).status == "delivered"
    assert house.post(content_id)["post_title"] == "Kept back, changed"
    assert strangers_see(house, content_id) == 404

    place = desk.content(content_id).first_published_at
    shown = deliver(house, content_id, deliver_as="public")
    content = desk.content(content_id)
    assert (shown.status, content.status, set(content.attention)) == (
        "published",
        "published",
        set(),
    )
    assert (content.first_published_at, content.site_status) == (place, "published")
    assert (strangers_see(house, content_id), posts_counted(house)) == (200, before + 1)
    with pytest.raises(Conflict) as refused:
        deliver(house, content_id, deliver_as=deliver_as, force=True)
    assert refused.value.code == Code.STAYS_PUBLIC
    desk.edit(content_id, title="Changed while it is public")
    assert deliver(house, content_id).status == "published", "what is public stays so"


@pytest.mark.parametrize("how", ["told", "found"])
def test_published_there_it_is_published_and_no_fault(told: House, how: str) -> None:
    desk, before = told.desk, posts_counted(told)
    content_id = desk.write(title="Kept back", html="<p>Not yet.</p>")
    deliver(told, content_id, deliver_as="draft")
    told.edit(content_id, then="wp_publish_post($id);")
    if how == "told":
        ask(told)
    else:
        told.look()
    content, record = desk.content(content_id), desk.records_of(content_id)[-1]
    assert (record.status, content.site_status) == ("published", "published")
    assert (content.status, set(content.attention)) == ("published", set())
    assert httpx.get(content.external_url, timeout=60).status_code == 200
    assert (record.external_url, posts_counted(told)) == (content.external_url, before + 1)
    assert abs((desk.system.clock() - record.published_at).total_seconds()) < 600  # type: ignore[operator]
    told.look()
    assert told.kind(content_id) == ""
    desk.edit(content_id, title="Changed since")
    assert deliver(told, content_id).status == "published", "it is not an edit there"


def test_what_people_do_with_a_draft_there_is_told_and_it_can_be_taken_away(house: House) -> None:
    desk = house.desk
    content_id = desk.write(title="Kept back", html="<p>Not yet.</p>")
    deliver(house, content_id, deliver_as="draft")
    house.edit(content_id, "'post_title' => 'Theirs'")
    house.look()
    assert house.kind(content_id) == "edited_there"
    with desk.system.db.write() as db:
        content = get_for_update(db, desk.teammate, Content, content_id)
        records.retract(db, desk.system, content, by=desk.teammate, to="delete")
    desk.run_worker()
    record = desk.records_of(content_id)[-1]
    assert (record.status, (record.receipt or {})["became"]) == ("retracted", "trash")
    content = desk.content(content_id)
    assert (content.external_id, content.site_status) == ("", "not_published")

    other = desk.write(title="Kept back", html="<p>Not yet.</p>")
    deliver(house, other, deliver_as="draft")
    house.edit(other, then="wp_delete_post($id, true);")
    house.look()
    assert house.kind(other) == "gone"


def test_a_connection_has_a_default_and_the_plugin_of_before_publishes_nothing(
    house: House,
) -> None:
    desk = house.desk
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, house.integration_id)
        row.config_json = {**row.config_json, "deliver_as": "draft"}
    content_id = desk.write(title="By default", html="<p>Not yet.</p>")
    assert deliver(house, content_id).status == "delivered"
    with house.wp.mu_plugin(OLDER):
        other = desk.write(title="Not to be seen", html="<p>Not yet.</p>")
        with desk.system.db.write() as db:
            content = get_for_update(db, desk.teammate, Content, other)
            records.publish(db, desk.system, content, by=desk.teammate)
        desk.run_worker()
        record = desk.records_of(other)[-1]
        assert (record.status, (record.error or {})["code"]) == ("failed", "PROTOCOL_UNSUPPORTED")
        assert house.wp.sql("SELECT ID FROM wp_posts WHERE post_title = 'Not to be seen'") == []


def test_a_person_chooses_it_at_the_piece_and_sees_what_it_is(house: House) -> None:
    desk = house.desk
    content_id = desk.write(title="Chosen here", html="<p>Not yet.</p>")
    path = f"/content/{content_id}"
    with desk.browser(desk.teammate) as client:
        fields = {"home": "content", "deliver_as": "draft"}
        chosen = client.post(f"{path}/delivery", data=fields, headers={"hx-request": "true"})
        assert "Deliver as draft" in chosen.text
        rehearsed = client.post(f"{path}/rehearsal").text
        assert "It stands there as draft then, and readers do not see it." in rehearsed
        client.post(f"{path}/publication", data={"home": "content"})
        desk.run_worker()
        shown = client.get(path).text
        assert "Delivered as draft" in shown
        assert "Publish it there now" in shown
        assert ">Published<" not in shown
        record = desk.records_of(content_id)[-1]
        receipt = client.get(f"/records/{record.id}").text
        assert "Delivered as draft" in receipt
        assert "readers do not see it" in receipt
        queue = client.get("/publisher/publishing-queue?tab=attention").text
        assert "Delivered as draft" in queue
        published = client.get("/publisher/publishing-queue?tab=published").text
        assert "Chosen here" not in published
        fields = {"home": "content", "deliver_as": "public"}
        client.post(f"{path}/publication", data=fields)
        desk.run_worker()
        assert desk.records_of(content_id)[-1].status == "published"
        assert "data-delivered" not in client.get(path).text
        # The default of the connection, on the site's page.
        at = f"/settings/integrations/{house.integration_id}/changes"
    with desk.browser(desk.owner) as owner:
        owner.post(at, data={"deliver_as": "private"})
        page = owner.get(f"/settings/sites/{desk.site.id}").text
        assert '<option value="private" selected>' in page
