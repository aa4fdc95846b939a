"""The counters: however often a message comes, it counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.system import System
from webapp.integrations import ledger
from webapp.integrations.models import CounterEntry, SiteIntegration

pytestmark = pytest.mark.both_databases


def counters(desk: Desk) -> dict[str, int]:
    """All counters of the integration that are not zero."""
    integration = desk.integration()
    columns = sorted({*ledger.COLUMNS.values()})
    return {name: value for name in columns if (value := getattr(integration, name))}


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def test_what_a_publication_counts(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.published(tags=[{"name": "One"}, {"name": "Two"}])
    desk.published(content_type="page")
    desk.published(content_type="product")
    assert counters(desk) == {
        "posts_published_count": 1,
        "pages_published_count": 1,
        "products_published_count": 1,
        "tags_synced_count": 2,
        "total_sync_operations": 3,
    }
    assert desk.integration().last_publish_at == clock.now
    desk.edit(content_id, title="Edited", keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    assert counters(desk)["posts_published_count"] == 1, "an update creates nothing"
    assert counters(desk)["total_sync_operations"] == 4


def test_a_failure_counts_nothing(desk: Desk, website: Website) -> None:
    website.fail("publish", "permanent")
    desk.published()
    assert counters(desk) == {}


def test_a_lost_answer_counts_once(desk: Desk, website: Website, clock: FakeClock) -> None:
    website.fail("publish", "lost", "lost")
    desk.publish(desk.approved(tags=[{"name": "One"}]))
    for _ in range(3):
        desk.run_worker()
        clock.advance(10)
    assert counters(desk) == {
        "posts_published_count": 1,
        "tags_synced_count": 1,
        "total_sync_operations": 1,
    }


def test_the_same_message_from_many_sides_at_once(desk: Desk, make_system: MakeSystem) -> None:
    integration_id = desk.integration().id
    systems = [make_system() for _ in range(6)]

    def tell(system: System) -> None:
        for number in range(10):
            with system.db.write() as db:
                integration = db.get_one(SiteIntegration, integration_id)
                amounts = {"post": 1, "categories": 2, "tags": 0}
                ledger.count(
                    db,
                    integration.account_id,
                    integration.id,
                    f"key {number}",
                    amounts,
                    system.clock(),
                )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(tell, systems))
    assert counters(desk) == {
        "posts_published_count": 10,
        "categories_synced_count": 20,
        "total_sync_operations": 10,
    }
    assert len(desk.rows(CounterEntry)) == 30
