"""What open tabs hear: the real stream, from the application behind its server, on the database's
own feed and on Redis, across processes, and after Redis was away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import httpx
import pytest
import uvicorn
from sqlalchemy.orm import Session

from tests.conftest import MakeSystem
from tests.support.application import routed_on
from tests.support.desk import Desk
from tests.support.processes import wait_until
from tests.support.redis_server import RedisServer
from webapp import wire
from webapp.accounts import sessions
from webapp.accounts.access import Member
from webapp.config import Config
from webapp.core.errors import NotFound
from webapp.core.system import System

LONGEST = 60.0


class Tab:
    """An open tab: what it hears is added to `lines` by a thread of its own."""

    def __init__(self, response: httpx.Response) -> None:
        self.lines: list[str] = []
        self._response = response
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            for line in self._response.iter_lines():
                self.lines.append(line)
        except httpx.HTTPError:
            self.lines.append("lost")

    def hears(self, what: str) -> bool:
        wait_until(lambda: any(what in line for line in self.lines), f"a tab to hear {what}")
        return True


Open = Callable[[System, Member], Tab]


@pytest.fixture
def open_tab(desk: Desk) -> Iterator[Open]:
    """Starts a web process on a system, and opens a member's tab there."""
    with ExitStack() as stack:

        def open_one(system: System, member: Member) -> Tab:
            url = stack.enter_context(served(system))
            cookies = {sessions.COOKIE: desk.session_of(member)}
            client = stack.enter_context(
                httpx.Client(base_url=url, cookies=cookies, timeout=LONGEST)
            )
            headers = {"Host": system.config.public_url.partition("//")[2]}
            response = stack.enter_context(client.stream("GET", "/events", headers=headers))
            assert response.status_code == 200, response.read()
            tab = Tab(response)
            tab.hears("hello")
            return tab

        yield open_one


@contextmanager
def served(system: System) -> Iterator[str]:
    """A web process's worth of it, behind its server; its address."""
    with routed_on(system) as app:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", **wire.settings()))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_until(lambda: server.started, "uvicorn")
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            thread.join(LONGEST)


def say(system: System, account_id: int, topic: str, object_id: int) -> None:
    with system.db.write() as db:
        system.notices.send(db, account_id, topic, object_id)


def _say_and_fail(db: Session, system: System, account_id: int) -> None:
    system.notices.send(db, account_id, "content", 501)
    raise NotFound


def test_a_tab_hears_of_its_own_account_only(desk: Desk, open_tab: Open) -> None:
    content_id = desk.write()
    tab = open_tab(desk.system, desk.owner)
    say(desk.system, desk.stranger.account_id, "content", 77)
    say(desk.system, desk.owner.account_id, "content", content_id)
    assert tab.hears(f'"ids":[{content_id}]')
    assert not any("77" in line for line in tab.lines)


def test_who_does_not_see_a_piece_hears_nothing_of_who_has_it_open(
    desk: Desk, open_tab: Open
) -> None:
    content_id = desk.write()
    tab, own = open_tab(desk.system, desk.client), open_tab(desk.system, desk.teammate)
    say(desk.system, desk.owner.account_id, "presence", content_id)
    say(desk.system, desk.owner.account_id, "worker", 0)
    assert own.hears('"topic":"presence"')
    assert tab.hears('"topic":"worker"')
    assert not any("presence" in line for line in tab.lines)


def test_a_topic_of_which_nobody_said_whose_it_is_is_kept_from_who_sees_little(
    desk: Desk, open_tab: Open
) -> None:
    tab = open_tab(desk.system, desk.client)
    say(desk.system, desk.owner.account_id, "unheard-of", 1)
    say(desk.system, desk.owner.account_id, "worker", 0)
    assert tab.hears('"topic":"worker"')
    assert not any("unheard-of" in line for line in tab.lines)


@pytest.mark.both_databases
def test_tabs_of_all_processes_hear_it_on_redis(
    desk: Desk, config: Config, make_system: MakeSystem, redis: RedisServer, open_tab: Open
) -> None:
    on_redis = replace(config, queue_url=redis.url)
    one, other, worker = (make_system(on_redis) for _ in range(3))
    tabs = [open_tab(one, desk.owner), open_tab(other, desk.teammate)]
    stranger = open_tab(one, desk.stranger)
    content_id = desk.write()
    say(worker, desk.owner.account_id, "content", content_id)
    assert all(tab.hears(f'"ids":[{content_id}]') for tab in tabs)
    say(worker, desk.stranger.account_id, "worker", 0)
    assert stranger.hears('"topic":"worker"')
    assert not any('"content"' in line for line in stranger.lines)


def test_after_redis_was_away_tabs_fetch_everything_and_hear_again(
    desk: Desk, config: Config, make_system: MakeSystem, redis: RedisServer, open_tab: Open
) -> None:
    system = make_system(replace(config, queue_url=redis.url))
    tab = open_tab(system, desk.owner)
    wait_until(lambda: sum("hello" in line for line in tab.lines) >= 1, "the first hello")
    before = sum("hello" in line for line in tab.lines)
    redis.kill()
    wait_until(lambda: sum("hello" in line for line in tab.lines) > before, "another hello")
    redis.start()
    hears_again(tab, desk, system)


def hears_again(tab: Tab, desk: Desk, system: System) -> None:
    """What is said goes unheard until the server is tried anew."""
    content_id = desk.write()

    def is_heard() -> bool:
        say(system, desk.owner.account_id, "content", content_id)
        return any(f'"ids":[{content_id}]' in line for line in tab.lines)

    wait_until(is_heard, "a notice")


def test_what_rolls_back_is_heard_by_nobody(
    desk: Desk, config: Config, make_system: MakeSystem, redis: RedisServer, open_tab: Open
) -> None:
    system = make_system(replace(config, queue_url=redis.url))
    tab = open_tab(system, desk.owner)
    with pytest.raises(NotFound), system.db.write() as db:
        _say_and_fail(db, system, desk.owner.account_id)
    say(system, desk.owner.account_id, "content", 502)
    assert tab.hears('"ids":[502]')
    assert not any("501" in line for line in tab.lines)
