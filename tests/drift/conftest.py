"""A real WordPress with the plugin, and a desk that is connected with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.drift.house import House
from tests.support.desk import Desk
from tests.support.served import served
from tests.support.wordpress import WordPress
from webapp.integrations import connections
from webapp.writer.models import Content


@pytest.fixture(scope="session")
def wordpress() -> Iterator[WordPress]:
    """One for all of these tests."""
    from tests.wordpress.conftest import start_site

    site = start_site("6.8")
    yield site
    site.stop()


@pytest.fixture
def house(desk: Desk, wordpress: WordPress) -> House:
    """Connected; ids of contents are none that another test has had on this WordPress."""
    with desk.system.db.write() as db:
        made, key = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url=wordpress.url
        )
        first = uuid.uuid4().int % 1_000_000_000
        db.add(
            Content(
                id=first, account_id=desk.site.account_id, site_id=desk.site.id, title="Last id"
            )
        )
        db.flush()
        if db.get_bind().dialect.name == "postgresql":  # numbers that are given do not count there
            db.execute(sa.select(sa.func.setval("contents_id_seq", first)))
    wordpress.set_option("igny8_api_key", key)
    return House(desk, wordpress, made.id)


@pytest.fixture
def told(house: House) -> Iterator[House]:
    """The plugin knows the application, which is served."""
    with served(house.desk.system) as address:
        house.wp.sql("DELETE FROM wp_igny8_outbox")
        for name, value in (("app_url", address), ("site_id", house.desk.site.id)):
            house.wp.set_option(f"igny8_{name}", value)
        yield house
        house.wp.php("delete_option('igny8_app_url'); delete_option('igny8_site_id');")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if re.search("tests/drift/", item.path.as_posix()):
            item.add_marker(pytest.mark.heavy)
