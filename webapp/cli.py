"""The `igny8` command: its processes; the other commands are in commands/."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

import click

from webapp import commands
from webapp import config as configuration
from webapp.commands import backups, misspelt, people, releases, upkeep
from webapp.config import Config, ConfigError

# They are watched by programs: with IGNY8_LOG=json, whatever they say is a line of the log.
PROCESSES = ("run", "web", "worker")
# They work wherever they are called: a key is made before there is anything to set.
WITHOUT_SETTINGS = ("new-key", "version", "new-release-key", "sign-plugin")


class _Main(click.Group):
    """The commands; of processes also what stops their start is told as their log is written."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except click.ClickException as problem:
            if not _is_logged(context):
                raise
            _line(problem.format_message(), "error")
            context.exit(problem.exit_code)


@click.group(cls=_Main)
@click.pass_context
def main(context: click.Context) -> None:
    """IGNY8, the editorial publishing desk."""
    from webapp.core import private

    private.ask_for()
    if context.invoked_subcommand in WITHOUT_SETTINGS:
        return
    try:
        context.obj = configuration.load()
    except ConfigError as problem:
        raise click.ClickException(str(problem)) from problem
    tell = _line if _is_logged(context) else _echo
    for said in misspelt.unknown(os.environ):
        tell(said)
    _leave_out(context.obj, is_moving=context.invoked_subcommand == "move-to")


def _is_logged(context: click.Context) -> bool:
    """Also where the settings could not be read."""
    return configuration.is_log_json(os.environ) and context.invoked_subcommand in PROCESSES


def _echo(said: str) -> None:
    click.echo(said, err=True)


def _line(said: str, level: str = "warning") -> None:
    import structlog

    from webapp.core import log as logs

    logs.of_process("json")
    getattr(structlog.get_logger(), level)(said)


def _leave_out(config: Config, *, is_moving: bool) -> None:
    """Libraries load the companions they find installed; those that nothing here will call stay
    out, as if they were not installed. That is a fifth of the start, and memory for as long as the
    process lives. It is why the commands import the rest of the house inside themselves.
    """
    unused = ["attr", "attrs", "pygments", "rich"]
    if config.is_sqlite and not is_moving:
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

    config = commands.migrate(config)
    with commands.opened(config) as system:
        login = None if empty else demo.ensure(system, config.var)
    if login:
        how = f"Sign in as {login.email} with the password {login.password}"
    else:
        how = "Make an account with `igny8 setup` if there is none yet, then sign in."
    said = f"IGNY8 runs at {config.public_url}\n{how}\nPress Ctrl-C to stop."
    tell: Callable[[str], None] = _line if config.log == "json" else _echo
    sys.exit(supervisor.run(["web", "worker"], tell, said, (config.host, config.port)))


@main.command()
@click.pass_obj
def web(config: Config) -> None:
    """The web process."""
    gc.disable()
    import uvicorn

    from webapp.core import log as logs

    logs.of_process(config.log)

    from webapp import wire
    from webapp.app import create_app

    _check_address(config.host, config.port)
    config = commands.migrate(config)
    with commands.drivers(), commands.refused():
        app = create_app(config)
    _keep_what_is_loaded()
    uvicorn.run(
        app,
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        **wire.settings(),
    )


@main.command()
@click.pass_obj
def worker(config: Config) -> None:
    """The worker process."""
    gc.disable()
    from webapp import worker as process
    from webapp.core import log as logs

    logs.of_process(config.log)

    config = commands.migrate(config)
    _keep_what_is_loaded()
    with commands.drivers(), commands.refused():
        process.run(config)


@main.command()
def version() -> None:
    """Which release this is, and the schema that it needs."""
    from importlib import metadata

    from webapp.core import migrate as migrations

    click.echo(f"igny8 {metadata.version('igny8')}, schema {migrations.needed()}")


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; say what waits. 0: nothing does.")
@click.option("--write", metavar="MESSAGE", help="For contributors: write a new migration.")
@click.pass_obj
def migrate(config: Config, check: bool, write: str | None) -> None:
    """Bring the database to the newest schema."""
    from webapp.core import migrate as migrations

    if write:
        migrations.write_revision(config.database_url, write)
        return
    if not check:
        commands.migrate(config)
    with commands.drivers(), commands.refused():
        found = migrations.state(config.database_url)
    for name in found.waiting:
        click.echo(f"waits: {name}")
    if found.waiting:
        there = found.there or "none yet"
        click.echo(f"The schema is {there}; this release needs {found.needed}: `igny8 migrate`.")
        sys.exit(1)
    if found.there != found.needed:
        click.echo(
            f"A newer release has migrated the database to schema {found.there}. This one needs "
            f"{found.needed} and works with it."
        )
        return
    click.echo("The database has the newest schema.")


def _check_address(host: str, port: int) -> None:
    """Whether somebody can be served there is known before anything is done."""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=kind).close()
    except OSError as problem:
        raise click.ClickException(
            f"Nothing can be served at {host}:{port}: {problem.strerror}. Look at IGNY8_HOST and "
            "IGNY8_PORT, and whether another process listens there."
        ) from problem


def _keep_what_is_loaded() -> None:
    """The garbage collector begins to work, and passes over what the process needs for life: while
    loading, it would look at all of that again and again."""
    gc.freeze()
    gc.enable()


for one in (*people.COMMANDS, *upkeep.COMMANDS, *backups.COMMANDS, *releases.COMMANDS):
    main.add_command(one)

if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
