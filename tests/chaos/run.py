"""The long form of the chaos run, against a real WordPress.

    python -m tests.chaos.run --contents 200 --kills 300 --lost 200 --seed 1

Ends with 0 where every content stands in WordPress exactly once and whole.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from tests.chaos.storm import Orders, Storm
from tests.chaos.verdict import judge
from tests.destinations.conftest import start_wordpress
from tests.destinations.product import Product
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer

SETTINGS = {
    "IGNY8_LEASE_SECONDS": "2",
    "IGNY8_MANUAL_RETRY_SECONDS": "0.2",
    "IGNY8_WORKERS": "4",
    "IGNY8_DESTINATION_PARALLEL": "6",
    "IGNY8_REQUEST_SECONDS": "20",
}


def main() -> int:
    """Run it and print what happened and what is true afterwards."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--contents", type=int, default=200)
    options.add_argument("--kills", type=int, default=300)
    options.add_argument("--lost", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=3)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--wordpress", default="6.8")
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = options.parse_args()
    orders = Orders(
        given.contents, given.kills, given.lost, given.seed, given.workers, given.minutes * 60
    )
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="igny8-chaos-")))
        settings = SETTINGS | (servers(stack) if given.database == "postgresql" else {})
        wp = start_wordpress(given.wordpress)
        stack.callback(wp.stop)
        product = stack.enter_context(Product(directory, **settings))
        storm = stack.enter_context(Storm(wp, product, orders))
        figures = storm.run()
        verdict = judge(storm)
    print(
        json.dumps(
            {
                "orders": asdict(orders),
                "happened": asdict(figures),
                "verdict": asdict(verdict),
                "ok": verdict.ok,
            },
            indent=1,
        )
    )
    return 0 if verdict.ok else 1


def servers(stack: ExitStack) -> dict[str, str]:
    """A PostgreSQL and a Redis of this run's own, as settings."""
    postgres, redis = Postgres(), RedisServer()
    stack.callback(postgres.stop)
    stack.callback(redis.stop)
    postgres.start()
    redis.start()
    return {"IGNY8_DATABASE_URL": postgres.url(postgres.create()), "IGNY8_QUEUE_URL": redis.url}


if __name__ == "__main__":
    raise SystemExit(main())
