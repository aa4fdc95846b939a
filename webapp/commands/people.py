"""Accounts, people and their tokens."""

from __future__ import annotations

import json

import click

from webapp.commands import migrate, opened
from webapp.config import Config


@click.command()
@click.option("--account", required=True, help="The account's name.")
@click.option("--email", required=True, help="The owner's e-mail address.")
@click.option("--password", required=True, help="The owner's password, 12 characters or more.")
@click.option("--site", default="", help="A site's name; without one, add it on the page.")
@click.option("--url", default="", help="The site's address.")
@click.option("--timezone", default="", help="The site's IANA zone, as Europe/Berlin.")
@click.pass_obj
def setup(config: Config, /, **values: str) -> None:
    """First account and owner, and a site with its sector if it is named; prints their ids and an
    owner's token as JSON."""
    from webapp.accounts import setup as accounts

    migrate(config)
    with opened(config) as system:
        made = accounts.ensure(system, accounts.Wanted(**values))
    click.echo(json.dumps(made))


@click.command()
@click.option("--email", required=True, help="Whose token.")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="read, write, publish, admin; all if none.")
@click.pass_obj
def token(config: Config, email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Make an API token and print it once."""
    from webapp.accounts import setup as accounts

    with opened(config) as system, system.db.write() as db:
        made = accounts.token_for(db, system, email, name, list(scopes))
    click.echo(made)


@click.command()
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
    with opened(config) as system:
        if password is not None:
            person.put(system, email, password)
        if act == "end":
            person.end_sessions(system, email)
        elif act is not None:
            person.set_active(system, email, act == "enable")
    click.echo("Done.")


@click.command("demo")
@click.pass_obj
def make_demo(config: Config) -> None:
    """The demo account with its sites and contents."""
    from webapp import demo

    migrate(config)
    with opened(config) as system:
        login = demo.ensure(system, config.var)
    if login is None:
        click.echo("The demo was not made: this database has accounts already.")
    else:
        click.echo(f"Sign in as {login.email} with the password {login.password}")


COMMANDS = [setup, token, user, make_demo]
