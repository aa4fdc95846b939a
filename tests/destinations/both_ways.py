"""A machine that edits at random in WordPress and here, while answers are lost, PHP and the web
process are killed, and the way is blocked; in the end both agree, or the piece says that they do
not, and nothing that anybody wrote is lost.

    python -m tests.destinations.both_ways [--seeds 20] [--steps 500] [--first 1]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
import sqlalchemy as sa

from tests.destinations.product import Product
from tests.support.wordpress import WordPress
from webapp.core import decoders
from webapp.integrations.models import Placement, WebsiteChange
from webapp.publisher.delivery import collecting, hearing
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import payload
from webapp.writer.models import Cluster, ContentTaxonomy
from webapp.writer.payload import Payload

PIECES = 3
# PHP dies when the app has answered, before it wrote that down.
DIES = (
    "add_filter('http_response', function ($answer, $args, $url) {"
    " $flag = WP_CONTENT_DIR . '/dies-now';"
    " if (strpos($url, '/changes/') && is_file($flag)) {"
    " unlink($flag); posix_kill(posix_getpid(), SIGKILL); } return $answer; }, 10, 3);"
)


class Relay:
    """Between WordPress and the web process: passes, is away, or loses the answer."""

    def __init__(self, to: str) -> None:
        self.mood = "passes"
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if relay.mood == "away":
                    self.close_connection = True
                    return
                kept = ("authorization", "content-type", "x-igny8-")
                headers = {k: v for k, v in self.headers.items() if k.lower().startswith(kept)}
                try:
                    answer = httpx.post(to + self.path, content=body, headers=headers, timeout=60)
                except httpx.TransportError:  # the web process was killed
                    self.close_connection = True
                    return
                if relay.mood == "loses":
                    relay.mood = "passes"
                    self.close_connection = True
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the output quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Machine:
    """One run: its pieces, and what was written and taken away by whom."""

    def __init__(self, wp: WordPress, product: Product, relay: Relay, seed: int) -> None:
        self.wp, self.product, self.relay = wp, product, relay
        self.desk = product.desk
        self.seed = seed
        self.chance = random.Random(seed)
        self.integration_id = self.desk.integration().id
        self.made: set[tuple[int, str]] = set()
        self.taken_away: set[tuple[int, str]] = set()
        self.log: list[str] = []
        self.clusters = self._clusters()
        self.pieces = [self.desk.approved(cluster_id=self.clusters[0]) for _ in range(PIECES)]
        for piece in self.pieces:
            self._publish(piece)
        self.posts = {one: self._post_of(one) for one in self.pieces}

    def run(self, steps: int) -> None:
        """Do so many steps, come to rest, and look. Raises AssertionError with the last steps."""
        acts = self._acts()
        for number in range(steps):
            names, weights = zip(*((act, weight) for act, weight in acts.items()), strict=True)
            act = self.chance.choices(names, weights)[0]
            piece = self.chance.choice(self.pieces)
            self.log.append(f"{act.__name__} {piece}")
            act(piece, f"s{self.seed}n{number}")
        try:
            self._rest()
            for piece in self.pieces:
                self._look(piece)
        except AssertionError as problem:
            raise AssertionError(f"seed {self.seed}: {problem}; {self.log[-60:]}") from problem

    def _acts(self) -> dict[Callable[[int, str], None], int]:
        return {
            self.adds_tag_there: 8,
            self.removes_tag_there: 4,
            self.changes_cluster_there: 3,
            self.changes_title_there: 1,
            self.adds_tag_here: 8,
            self.removes_tag_here: 4,
            self.changes_cluster_here: 2,
            self.asks: 10,
            self.asks_and_loses_the_answer: 4,
            self.asks_and_php_dies: 2,
            self.asks_while_we_are_away: 2,
            self.publishes: 4,
            self.web_dies: 1 if self.chance.random() < 0.2 else 0,
        }

    # There

    def adds_tag_there(self, piece: int, word: str) -> None:
        self._php(piece, f"wp_set_post_tags($id, '{word}w', true);")
        self.made.add((piece, f"{word}w"))

    def removes_tag_there(self, piece: int, _: str) -> None:
        if found := self._tags_there(piece):
            gone = self.chance.choice(sorted(found))
            self._php(piece, f"wp_remove_object_terms($id, '{gone}', 'post_tag');")
            self.taken_away.add((piece, gone))

    def changes_cluster_there(self, piece: int, _: str) -> None:
        number = self.chance.choice(self.clusters)
        self._php(piece, f"update_post_meta($id, '_igny8_cluster_id', '{number}');")

    def changes_title_there(self, piece: int, word: str) -> None:
        self._php(piece, f"wp_update_post(array('ID' => $id, 'post_title' => '{word}'));")

    # Here

    def adds_tag_here(self, piece: int, word: str) -> None:
        self._tag(piece, [*self._tags_here(piece), f"{word}h"])
        self.made.add((piece, f"{word}h"))

    def removes_tag_here(self, piece: int, _: str) -> None:
        if found := self._tags_here(piece):
            gone = self.chance.choice(sorted(found))
            self._tag(piece, [one for one in found if one != gone])
            self.taken_away.add((piece, gone))

    def changes_cluster_here(self, piece: int, _: str) -> None:
        number = self.chance.choice(self.clusters)
        self.desk.edit(piece, cluster_id=number, keep_approved=True)

    # Between

    def asks(self, *_: object) -> None:
        collecting.ask(self.product.system, self.integration_id, self.product.system.clock())

    def asks_and_loses_the_answer(self, *_: object) -> None:
        self.relay.mood = "loses"
        self.asks()
        self.relay.mood = "passes"

    def asks_while_we_are_away(self, *_: object) -> None:
        self.relay.mood = "away"
        self.asks()
        self.relay.mood = "passes"

    def asks_and_php_dies(self, *_: object) -> None:
        flag = self.wp.home / "wp-content" / "dies-now"
        flag.touch()
        self.asks()
        if flag.exists():
            flag.unlink()
        else:
            self.wp.after_a_death()
            self.wp.revive()

    def publishes(self, piece: int, _: str) -> None:
        if self.desk.content(piece).site_status != states.PUBLISHING:
            self._publish(piece, force=True)

    def web_dies(self, *_: object) -> None:
        self.product.end_web()
        self.asks()
        self.product.start_web()

    # In the end

    def _rest(self) -> None:
        for _ in range(10):
            self.asks()
            if self.wp.value("SELECT COUNT(*) FROM wp_igny8_outbox") == "0":
                return
        raise AssertionError("changes still wait there")

    def _look(self, piece: int) -> None:
        known, there = self._known(piece), self._tags_there(piece)
        with self.product.system.db.read() as db:
            shown = {one.field for _, one in hearing.shown_of(db, self.desk.content(piece))}
        assert {one.name for one in known.tags} == there, f"{piece}: tags, {there}"
        for field, ours, theirs in (
            ("cluster_id", str(known.cluster_id or ""), self._meta(piece, "_igny8_cluster_id")),
            ("title", known.title, self._title(piece)),
        ):
            assert ours == theirs or field in shown, f"{piece}: {field}, {ours}, {theirs}, {shown}"
        alive = {tag for one, tag in self.made - self.taken_away if one == piece}
        assert set(self._tags_here(piece)) == alive, f"{piece}: {alive}"
        numbers = [one.sequence for one in self._changes(piece)]
        assert numbers == sorted(set(numbers)), f"{piece}: {numbers}"
        self._publish_over(piece)
        assert self._tags_there(piece) == alive, f"{piece}: {alive}"

    def _publish_over(self, piece: int) -> None:
        self._publish(piece, force=True)
        record = self.desk.records_of(piece)[-1]
        if record.status == states.FAILED:
            details = (record.error or {}).get("details", {})
            self._publish(piece, force=True, over=details.get("over", ""))
            record = self.desk.records_of(piece)[-1]
        assert record.status in (states.PUBLISHED, "published_with_issues"), record.error

    def _publish(self, piece: int, **how: Any) -> None:
        self.desk.publish(piece, **how)
        self.desk.run_worker()
        self.product.settle([piece])  # a worker process may have been quicker

    def _known(self, piece: int) -> Payload:
        """What we take the website's side to be: what was sent, with what was taken over since."""
        with self.product.system.db.read() as db:
            query = sa.select(PublishingRecord.snapshot, Placement.heard).join(
                Placement, Placement.record_id == PublishingRecord.id
            )
            row = db.execute(query.where(Placement.content_id == piece)).one()
            sent = decoders.convert(row.snapshot, Payload)
            told = row.heard.get("payload", {})
            known = msgspec.structs.replace(sent, **told)
            if "tag_ids" not in told:
                return known
            built = payload.build_by_id(db, piece)
            names = {**dict(zip(sent.tag_ids, sent.tags, strict=True)), **self._names(db)}
            names |= dict(zip(built.tag_ids, built.tags, strict=True))
            return msgspec.structs.replace(known, tags=[names[one] for one in known.tag_ids])

    def _names(self, db: Any) -> dict[int, payload.Term]:
        rows = db.execute(sa.select(ContentTaxonomy.id, ContentTaxonomy.name))
        return {row.id: payload.Term(row.name) for row in rows}

    # Small things

    def _php(self, piece: int, code: str) -> None:
        self.wp.php(f"$id = {self.posts[piece]}; wp_set_current_user(1); {code}")

    def _tag(self, piece: int, names: list[str]) -> None:
        tags = [{"name": one} for one in names]
        self.desk.edit(piece, tags=tags, keep_approved=True)

    def _tags_here(self, piece: int) -> list[str]:
        with self.product.system.db.read() as db:
            return [one.name for one in payload.build_by_id(db, piece).tags]

    def _tags_there(self, piece: int) -> set[str]:
        code = "echo json_encode(wp_get_object_terms(%s, 'post_tag', array('fields' => 'names')));"
        return set(json.loads(self.wp.php(code % self.posts[piece])))

    def _meta(self, piece: int, key: str) -> str:
        where = f"post_id = {self.posts[piece]} AND meta_key = '{key}'"
        return self.wp.value(f"SELECT meta_value FROM wp_postmeta WHERE {where}") or ""

    def _title(self, piece: int) -> str:
        return (
            self.wp.value(f"SELECT post_title FROM wp_posts WHERE ID = {self.posts[piece]}") or ""
        )

    def _post_of(self, piece: int) -> str:
        where = f"meta_key = '_igny8_content_id' AND meta_value = '{piece}'"
        return self.wp.value(f"SELECT post_id FROM wp_postmeta WHERE {where}") or ""

    def _changes(self, piece: int) -> list[WebsiteChange]:
        return [one for one in self.desk.rows(WebsiteChange) if one.content_id == piece]

    def _clusters(self) -> list[int]:
        site, made = self.desk.site, []
        with self.product.system.db.write() as db:
            for name in "abc":
                cluster = Cluster(
                    account_id=site.account_id,
                    site_id=site.id,
                    sector_id=self.desk.sector.id,
                    name=f"{name}{self.seed}",
                    slug=f"{name}{self.seed}",
                )
                db.add(cluster)
                db.flush()
                made.append(cluster.id)
        return made


def play(wp: WordPress, product: Product, seeds: range, steps: int) -> None:
    """The machine for each seed, on one WordPress and one product with a web process."""
    with wp.mu_plugin(DIES), Relay(product.url) as relay:
        wp.set_option("igny8_app_url", relay.url)
        try:
            for seed in seeds:
                Machine(wp, product, relay, seed).run(steps)
                print(f"seed {seed}: {steps} steps, both agree", flush=True)
        finally:
            wp.set_option("igny8_app_url", product.url)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--first", type=int, default=1)
    given = parser.parse_args()
    from tests.destinations.conftest import start_wordpress

    with ExitStack() as stack:
        wp = stack.enter_context(start_wordpress("6.8"))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        product = stack.enter_context(Product(directory))
        product.connect_wordpress(wp)
        product.start_web()
        play(wp, product, range(given.first, given.first + given.seeds), given.steps)


if __name__ == "__main__":
    main()
