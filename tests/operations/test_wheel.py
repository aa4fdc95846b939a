"""What is installed as a package has all that it needs with it, wherever it is started."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support import dockerfile
from tests.support.dockerfile import Image
from tests.support.processes import free_port, kill, spawn, wait_until

pytestmark = pytest.mark.heavy


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """What it prints; fails with what it said."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The wheel of this checkout, made and installed apart from it as the image has it."""
    return dockerfile.build(tmp_path_factory.mktemp("image"))


@pytest.fixture
def env(image: Image) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IGNY8_")}
    return {**kept, **image.env, "IGNY8_PORT": str(free_port()), "IGNY8_HOST": "127.0.0.1"}


@pytest.fixture
def web(image: Image, env: dict[str, str], tmp_path: Path) -> Iterator[httpx.Client]:
    command = dockerfile.command(image, "run")
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


def test_it_runs_where_it_is_started(web: httpx.Client, image: Image) -> None:
    page = web.get("/sign-in")
    assert page.status_code == 200
    [style] = [part.split('"')[0] for part in page.text.split('href="') if "/app.css" in part[:90]]
    assert web.get(style).status_code == 200
    assert web.get("/sites/kupferkanne").status_code == 200, "a platform's own templates"
    assert (Path(image.env["IGNY8_VAR"]) / "igny8.sqlite").is_file()


def test_its_commands_know_the_release_and_the_plugin(
    env: dict[str, str], image: Image, tmp_path: Path
) -> None:
    [wheel] = (image.place / "made").glob("igny8-*.whl")
    with zipfile.ZipFile(wheel) as file:
        assert not [name for name in file.namelist() if name.startswith(("tests/", "benchmarks/"))]
    assert run(*dockerfile.command(image, "version"), cwd=tmp_path, env=env).startswith("igny8 0.")
    alone = {**env, "IGNY8_VAR": str(tmp_path)}
    told = run(*dockerfile.command(image, "migrate"), cwd=tmp_path, env=alone)
    assert "newest schema" in told
    program = (
        "from webapp.integrations.wordpress_plugin import package;"
        "import webapp; print(webapp.__file__); print(len(package.plugin_zip()))"
    )
    told = run(str(image.programs / "python"), "-c", program, cwd=tmp_path, env=env)
    where, size = told.split()
    assert where.startswith(str(image.place))
    assert int(size) > 20_000, "the plugin to download"


def test_what_an_image_has_besides(image: Image) -> None:
    """What is left out here is only what would change this machine."""
    assert [one.split()[0] for one in image.left_out] == ["apt-get", "useradd", "install"]
    assert "postgresql-client" in image.left_out[0]
    assert (image.others["USER"], image.others["STOPSIGNAL"]) == ("igny8", "SIGTERM")
    assert image.command == ["run", "--empty"]
