"""Backups: made, put back, and rehearsed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from webapp.commands import drivers, opened, refused
from webapp.config import Config

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--to", type=FOLDER, help="Below which folder; IGNY8_BACKUPS without it.")
@click.option("--without-key", is_flag=True, help="Leave var/secret.key out.")
@click.option("--nightly", is_flag=True, help="Only where there is none since 02:47 UTC.")
@click.pass_obj
def backup(config: Config, to: Path | None, without_key: bool, nightly: bool) -> None:
    """Save the database as it is now, while everything runs; prints the folder."""
    from webapp import backups
    from webapp.backups import daily
    from webapp.core.clock import utc_now
    from webapp.integrations import known_keys

    place = to or config.backups
    if place is None:
        raise click.UsageError("Say where to: --to, or IGNY8_BACKUPS.")
    since = daily.tonight(utc_now()) if nightly else None
    with _at_the_server(config):
        known_keys.check(config)
        made = backups.make(config, place, _tell, with_key=not without_key, since=since)
    _result(str(made))


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--discard", is_flag=True, help="Keep nothing of what is there now.")
@click.option("--hold-silent", is_flag=True, help="Go on where a website does not answer: hold.")
@click.pass_obj
def restore(config: Config, folder: Path, yes: bool, discard: bool, hold_silent: bool) -> None:
    """Put a backup in the place of the database, then ask the websites what they have seen since.
    What is there now is kept beside it. Stop web and workers first."""
    from webapp import backups

    with _at_the_server(config):
        told = backups.check(config, folder, _tell)
        when = f"{told.taken_at:%Y-%m-%d %H:%M} UTC"
        if not yes:
            _result(f"{folder} is of {when}: {told.rows:,} rows.")
            click.confirm(f"Replace the database at {_place(config)} by it?", abort=True)
        said = f"Restored: {told.rows:,} rows as they were at {when}."
        backups.restore(
            config, folder, _tell, keep=not discard, then=lambda: _ask(said, hold_silent)
        )


def _ask(said: str, hold_silent: bool) -> None:
    """Bring the database to the newest schema, and past what its websites have seen. The settings
    are read anew, since the key may be the backup's now."""
    from webapp import config as configuration
    from webapp.core import migrate
    from webapp.publisher.delivery import restored

    _result(said)
    config = configuration.load()
    migrate.upgrade_alone(config.database_url)
    with opened(config) as system:
        done = restored.catch_up(system, hold_silent=hold_silent)
    click.echo("\n".join(restored.lines(done)))
    if not done.numbers:
        click.echo("Not done yet. Run `igny8 after-restore` before you start web and workers.")
        sys.exit(1)


@click.command("rehearse-restore")
@click.argument("folder", type=FOLDER)
@click.pass_obj
def rehearse(config: Config, folder: Path) -> None:
    """Restore a backup into an empty place, compare all of it, and put it away again."""
    from webapp import backups

    with _at_the_server(config):
        told = backups.rehearse(config, folder, _tell)
    tables = len(told.tables)
    _result(f"{folder} can be restored: {told.rows:,} rows in {tables} tables, all as saved.")


@click.command("move-to")
@click.argument("url")
@click.pass_obj
def move_to(config: Config, url: str) -> None:
    """Move from SQLite to an empty PostgreSQL database, row by row. URL is its address,
    postgresql://user@host/name, or a file that holds it.

    Stop web and workers first. A password is not given here, where everybody on the machine sees
    it, but in such a file, in PGPASSWORD or in ~/.pgpass. The SQLite file stays as it is."""
    from urllib.parse import urlsplit

    from webapp.backups import moving
    from webapp.config import database_url_of

    if Path(url).is_file():
        url = Path(url).read_text().strip()
    elif urlsplit(url).password is not None or "password=" in url:
        raise click.UsageError(
            "Everybody on this machine sees what a command is given. Write the address into a file "
            "and give that, or give the password in PGPASSWORD or ~/.pgpass."
        )
    if not url.startswith(("postgres://", "postgresql://")):
        raise click.UsageError("The address must begin with postgresql://.")
    target = database_url_of(url)
    with drivers(), refused():
        moved = moving.move(config, target, _tell)
    rows, tables = sum(moved.values()), len(moved)
    _result(f"Moved: {rows:,} rows of {tables} tables, each compared.")
    click.echo(
        "Now set IGNY8_DATABASE_URL to that address and IGNY8_QUEUE_URL to a redis:// one, keep "
        "the key (IGNY8_SECRET_KEYS, or var/secret.key), and start web and workers."
    )


@contextmanager
def _at_the_server(config: Config) -> Iterator[None]:
    """What PostgreSQL's own programs do needs one session, which a pooler does not give. What keeps
    it from being done is told in a sentence."""
    if config.pgbouncer:
        raise click.ClickException(
            "PostgreSQL's programs cannot go through pgbouncer. Call this with the server's own "
            "address in IGNY8_DATABASE_URL, and without IGNY8_PGBOUNCER."
        )
    with drivers(), refused():
        yield


def _tell(said: str) -> None:
    """Progress, for people who watch; in a pipe there are only results."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{said} … ", nl=False, err=True)


def _result(said: str) -> None:
    """After the progress, on a line of its own."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(said)


def _place(config: Config) -> str:
    import sqlalchemy as sa

    return sa.make_url(config.database_url).render_as_string()


COMMANDS = [backup, restore, rehearse, move_to]
