"""What the plugin's publisher does when a release is cut, on a machine that serves nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from webapp.commands import refused

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("new-release-key")
@click.argument("file", type=FILE)
def new_release_key(file: Path) -> None:
    """Make a key to sign releases of the plugin with, in a new FILE, and print its public half.

    A passphrase is asked for, or read from standard input; empty for none. Keep the file away from
    servers: whoever has it can have websites install anything."""
    from webapp.integrations.wordpress_plugin import release

    with refused():
        public = release.new_key(file, _passphrase(new=True))
        click.echo(public)
        click.echo(f"Write that into {release.KEYS}, then cut the release.", err=True)


@click.command("sign-plugin")
@click.option("--key", type=FILE, required=True, help="The publisher's key, in a file.")
def sign_plugin(key: Path) -> None:
    """Sign the plugin as it is here; websites take it from then on. Ship the file that is written
    beside it. The key's passphrase is asked for, or read from standard input."""
    from webapp.integrations.wordpress_plugin import release

    with refused():
        made = release.sign(release.key_in(key, _passphrase(new=False)))
    click.echo(f"Signed: version {made.version}, {made.size:,} bytes, SHA-256 {made.sha256}.")
    click.echo(f"Ship {release.FILE} with the release.")


def _passphrase(*, new: bool) -> str:
    """Asked for, unseen; in a pipe the first line."""
    if sys.stdin.isatty():
        asked: str = click.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=new, default="", show_default=False
        )
        return asked
    return sys.stdin.readline().rstrip("\r\n")


COMMANDS = [new_release_key, sign_plugin]
