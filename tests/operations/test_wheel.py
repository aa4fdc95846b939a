"""What is installed as a package has all that it needs with it, wherever it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.processes import free_port, kill, spawn, wait_until
from webapp.config import root

pytestmark = pytest.mark.heavy
SOURCES = ("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py")
FOLDERS = ("migrations", "static", "templates", "webapp", "wordpress-plugin")


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What it prints; fails with what it said."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, installed apart from it, beside the tests' own dependencies."""
    made, place = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    source = made / "source"  # a build leaves things behind
    source.mkdir()
    for name in (*SOURCES, *FOLDERS):
        copy = shutil.copytree if name in FOLDERS else shutil.copy
        copy(root() / name, source / name)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", str(made), str(source), cwd=made)
    [wheel] = made.glob("igny8-*.whl")
    with zipfile.ZipFile(wheel) as file:
        assert not [name for name in file.namelist() if name.startswith(("tests/", "benchmarks/"))]
    run(*pip, "install", "--no-deps", "--target", str(place), str(wheel), cwd=made)
    return place


@pytest.fixture
def env(installed: Path, tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IGNY8_")}
    return {**kept, "PYTHONPATH": str(installed), "IGNY8_PORT": str(free_port())}


@pytest.fixture
def web(env: dict[str, str], tmp_path: Path) -> Iterator[httpx.Client]:
    command = [sys.executable, "-m", "webapp.cli", "run"]
    process = spawn(command, tmp_path / "run.log", cwd=tmp_path, env=env)
    client = httpx.Client(base_url=f"http://127.0.0.1:{env['IGNY8_PORT']}", timeout=10)

    def answers() -> bool:
        try:
            return client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, "the installed product")
        yield client
    finally:
        client.close()
        kill(process)


def test_it_runs_where_it_is_started(web: httpx.Client, tmp_path: Path) -> None:
    page = web.get("/sign-in")
    assert page.status_code == 200
    [style] = [part.split('"')[0] for part in page.text.split('href="') if "/app.css" in part[:90]]
    assert web.get(style).status_code == 200
    assert web.get("/sites/kupferkanne").status_code == 200, "a platform's own templates"
    assert (tmp_path / "var" / "igny8.sqlite").is_file()


def test_its_commands_know_the_release_and_the_plugin(
    env: dict[str, str], installed: Path, tmp_path: Path
) -> None:
    igny8 = (sys.executable, "-m", "webapp.cli")
    assert run(*igny8, "version", cwd=tmp_path, env=env).startswith("igny8 0.")
    assert "newest schema" in run(*igny8, "migrate", cwd=tmp_path, env=env)
    program = (
        "from webapp.integrations.wordpress_plugin import package;"
        "import webapp; print(webapp.__file__); print(len(package.plugin_zip()))"
    )
    told = run(sys.executable, "-c", program, cwd=tmp_path, env=env).split()
    assert told[0].startswith(str(installed))
    assert int(told[1]) > 20_000, "the plugin to download"
