"""Five processes from nothing, and the worst that can befall them, in short; all of it by
`python -m tests.chaos.operations`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos import operations, troubles
from tests.chaos.house import House
from tests.chaos.troubles import Trouble
from tests.conftest import missing
from tests.support.fronts import FrontMissing
from tests.support.pgbouncer import PgbouncerMissing
from tests.support.postgres import PostgresMissing
from tests.support.redis_server import RedisMissing

pytestmark = pytest.mark.heavy
# Of each kind the one that asks most of the others.
IN_SHORT = (
    Trouble("each started anew", troubles.rolling_restart, seconds=0.5),
    Trouble("worker 2 frozen", troubles.worker_frozen(1), seconds=2.5),
    Trouble("Redis frozen", troubles.redis_frozen, seconds=2.5),
    Trouble("PostgreSQL killed", troubles.postgres_killed, answers=False, seconds=1.5),
)


def test_nothing_is_lost_twice_or_early_whatever_befalls_them(tmp_path: Path) -> None:
    try:
        with House(tmp_path, through_pgbouncer=True) as house:
            seen = operations.run(house, IN_SHORT)
    except (FrontMissing, PgbouncerMissing, PostgresMissing, RedisMissing) as reason:
        missing(reason)
        raise
    # How long pages take is looked at where nothing else runs: the long form.
    assert [one for one in seen.wrong if "slow" not in one] == []
    assert seen.verdict.pieces > 20
    assert seen.verdict.clicked > 5
    assert sum(one.pages for one in seen.passed) > 50
