"""Real websites in which a person lives already, each of another kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.harm.belongings import plant
from tests.support.places import leave_one_place_each
from tests.support.plain_http import NO_TLS
from tests.support.wordpress import WordPress
from tests.support.wordpress_golden import TEMPLATES
from tests.wordpress.conftest import start_site
from tests.wordpress.desk import HEADERS, Desk


@dataclass(frozen=True)
class Kind:
    """What is different about a website."""

    version: str = "6.8"
    engine: str = "InnoDB"
    charset: str = "utf8mb4"
    path: str = ""
    plain: bool = False
    cache: bool = False


KINDS = {
    "6.8": Kind(),
    "6.8 MyISAM": Kind(engine="MyISAM", charset="utf8mb3", cache=True),
    "6.1": Kind("6.1", plain=True, cache=True),
    "6.1 MyISAM": Kind("6.1", engine="MyISAM", path="/blog"),
}
if os.environ.get("WORDPRESS_DIST"):
    KINDS["newest"] = Kind("newest", cache=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_one_place_each(config, items, Path(__file__).parent, "kind")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.sampled(of=3))


class PlainRoutes(httpx.HTTPTransport):
    """Asks for /wp-json/x as ?rest_route=/x, which is all that plain permalinks have."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        before, _, route = request.url.path.partition("/wp-json")
        params = request.url.params.set("rest_route", route)
        request.url = request.url.copy_with(path=f"{before}/").copy_merge_params(params)
        return super().handle_request(request)


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Tests name the kinds that they need by parametrizing this."""
    return KINDS[request.param]


@pytest.fixture(scope="session")
def site(kind: Kind) -> Iterator[WordPress]:
    """A website with a person's media on it; all tests of one kind share it."""
    website = start_site(kind.version, workers=3, spare=8, path=kind.path)
    try:
        _make(website, kind)
        plant(website)
        # What WordPress and its theme write for their first visitor is nobody's harm.
        httpx.get(f"{website.url}/", follow_redirects=True, verify=NO_TLS, timeout=60)
        yield website
    finally:
        website.stop()


@pytest.fixture
def wp(site: WordPress) -> WordPress:
    """The website, whatever the last test did to it."""
    site.revive()
    return site


@pytest.fixture
def desk(wp: WordPress, kind: Kind) -> Iterator[Desk]:
    """The app's side of the contract, with a content id of its own."""
    with Desk(wp) as client:
        if kind.plain:
            client.http.close()
            client.http = httpx.Client(
                base_url=f"{wp.url}/wp-json/igny8/v1/",
                headers=HEADERS,
                timeout=90,
                transport=PlainRoutes(verify=NO_TLS),
            )
        yield client


def _make(website: WordPress, kind: Kind) -> None:
    for row in website.sql("SHOW TABLES"):
        table = next(iter(row.values()))
        if kind.charset != "utf8mb4":
            website.sql(f"ALTER TABLE {table} CONVERT TO CHARACTER SET {kind.charset}")
        if kind.engine != "InnoDB" and "igny8" not in str(table):
            website.sql(f"ALTER TABLE {table} ENGINE={kind.engine}")
    if kind.plain:
        website.set_option("permalink_structure", "")
    if kind.cache:
        shutil.copy(TEMPLATES / "object-cache.php", website.home / "wp-content")
