"""What an operator does beside the processes: looking, mending, putting a backup back."""

from __future__ import annotations

import json
import sys

import click
from cryptography.fernet import Fernet

from webapp.commands import drivers, migrate, opened, refused
from webapp.config import Config


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def doctor(config: Config, as_json: bool) -> None:
    """What is wrong and what to do; exit code 1 when something is."""
    from webapp import doctor as examination

    with opened(config, with_keys=False) as system:
        findings = examination.examine(system)
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings]))
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.message}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@click.command()
@click.pass_obj
def reconcile(config: Config) -> None:
    """By hand what the worker does every minute: stuck records, leftovers, late checks."""
    from webapp.publisher.delivery.reconcile import clean_up_destinations, find_stuck, verify_again

    with opened(config) as system:
        find_stuck(system)
        clean_up_destinations(system)
        verify_again(system)
    click.echo("Done.")


@click.command("after-restore")
@click.option("--hold-silent", is_flag=True, help="Go on where a website does not answer: hold.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def after_restore(config: Config, hold_silent: bool, as_json: bool) -> None:
    """After putting a backup back: ask the websites what they have seen, and go on behind it."""
    import msgspec

    from webapp.core import log as logs
    from webapp.publisher.delivery import restored

    logs.of_process(config.log)
    config = migrate(config)
    with opened(config) as system:
        done = restored.catch_up(system, hold_silent=hold_silent)
    if as_json:
        click.echo(msgspec.json.encode(done))
    else:
        click.echo("\n".join(restored.lines(done)))
    sys.exit(0 if done.numbers else 1)


@click.command()
@click.argument("answer", required=False, type=click.Choice(("moved", "copy")))
@click.pass_obj
def installation(config: Config, answer: str | None) -> None:
    """Who this is to its websites; where it may be a copy, the answer: `moved` or `copy`."""
    from webapp.publisher.records import ownership

    config = migrate(config)
    with opened(config) as system:
        said, is_settled = ownership.answer(system, answer)
    click.echo("\n".join(said))
    sys.exit(0 if is_settled else 1)


@click.command()
@click.argument("answer", required=False, type=click.Choice(("forget",)))
@click.pass_obj
def keys(config: Config, answer: str | None) -> None:
    """Which secret keys are set here and which were in use, by marks that tell nothing of them.
    `forget`: those that are not set here are lost, or not to be used any more."""
    from webapp.integrations import known_keys

    with drivers(), refused():
        if answer:
            for mark in known_keys.forget(config):
                click.echo(f"{mark}: forgotten")
        click.echo("\n".join(known_keys.standing(config)))


@click.command("new-key")
def new_key() -> None:
    """Print a key for IGNY8_SECRET_KEYS."""
    click.echo(Fernet.generate_key().decode())


COMMANDS = [doctor, reconcile, after_restore, installation, keys, new_key]
