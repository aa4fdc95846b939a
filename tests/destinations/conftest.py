"""A real WordPress and a real installation of the product that is connected with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.destinations.product import Product
from tests.support.wordpress import WordPress
from tests.support.wordpress_golden import SUITES, WordPressMissing

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "wordpress-plugin" / "igny8"
LOCAL_HTTP = ROOT / "tests" / "support" / "wordpress_site" / "local-http.php"

MakeHouse = Callable[..., tuple[WordPress, Product]]


def start_wordpress(version: str = "6.8", workers: int = 6, path: str = "") -> WordPress:
    """A fresh site with the plugin; skips, with the reason, where it cannot be had."""
    try:
        return WordPress.start(
            version,
            [PLUGIN],
            "America/New_York",
            workers=workers,
            mu_plugins=[LOCAL_HTTP],
            path=path,
        )
    except WordPressMissing as reason:
        missing(reason)
        raise


@pytest.fixture(scope="module")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeHouse]:
    """Makes a WordPress and a product that publishes to it, with a worker; ends both."""
    with ExitStack() as stack:

        def make(
            version: str = "6.8", web: bool = False, workers: int = 1, **settings: str
        ) -> tuple[WordPress, Product]:
            wp = stack.enter_context(start_wordpress(version))
            directory = tmp_path_factory.mktemp("product")
            product = stack.enter_context(Product(directory, **settings))
            product.connect_wordpress(wp)
            for _ in range(workers):
                product.start_worker(wait=False)
            if web:
                product.start_web()
            return wp, product

        yield make


@pytest.fixture(scope="module", params=list(SUITES))
def house(request: pytest.FixtureRequest, make_house: MakeHouse) -> tuple[WordPress, Product]:
    """Both, on every supported WordPress; tests of a module share it and write own contents."""
    return make_house(request.param, web=True)
