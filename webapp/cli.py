"""The `igny8` command."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from cryptography.fernet import Fernet

from webapp import config as configuration
from webapp.config import Config, ConfigError

if TYPE_CHECKING:
    from webapp.core.system import System


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """IGNY8, the editorial publishing desk."""
    from webapp.core import private

    private.ask_for()
    try:
        context.obj = configuration.load()
    except ConfigError as problem:
        raise click.ClickException(str(problem)) from problem
    _leave_out(context.obj)


def _leave_out(config: Config) -> None:
    """Libraries load the companions they find installed; those that nothing here will call stay
    out, as if they were not installed. That is a fifth of the start, and memory for as long as the
    process lives. It is why this file imports the rest of the house inside its commands.
    """
    unused = ["attr", "attrs", "pygments", "rich"]
    if config.is_sqlite:
        unused.append("psycopg")
    if config.queue_url.startswith("sqlite"):
        unused.append("redis")
    sys.modules.update(dict.fromkeys(unused))  # type: ignore[arg-type]  # None: cannot be imported


@main.command()
@click.option("--empty", is_flag=True, help="Start without the demo account.")
@click.pass_obj
def run(config: Config, empty: bool) -> None:
    """Web and worker together; Ctrl-C stops both."""
    from webapp import demo, supervisor

    _migrate(config)
    with _system(config) as system:
        login = None if empty else demo.ensure(system, config.var)
    if login:
        how = f"Sign in as {login.email} with the password {login.password}"
    else:
        how = "Make an account with `igny8 setup` if there is none yet, then sign in."
    said = f"IGNY8 runs at {config.public_url}\n{how}\nPress Ctrl-C to stop."
    sys.exit(supervisor.run(["web", "worker"], said, (config.host, config.port)))


@main.command()
@click.pass_obj
def web(config: Config) -> None:
    """The web process."""
    gc.disable()
    import uvicorn

    from webapp import wire
    from webapp.app import create_app

    _migrate(config)
    app = create_app(config)
    _keep_what_is_loaded()
    uvicorn.run(
        app,
        host=config.host,
        port=config.port,
        log_level="warning",
        timeout_graceful_shutdown=2,
        **wire.settings(),
    )


@main.command()
@click.pass_obj
def worker(config: Config) -> None:
    """The worker process."""
    gc.disable()
    from webapp import worker as process

    _migrate(config)
    _keep_what_is_loaded()
    process.run(config)


@main.command()
@click.option("--write", metavar="MESSAGE", help="For contributors: write a new migration.")
@click.pass_obj
def migrate(config: Config, write: str | None) -> None:
    """Bring the database to the newest schema."""
    from webapp.core import migrate as migrations

    if write:
        migrations.write_revision(config.database_url, write)
        return
    migrations.upgrade(config.database_url)
    click.echo("The database has the newest schema.")


@main.command()
@click.option("--account", required=True, help="The account's name.")
@click.option("--email", required=True, help="The owner's e-mail address.")
@click.option("--password", required=True, help="The owner's password, 12 characters or more.")
@click.option("--site", required=True, help="The site's name.")
@click.option("--url", required=True, help="The site's address.")
@click.option("--timezone", required=True, help="The site's IANA zone, as Europe/Berlin.")
@click.pass_obj
def setup(config: Config, /, **values: str) -> None:
    """First account, owner, site and sector; prints their ids and an owner's token as JSON."""
    from webapp.accounts import setup as accounts

    _migrate(config)
    with _system(config) as system:
        made = accounts.ensure(system, accounts.Wanted(**values))
    click.echo(json.dumps(made))


