"""Why nothing goes out by a site's connections: one sentence everywhere, with its remedy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.publisher.test_default_changed import make_default, switch_off
from tests.support.desk import Desk
from webapp.integrations import keys
from webapp.integrations.models import SiteIntegration

HTMX = {"HX-Request": "true"}


def off(desk: Desk) -> None:
    switch_off(desk, desk.integration().id)


def no_key(desk: Desk) -> None:
    wordpress = desk.connect("wordpress", "http://127.0.0.1:9")
    make_default(desk, wordpress)
    with desk.system.db.write() as db:
        keys.end_all(db.get_one(SiteIntegration, wordpress))


def no_default(desk: Desk) -> None:
    desk.connect("wordpress", "http://127.0.0.1:9")
    off(desk)


@pytest.mark.parametrize(
    ("happens", "reason", "remedy"),
    [
        (off, "the site’s connection is switched off", "Switch it on"),
        (no_key, "the site’s connection has no key", "Make a new key"),
        (no_default, "none of the site’s connections is its default", "Make one the default"),
    ],
)
def test_a_scheduled_piece_says_so_everywhere(
    desk: Desk, happens: Callable[[Desk], None], reason: str, remedy: str
) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    happens(desk)
    stop = f"Will not go out: {reason}"
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel?home=content", headers=HTMX).text
        assert stop in panel
        assert f"{remedy}</a>" in panel
        assert "Goes out" not in panel
        assert "Move or unschedule" in panel
        assert "connected to no website yet" not in panel
        for path in (
            "/publisher/publishing-queue?tab=scheduled",
            "/publisher/content-calendar?view=list",
            "/content",
            f"/content/{content_id}/schedule",
        ):
            page = client.get(path).text
            assert stop in page, path
            assert f"scheduled pieces will not go out: {reason}." in page, path
        site = client.get(f"/settings/sites/{desk.site.id}").text
        assert f"Nothing goes out: {reason}." in site
        assert "1 scheduled piece will not go out" in site
        assert f"{remedy} below" in site


def test_an_approved_piece_names_the_remedy(desk: Desk) -> None:
    content_id = desk.approved()
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        assert "Nothing goes out: the site is connected to no website." in panel
        assert "Connect one</a>" in panel
        desk.connect()
        off(desk)
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        assert "Nothing goes out: the site’s connection is switched off." in panel
        assert "Switch it on</a>" in panel
        line = client.get("/layout/line", headers=HTMX).text
    assert "will not go out" not in line


def test_the_only_connection_is_the_default_again_and_says_so(desk: Desk) -> None:
    own = desk.connect()
    off(desk)
    with desk.browser(desk.owner) as client:
        form = {"is_active": "yes"}
        page = client.post(f"/settings/integrations/{own}/changes", data=form).text
        assert "IGNY8’s own pages is the default now" in page
    assert desk.integration().id == own


def test_one_of_two_does_not_become_the_default_by_itself(desk: Desk) -> None:
    own = desk.connect()
    no_default(desk)
    with desk.browser(desk.owner) as client:
        page = client.post(f"/settings/integrations/{own}/changes", data={"is_active": "yes"}).text
    assert "none of the site’s connections is its default" in page


def test_what_waits_for_its_next_try_is_not_stopped_by_the_default(desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.publish(content_id)
    off(desk)
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
    assert "Will not go out" not in panel


def test_the_queue_does_not_say_that_nothing_is_to_be_done(desk: Desk) -> None:
    desk.connect()
    path = "/publisher/publishing-queue?tab=attention"
    with desk.browser(desk.owner) as client:
        off(desk)
        assert "will not go out: the site" not in client.get(path).text, "nothing is scheduled"
        desk.schedule(desk.approved(), 3600)
        page = client.get(path).text
    assert "What is scheduled at Gazette will not go out: the site’s connection is" in page
