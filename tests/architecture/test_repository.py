"""What holds for every file of the repository: settings, commands, names of machines, versions."""

from __future__ import annotations

import re
import subprocess

from tests.architecture.source import ROOT, WEBAPP, tracked
from webapp.accounts.route_table import ROUTES


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    named = re.compile(r"\bIGNY8_[A-Z_]+[A-Z]\b")
    source = (WEBAPP / "config.py").read_text()
    read = {name for name in named.findall(source) if f'"{name}"' in source}
    documented = set(named.findall((ROOT / "docs" / "configuration.md").read_text()))
    assert read - documented == set(), "undocumented"
    assert documented - read == set(), "documented, and read by nobody"


def test_settings_are_read_in_one_place() -> None:
    reads = re.compile(r"(?:environ|getenv|env)\W.{0,12}IGNY8_|source\.get\(")
    readers = [
        str(path.relative_to(WEBAPP))
        for path in sorted(WEBAPP.rglob("*.py"))
        if reads.search(path.read_text())
    ]
    assert readers == ["config.py"]


# Spelled so that this file does not find itself.
FORBIDDEN = [
    r"/wo" r"rk/",
    r"\.\./sha" r"red",
    r"/opt/(?:py" r"pi|whe" r"els)",
    r"/roo" r"t/",
    r"pythonho" r"sted\.org",
    r"registry\.np" r"mjs",
    r"--(?:extra-)?index-" r"url",
    r"--find-" r"links",
    r"--ha" r"sh=sha256",
    r'"reso' r'lved":',
]


def test_commands_run_in_processes_of_their_own() -> None:
    """A command leaves libraries out of its process for good, and sets what new files may be."""
    within = re.compile(
        r"^(?:from click.testing|from webapp import .*\bcli\b|import webapp.cli)", re.M
    )
    tests = [path for path in tracked() if "tests" in path.parts and path.suffix == ".py"]
    assert [path.name for path in tests if within.search(path.read_text())] == []


def test_nothing_names_this_machine_or_a_registry() -> None:
    pattern = re.compile("|".join(FORBIDDEN))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if "vendor" not in path.parts
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_file_is_a_link() -> None:
    """A link leads to where only its maker has something."""
    listed = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line for line in listed.stdout.splitlines() if line.startswith("120000")] == []


def test_versions_are_pinned_without_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 30
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[\w.+-]+", line)] == []


def test_scripts_ask_at_addresses_that_exist() -> None:
    """An address that is written in a script has no template that would fail with it."""
    paths = [route.partition(" ")[2] for route in ROUTES]
    asked = {
        (path.name, found)
        for path in (ROOT / "static" / "js").rglob("*.js")
        for found in re.findall(r"[\"'`](/[a-z][\w/-]*)[\"'`]", path.read_text())
    }
    assert ("stream.js", "/session") in asked
    gone = [one for one in sorted(asked) if not any(path.endswith(one[1]) for path in paths)]
    assert gone == []
