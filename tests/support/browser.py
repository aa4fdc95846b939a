"""The product as it really runs, and Chromium in front of it.

`Product` is `igny8 run` with a database of its own and the demo in it; `Window` is a browser page
that fails the test when a script breaks or the content security policy is violated.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import missing
from tests.support.plain_http import NO_TLS
from tests.support.processes import free_port, frozen, kill, members, spawn, wait_until
from webapp.accounts import sessions
from webapp.accounts.models import User
from webapp.core import clock
from webapp.core.db import Database

# The headless shell is the same engine without a window, at half the work.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _PROGRAMS)), "")
AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those of axe's rules that see another thing in the other theme.
COLOURS = ["color-contrast", "link-in-text-block"]
# Turns a page to a theme as the user's menu does, and ends the fading of its colours: once that of
# an element is over, what inherits from it may begin to fade itself.
TURN = """(theme) => {
  document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new Event("theme"));
  const fading = () => {
    document.body.getBoundingClientRect();
    return document.getAnimations().filter((one) => one instanceof CSSTransition);
  };
  for (let round = 0, all = fading(); all.length && round < 50; round += 1, all = fading())
    for (const one of all) one.finish();
}"""
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium; the test is left out where there is none."""
    if not CHROMIUM:
        missing("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Product:
    """A running IGNY8 with the demo's two sites; its own pages are the destination."""

    def __init__(self, var: Path, settings: Mapping[str, str] | None = None) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("IGNY8_")},
            "IGNY8_VAR": str(var),
            "IGNY8_PORT": str(self.port),
            "IGNY8_ALLOW_PRIVATE_DESTINATIONS": "1",
            "IGNY8_MANUAL_RETRY_SECONDS": "1",
            "IGNY8_VERIFY_SECONDS": "2",
            **(settings or {}),
        }
        self._process: Any = None
        self.api = httpx.Client(base_url=f"{self.url}/api/v1", timeout=30)

    def start(self) -> None:
        """Returns when the web process answers and the worker is at work."""
        command = [sys.executable, "-m", "webapp.cli", "run"]
        self._process = spawn(command, self.var / "run.log", cwd=ROOT, env=self._env)
        wait_until(self._answers, f"the product ({self.var / 'run.log'})", 240)
        token = self._run("token", "--email", self.login["email"], "--name", "tests")
        self.api.headers["Authorization"] = f"Bearer {token}"

    def stop(self) -> None:
        self.api.close()
        if self._process is not None:
            kill(self._process)

    def pid_of(self, command: str) -> int:
        """The process id of the web or worker process; 0 while there is none."""
        ending = f"-m\0webapp.cli\0{command}\0"
        beginning = f"{sys.executable}\0"
        for pid in members(self._process.pid):
            with suppress(OSError):  # it ended meanwhile
                words = Path(f"/proc/{pid}/cmdline").read_text()
                if words.startswith(beginning) and words.endswith(ending):
                    return pid
        return 0

    @contextmanager
    def web_killed(self) -> Iterator[None]:
        """Nothing answers meanwhile; then `igny8 run` notices, and starts the web process again."""
        try:
            with frozen([self.pid_of("run")]):
                os.kill(self.pid_of("web"), signal.SIGKILL)
                yield
        finally:
            wait_until(self._answers, "the web process that is started again", 60)

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Nothing of it lives meanwhile; then it is started again."""
        kill(self._process)
        try:
            yield
        finally:
            self.start()

    @property
    def login(self) -> dict[str, str]:
        """E-mail address and password of the demo's owner."""
        return dict(json.loads((self.var / "demo-login.json").read_text()))

    def session(self) -> str:
        """A new session's token: the form itself, with its slow hash, has tests of its own."""
        database = Database(f"sqlite:///{self.var / 'igny8.sqlite'}")
        try:
            with database.write() as db:
                owner = db.scalars(sa.select(User).where(User.email == self.login["email"])).one()
                return sessions.sign_in(db, owner, clock.utc_now())
        finally:
            database.dispose()

    def piece(self, title: str, image_url: str = "", **fields: Any) -> int:
        """A new piece in review; its id. With `image_url` it has a featured image from there."""
        body = {
            "title": title,
            "html": "<h2>One</h2><p>Some words to read, and a few more of them.</p>",
            "meta_description": "What a reader finds in a list of results before opening the page.",
            "categories": [{"name": "Tests"}],
            "site_id": self.site_id,
            **fields,
        }
        made = self.api.post("/writer/content", json=body)
        made.raise_for_status()
        content_id = int(made.json()["data"]["id"])
        if image_url:
            image = {"image_url": image_url, "image_type": "featured", "alt": "A test picture"}
            self.api.post(f"/writer/content/{content_id}/images", json=image).raise_for_status()
        self.api.post(f"/writer/content/{content_id}/submit", json={}).raise_for_status()
        return content_id

    @property
    def site_id(self) -> int:
        """The first of the demo's sites."""
        return int(min(row["id"] for row in self.api.get("/sites").json()["results"]))

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError((self.var / "run.log").read_text()[-4000:])
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, verify=NO_TLS).status_code == 200
        except httpx.HTTPError:
            return False

    def _run(self, *arguments: str) -> str:
        import subprocess

        command = [sys.executable, "-m", "webapp.cli", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip().splitlines()[-1]


class Window:
    """A tab of the signed-in editor."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page = page
        self.product = product
        self.troubles: list[str] = []
        self._was_measured = False
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._hear)

    def open(self, path: str) -> Page:
        """Go to a page of the product; waits until its stream of notices is open."""
        self.page.goto(self.product.url + path)
        self.page.wait_for_selector("body[data-stream=open]")
        return self.page

    def panel(self) -> dict[str, Any]:
        """What the publish panel shows: its state, percent, and the state of each step by name."""
        found: dict[str, Any] = self.page.evaluate(
            """() => {
              const panel = document.querySelector('[data-panel]');
              const steps = [...panel.querySelectorAll('[data-step]')];
              return {
                state: panel.dataset.panel,
                percent: panel.querySelector('[data-percent]')?.textContent ?? '',
                steps: Object.fromEntries(steps.map(s => [s.dataset.step, s.dataset.stepState])),
              };
            }"""
        )
        return found

    def publish(self) -> None:
        """Click Publish; what nobody has approved yet is asked for once more."""
        asks = self.page.locator("[data-asks-first]")
        if asks.count() and not self.page.locator("[data-publish]").is_visible():
            asks.click()
        self.page.click("[data-publish]")

    def axe(self) -> list[str]:
        """What axe-core finds on the page in both themes, the text of the preview apart."""
        self._was_measured = True
        return axe(self.page)

    def too_small(self) -> list[str]:
        """What is smaller than 24 px, or nearer than that to something else that one can hit."""
        self._was_measured = True
        return _run_axe(self.page, ["target-size"])

    def _hear(self, message: Any) -> None:
        refused = "the server responded with a status of" in message.text
        # axe tries styles that our policy refuses, and the browser says so.
        of_axe = self._was_measured and "inline style" in message.text
        if message.type == "error" and not refused and not of_axe:
            self.troubles.append(message.text)


def axe(page: Page) -> list[str]:
    """What axe-core finds on the page: all rules in its theme, and in the other one those that
    depend on colours."""
    theme = page.evaluate("document.documentElement.dataset.theme")
    is_dark = page.evaluate("document.documentElement.classList.contains('dark')")
    found = _run_axe(page, WCAG)
    page.evaluate(TURN, "light" if is_dark else "dark")
    found += [f"in the other theme, {one}" for one in _run_axe(page, COLOURS)]
    page.evaluate(TURN, theme)
    return found


def _run_axe(page: Page, rules: list[str]) -> list[str]:
    """What these rules, or those with these tags, find."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        """(rules) => axe.run({ exclude: [["iframe"]] },
                              { runOnly: rules, resultTypes: ["violations"] })""",
        rules,
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def sign_in(browser: Browser, product: Product, **options: Any) -> BrowserContext:
    """A browser context that is signed in as the demo's owner, with a session of its own."""
    context = browser.new_context(base_url=product.url, **options)
    context.add_cookies([{"name": sessions.COOKIE, "value": product.session(), "url": product.url}])
    return context
