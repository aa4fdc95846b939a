"""From a click on Publish to its 202, with everything running: web, worker, publications.

    python -m benchmarks.clicks [--quick]

Ten clicks a second, each sent at its moment whether or not the one before was answered, by a
signed-in session. Beside each, one durable insert into a plain SQLite file, for scale.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks import desk as desks
from benchmarks import measure, processes
from tests.support.desk import Desk
from webapp.accounts import sessions
from webapp.core.secrets import fingerprint

PER_SECOND = 10
P50, P99 = 0.025, 0.100


@contextmanager
def signed_in(desk: Desk) -> Iterator[httpx.Client]:
    """A client with the cookie and the CSRF token of the owner's session."""
    token = desk.session_of(desk.owner)
    url = desk.system.config.public_url
    headers = {"X-CSRF-Token": desk.system.secrets.sign("csrf", fingerprint(token)), "Origin": url}
    cookies = {sessions.COOKIE: token}
    with httpx.Client(base_url=url, headers=headers, cookies=cookies, trust_env=False) as client:
        yield client


def click(client: httpx.Client, content_id: int) -> None:
    answer = client.post(f"/api/v1/writer/content/{content_id}/publish/", json={})
    assert answer.status_code == 202, answer.text


class Insert:
    """One row, on disk when the call returns."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)")
        self._lock = threading.Lock()

    def __call__(self) -> float:
        with self._lock:
            began = time.perf_counter()
            self._db.execute("INSERT INTO rows (text) VALUES (?)", ("x" * 200,))
            return time.perf_counter() - began

    def close(self) -> None:
        self._db.close()


def series(client: httpx.Client, pieces: list[int], insert: Insert) -> list[tuple[float, float]]:
    """For each piece: seconds from the click's moment to its answer, and those of the insert."""

    def one(content_id: int, moment: float) -> tuple[float, float]:
        click(client, content_id)
        return time.perf_counter() - moment, insert()

    asked: list[Future[tuple[float, float]]] = []
    with ThreadPoolExecutor(PER_SECOND) as pool:
        began = time.perf_counter() + 0.1
        for number, content_id in enumerate(pieces):
            moment = began + number / PER_SECOND
            time.sleep(max(0.0, moment - time.perf_counter()))
            asked.append(pool.submit(one, content_id, moment))
        return [future.result() for future in asked]


def main() -> None:
    rounds, seconds = (1, 5) if "--quick" in sys.argv else (5, 20)
    measure.heading(f"click to 202, {PER_SECOND} clicks/s, {rounds} runs of {seconds} s")
    with desks.installation() as desk:
        desk.connect()
        insert = Insert(desk.system.config.var / "bare.sqlite")
        with processes.web(desk), processes.worker(desk), signed_in(desk) as client:
            series(client, desks.write(desk, 2 * PER_SECOND), insert)  # does not count
            found = [
                series(client, desks.write(desk, seconds * PER_SECOND), insert)
                for _ in range(rounds)
            ]
        insert.close()
    p50 = [measure.percentile([click for click, _ in one], 50) for one in found]
    p99 = [measure.percentile([click for click, _ in one], 99) for one in found]
    bare = [measure.percentile([insert for _, insert in one], 50) for one in found]
    measure.report_times("p50", p50, P50)
    measure.report_times("p99", p99, P99)
    measure.report_times("a bare durable insert, p50", bare)


if __name__ == "__main__":
    main()
