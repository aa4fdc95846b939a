"""Real WordPress sites with the plugin, one of each version for the whole run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.places import leave_one_place_each
from tests.support.wordpress import WordPress
from tests.support.wordpress_golden import SUITES, WordPressMissing
from tests.wordpress.desk import KEY, PLUGIN, Desk
from tests.wordpress.images import ImageServer

LOCAL_HTTP = PLUGIN.parents[1] / "tests" / "support" / "wordpress_site" / "local-http.php"
VERSIONS = [*SUITES, *(["newest"] if os.environ.get("WORDPRESS_DIST") else [])]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_one_place_each(config, items, Path(__file__).parent, "wp")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.sampled(of=3))


def start_site(version: str, workers: int = 8, spare: int = 0, path: str = "") -> WordPress:
    """A site with the plugin active and a key set; skips, with the reason, where it cannot be."""
    try:
        site = WordPress.start(
            version,
            [PLUGIN],
            "America/New_York",
            workers=workers,
            spare=spare,
            mu_plugins=[LOCAL_HTTP],
            path=path,
        )
    except WordPressMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    site.set_option("igny8_api_key", KEY)
    return site


@pytest.fixture(scope="session")
def sites() -> Iterator[Callable[[str], WordPress]]:
    """Sites by version, started when first asked for."""
    started: dict[str, WordPress] = {}

    def site(version: str) -> WordPress:
        if version not in started:
            started[version] = start_site(version, spare=8)
        return started[version]

    yield site
    for running in started.values():
        running.stop()


@pytest.fixture(params=VERSIONS)
def wp(request: pytest.FixtureRequest, sites: Callable[[str], WordPress]) -> WordPress:
    """The shared site, whatever the last test did to it; the test runs on every version."""
    site = sites(request.param)
    site.revive()
    return site


@pytest.fixture
def desk(wp: WordPress) -> Iterator[Desk]:
    """The app's side of the contract, speaking to `wp`, with a content id of its own."""
    with Desk(wp) as client:
        yield client


@pytest.fixture
def clean_log(wp: WordPress) -> Iterator[None]:
    """Afterwards the log has no new line: none at all, or on 6.1 none that names the plugin."""
    before = len(wp.debug_log())
    yield
    written = wp.debug_log()[before:]
    if wp.version == "6.1":
        # WordPress 6.1 itself complains under PHP 8.2.
        ours = re.compile(r"plugins?/igny8|IGNY8:")
        written = "\n".join(line for line in written.splitlines() if ours.search(line))
    assert written == ""


@pytest.fixture
def images() -> Iterator[ImageServer]:
    """Another website, with images."""
    with ImageServer() as server:
        yield server
