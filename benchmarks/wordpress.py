"""Publishing to a real WordPress with the plugin, against the same requests sent bare.

    python -m benchmarks.wordpress [--quick] [--deployed]

500 posts of 9 KB by the real worker process, in batches with bare ones between. The requests that
a publication takes are counted where they leave the house. `--deployed`: a batch is a deployment.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import desk as desks
from benchmarks import measure, processes
from benchmarks.bare import Bare, requests_of
from tests.support.desk import Desk
from tests.support.wordpress import WordPress
from tests.wordpress import images
from webapp.config import root
from webapp.integrations import connections
from webapp.publisher.planning import deployments

GOAL = 0.95
BATCH = 100
AT_ONCE = 4
MOST_REQUESTS = 4
Send = Callable[[Desk, list[int]], float]


def connect(desk: Desk, site: WordPress) -> None:
    """Connect both sides with each other, as an administrator does."""
    with desk.system.db.write() as db:
        made, key = connections.connect(db, desk.system, desk.site, "wordpress", base_url=site.url)
    options = {
        "igny8_api_key": key,
        "igny8_app_url": desk.system.config.public_url,
        "igny8_site_id": desk.site.id,
        "igny8_integration_id": made.id,
    }
    for name, value in options.items():
        site.set_option(name, value)


def publish(desk: Desk, pieces: list[int]) -> float:
    """Click them all and wait until the worker is done; seconds."""
    began = desks.click(desk, pieces)
    desks.wait(desk, every=0.01)
    seconds = time.perf_counter() - began
    desks.check(desk, pieces)
    return seconds


def deploy(desk: Desk, pieces: list[int]) -> float:
    """The same with one click for all of them."""
    began = time.perf_counter()
    desk.deploy(deployments.INCREMENTAL)
    desks.wait(desk, every=0.01)
    seconds = time.perf_counter() - began
    desks.check(desk, pieces)
    return seconds


def with_images(desk: Desk) -> int:
    """A piece with a featured image and one in the text, both only here."""
    content_id = desk.write(html=desks.BODY + '<p><img src="igny8:one" alt="x"></p>')
    desk.add_image(content_id, image_type="featured", data=images.png(1))
    desk.add_image(content_id, image_type="in_article", ref="one", data=images.png(2))
    desk.approve(content_id)
    return content_id


def run(desk: Desk, site: WordPress, rounds: int, batch: int, send: Send) -> None:
    connect(desk, site)
    plain = requests_of(desk, desk.approved(html=desks.BODY))
    illustrated = requests_of(desk, with_images(desk))
    bare = Bare(plain)

    def ours() -> float:
        return send(desk, desks.write(desk, batch)) / batch

    def same_requests() -> float:
        return bare.run(bare.bodies(batch), AT_ONCE) / batch

    with processes.web(desk), processes.worker(desk):
        found = measure.compare(ours, same_requests, rounds)
    bare.close()
    low, high = (1 / one for one in reversed(found.interval()))
    measure.say(
        f"  {rounds * batch} posts: {1 / found.ratio:.3f} [{low:.3f}, {high:.3f}] of bare speed "
        f"({1 / min(found.bare):.1f}/s), control {found.spread:.2f}: "
        f"{measure.verdict(1 / found.ratio >= GOAL, found.is_conclusive)}"
    )
    few = len(plain) <= MOST_REQUESTS and len(illustrated) <= MOST_REQUESTS + 2
    measure.say(
        f"  requests per publish: {len(plain)}, and {len(illustrated)} with a featured image and "
        f"one in the text that only IGNY8 has: {measure.verdict(few)}"
    )


def main() -> None:
    rounds, batch = (1, 20) if "--quick" in sys.argv else (5, BATCH)
    measure.heading("publishing to a real WordPress 6.8")
    plugin = root() / "wordpress-plugin" / "igny8"
    local = Path(root() / "tests/support/wordpress_site/local-http.php")
    with (
        desks.installation(workers=AT_ONCE + 1, destination_parallel=AT_ONCE) as desk,
        WordPress.start("6.8", [plugin], workers=AT_ONCE, mu_plugins=[local]) as site,
    ):
        run(desk, site, rounds, batch, deploy if "--deployed" in sys.argv else publish)


if __name__ == "__main__":
    main()
