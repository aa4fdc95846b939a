"""The reason of a hold is told while it holds, and not when it is over."""

from __future__ import annotations

from tests.publisher.test_default_changed import switch_off
from tests.support.desk import Desk
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration

HTMX = {"HX-Request": "true"}
OVER = "What held it when its time came is over."


def test_a_hold_for_want_of_a_connection(desk: Desk) -> None:
    own = desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id)
    switch_off(desk, own)
    desk.run_worker()
    path = f"/content/{content_id}/panel"
    with desk.browser(desk.owner) as client:
        reason = "Held when its time came: the site’s connection is switched off."
        assert f"On hold: {reason}" in client.get(path, headers=HTMX).text
        assert reason in client.get("/publisher/publishing-queue").text
        with desk.system.db.write() as db:
            integration = db.get_one(SiteIntegration, own)
            connections.change(db, desk.system, integration, {"is_active": True})
        assert OVER in client.get(path, headers=HTMX).text
        queue = client.get("/publisher/publishing-queue").text
    assert OVER in queue
    assert "switched off" not in queue
