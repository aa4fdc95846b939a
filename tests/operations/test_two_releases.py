"""Two releases work side by side on one database while machines go over; one goes back to the one
before, and not further.

The old release is this checkout. The new one is a copy of it with a migration that adds, the one
after that takes something away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.destinations.piece import Piece
from tests.destinations.product import Product
from tests.support import checkout
from tests.support.postgres import Postgres
from tests.support.processes import free_port, wait_until
from webapp.config import root
from webapp.core import migrate
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.publisher.records.models import PublishingRecord

SECONDS = float(os.environ.get("IGNY8_SIDE_BY_SIDE", "4"))
EXPANDS = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "9001", "{before}"
def upgrade():
    op.add_column("contents", sa.Column("mood", sa.Text(), nullable=True))
    op.create_table("moods", sa.Column("id", sa.Integer(), primary_key=True))
"""
CONTRACTS = """
from alembic import op
revision, down_revision = "9002", "9001"
def upgrade():
    op.drop_table("moods")
"""


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The release after this one."""
    place = checkout.lay_out(tmp_path / "newer", root() / "wordpress-plugin" / "igny8")
    text = EXPANDS.format(before=migrate.newest_revision())
    (place / "migrations" / "versions" / "9001_expands.py").write_text(text)
    floor(place, migrate.newest_revision())
    return place


def floor(place: Path, revision: str) -> None:
    """What the release before that one needs."""
    before = place / "migrations" / "before.json"
    before.write_text(before.read_text().replace(migrate.floor(), revision))


def contract(place: Path) -> None:
    """That release becomes the one after it."""
    (place / "migrations" / "versions" / "9002_contracts.py").write_text(CONTRACTS)
    before = place / "migrations" / "before.json"
    before.write_text(before.read_text().replace(migrate.newest_revision(), "9001"))


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where an empty database is, and a queue, as settings."""
    if request.param == "sqlite":
        return {"IGNY8_DATABASE_URL": f"sqlite:///{tmp_path / 'igny8.sqlite'}"}
    server: Postgres = request.getfixturevalue("postgres")
    queue: str = request.getfixturevalue("redis_url")
    return {"IGNY8_DATABASE_URL": server.url(server.create()), "IGNY8_QUEUE_URL": queue}


@pytest.mark.heavy
def test_both_publish_side_by_side_and_one_goes_back(
    newer: Path, services: dict[str, str], tmp_path: Path
) -> None:
    url, port = services["IGNY8_DATABASE_URL"], free_port()
    settings = {"IGNY8_WORKERS": "1", "IGNY8_PUBLIC_URL": f"http://127.0.0.1:{port}", **services}
    with Product(tmp_path / "var", IGNY8_PORT=str(port), **settings) as product:
        product.desk.connect("headless")
        old_web = product.url
        product.start_web()
        product.start_worker()
        written = publish(product, 4)

        # The new release comes beside the old one.
        product.home = newer
        product.env["IGNY8_PORT"] = str(free_port())
        new_web = f"http://127.0.0.1:{product.env['IGNY8_PORT']}"
        new = product.start_worker()
        web = product.spawn("web")
        try:
            assert migrate.revision(url) == "9001"
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                written += publish(product, 8)
            wait_for(new_web)
            for address in (old_web, new_web):
                ready = httpx.get(f"{address}/readyz", timeout=10)
                assert ready.status_code == 200, ready.text
                assert httpx.get(f"{address}/sign-in", timeout=10).status_code == 200
        finally:
            web.kill()
            web.wait()
        for number in (2, 3):  # both have worked
            assert "published" in (product.directory / f"worker-{number:04d}.log").read_text()

        # And goes again: what is there is the old release's, on the new schema.
        product.end_worker(new)
        product.home = root()
        product.start_worker()
        written += publish(product, 4)
        assert product.tally(PublishingRecord.status) == {"published": len(written)}
        assert "Traceback" not in product.log() + product.log("web")
        checked = checkout.run(root(), "migrate", "--check", **product.env)
        assert (checked.returncode, checked.stderr) == (0, "")
        assert "9001. This one needs" in checked.stdout


def publish(product: Product, number: int) -> list[int]:
    """So many pieces, from the click to the end."""
    made = [product.write(Piece(f"Piece {one}")) for one in range(number)]
    product.click(made)
    product.settle(made)
    return made


def wait_for(address: str) -> None:
    def answers() -> bool:
        try:
            return httpx.get(f"{address}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    wait_until(answers, "the new release's web process")


@pytest.mark.heavy
def test_nothing_goes_back_two_releases(newer: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'igny8.sqlite'}"
    told = checkout.run(newer, "migrate", "--check", IGNY8_DATABASE_URL=url)
    assert told.returncode == 1
    assert told.stdout.splitlines()[-2:] == [
        "waits: 9001_expands",
        "The schema is none yet; this release needs 9001: `igny8 migrate`.",
    ]
    assert not (tmp_path / "igny8.sqlite").exists(), "looking makes nothing"
    assert checkout.run(newer, "migrate", IGNY8_DATABASE_URL=url).returncode == 0
    migrate.upgrade(url)  # this release starts on it
    contract(newer)
    told = checkout.run(newer, "migrate", "--check", IGNY8_DATABASE_URL=url)
    assert (told.returncode, told.stdout.splitlines()[0]) == (1, "waits: 9002_contracts")
    assert checkout.run(newer, "migrate", IGNY8_DATABASE_URL=url).returncode == 0
    refused = checkout.run(root(), "worker", IGNY8_DATABASE_URL=url)
    assert refused.returncode == 1
    assert "It works with code of schema 9001 and newer" in refused.stderr


@pytest.mark.both_databases
def test_a_newer_schema_says_who_may_go_on(system: System) -> None:
    url, newest = system.config.database_url, migrate.newest_revision()
    assert migrate.state(url) == (newest, newest, [])
    with system.db.engine.begin() as connection:
        assert migrate.floor_in(connection) == migrate.floor()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    migrate.upgrade(url)
    assert migrate.state(url) == ("9001", newest, [])
    for change, said in (
        ("UPDATE schema_floor SET revision = '9000'", "schema 9000 and newer"),
        ("DELETE FROM schema_floor", "schema 9001 and newer"),
    ):
        with system.db.engine.begin() as connection:
            connection.exec_driver_sql(change)
        for act in (migrate.upgrade, migrate.state):
            with pytest.raises(Conflict, match=said):
                act(url)


def test_templates_are_of_the_release_that_runs(tmp_path: Path) -> None:
    """Also where the next one is laid over its files."""
    place = checkout.lay_out(tmp_path / "here", root() / "wordpress-plugin" / "igny8")
    program = (
        "import pathlib; from webapp.core import web; web.templates();"
        "[path.write_text('of tomorrow') for path in pathlib.Path('templates').rglob('*.html')];"
        "shown = web.templates().loader.get_source(web.templates(), 'sites/index.html')[0];"
        "print('of tomorrow' in shown, len(shown) > 100)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=place, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["False", "True"], done.stderr
