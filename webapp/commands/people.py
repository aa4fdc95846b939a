"""Accounts, people, their tokens. No secret is an argument: everybody on the machine sees those."""

from __future__ import annotations

import json
import sys

import click

from webapp.commands import migrate, opened
from webapp.config import Config


@click.command()
@click.option("--account", required=True, help="The account's name.")
@click.option("--email", required=True, help="The owner's e-mail address.")
@click.option("--site", default="", help="A site's name; without one, add it on the page.")
@click.option("--url", default="", help="The site's address.")
@click.option("--timezone", default="", help="The site's IANA zone, as Europe/Berlin.")
@click.option("--replace-token", "replaces_token", is_flag=True, help="End those it made before.")
@click.pass_obj
def setup(config: Config, /, replaces_token: bool, **values: str) -> None:
    """First account and owner, and a site with its sector if it is named; prints their ids and an
    owner's token as JSON. The owner's password, of 12 characters or more, is asked for, or read
    from standard input. Again: the same ids and a new token; it says which earlier ones work."""
    from webapp.accounts import setup as accounts

    password = _password()
    config = migrate(config)
    with opened(config) as system:
        wanted = accounts.Wanted(**values, password=password, replaces_token=replaces_token)
        made = accounts.ensure(system, wanted)
    click.echo(json.dumps(made))
    if made["earlier_tokens"]:
        ids = ", ".join(map(str, made["earlier_tokens"]))
        click.echo(
            f"Tokens that setup made before still work: {ids}. `--replace-token` ends them, or "
            f"`igny8 token --email {wanted.email} --end ID` one.",
            err=True,
        )


@click.command()
@click.option("--email", required=True, help="Whose token.")
@click.option("--name", help="What a new one is for.")
@click.option("--scope", "scopes", multiple=True, help="read, write, publish, admin; all if none.")
@click.option("--list", "lists", is_flag=True, help="The person's tokens, without what they say.")
@click.option("--end", type=int, help="The id of one that is to work no more.")
@click.pass_obj
def token(
    config: Config,
    email: str,
    name: str | None,
    scopes: tuple[str, ...],
    lists: bool,
    end: int | None,
) -> None:
    """Make an API token and print it once; list a person's tokens; end one."""
    from webapp.accounts import setup as accounts
    from webapp.accounts import tokens

    if sum((name is not None, lists, end is not None)) != 1:
        raise click.UsageError("Say one thing to do: --name, --list, --end.")
    with opened(config) as system, system.db.write() as db:
        if name is not None:
            click.echo(accounts.token_for(db, system, email, name, list(scopes)))
        elif end is not None:
            tokens.end_by_operator(db, system, email, end)
            click.echo("Done.")
        else:
            for one in tokens.of_person(db, email):
                click.echo(json.dumps(one))


@click.command()
@click.option("--email", help="Whose account.")
@click.option("--list", "lists", is_flag=True, help="Everybody, a line of JSON each.")
@click.option("--set-password", is_flag=True, help="A new password; every session ends.")
@click.option("--disable", "act", flag_value="disable", help="Let the person in no more.")
@click.option("--enable", "act", flag_value="enable", help="Let the person in again.")
@click.option("--end-sessions", "act", flag_value="end", help="Sign the person out everywhere.")
@click.pass_obj
def user(
    config: Config, email: str | None, lists: bool, set_password: bool, act: str | None
) -> None:
    """People: who there is, a password, sessions, the right to sign in. What is done is in the
    security log. A new password is asked for, or read from standard input."""
    from webapp.accounts import own_password as person

    if lists:
        with opened(config) as system, system.db.read() as db:
            for one in person.everybody(db):
                click.echo(json.dumps(one))
        return
    if email is None or not (set_password or act):
        raise click.UsageError(
            "Say whose (--email) and what to do: --set-password, --disable, --enable, "
            "--end-sessions; or --list."
        )
    password = _password() if set_password else None
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
    """The demo account with its sites and contents; made once, told again."""
    from webapp import demo

    config = migrate(config)
    with opened(config) as system:
        login = demo.ensure(system, config.var)
    if login is None:
        click.echo("The demo was not made: this database has accounts already.")
    else:
        click.echo(f"Sign in as {login.email} with the password {login.password}")


def _password() -> str:
    """Asked for twice, unseen; in a pipe the first line."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")


COMMANDS = [setup, token, user, make_demo]
