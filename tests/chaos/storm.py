"""Workers die and answers get lost while contents go out to a real WordPress.

A proxy stands between the workers and WordPress. It sees every request begin and every answer
pass, so it knows the moments at which a worker's death hurts most; it kills that very worker
there (SIGKILL), or loses the answer of a request that WordPress has committed. Nothing of this is
known to the product: no code in it is made for tests.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import sqlalchemy as sa

from tests.destinations.piece import Piece, complete, png
from tests.destinations.product import Product
from tests.support.misbehaving import Exchange, Misbehaving, Reply, delayed, reply
from tests.support.wordpress import WordPress
from webapp.publisher.records.models import PublishingRecord

AT_ANY_MOMENT = "at any moment"
AFTER_CLAIM = "after the claim"
BEFORE_REQUEST = "before the request arrives"
WHILE_IT_WORKS = "while WordPress works on it"
WHILE_READING = "while the answer is read"
BEFORE_COMMIT = "before the result is committed"
POINTS = (AT_ANY_MOMENT, AFTER_CLAIM, BEFORE_REQUEST, WHILE_IT_WORKS, WHILE_READING, BEFORE_COMMIT)
LOST = "answer lost after the commit"
IN_FLIGHT = 8
# A record whose worker has died 30 times is given up, which is right and not what is shown here.
MOST_ATTEMPTS = 12
FAR_IMAGE = png(0, 9, (60, 40))
_CONTENT_PATH = re.compile(r".*/content/(\d+)/")


@dataclass(frozen=True)
class Orders:
    """How much shall happen. `kills` are spread evenly over POINTS; `lost` are answers."""

    contents: int
    kills: int
    lost: int
    seed: int
    workers: int = 3
    seconds: float = 1200.0


@dataclass
class Figures:
    """What really happened."""

    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(POINTS, 0))
    lost: int = 0
    lost_media: int = 0
    forced_again: int = 0
    clicks: int = 0
    seconds: float = 0.0


class Storm:
    """One run. `pieces` are the contents by id, as they were written."""

    def __init__(self, wp: WordPress, product: Product, orders: Orders) -> None:
        self.wp, self.product, self.orders = wp, product, orders
        self.figures = Figures()
        self.pieces: dict[int, Piece] = {}
        self._dice = random.Random(orders.seed)
        self._lock = threading.RLock()
        self._raging = True
        self._seen: set[tuple[str, int]] = set()
        self._doomed: set[int] = set()
        self._lost_images: set[str] = set()
        share, rest = divmod(orders.kills, len(POINTS))
        self._left = Counter({point: share + (n < rest) for n, point in enumerate(POINTS)})
        self._lost_left = orders.lost
        self.proxy = Misbehaving(upstream=wp.url)
        self.images = Misbehaving()

    def __enter__(self) -> Self:
        for server in (self.proxy, self.images):
            server.__enter__()
        self.proxy.on("POST", "*/publish-content/", self._publishing)
        self.proxy.on("POST", "*/media/", self._staging)
        self.proxy.on("GET", "*/content/*", self._verifying)
        picture = Reply(200, FAR_IMAGE, {"Content-Type": "image/png"})
        # Checking that address takes a moment: the time between a claim and the first request.
        self.images.on("HEAD", "*", delayed(0.08, reply(picture)))
        self.images.on("GET", "*", reply(picture))
        return self

    def __exit__(self, *_: object) -> None:
        self._raging = False
        for server in (self.proxy, self.images):
            server.__exit__()

    def run(self) -> Figures:
        """Click everything, let the storm do its part, wait until the last record is final."""
        began = time.monotonic()
        self._write()
        self.product.connect_wordpress(self.wp, self.proxy.url)
        for _ in range(self.orders.workers):
            self.product.start_worker(wait=False)
        watchers = [
            threading.Thread(target=self._watch_claims, daemon=True),
            threading.Thread(target=self._kill_at_random, daemon=True),
        ]
        for watcher in watchers:
            watcher.start()
        try:
            self._click_while_it_rages(began + self.orders.seconds)
        finally:
            self._raging = False
            for watcher in watchers:
                watcher.join()
        self.product.settle(
            list(self.pieces), max(60.0, began + self.orders.seconds - time.monotonic())
        )
        self.figures.seconds = time.monotonic() - began
        return self.figures

    def still_to_do(self) -> int:
        """Kills and losses that were ordered and have not happened."""
        return self._left.total() + self._lost_left

    # Work for the workers

    def _write(self) -> None:
        for number in range(1, self.orders.contents + 1):
            piece = complete(number, size=(60, 40))
            piece.pictures[-1] = {
                "image_type": "gallery",
                "url": f"{self.images.url}/{number}.png",
                "filename": f"far-{number}.png",
            }
            piece.fetched = [FAR_IMAGE]
            self.pieces[self.product.write(piece)] = piece

    def _click_while_it_rages(self, end: float) -> None:
        """Keep some contents in flight until all are out and all that was ordered has happened."""
        ids = list(self.pieces)
        waiting = ids.copy()
        total = self.orders.kills + self.orders.lost
        while waiting or self.still_to_do():
            assert time.monotonic() < end, (
                f"{len(waiting)} waiting, {self._left}, {self._lost_left}"
            )
            done = 1 - self.still_to_do() / max(1, total)
            behind = len(ids) - len(waiting) <= done * len(ids)
            if self.product.active() >= IN_FLIGHT or not (waiting or self.product.active() < 4):
                time.sleep(0.02)
            elif waiting and (behind or self.product.active() < 3):
                self._click(waiting.pop(0), force=False)
            elif not waiting:
                self._click(self._dice.choice(ids), force=True)
            else:
                time.sleep(0.02)

    def _click(self, content_id: int, *, force: bool) -> None:
        self.product.click([content_id], force=force)
        self.figures.clicks += 1
        self.figures.forced_again += force

    # What the proxy does

    def _publishing(self, exchange: Exchange) -> None:
        body = exchange.hit.json()
        key, attempt = str(body["publish_key"]), int(body["attempt"])
        with self._lock:
            self._seen.add((key, attempt))
        fate = self._fate()

        def kill() -> bool:
            return self._kill_holder(fate, PublishingRecord.publish_key == key)

        if fate == BEFORE_REQUEST and kill():
            exchange.reset()
        elif fate == WHILE_IT_WORKS:
            timer = threading.Timer(self._dice.uniform(0.005, 0.15), kill)
            timer.start()
            answer = exchange.upstream()
            timer.join()
            exchange.send(answer)
        elif fate == WHILE_READING:
            self._die_reading(exchange, exchange.upstream(), kill)
        elif fate == BEFORE_COMMIT:
            with self._lock:
                self._doomed.add(int(body["content_id"]))
            exchange.send(exchange.upstream())
        elif fate == LOST:
            self._lose(exchange, exchange.upstream())
        else:
            exchange.send(exchange.upstream())

    def _verifying(self, exchange: Exchange) -> None:
        """The last request before the result is committed."""
        found = _CONTENT_PATH.match(exchange.hit.path)
        content_id = int(found[1]) if found else 0
        with self._lock:
            doomed = content_id in self._doomed
            self._doomed.discard(content_id)
            answers_first = self._dice.random() < 0.5
        if not doomed:
            exchange.send(exchange.upstream())
            return
        if answers_first:
            exchange.send(exchange.upstream())
            time.sleep(self._dice.uniform(0, 0.05))
        self._kill_holder(BEFORE_COMMIT, PublishingRecord.content_id == content_id)
        if not answers_first:
            exchange.reset()

    def _die_reading(self, exchange: Exchange, answer: Reply, kill: Callable[[], bool]) -> None:
        if answer.status >= 300:
            exchange.send(answer)
            return
        exchange.begin(answer, len(answer.body))
        exchange.write(answer.body[: len(answer.body) // 2])
        kill()
        exchange.hang_up()

    def _lose(self, exchange: Exchange, answer: Reply) -> None:
        """Lose the answer of what was committed; another one (busy, refused) is let through."""
        if answer.status < 300:
            self.figures.lost += 1
            exchange.reset()
            return
        with self._lock:
            self._lost_left += 1
        exchange.send(answer)

    def _staging(self, exchange: Exchange) -> None:
        """Answers of uploads are lost too, but of each image only once: a content is given up
        after four failures, which is right and not what is shown here."""
        answer = exchange.upstream()
        image = exchange.hit.query
        if self._raging and image not in self._lost_images and self._dice.random() < 0.05:
            self._lost_images.add(image)
            self.figures.lost_media += 1
            exchange.reset()
        else:
            exchange.send(answer)

    def _fate(self) -> str:
        """What happens with a publish request: mostly something while there is something left."""
        with self._lock:
            if not self._raging:
                return ""
            here = [BEFORE_REQUEST, WHILE_IT_WORKS, WHILE_READING, BEFORE_COMMIT]
            possible = [point for point in here for _ in range(self._left[point])]
            possible += [LOST] * self._lost_left
            if not possible or self._dice.random() < 0.3:
                return ""
            fate = self._dice.choice(possible)
            if fate == LOST:
                self._lost_left -= 1
            return fate

    # Killing

    def _watch_claims(self) -> None:
        """Kills right after a claim: the row says who has it, and no request has come yet."""
        looked_at: set[tuple[str, int]] = set()
        held = sa.select(
            PublishingRecord.publish_key, PublishingRecord.attempt, PublishingRecord.owner
        ).where(PublishingRecord.status == "publishing")
        while self._raging:
            time.sleep(0.01)
            with suppress(sa.exc.OperationalError), self.product.system.db.read() as db:
                rows = db.execute(held).all()
                for key, attempt, _ in rows:
                    fresh = (key, attempt) not in looked_at | self._seen
                    looked_at.add((key, attempt))
                    if fresh and self._left[AFTER_CLAIM] and self._dice.random() < 0.3:
                        self._kill_holder(AFTER_CLAIM, PublishingRecord.publish_key == key)

    def _kill_at_random(self) -> None:
        while self._raging:
            time.sleep(self._dice.uniform(0.2, 1.2))
            if self._left[AT_ANY_MOMENT]:
                self._kill_holder(AT_ANY_MOMENT, PublishingRecord.id > 0)

    def _kill_holder(self, point: str, condition: sa.ColumnElement[bool]) -> bool:
        """Kill the worker that holds such a record; another process takes its place."""
        held = sa.select(PublishingRecord.owner).where(
            PublishingRecord.status == "publishing", PublishingRecord.owner.is_not(None)
        )
        with self._lock:
            with self.product.system.db.read() as db:
                owners = set(db.scalars(held.where(condition)))
                spared = set(db.scalars(held.where(PublishingRecord.attempt >= MOST_ATTEMPTS)))
            alive = self.product.pids()
            here = [pid for one in owners - spared if (pid := _pid(one)) in alive]
            if not self._raging or not here or self._left[point] <= 0:
                return False
            self.product.end_worker(alive[self._dice.choice(here)])
            self._left[point] -= 1
            self.figures.kills[point] += 1
            self.product.start_worker(wait=False)
            return True


def _pid(owner: str | None) -> int:
    """Of host:pid:random."""
    return int((owner or "::").split(":")[1])
