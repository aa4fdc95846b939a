"""What checking a password costs others: nothing. And the brake, when many try at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp.accounts import brake, passwords, sessions, setup
from webapp.accounts.models import SignInFailure, User
from webapp.core.errors import TooMany
from webapp.core.system import System

OWNER = "owner@example.com"
LONGEST = 20
FREE_TRIES = brake.of_person(OWNER).free


class Hashing:
    """The library's hasher, as it is, but standing still in the middle until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
        self.entered, self._go_on = threading.Semaphore(0), threading.Event()
        real = getattr(PasswordHasher, method)

        def slow(hasher: PasswordHasher, *given: Any) -> Any:
            self.entered.release()
            assert self._go_on.wait(LONGEST)
            return real(hasher, *given)

        monkeypatch.setattr(PasswordHasher, method, slow)

    def wait(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.entered.acquire(timeout=LONGEST), "nothing is being hashed"

    def go_on(self) -> None:
        self._go_on.set()


@contextmanager
def in_the_middle(hashing: Hashing, act: Callable[[], Any]) -> Iterator[Future[Any]]:
    """`act` in another thread, within the block in the middle of its hash."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(act)
        try:
            hashing.wait()
            yield doing
        finally:
            hashing.go_on()


def others_can_write(system: System) -> bool:
    """Another writer's transaction begins and ends, from this process or from another one."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(lambda: _write(system))
        try:
            done.result(timeout=LONGEST / 2)
        except TimeoutError:
            return False
    return True


def _write(system: System) -> None:
    with system.db.write() as db:
        db.execute(sa.update(User).values(name="Somebody"))


@pytest.mark.both_databases
@pytest.mark.parametrize("email", [OWNER, "nobody@example.com"])
def test_nobody_waits_while_a_password_is_checked(
    desk: Desk, make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    passwords.matches("", "so that the hash of nobody is there")
    hashing = Hashing(monkeypatch, "verify")
    signing_in = in_the_middle(
        hashing, lambda: sessions.sign_in_with_password(desk.system, email, PASSWORD)
    )
    with signing_in as outcome:
        assert others_can_write(desk.system)
        assert others_can_write(make_system())
        assert not outcome.done()
    assert bool(outcome.result()) is (email == OWNER)


def test_nobody_waits_while_a_person_is_set_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = setup.Wanted(
        account="New",
        email="new@example.com",
        password=PASSWORD,
        site="New",
        url="https://new.example",
        timezone="UTC",
    )
    hashing = Hashing(monkeypatch, "hash")
    with in_the_middle(hashing, lambda: setup.ensure(desk.system, wanted)) as outcome:
        assert others_can_write(desk.system)
        assert not outcome.done()
    again = setup.ensure(desk.system, replace(wanted, password="short"))
    assert again["user_id"] == outcome.result()["user_id"]
    assert sessions.sign_in_with_password(desk.system, wanted.email, PASSWORD)


@pytest.mark.both_databases
def test_tries_at_once_do_not_pass_the_brake_together(desk: Desk) -> None:
    tries = 12

    def guess(_: int) -> str:
        try:
            return str(sessions.sign_in_with_password(desk.system, OWNER, "a wrong password"))
        except TooMany:
            return "too many"

    with ThreadPoolExecutor(tries) as pool:
        outcomes = list(pool.map(guess, range(tries)))
    assert outcomes.count("None") == FREE_TRIES
    assert outcomes.count("too many") == tries - FREE_TRIES


def test_success_forgets_the_tries_before_it_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    def sign_in(password: str) -> str | None:
        return sessions.sign_in_with_password(desk.system, OWNER, password)

    assert sign_in("wrong before") is None
    with monkeypatch.context() as patch:
        hashing = Hashing(patch, "verify")
        with in_the_middle(hashing, lambda: sign_in(PASSWORD)) as right, ThreadPoolExecutor() as of:
            guess = of.submit(sign_in, "wrong meanwhile")
            hashing.wait()
            hashing.go_on()
        assert right.result()
        assert guess.result() is None
    person, origin = brake.of_person(OWNER).key, brake.of_origin("").key
    left = [row.subject for row in desk.rows(SignInFailure)]
    assert sorted(left) == sorted([person, origin, origin])
    clock.advance(minutes=1)
    assert sign_in(PASSWORD)
    assert {row.subject for row in desk.rows(SignInFailure)} == {origin}


@pytest.mark.parametrize("change", ["disabled", "another password"])
def test_who_changed_while_the_password_was_checked_is_not_let_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    other = passwords.hash_password("quite another password")
    hashing = Hashing(monkeypatch, "verify")
    signing_in = in_the_middle(
        hashing, lambda: sessions.sign_in_with_password(desk.system, OWNER, PASSWORD)
    )
    with signing_in as outcome, desk.system.db.write() as db:
        user = db.get_one(User, desk.owner.user_id)
        if change == "disabled":
            user.is_active = False
        else:
            user.password_hash = other
    assert outcome.result() is None


@pytest.mark.usefixtures("real_hashes")
def test_an_old_hash_is_renewed_at_sign_in(desk: Desk) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with desk.system.db.write() as db:
        db.get_one(User, desk.owner.user_id).password_hash = old
    assert sessions.sign_in_with_password(desk.system, OWNER, "a wrong password") is None
    assert desk.row(User, desk.owner.user_id).password_hash == old
    assert sessions.sign_in_with_password(desk.system, OWNER, PASSWORD)
    renewed = desk.row(User, desk.owner.user_id).password_hash
    assert renewed != old
    assert not PasswordHasher().check_needs_rehash(renewed)
    assert sessions.sign_in_with_password(desk.system, OWNER, PASSWORD)
    assert desk.row(User, desk.owner.user_id).password_hash == renewed


def test_tries_of_long_ago_are_dropped(desk: Desk, clock: FakeClock) -> None:
    sessions.sign_in_with_password(desk.system, OWNER, "a wrong password")
    clock.advance((brake.KEPT + timedelta(seconds=1)).total_seconds())
    sessions.sign_in_with_password(desk.system, "teammate@example.com", "a wrong password")
    kept = {row.subject for row in desk.rows(SignInFailure)}
    assert kept == {brake.of_person("teammate@example.com").key, brake.of_origin("").key}
