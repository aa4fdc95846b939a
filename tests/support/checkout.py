"""A checkout of the product in another place: a release of its own, with its own commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from webapp.config import root

CODE = ("migrations", "static", "templates", "webapp")


def lay_out(place: Path, plugin: Path) -> Path:
    """The product at that place, with that plugin."""
    for name in CODE:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root() / name, place / name, ignore=ignored)
    shutil.copytree(plugin, place / "wordpress-plugin" / "igny8")
    return place


def run(
    place: Path, *command: str, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """A command of it, with what is typed into it; its settings are those that are given."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("IGNY8_")}
    return subprocess.run(
        [sys.executable, "-m", "webapp.cli", *command],
        cwd=place,
        env={**clean, "IGNY8_VAR": str(place / "var"), **settings},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
