"""Which destination a page names: that of what was begun, or the one that comes next."""

from __future__ import annotations

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records.models import PublishingRecord


def test_people_are_sent_to_look_where_it_was_sent(desk: Desk, website: Website) -> None:
    """And not to the site's default destination, which is another one since."""
    first = desk.connect_to_website()
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    own = desk.connect()
    with desk.system.db.write() as db:
        db.get_one(PublishingRecord, record_id).status = "publishing"  # and nobody has a lease
        db.get_one(SiteIntegration, first).base_url = "https://first.example"
        connections.make_default(db, db.get_one(SiteIntegration, own))
    with desk.browser(desk.owner) as client:
        for path in (f"content/{content_id}/panel", f"records/{record_id}"):
            page = client.get(f"/{path}", headers={"HX-Request": "true"}).text
            assert 'look at <a class="link" href="https://first.example"' in page, path
