"""Double clicks on many contents, through the JSON API, with several workers.

    python -m tests.chaos.doubles --contents 5000 --destination headless
    python -m tests.chaos.doubles --contents 200 --destination wordpress

Ends with 0 where each content went out exactly once.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from tests.destinations.conftest import start_wordpress
from tests.destinations.judge import Website, complaints
from tests.destinations.piece import Piece
from tests.destinations.product import Product
from tests.support.wordpress import WordPress
from webapp.accounts import setup
from webapp.core.codes import Code
from webapp.integrations.models import HeadlessDocument
from webapp.publisher.records.models import PublishingRecord

CLICKING = 8
ACCEPTED = "accepted"
# A click that arrives when the piece is online already is told so.
EXPECTED = {ACCEPTED, Code.ALREADY_PUBLISHED}


@dataclass
class Seen:
    """What came of it. `answers` to clicks are ACCEPTED or a refusal's code; `pairs` had one record
    for both."""

    contents: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    pairs: int = 0
    records: dict[str, int] = field(default_factory=dict)
    posts: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(product: Product, wp: WordPress | None, number: int) -> Seen:
    """Write, double-click and wait. `wp` None: to the headless destination."""
    pieces = [
        Piece(f"Double {n}", slug=f"double-{n}", tags=["Twice"], html=f"<p>Text of {n}.</p>")
        for n in range(number)
    ]
    ids = [product.write(piece) for piece in pieces]
    began = time.monotonic()
    answers = double_click(product, ids)
    product.settle(ids, seconds=1200)
    seen = Seen(number, seconds=time.monotonic() - began)
    for pair in answers:
        seen.answers.update(_said(answer) for answer in pair)
        bodies = [answer.json() for answer in pair if answer.status_code == 202]
        seen.pairs += len({body["data"]["record_id"] for body in bodies}) == 1
    seen.records = product.tally(PublishingRecord.status)
    if wp is None:
        _judge_headless(product, seen)
    else:
        website = Website(wp)
        hashes = {one.content_id: one.content_hash for one in product.desk.rows(PublishingRecord)}
        seen.posts = sum(len(website.by_content[content_id]) for content_id in ids)
        seen.wrong += complaints(website, dict(zip(ids, pieces, strict=True)), hashes)
    if not set(seen.answers) <= EXPECTED or seen.answers[ACCEPTED] <= number:
        seen.wrong.append(f"clicks were answered: {dict(seen.answers)}")
    if seen.records != {"published": number} or seen.posts != number or seen.pairs != number:
        seen.wrong.append("not each content exactly once")
    return seen


def _said(answer: httpx.Response) -> str:
    return ACCEPTED if answer.status_code == 202 else str(answer.json()["error"]["code"])


def double_click(product: Product, ids: list[int]) -> list[tuple[httpx.Response, httpx.Response]]:
    """Two clicks on each, as close together as two connections can be."""
    with product.system.db.write() as db:
        token = setup.token_for(db, product.desk.system, product.desk.owner.email, "doubles", [])
    limits = httpx.Limits(max_connections=CLICKING)
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(base_url=product.url, headers=headers, timeout=60, limits=limits) as client,
        ThreadPoolExecutor(CLICKING) as pool,
    ):

        def click(content_id: int) -> httpx.Response:
            return client.post(f"/api/v1/writer/content/{content_id}/publish/", json={})

        clicks = list(pool.map(click, [one for content_id in ids for one in (content_id,) * 2]))
    return list(zip(clicks[::2], clicks[1::2], strict=True))


def _judge_headless(product: Product, seen: Seen) -> None:
    documents = product.desk.rows(HeadlessDocument)
    seen.posts = len(documents)
    for one in documents:
        facts = (one.status, one.sequence, one.result.get("result"))
        if facts != ("publish", 1, "created"):
            seen.wrong.append(f"content {one.content_id}: {facts}")
    counted = product.desk.integration().posts_published_count
    if counted != seen.contents:
        seen.wrong.append(f"{counted} publications were counted")


def main() -> int:
    """Run it and print what was seen."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--contents", type=int, default=200)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--destination", choices=("headless", "wordpress"), default="wordpress")
    given = options.parse_args()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="igny8-doubles-")))
        product = stack.enter_context(Product(directory, IGNY8_API_PER_MINUTE="0"))
        wp = None
        if given.destination == "wordpress":
            wp = start_wordpress()
            stack.callback(wp.stop)
            product.connect_wordpress(wp)
        else:
            product.desk.connect("headless")
        product.start_web()
        for _ in range(given.workers):
            product.start_worker()
        seen = run(product, wp, given.contents)
    print(json.dumps(asdict(seen) | {"answers": dict(seen.answers)}, indent=1))
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
