"""The commands of `igny8`, by who gives them; what each of them opens.

What a command works with is imported inside it, so that a start loads no more than it needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from webapp.config import Config

if TYPE_CHECKING:
    from webapp.core.system import System

LOOK = (
    "Look at IGNY8_DATABASE_URL, and whether the server runs; with SQLite, whose the file is, and "
    "whether there is room."
)


# The exit code of a start that meets what may pass: as sysexits.h has it, try again.
MAY_PASS = 75


class _MayPass(click.ClickException):
    exit_code = MAY_PASS


def migrate(config: Config) -> Config:
    """Bring the database to the newest schema, as every command that writes does first; the
    settings with the installation's keys."""
    with drivers(), refused():
        from webapp.integrations import known_keys

        if not config.is_sqlite:
            _check_connecting(config)
        return known_keys.ready(config)


def _check_connecting(config: Config) -> None:
    from webapp.core import connecting
    from webapp.core import system as systems

    connecting.check(config.database_url, systems.limits(config))


@contextmanager
def drivers() -> Iterator[None]:
    """What is not installed, or not there, is told in a sentence; exit code 1, or MAY_PASS."""
    import sqlalchemy as sa

    from webapp.core import away

    try:
        yield
    except ModuleNotFoundError as problem:
        extra = {"psycopg": "postgres", "redis": "redis"}.get(problem.name or "")
        if extra is None:
            raise
        raise click.ClickException(
            f"{problem.name} is not installed, which the settings ask for. Install it: "
            f"pip install 'igny8[{extra}]'."
        ) from problem
    except sa.exc.OperationalError as problem:
        said = str(problem.orig).strip().splitlines()[0]
        kind = _MayPass if away.said_of(problem) else click.ClickException
        raise kind(f"The database cannot be reached: {said}. {LOOK}") from problem
    except OSError as problem:
        if problem.filename is None:
            raise
        raise click.ClickException(
            f"{problem.filename} cannot be used: {problem.strerror}. Look whose it is, and whether "
            "there is room."
        ) from problem


@contextmanager
def opened(config: Config, *, with_keys: bool = True) -> Iterator[System]:
    """What a command works on; what it refuses is told in a sentence. Who only looks may do so
    without the keys that what is stored was locked with."""
    from webapp.core import clock
    from webapp.core import system as systems
    from webapp.integrations import known_keys
    from webapp.writer import allowed

    with drivers(), refused():
        if with_keys:
            known_keys.check(config)
        system = systems.create(config)
        clock.use(system.clock)
        allowed.use(allowed.policy_of(config))
        try:
            yield system
        finally:
            system.close()


@contextmanager
def refused() -> Iterator[None]:
    """What the house refuses is told in a sentence; exit code 1."""
    from webapp.core.errors import Problem

    try:
        yield
    except Problem as problem:
        raise click.ClickException(_sentence(problem)) from problem


def _sentence(problem: Any) -> str:
    fields = "; ".join(f"{name}: {text}" for name, text in problem.fields.items())
    return f"{problem.message} {fields}".strip()
