"""Many pieces are deployed at once to a real WordPress, and the worker is killed again and again.

    python -m tests.chaos.deployed --contents 1000 --kills 10

Ends with 0 where every content stands in WordPress exactly once and whole, the deployment says
so, and its counts and those of the connection are WordPress's own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from tests.chaos.run import SETTINGS
from tests.destinations.conftest import start_wordpress
from tests.destinations.judge import Website, complaints
from tests.destinations.piece import Piece, complete
from tests.destinations.product import Product
from tests.support.processes import wait_until
from tests.support.wordpress import WordPress
from webapp.accounts import setup
from webapp.publisher.planning import deployments
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord

PICTURES = 2
ROUTE = "/api/v1/publisher/deployments/"


@dataclass
class Verdict:
    """What is true afterwards. `interrupted`: records that a killed worker held; `posts` and
    `duplicates` are counted in WordPress's database."""

    contents: int
    kills: int = 0
    interrupted: int = 0
    attempts: int = 0
    posts: int = 0
    duplicates: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.wrong or self.duplicates) and self.posts == self.contents


def run(directory: Path, contents: int, kills: int, version: str = "6.8") -> Verdict:
    """Write the pieces, deploy them, and kill the worker at even distances on the way."""
    verdict = Verdict(contents)
    wp = start_wordpress(version)
    try:
        with Product(directory, **SETTINGS) as product:
            product.connect_wordpress(wp)
            product.start_web()
            product.start_worker()
            pieces = _write(product, contents)
            began = time.monotonic()
            deployment_id = _deploy(product)
            for number in range(kills):
                share = contents * (number + 1) // (kills + 1)
                wait_until(partial(_has, wp, share), f"{share} pieces", 600)
                verdict.interrupted += _kill(product)
                verdict.kills += 1
            records = product.settle(pieces, 900)
            verdict.seconds = time.monotonic() - began
            verdict.told = _told(product, deployment_id)
            _judge(verdict, wp, product, pieces, records)
    finally:
        wp.stop()
    return verdict


def _write(product: Product, contents: int) -> dict[int, Piece]:
    pieces = {}
    for number in range(1, contents + 1):
        piece = complete(number, size=(60, 40))
        piece.pictures = piece.pictures[:PICTURES]
        pieces[product.write(piece)] = piece
    for content_id in pieces:
        product.desk.approve(content_id)
    return pieces


def _deploy(product: Product) -> int:
    given = {"site_id": product.desk.site.id, "deployment_type": deployments.INCREMENTAL}
    return int(_call(product, "POST", ROUTE, json=given)["id"])


def _told(product: Product, deployment_id: int) -> dict[str, Any]:
    """The deployment as programs read it."""
    return _call(product, "GET", f"{ROUTE}{deployment_id}/")


def _call(product: Product, method: str, path: str, **given: Any) -> dict[str, Any]:
    with product.system.db.write() as db:
        token = setup.token_for(db, product.desk.system, product.desk.owner.email, "deployed", [])
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.request(method, product.url + path, headers=headers, timeout=60, **given)
    answer.raise_for_status()
    data: dict[str, Any] = answer.json()["data"]
    return data


def _has(wp: WordPress, least: int) -> bool:
    """Whether so many pieces are through at WordPress."""
    return _count(wp, "igny8_publishes", "state", "done") >= least


def _kill(product: Product) -> int:
    """SIGKILL to the worker while it holds records; how many it held. Another one comes."""
    [worker] = product.workers
    held = sa.select(sa.func.count()).where(
        PublishingRecord.status == states.PUBLISHING,
        PublishingRecord.owner.contains(f":{worker.pid}:"),
    )
    wait_until(lambda: product.value(held), "a record in its hands", 60)
    product.end_worker(worker)
    interrupted = int(product.value(held))
    product.start_worker()
    return interrupted


def _judge(
    verdict: Verdict,
    wp: WordPress,
    product: Product,
    pieces: dict[int, Piece],
    records: list[PublishingRecord],
) -> None:
    website = Website(wp)
    found = [len(website.by_content.get(content_id, [])) for content_id in pieces]
    verdict.posts, verdict.duplicates = sum(found), sum(number > 1 for number in found)
    verdict.attempts = sum(record.attempt for record in product.desk.rows(PublishingRecord))
    hashes = {one.content_id: one.content_hash for one in records}
    verdict.wrong = complaints(website, pieces, hashes)
    unlike = [one for one in records if one.status != states.PUBLISHED]
    verdict.wrong += [f"record {one.id}: {one.status}" for one in unlike]
    if (verdict.told["status"], verdict.told["items_deployed"]) != ("completed", verdict.contents):
        verdict.wrong.append(f"it says {verdict.told}")
    row = product.desk.integration()
    verdict.counted = {
        "posts": (row.posts_published_count, _count(wp, "posts", "post_type", "post") - 1),
        "categories": (row.categories_synced_count, _terms(wp, "category") - 1),
        "tags": (row.tags_synced_count, _terms(wp, "post_tag")),
        "clusters": (row.clusters_synced_count, _terms(wp, "igny8_cluster")),
        "operations": (row.total_sync_operations, verdict.contents),
    }
    verdict.wrong += [
        f"{ours} {name} were counted, {theirs} are there"
        for name, (ours, theirs) in verdict.counted.items()
        if ours != theirs
    ]
    if log := wp.debug_log():
        verdict.wrong.append(f"WordPress complained: {log[-500:]}")


def _terms(wp: WordPress, taxonomy: str) -> int:
    return _count(wp, "term_taxonomy", "taxonomy", taxonomy)


def _count(wp: WordPress, table: str, column: str, value: str) -> int:
    return int(wp.value(f"SELECT COUNT(*) FROM wp_{table} WHERE {column} = '{value}'") or 0)


def main() -> int:
    """Run it and print what is true afterwards."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--contents", type=int, default=1000)
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--wordpress", default="6.8")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="igny8-deployed-") as directory:
        verdict = run(Path(directory), given.contents, given.kills, given.wordpress)
    print(json.dumps(asdict(verdict) | {"ok": verdict.ok}, indent=1))
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
