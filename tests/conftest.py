"""What tests stand on: real databases, a real queue, the real application, and a clock.

`system` is a fresh, migrated installation on SQLite; tests marked `both_databases` run on
PostgreSQL too. `desk` is a small publishing house in it (tests/support/desk.py).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from litestar import Litestar
from litestar.testing import TestClient

from tests.support import hashing, sqlite, statements
from tests.support.clock import MONDAY, FakeClock
from tests.support.desk import Desk
from tests.support.destination import PLATFORM, Website, open_website
from tests.support.hashing import real_hashes  # noqa: F401
from tests.support.house import House, furnished
from tests.support.misbehaving import Misbehaving
from tests.support.places import share_out_cases
from tests.support.postgres import Postgres, PostgresMissing, binaries
from tests.support.processes import free_port
from tests.support.redis_server import RedisMissing, RedisServer
from tests.support.samples import leave_samples
from tests.support.watched import platform_of
from webapp.config import Config
from webapp.core import migrate
from webapp.core import system as systems
from webapp.core.system import System
from webapp.integrations import registry

KEY = Fernet.generate_key().decode()
MakeSystem = Callable[..., System]


def missing(reason: object) -> None:
    """A service is not on this machine: skipped here, a failure where nothing may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(str(reason))
    pytest.skip(str(reason))


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # nothing of what is loaded until the tests have been collected goes
    statements.share()
    hashing.lighten()
    config.addinivalue_line("markers", "both_databases: on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "sampled(of=N): one case of N (tests/support/samples.py)")
    config.addinivalue_line("markers", "heavy: needs servers or minutes; not in bin/test --fast")


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: looking through it for garbage again and again
    costs an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with many cases, each runs on one database (after -k and -m have selected), where
    both can be had; and of a large table of cases a sample."""
    with suppress(PostgresMissing):
        binaries()
        share_out_cases(config, items, "database_url")
    leave_samples(config, items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which databases a test runs on."""
    if "database_url" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        kinds: list[Any] = ["sqlite"]
        if both:
            kinds.append(pytest.param("postgresql", marks=pytest.mark.heavy))
        metafunc.parametrize("database_url", kinds, indirect=True)


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that nobody else has; ended in any case."""
    try:
        server = Postgres()
    except PostgresMissing as reason:
        missing(reason)
        raise
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """This run's own PostgreSQL."""
    with own_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A migrated, empty PostgreSQL database, to be copied; its name."""
    name = postgres.create()
    migrate.upgrade(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def postgres_furnished(postgres: Postgres, postgres_template: str) -> tuple[str, House]:
    """Such a database with the desk's people and sites in it."""
    name = postgres.create(postgres_template)
    return name, furnished(postgres.url(name))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of this test's own; empty, or with what the desk begins with."""
    is_furnished = "desk" in request.fixturenames
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        if is_furnished:
            template, _ = request.getfixturevalue("postgres_furnished")
        else:
            template = request.getfixturevalue("postgres_template")
        name = server.create(template)
        yield server.url(name)
        server.drop(name)
        return
    path = tmp_path / "igny8.sqlite"
    make = sqlite.new_furnished_database if is_furnished else sqlite.new_database
    make(path)
    yield f"sqlite:///{path}"


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis of this test's own."""
    try:
        server = RedisServer()
    except RedisMissing as reason:
        missing(reason)
        raise
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def redis_url(redis: RedisServer) -> str:
    """The address of a Redis of this test's own."""
    return redis.url


@pytest.fixture
def clock() -> FakeClock:
    """The system's clock: it stands still until the test moves it."""
    return FakeClock()


@pytest.fixture
def monday(clock: FakeClock) -> None:
    """It is a Monday in winter, 09:00 in Berlin."""
    clock.now = MONDAY


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings for tests: loopback is allowed, nothing waits long."""
    port = free_port()
    return Config(
        var=tmp_path,
        database_url=database_url,
        queue_url=f"sqlite:///{tmp_path / 'queue.sqlite'}",
        secret_keys=(KEY,),
        public_url=f"http://127.0.0.1:{port}",
        hosts=("testserver.local",),
        port=port,
        workers=4,
        allow_private_destinations=True,
        request_seconds=5.0,
        verify_seconds=0.1,
    )


@pytest.fixture
def make_system(config: Config, clock: FakeClock) -> Iterator[MakeSystem]:
    """Makes processes' worths of `System` on the one database; all are closed at the end."""
    made: list[System] = []

    def make(used: Config | None = None) -> System:
        system = systems.create(used or config)
        system.clock = clock
        made.append(system)
        return system

    yield make
    for system in made:
        system.close()


@pytest.fixture
def system(make_system: MakeSystem) -> System:
    """What one process holds, on a fresh database."""
    return make_system()


@pytest.fixture
def desk(request: pytest.FixtureRequest, system: System, database_url: str) -> Desk:
    """Two accounts with people and sites; nothing is connected and nothing written yet."""
    if database_url.startswith("sqlite"):
        return Desk(system, sqlite.house())
    _, house = request.getfixturevalue("postgres_furnished")
    return Desk(system, house)


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient[Litestar]]:
    """The application, signed in as the desk's owner."""
    with desk.browser(desk.owner) as signed_in:
        yield signed_in


@pytest.fixture
def misbehaving() -> Iterator[Misbehaving]:
    """A web server that misbehaves as told."""
    with Misbehaving() as server:
        yield server


@pytest.fixture
def website(misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Website:
    """A website of the tests' own platform, which is registered while the test runs."""
    made = open_website(misbehaving)
    monkeypatch.setitem(registry.PLATFORMS, PLATFORM, platform_of(made))
    return made
