"""A real WordPress updates the plugin by its own updater while pieces are being published.

    python -m tests.destinations.updated --contents 50

The app is a checkout of its own, with a newer plugin that was signed by the publisher's command.
Ends with 0 where every content stands in WordPress exactly once and whole, and the plugin is new.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization as how

from tests.destinations.conftest import LOCAL_HTTP
from tests.destinations.judge import Website, complaints
from tests.destinations.piece import complete
from tests.destinations.product import Product
from tests.support import checkout
from tests.support.processes import wait_until
from tests.support.wordpress import WordPress
from tests.support.wordpress_golden import TEMPLATES
from tests.wordpress.update.place import AT_NIGHT, NEW, OLD
from tests.wordpress.update.publisher import Publisher
from webapp.publisher.records.models import PublishingRecord

# So many times the contents that were asked for go out at most.
MOST = 10
SETTINGS = {"IGNY8_WORKERS": "4", "IGNY8_DESTINATION_PARALLEL": "4"}


@dataclass(frozen=True)
class Verdict:
    """What is true afterwards. `waited`: records that met the update."""

    contents: int
    published: int
    attempts: int
    waited: int
    first: str
    last: str
    wrong: list[str]

    @property
    def ok(self) -> bool:
        return not self.wrong and self.published == self.contents and self.last == NEW


@contextmanager
def house(directory: Path, version: str) -> Iterator[tuple[WordPress, Product]]:
    """A WordPress with the old plugin, connected with an app that has the new one."""
    publisher = Publisher()
    key = directory / "key.pem"
    key.write_bytes(
        publisher.key.private_bytes(how.Encoding.PEM, how.PrivateFormat.PKCS8, how.NoEncryption())
    )
    place = checkout.lay_out(directory / "new", publisher.plugin(directory / "plugin", NEW))
    signed = checkout.run(place, "sign-plugin", "--key", str(key))
    assert signed.returncode == 0, signed.stderr
    old = publisher.plugin(directory / "old", OLD)
    mu = [LOCAL_HTTP, TEMPLATES / "updates.php"]
    wp = WordPress.start(version, [old], workers=6, mu_plugins=mu, copied=True)
    try:
        (directory / "var").mkdir()
        with Product(directory / "var", **SETTINGS) as product:
            product.home = place
            product.connect_wordpress(wp)
            product.start_web()
            product.start_worker()
            yield wp, product
    finally:
        wp.stop()


def run(directory: Path, contents: int, version: str) -> Verdict:
    """Publish so many, and more as long as it takes; when a fifth is online, WordPress's night of
    updates begins."""
    with house(directory, version) as (wp, product):
        pieces = {product.write(one): one for one in map(complete, range(contents))}
        first = plugin_version(wp)
        product.click(pieces)
        wait_until(lambda: published(wp) >= contents // 5, "the first pieces", 120)
        updating = threading.Thread(target=wp.php, args=(AT_NIGHT,))
        updating.start()
        # As long as it goes on, pieces go out: however quick the machine is, some meet it.
        while updating.is_alive() and len(pieces) < MOST * contents:
            one = complete(len(pieces))
            content_id = product.write(one)
            pieces[content_id] = one
            product.click([content_id])
        records = product.settle(pieces, 300)
        updating.join()
        hashes = {one.content_id: one.content_hash for one in records}
        wrong = complaints(Website(wp), pieces, hashes)
        wrong += [f"record {one.id}: {one.error}" for one in records if one.status != "published"]
        return Verdict(
            contents=len(pieces),
            published=sum(one.status == "published" for one in records),
            attempts=sum(one.attempt for one in product.desk.rows(PublishingRecord)),
            waited=sum(one.attempt > 1 for one in records),
            first=first,
            last=plugin_version(wp),
            wrong=wrong,
        )


def plugin_version(wp: WordPress) -> str:
    """Of the plugin that WordPress runs."""
    return wp.php("echo Igny8\\VERSION;")


def published(wp: WordPress) -> int:
    return int(wp.value("SELECT COUNT(*) FROM wp_igny8_publishes WHERE state = 'done'") or 0)


def main() -> int:
    """Run it and print what is true afterwards."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--contents", type=int, default=50)
    options.add_argument("--wordpress", default="6.8")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="igny8-update-") as directory:
        verdict = run(Path(directory), given.contents, given.wordpress)
    print(json.dumps(asdict(verdict) | {"ok": verdict.ok}, indent=1))
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
