"""From a commit to the browser: 500 open tabs, ten changes a second, 50 tabs hear of each.

    python -m benchmarks.events [--quick]

Ten accounts with fifty tabs each, in a client process of its own. A change is a notice committed
as every verb commits it; its latency is from the return of the commit to the line's arrival.
"""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks import desk as desks
from benchmarks import measure, processes
from tests.support.desk import Desk
from webapp.accounts import sessions, setup
from webapp.accounts.models import Account, User
from webapp.accounts.rights import Role
from webapp.config import root

ACCOUNTS, TABS, PER_SECOND = 10, 50, 10
GOAL = 0.100
FIRST_ID = 1000


def accounts(desk: Desk) -> tuple[list[int], list[str]]:
    """Account ids, and a cookie for each tab; every tab has its own session."""
    ids, cookies = [], []
    with desk.system.db.write() as db:
        for number in range(ACCOUNTS):
            account = Account(name=f"House {number}")
            user = User(email=f"reader{number}@example.com", password_hash="-")
            db.add_all([account, user])
            db.flush()
            setup.join(db, account.id, user.id, Role.VIEWER)
            ids.append(account.id)
            for _ in range(TABS):
                token = sessions.sign_in(db, user, desk.system.clock())
                cookies.append(f"{sessions.COOKIE}={token}")
    return ids, cookies


def change(desk: Desk, account_id: int, number: int) -> float:
    """Commit one change; when it was on disk."""
    system = desk.system
    system.commits.run(lambda db: system.notices.send(db, account_id, "content", number))
    return time.monotonic()


def series(desk: Desk, ids: list[int], cookies: list[str], seconds: int) -> list[float]:
    """Latencies of all deliveries; fails if any of them is missing."""
    command = [sys.executable, "-m", "benchmarks.tabs"]
    command += [desk.system.config.public_url, str(seconds + 2)]
    tabs = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root()
    )
    try:
        assert tabs.stdin is not None
        assert tabs.stdout is not None
        tabs.stdin.write("\n".join(cookies))
        tabs.stdin.close()
        assert tabs.stdout.readline() == "ready\n", "the tabs could not connect"
        committed = {}
        began = time.monotonic() + 0.5
        for number in range(seconds * PER_SECOND):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            account_id = ids[number % ACCOUNTS]
            committed[FIRST_ID + number] = change(desk, account_id, FIRST_ID + number)
        heard = [line.split() for line in tabs.stdout.read().splitlines()]
        assert len(heard) == len(committed) * TABS, f"{len(heard)} of {len(committed) * TABS}"
        return [float(moment) - committed[int(number)] for number, moment in heard]
    finally:
        tabs.kill()
        tabs.wait()


def main() -> None:
    rounds, seconds = (1, 5) if "--quick" in sys.argv else (5, 15)
    open_tabs = ACCOUNTS * TABS
    measure.heading(f"event to browser: {open_tabs} tabs, {PER_SECOND}/s, {TABS} hear each")
    with desks.installation() as desk, processes.web(desk):
        ids, cookies = accounts(desk)
        found = [series(desk, ids, cookies, seconds) for _ in range(rounds)]
    measure.report_times("p50", [measure.percentile(one, 50) for one in found])
    measure.report_times("p99", [measure.percentile(one, 99) for one in found], GOAL)
    measure.report_times("slowest", [max(one) for one in found])


if __name__ == "__main__":
    main()
