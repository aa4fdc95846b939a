"""Wagtail's page explorer with 10,000 pages, served for as long as something is compared with it.

Wagtail is no dependency of ours: it lives in an environment of its own below the cache directory,
which is made once. Its site is made anew each time, in a directory that is removed afterwards.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support import wordpress_golden
from tests.support.processes import free_port, kill, spawn, wait_until

VERSION = "8.0.1"
PACKAGES = (f"wagtail=={VERSION}", "Django==5.2.19", "gunicorn==27.0.1")
PAGES = 10_000
SHOWN = 50  # on a page of the explorer as Wagtail ships
TITLE = "Of the list, number"
SITE = Path(__file__).parent / "explorer_site"
FILL = "import django; django.setup(); from news import fill; fill.main()"
# One process as ours. One thread, since one client asks: it keeps the connection to the client
# and the one to the database open, and shares the interpreter with nobody.
SERVE = (
    "-m",
    "gunicorn",
    "news.wsgi",
    "--workers=1",
    "--worker-class=gthread",
    "--threads=1",
    "--keep-alive=75",
    "--no-control-socket",
)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Missing(RuntimeError):
    """Wagtail cannot be installed here; says why."""


def interpreter() -> Path:
    """The Python that has Wagtail, installed on the first call; raises Missing if it cannot be."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    names = "-".join(part.replace("==", "-").lower() for part in PACKAGES)
    home = wordpress_golden.CACHE.parent / "wagtail" / f"{names}-{python}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, ignore_cleanup_errors=True) as making:
            _install(Path(making) / "it")
            if not home.exists():  # another run may have been quicker
                (Path(making) / "it").rename(home)
    return home / "bin" / "python"


def _install(home: Path) -> None:
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q"]
    pip += ["--disable-pip-version-check", *PACKAGES]
    for command in ([sys.executable, "-m", "venv", str(home)], pip):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
        except subprocess.CalledProcessError as error:
            said = (error.stderr or error.stdout).strip().splitlines() or ["no reason given"]
            raise Missing(f"{PACKAGES[0]} cannot be installed: {said[-1]}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Missing(f"{PACKAGES[0]} cannot be installed: {error}") from error


@contextmanager
def signed_in() -> Iterator[tuple[httpx.Client, str]]:
    """A client that an administrator's session is in, and the path of the list of 10,000 pages.

    Raises Missing without Wagtail, RuntimeError if its site cannot be made.
    """
    python = str(interpreter())
    with tempfile.TemporaryDirectory(prefix="igny8-benchmark-explorer-") as made:
        folder = Path(made)
        shutil.copytree(SITE, folder / "news", ignore=shutil.ignore_patterns("__pycache__"))
        environment = _environment(folder)
        path = f"/admin/pages/{_fill(python, folder, environment)}/"
        url = f"http://127.0.0.1:{free_port()}"
        bind = f"--bind={url.removeprefix('http://')}"
        server = spawn([python, *SERVE, bind], folder / "log", cwd=folder, env=environment)
        try:
            with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
                wait_until(lambda: _answers(client), "Wagtail")
                _sign_in(client, environment)
                yield client, path
        finally:
            kill(server)


def _environment(folder: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "DJANGO_SETTINGS_MODULE": "news.settings",
        "EXPLORER_DATABASE": str(folder / "wagtail.sqlite"),
        "EXPLORER_PAGES": str(PAGES),
        "EXPLORER_TITLE": TITLE,
        "EXPLORER_SECRET": secrets.token_urlsafe(48),
        "EXPLORER_USER": "editor",
        "EXPLORER_PASSWORD": secrets.token_urlsafe(16),
    }


def _fill(python: str, folder: Path, environment: dict[str, str]) -> int:
    """Make the site's database; the id of the page that is above all others."""
    done = subprocess.run(
        [python, "-c", FILL],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        raise RuntimeError(f"Wagtail's site cannot be made: {done.stderr[-2000:]}")
    return int(done.stdout.strip().splitlines()[-1])


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/admin/login/").status_code == 200
    except httpx.TransportError:
        return False


def _sign_in(client: httpx.Client, environment: dict[str, str]) -> None:
    """By the form, as a person does."""
    token = TOKEN.search(client.get("/admin/login/").text)
    assert token
    form = {
        "csrfmiddlewaretoken": token[1],
        "username": environment["EXPLORER_USER"],
        "password": environment["EXPLORER_PASSWORD"],
        "next": "/admin/",
    }
    answer = client.post("/admin/login/", data=form)
    assert answer.status_code == 302, answer.status_code
