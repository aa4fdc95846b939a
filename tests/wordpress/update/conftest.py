"""Websites whose plugin is a copy of their own, signed for by a publisher of the tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import misbehaving as how
from tests.support.misbehaving import Misbehaving
from tests.support.wordpress import WordPress
from tests.support.wordpress_golden import TEMPLATES
from tests.wordpress.app import ME
from tests.wordpress.conftest import LOCAL_HTTP, VERSIONS
from tests.wordpress.desk import KEY
from tests.wordpress.update.place import OLD, Place
from tests.wordpress.update.publisher import Publisher


@pytest.fixture(scope="package")
def publisher() -> Publisher:
    return Publisher()


@pytest.fixture(scope="package")
def old(publisher: Publisher, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publisher.plugin(tmp_path_factory.mktemp("old"), OLD)


@pytest.fixture(scope="package")
def made(old: Path) -> Iterator[Callable[[str], WordPress]]:
    """Sites by version, with the old plugin as a copy of their own."""
    started: dict[str, WordPress] = {}

    def site(version: str) -> WordPress:
        if version not in started:
            mu = [LOCAL_HTTP, TEMPLATES / "updates.php"]
            started[version] = WordPress.start(
                version, [old], workers=6, mu_plugins=mu, copied=True
            )
        return started[version]

    yield site
    for running in started.values():
        running.stop()


@pytest.fixture(params=VERSIONS)
def wp(request: pytest.FixtureRequest, made: Callable[[str], WordPress], old: Path) -> WordPress:
    site = made(request.param)
    folder = site.home / "wp-content" / "plugins" / "igny8"
    shutil.rmtree(folder)
    shutil.copytree(old, folder)
    return site


@pytest.fixture
def place(wp: WordPress, publisher: Publisher, tmp_path: Path) -> Iterator[Place]:
    with Misbehaving() as app:
        app.on("GET", "/api/v1/auth/me/", how.answer_json(ME))
        wp.set_option("igny8_api_key", KEY)
        wp.set_option("igny8_app_url", app.url)
        yield Place(wp, app, publisher, tmp_path)
