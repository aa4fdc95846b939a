"""The product as it is run: web and worker processes of their own on a fresh database.

with Product(tmp_path, IGNY8_LEASE_SECONDS="2") as product:
    product.connect_wordpress(wp)
    product.start_worker()
    ids = product.write(piece)
    product.click(ids); product.settle(ids)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import sqlalchemy as sa

from tests.destinations.piece import Piece
from tests.support import sqlite
from tests.support.desk import Desk
from tests.support.plain_http import NO_TLS
from tests.support.processes import free_port, wait_until
from tests.support.wordpress import WordPress
from webapp import config as configuration
from webapp.core import migrate
from webapp.core import system as systems
from webapp.integrations import connections, known_keys
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord, WorkerProcess
from webapp.writer import contents, images
from webapp.writer.images import Picture
from webapp.writer.models import Content
from webapp.writer.pictures import sound

ROOT = Path(__file__).parents[2]
QUICK = {"IGNY8_MANUAL_RETRY_SECONDS": "0.3", "IGNY8_REQUEST_SECONDS": "20"}


def _make_database(url: str) -> None:
    database = sa.make_url(url)
    if database.get_backend_name() == "sqlite":
        sqlite.new_database(Path(database.database or ""))
    else:
        migrate.upgrade(url)


class Product:
    """One installation; `settings` are its environment variables."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        clean = {name: text for name, text in os.environ.items() if not name.startswith("IGNY8_")}
        self.env = clean | {
            "IGNY8_VAR": str(directory),
            "IGNY8_PORT": str(free_port()),
            "IGNY8_ALLOW_PRIVATE_DESTINATIONS": "1",
            "IGNY8_LOG": "json",
            **QUICK,
            **settings,
        }
        loaded = configuration.load(self.env)
        _make_database(loaded.database_url)
        self.config = known_keys.ready(loaded)
        self.system = systems.create(self.config)
        self.desk = Desk(self.system)
        self.url = f"http://127.0.0.1:{self.config.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._web: subprocess.Popen[bytes] | None = None
        self._started = 0
        self.home = ROOT  # whose code the processes run

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all processes at once."""
        for process in [*self.workers, *([self._web] if self._web else [])]:
            end(process)
        self.workers.clear()
        self._web = None
        self.system.close()

    # Processes

    def start_web(self) -> None:
        """The web process, ready to answer."""
        self._web = self.spawn("web")
        wait_until(self._web_answers, "the web process")

    def end_web(self) -> None:
        """SIGKILL to the web process."""
        assert self._web is not None
        end(self._web)
        self._web = None

    def start_worker(self, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """One more worker process."""
        worker = self.spawn("worker")
        self.workers.append(worker)
        if wait:
            wait_until(lambda: self._is_running(worker), "a worker")
        return worker

    def end_worker(self, worker: subprocess.Popen[bytes]) -> None:
        """SIGKILL, at once."""
        end(worker)
        self.workers.remove(worker)

    def stop_worker(self, worker: subprocess.Popen[bytes]) -> int:
        """SIGTERM; returns the exit code after what is in flight has been finished."""
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(timeout=60)
        self.workers.remove(worker)
        return code

    def pids(self) -> dict[int, subprocess.Popen[bytes]]:
        """The workers by the process id that they themselves have."""
        return {worker.pid: worker for worker in list(self.workers)}

    def log(self, kind: str = "worker") -> str:
        """What the processes of a kind wrote."""
        return "".join(
            path.read_text(errors="replace")
            for path in sorted(self.directory.glob(f"{kind}-*.log"))
        )

    # Destinations

    def connect_wordpress(self, wp: WordPress, base_url: str = "") -> int:
        """Connect with a real WordPress, perhaps through `base_url`; the integration's id."""
        with self.system.db.write() as db:
            made, key = connections.connect(
                db, self.system, self.desk.site, "wordpress", base_url=base_url or wp.url
            )
            integration_id, site_id = made.id, self.desk.site.id
        for name, value in {
            "igny8_api_key": key,
            "igny8_app_url": self.url,
            "igny8_site_id": site_id,
            "igny8_integration_id": integration_id,
        }.items():
            wp.set_option(name, value)
        return integration_id

    @contextmanager
    def reached_at(self, address: str) -> Iterator[None]:
        """For a while, the destination is called at another address (of a server in between)."""
        usual = self.desk.integration().base_url
        self._call_at(address)
        try:
            yield
        finally:
            self._call_at(usual)

    def _call_at(self, address: str) -> None:
        with self.system.db.write() as db:
            # Past the rule that a key is for its website's host only: the same one is behind it.
            db.get_one(SiteIntegration, self.desk.integration().id).base_url = address

    # Work

    def write(self, piece: Piece) -> int:
        """A new content with everything that the piece has; its id."""
        with self.system.db.write() as db:
            content = contents.create(
                db, self.desk.site.id, piece.draft(db, self.desk), by=self.desk.owner
            )
            for picture in piece.pictures:
                given = dict(picture)
                if "data" in given:
                    given["file"] = sound(given.pop("data"))
                images.add(db, content, Picture(**given))
            contents.changed(db, content)
            return content.id

    def click(self, ids: Iterable[int], *, force: bool = False) -> list[int]:
        """Publish is clicked for each; the records' ids."""
        return [self.desk.publish(content_id, force=force) for content_id in ids]

    def settle(self, ids: Collection[int], seconds: float = 60) -> list[PublishingRecord]:
        """Wait until nothing of these contents is on its way; their last records, in order."""
        try:
            wait_until(lambda: not self.active(ids), f"{len(ids)} contents to settle", seconds)
        except TimeoutError as problem:
            left = [row for row in self.desk.rows(PublishingRecord) if row.status in states.ACTIVE]
            rows = [(row.id, row.status, row.attempt, row.owner, row.lease_until) for row in left]
            raise TimeoutError(f"{problem}: {rows[:20]}\n{self.log()[-4000:]}") from problem
        last = {record.content_id: record for record in self.desk.rows(PublishingRecord)}
        return [last[content_id] for content_id in ids]

    def publish(self, content_id: int, *, force: bool = False) -> PublishingRecord:
        """Click and wait for the outcome."""
        self.click([content_id], force=force)
        return self.settle([content_id])[0]

    def retract(self, content_id: int, to: str = "draft") -> PublishingRecord:
        """Take it down and wait for the outcome."""
        self.desk.retract(content_id, to)
        return self.settle([content_id])[0]

    def active(self, ids: Collection[int] | None = None) -> int:
        """How many records are pending or being worked on."""
        query = sa.select(sa.func.count()).where(PublishingRecord.status.in_(states.ACTIVE))
        if ids is not None and len(ids) < 500:
            query = query.where(PublishingRecord.content_id.in_(ids))
        return int(self.value(query))

    # Looking

    def value(self, query: Any) -> Any:
        """First column of the first row."""
        with self.system.db.read() as db:
            return db.scalar(query)

    def tally(self, column: Any) -> dict[str, int]:
        """How many rows have which value of a column."""
        with self.system.db.read() as db:
            rows = db.execute(sa.select(column, sa.func.count()).group_by(column)).all()
        return {row[0]: row[1] for row in rows}

    def content(self, content_id: int) -> Content:
        return self.desk.content(content_id)

    def spawn(self, kind: str) -> subprocess.Popen[bytes]:
        """A process of that kind; who starts one ends it."""
        self._started += 1
        log = self.directory / f"{kind}-{self._started:04d}.log"
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-c", BOUNDED, kind],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home,
                env=self.env,
                start_new_session=True,
            )

    def _web_answers(self) -> bool:
        assert self._web is not None
        assert self._web.poll() is None, self.log("web")
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    def _is_running(self, worker: subprocess.Popen[bytes]) -> bool:
        assert worker.poll() is None, self.log()
        with self.system.db.read() as db:
            return worker.pid in set(db.scalars(sa.select(WorkerProcess.pid)))


# The command line of the product, in a process that does not outlive the one that started it.
BOUNDED = """
import os, signal, sys, threading, time
parent = os.getppid()
def watch():
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
from webapp.cli import main
main()
"""


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process that we started, and wait for its end."""
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
