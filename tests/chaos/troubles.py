"""What can befall an installation, one after the other. Each begins when it is entered and is over
when it is left; what it is called says who suffers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from redis import Redis

from tests.chaos.house import ROLE, House, Process
from tests.support.processes import frozen, wait_until

Act = Callable[[House], AbstractContextManager[object]]
SLOW = 0.04  # seconds in which a slow one stands still, and as many in which it goes on


@dataclass(frozen=True)
class Trouble:
    """`answers`: the database does meanwhile, so pages come as fast as ever; `seconds`: how long it
    lasts, besides its own doing; `ends`: processes may end, also a while after it, and are started
    again, as whoever keeps services running does."""

    name: str
    begin: Act
    answers: bool = True
    seconds: float = 4.0
    ends: bool = False


@contextmanager
def nothing(_house: House) -> Iterator[None]:
    """For comparison."""
    yield


@contextmanager
def rolling_restart(house: House) -> Iterator[None]:
    """Each process is stopped as a service is, and started anew: the web processes first."""
    for one in [*house.webs, *house.workers]:
        one.stop()
        one.log.write_text("")
        one.start()
        wait_until(one.is_ready, f"{one.kind} again", 60)
    yield


def killed(which: int) -> Act:
    @contextmanager
    def act(house: House) -> Iterator[None]:
        worker = house.workers[which]
        worker.kill()
        yield
        worker.start()

    return act


def worker_frozen(which: int) -> Act:
    """For longer than its lease; then it finds that others have its work."""
    return lambda house: frozen(house.workers[which].pids)


def workers_slow(house: House) -> AbstractContextManager[None]:
    return slow([pid for one in house.workers for pid in one.pids])


@contextmanager
def again_and_again(hinder: Callable[[], None], pause: float) -> Iterator[None]:
    """Meanwhile a thread does it, with pauses."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(pause):
            hinder()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def slow(pids: list[int]) -> AbstractContextManager[None]:
    """They stand still half of the time."""

    def hinder() -> None:
        with frozen(pids):
            time.sleep(SLOW)

    return again_and_again(hinder, SLOW)


@contextmanager
def redis_killed(house: House) -> Iterator[None]:
    house.redis.kill()
    yield
    house.redis.start()


def redis_frozen(house: House) -> AbstractContextManager[None]:
    return house.redis.frozen()


@contextmanager
def redis_slow(house: House) -> Iterator[None]:
    """Every question waits a quarter of a second, once the pause before has ended."""
    with Redis.from_url(house.redis.url) as admin:
        pause = lambda: admin.execute_command("CLIENT", "PAUSE", "250")  # noqa: E731
        with again_and_again(pause, 0.3):
            yield


def redis_told(name: str, before: str, after: str) -> Act:
    """A setting of Redis, for a while; who is connected has to come anew."""

    @contextmanager
    def act(house: House) -> Iterator[None]:
        with Redis.from_url(house.redis.url) as admin:
            admin.config_set(name, after)
            admin.execute_command("CLIENT", "KILL", "TYPE", "normal")
            yield
            admin.config_set(name, before)

    return act


@contextmanager
def postgres_killed(house: House) -> Iterator[None]:
    house.postgres.crash()
    yield
    house.postgres.serve()


def postgres_frozen(house: House) -> AbstractContextManager[None]:
    return house.postgres.frozen()


def postgres_slow(house: House) -> AbstractContextManager[None]:
    return slow(house.postgres.pids)


@contextmanager
def postgres_full(house: House) -> Iterator[None]:
    """Its disk has no room left; not even for what is there to grow."""
    assert house.disk is not None
    ballast = house.disk.parent / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            pass
    yield
    ballast.unlink()


@contextmanager
def at_the_limit(house: House) -> Iterator[None]:
    """All connections are taken: those that there are go on, and no new one is let in."""
    house.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT {max(1, house.connections() - 2)}")
    for one in (house.webs[0], house.workers[0]):
        _start_anew(one)
    yield
    house.ask(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")


def _start_anew(one: Process) -> None:
    """Its connections are given back, and what it needs is not there when it comes again."""
    one.kill()
    one.start()


# Pages may take however long: the others are measured against it.
NONE = Trouble("nothing", nothing, answers=False)
TROUBLES = [
    Trouble("each started anew", rolling_restart, seconds=1),
    *(Trouble(f"worker {n + 1} killed", killed(n)) for n in range(3)),
    *(Trouble(f"worker {n + 1} frozen", worker_frozen(n)) for n in range(3)),
    Trouble("workers slow", workers_slow, seconds=6),
    Trouble("Redis killed", redis_killed, seconds=6),
    Trouble("Redis frozen", redis_frozen, seconds=6),
    Trouble("Redis slow", redis_slow, seconds=6),
    Trouble("Redis full", redis_told("maxmemory", "0", "1"), seconds=6),
    Trouble("Redis at its limit", redis_told("maxclients", "10000", "1"), seconds=6),
    Trouble("PostgreSQL killed", postgres_killed, answers=False),
    Trouble("PostgreSQL frozen", postgres_frozen, answers=False),
    Trouble("PostgreSQL slow", postgres_slow, answers=False, seconds=6),
    Trouble("PostgreSQL full", postgres_full, answers=False),
    Trouble("PostgreSQL at its limit", at_the_limit, answers=False, ends=True),
]
