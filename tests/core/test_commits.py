"""Grouped commits: each verb gets its own outcome, whatever the others of its group do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.core.db import after_commit
from webapp.core.system import System


def add(name: str) -> sa.Insert:
    """The statement that makes an account."""
    return sa.insert(Account).values(name=name)


def names(system: System) -> list[str]:
    """The names of all accounts."""
    with system.db.read() as db:
        return list(db.scalars(sa.select(Account.name).order_by(Account.id)))


class Blocked:
    """Holds the committing thread inside a verb, so that what comes next forms one group."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._inside, self._go_on = threading.Event(), threading.Event()

    def __enter__(self) -> None:
        def verb(_: Session) -> None:
            self._inside.set()
            self._go_on.wait(10)

        self._system.commits.in_background(verb)
        assert self._inside.wait(10)

    def __exit__(self, *_: object) -> None:
        self._go_on.set()


@pytest.mark.both_databases
def test_one_bad_verb_does_not_take_the_others_with_it(system: System) -> None:
    def bad(db: Session) -> None:
        db.execute(add("bad"))
        raise ValueError("only mine")

    with ThreadPoolExecutor(9) as pool:
        verbs = [lambda db, n=n: db.execute(add(f"good {n}")) for n in range(8)]
        given = [pool.submit(system.commits.run, verb) for verb in (*verbs[:4], bad, *verbs[4:])]
        problems = [one.exception() for one in given]
    assert [str(problem) for problem in problems if problem] == ["only mine"]
    assert sorted(names(system)) == [f"good {n}" for n in range(8)]


def test_a_group_is_one_transaction(system: System) -> None:
    begun: list[object] = []
    sa.event.listen(system.db.engine, "commit", begun.append)
    with ThreadPoolExecutor(16) as pool:
        with Blocked(system):
            given = [
                pool.submit(system.commits.run, lambda db, n=n: db.execute(add(str(n))))
                for n in range(16)
            ]
            while system.commits._waiting.qsize() < 16:
                pass
        for one in given:
            one.result()
    assert len(names(system)) == 16
    assert len(begun) == 1, "the blocking verb wrote nothing, so there is only the group's"


@pytest.mark.both_databases
def test_the_answer_comes_after_it_is_on_disk(system: System) -> None:
    answer = system.commits.run(lambda db: db.scalar(add("one").returning(Account.name)))
    assert answer == "one"
    assert names(system) == ["one"]


@pytest.mark.both_databases
def test_what_is_sent_keeps_its_order_and_failures_stay_silent(system: System) -> None:
    def bad(_: Session) -> None:
        raise ValueError("nobody waits for this")

    for number in range(20):
        system.commits.in_background(lambda db, n=number: db.execute(add(f"{n:02}")))  # type: ignore[misc]
        if number == 10:
            system.commits.in_background(bad)
    system.commits.run(lambda _: None)
    assert names(system) == [f"{number:02}" for number in range(20)]


@pytest.mark.both_databases
def test_close_finishes_what_was_given(system: System) -> None:
    for number in range(50):
        system.commits.in_background(lambda db, n=number: db.execute(add(str(n))))  # type: ignore[misc]
    system.commits.close()
    assert len(names(system)) == 50


@pytest.mark.both_databases
def test_what_follows_a_commit_follows_once_also_after_a_failed_group(system: System) -> None:
    followed: list[int] = []

    def note(number: int, problem: Exception | None = None) -> None:
        def verb(db: Session) -> None:
            after_commit(db, lambda: followed.append(number))
            if problem:
                raise problem

        system.commits.in_background(verb)

    for number in range(6):
        note(number, ValueError("not this one") if number == 3 else None)
    system.commits.run(lambda _: None)
    assert followed == [0, 1, 2, 4, 5]