@main.command()
@click.option("--email", required=True, help="Whose token.")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="read, write, publish, admin; all if none.")
@click.pass_obj
def token(config: Config, email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make an API token and print it once."""
    from webapp.accounts import setup as accounts

    with _system(config) as system, system.db.write() as db:
        made = accounts.token_for(db, system, email, name, list(scopes))
    click.echo(made)


@main.command()
@click.option("--email", required=True, help="Whose account.")
@click.option("--password", help="A new password; every session ends.")
@click.option("--disable", "act", flag_value="disable", help="Let the person in no more.")
@click.option("--enable", "act", flag_value="enable", help="Let the person in again.")
@click.option("--end-sessions", "act", flag_value="end", help="Sign the person out everywhere.")
@click.pass_obj
def user(config: Config, email: str, password: str | None, act: str | None) -> None:
    """A person's password, sessions, and right to sign in. All of it is in the security log."""
    from webapp.accounts import own_password as person

    if password is None and act is None:
        raise click.UsageError("Say what to do: --password, --disable, --enable, --end-sessions.")
    with _system(config) as system:
        if password is not None:
            person.put(system, email, password)
        if act == "end":
            person.end_sessions(system, email)
        elif act is not None:
            person.set_active(system, email, act == "enable")
    click.echo("Done.")


@main.command("demo")
@click.pass_obj
def make_demo(config: Config) -> None:
    """The demo account with its sites and contents."""
    from webapp import demo

    _migrate(config)
    with _system(config) as system:
        login = demo.ensure(system, config.var)
    if login is None:
        click.echo("The demo was not made: this database has accounts already.")
    else:
        click.echo(f"Sign in as {login.email} with the password {login.password}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def doctor(config: Config, as_json: bool) -> None:
    """What is wrong and what to do; exit code 1 when something is."""
    from webapp import doctor as examination

    with _system(config) as system:
        findings = examination.examine(system)
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.message}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command()
@click.pass_obj
def reconcile(config: Config) -> None:
    """By hand what the worker does every minute: stuck records, leftovers, late checks."""
    from webapp.publisher.delivery.reconcile import clean_up_destinations, find_stuck, verify_again

    with _system(config) as system:
        find_stuck(system)
        clean_up_destinations(system)
        verify_again(system)
    click.echo("Done.")


@main.command("after-restore")
@click.option("--hold-silent", is_flag=True, help="Go on where a website does not answer: hold.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def after_restore(config: Config, hold_silent: bool, as_json: bool) -> None:
    """After putting a backup back: ask the websites what they have seen, and go on behind it."""
    import msgspec

    from webapp.publisher.delivery import restored

    _migrate(config)
    with _system(config) as system:
        done = restored.catch_up(system, hold_silent=hold_silent)
    if as_json:
        click.echo(msgspec.json.encode(done))
    else:
        click.echo("\n".join(restored.lines(done)))
    sys.exit(0 if done.numbers else 1)


@main.command()
@click.argument("answer", required=False, type=click.Choice(("moved", "copy")))
@click.pass_obj
def installation(config: Config, answer: str | None) -> None:
    """Who this is to its websites; where it may be a copy, the answer: `moved` or `copy`."""
    from webapp.publisher.records import ownership

    _migrate(config)
    with _system(config) as system:
        said, is_settled = ownership.answer(system, answer)
    click.echo("\n".join(said))
    sys.exit(0 if is_settled else 1)


@main.command("new-key")
def new_key() -> None:
    """Print a key for IGNY8_SECRET_KEYS."""
    click.echo(Fernet.generate_key().decode())


def _migrate(config: Config) -> None:
    from webapp.core import migrate as migrations

    migrations.upgrade(config.database_url)


@contextmanager
def _system(config: Config) -> Iterator[System]:
    """What a command works on; what it refuses is told in a sentence."""
    from webapp.core import system as systems
    from webapp.core.errors import Problem
    from webapp.writer import allowed

    system = systems.create(config)
    allowed.use(allowed.policy_of(config))
    try:
        yield system
    except Problem as problem:
        raise click.ClickException(_sentence(problem)) from problem
    finally:
        system.close()


def _keep_what_is_loaded() -> None:
    """The garbage collector begins to work, and passes over what the process needs for life: while
    loading, it would look at all of that again and again."""
    gc.freeze()
    gc.enable()


def _sentence(problem: Any) -> str:
    fields = "; ".join(f"{name}: {text}" for name, text in problem.fields.items())
    return f"{problem.message} {fields}".strip()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
