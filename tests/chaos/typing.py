"""Somebody types while their browser and the server die; what they typed is there afterwards.

    python -m tests.chaos.typing --kills 100 --server-kills 20 --seed 1

Chromium with a profile on disk, real keys, SIGKILL. Each key is kept with its moment; after each
death the same profile is opened again, and what the page shows and what the server has are compared
with what was typed. Ends with 0 where no key is missing that was older than three seconds, and
where nobody who wrote alone was asked what to choose.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import random
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, BrowserType, Error, Page, expect, sync_playwright

from tests.support.browser import CHROMIUM, Product
from webapp.accounts import sessions

MOST_LOST = 3.0  # seconds
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXT = "<p>Before.</p>\n<p>Behind.</p>"
MOST = 400  # characters that are typed into a field
PATIENCE = 60_000  # ms


@dataclass(frozen=True)
class Place:
    """Where somebody types: a field, or an end of the text."""

    name: str
    column: str
    css: str
    key: str  # what leads to where they go on
    most: int

    def shown(self, page: Page) -> str:
        """What the page shows of it, but for white space."""
        read = "one => 'value' in one ? one.value : one.textContent"
        return squeezed(str(page.locator(self.css).evaluate(read)))

    def stored(self, piece: dict[str, Any]) -> str:
        """What the server has of it."""
        return squeezed(html.unescape(re.sub(r"<[^>]*>", "", str(piece[self.column]))))


SURFACE = "#editor-text [contenteditable=true]"
PLACES = (
    Place("end of the text", "html", SURFACE, "Control+End", 1_000_000),
    Place("beginning of the text", "html", SURFACE, "Control+Home", 1_000_000),
    Place("title", "title", "#field-title", "Control+End", MOST),
    Place("excerpt", "excerpt", "#field-excerpt", "Control+End", MOST),
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def is_one_key(before: str, after: str) -> bool:
    """Whether one character more or less makes one of the other."""
    short, long = sorted((before, after), key=len)
    both = enumerate(zip(short, long, strict=False))
    at = next((at for at, (one, other) in both if one != other), len(short))
    return len(long) == len(short) + 1 and short[at:] == long[at + 1 :]


@dataclass
class Key:
    """A key at its moment; `after` is what stands in the column since."""

    at: float
    after: str


@dataclass
class Figures:
    """What happened. `oldest` is the age, when the browser died, of the oldest key that is
    missing."""

    kills: int = 0
    server_kills: int = 0
    keys: int = 0
    missing: int = 0
    oldest: float = 0.0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.wrong and not self.asked and self.oldest <= MOST_LOST


class Typist:
    """Types in one piece of `product`, with the browser's profile in `directory`."""

    def __init__(self, product: Product, of: BrowserType, directory: Path, seed: int) -> None:
        self._product, self._of, self._profile = product, of, directory
        self._rng = random.Random(seed)
        self.figures = Figures()
        body = {"title": "Typed", "html": TEXT, "excerpt": "Short.", "site_id": product.site_id}
        made = product.api.post("/writer/content", json=body).raise_for_status()
        self._id = int(made.json()["data"]["id"])
        self._known = {"html": squeezed("Before.Behind."), "title": "Typed", "excerpt": "Short."}
        self._keys: dict[str, list[Key]] = {name: [] for name in self._known}
        self._pressed = ""  # the column of a key that may have come, and was not seen to
        self._context: BrowserContext | None = None
        self._died: float | None = None  # when the browser did
        self._at_next_save: threading.Event | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._context is not None:
            with suppress(Error):
                self._context.close()

    def run(self, kills: int, server_kills: int) -> Figures:
        """So many lives of the browser, in so many of which the server dies as well."""
        with_server = set(self._rng.sample(range(kills), min(kills, server_kills)))
        for life in range(kills):
            page = self._open()
            self._judge(page, f"life {life}")
            self._live(page, dies_too=life in with_server)
        page = self._open()
        self._judge(page, "the end")
        return self.figures

    # -- a life

    def _live(self, page: Page, *, dies_too: bool) -> None:
        if dies_too:
            self._survive(page)
        killer = _Killer(self._browser(), self._rng.uniform(0.3, 7))
        killer.start()
        try:
            while True:
                self._type_somewhere(page, self._rng.randint(5, 60))
                page.wait_for_timeout(self._rng.choice((0, 0, 300, 2_500)))
        except Error as problem:
            killer.join()
            if killer.died is None:
                raise
            if "closed" not in str(problem) and "crash" not in str(problem):
                self.figures.wrong.append(str(problem))
        self.figures.kills += 1
        with suppress(Error):
            page.context.close()
        self._context = None
        self._died = killer.died

    def _survive(self, page: Page) -> None:
        """The server dies while somebody types on; in half of the cases right after a save was
        sent. Then either the page saves by itself, or the browser dies in the middle of that."""
        starts, away = threading.Event(), self._rng.uniform(0, 3)
        soon = self._rng.uniform(0, 0.1)
        dead = threading.Thread(target=self._kill_server, args=(starts, soon, away))
        dead.start()
        if self._rng.random() < 0.5:
            self._at_next_save = starts
        until = time.monotonic() + self._rng.uniform(0.5, 4)
        while not starts.is_set() and (self._at_next_save or time.monotonic() < until):
            self._type_somewhere(page, 3)
            page.wait_for_timeout(2_200 if self._at_next_save else 0)  # so long that the page saves
        starts.set()
        self._at_next_save = None
        self._type_somewhere(page, self._rng.randint(5, 60))
        dead.join()
        self.figures.server_kills += 1
        if self._rng.random() < 0.5:
            self._settled(page)
            self._judge(page, "the server was back", whole=True)

    def _kill_server(self, starts: threading.Event, soon: float, away: float) -> None:
        starts.wait()
        time.sleep(soon)
        with self._product.killed():
            time.sleep(away)

    def _type_somewhere(self, page: Page, number: int) -> None:
        fits = [one for one in PLACES if len(self._now(one.column)) < one.most]
        place = self._rng.choice(fits)
        page.locator(place.css).focus()
        page.keyboard.press(place.key)
        typed = 0
        for _ in range(number):
            key = self._rng.choices(
                (self._rng.choice(LETTERS), " ", "Backspace", "Enter"), (80, 14, 5, 1)
            )[0]
            if (key == "Backspace" and not typed) or (key == "Enter" and place.column == "title"):
                continue
            at, self._pressed = time.monotonic(), place.column
            page.keyboard.press("Space" if key == " " else key)
            typed = max(0, typed + (-1 if key == "Backspace" else 1))
            self._note(page, place, at)
            page.wait_for_timeout(self._rng.uniform(0, 80))

    def _note(self, page: Page, place: Place, at: float) -> None:
        """What a person sees after the key is what they typed."""
        self._keys[place.column].append(Key(at, place.shown(page)))
        self._pressed = ""
        self.figures.keys += 1

    def _now(self, column: str) -> str:
        keys = self._keys[column]
        return keys[-1].after if keys else self._known[column]

    # -- the browser

    def _open(self) -> Page:
        """The profile once more, signed in; the piece in the editor."""
        context = self._of.launch_persistent_context(
            str(self._profile), executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        self._context = context
        session = self._product.session()
        context.add_cookies([{"name": sessions.COOKIE, "value": session, "url": self._product.url}])
        page = context.new_page()
        page.on("request", self._see)
        page.goto(f"{self._product.url}/content/{self._id}/edit")
        self._settled(page)
        return page

    def _see(self, request: Any) -> None:
        is_save = request.method == "POST" and request.url.endswith("/draft")
        if is_save and self._at_next_save is not None:
            self._at_next_save.set()

    def _settled(self, page: Page) -> None:
        """All is saved, or a question stands before them."""
        if page.locator("#clash[open], #undecided").count() == 0:
            saved = page.locator("#saved[data-saved=saved], #clash[open]").first
            expect(saved).to_be_attached(timeout=PATIENCE)

    def _browser(self) -> int:
        """The process group of the browser that has this profile."""
        wanted = f"--user-data-dir={self._profile}".encode()
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                pid = int(place.parent.name)
                if wanted in place.read_bytes().split(b"\0") and os.getpgid(pid) == pid:
                    return pid
        raise RuntimeError(f"no browser has the profile {self._profile}")

    # -- the judge

    def _judge(self, page: Page, where: str, *, whole: bool = False) -> None:
        """What the page shows and what the server has, against the keys."""
        if page.locator("#clash[open], #undecided").count():
            self.figures.asked += 1
            self.figures.wrong.append(f"{where}: a question to one who writes alone")
            self._answer(page)
        piece = self._product.api.get(f"/writer/content/{self._id}").json()["data"]
        by_column = {place.column: place for place in PLACES}
        for column, place in by_column.items():
            shown, stored = place.shown(page), place.stored(piece)
            if shown != stored:
                self.figures.wrong.append(f"{where}, {column}: the page shows another text")
            self._compare(where, column, stored, whole=whole)
            self._known[column], self._keys[column] = stored, []
        self._pressed = ""

    def _compare(self, where: str, column: str, stored: str, *, whole: bool) -> None:
        keys = self._keys[column]
        states = [self._known[column], *(key.after for key in keys)]
        if column == self._pressed and is_one_key(states[-1], stored):
            return  # the browser died before it said that the key had come
        if stored not in states:
            told = f"{stored!r} was never typed; at last stood there {states[-1]!r}"
            self.figures.wrong.append(f"{where}, {column}: {told}")
            return
        last = len(states) - 1 - states[::-1].index(stored)
        missing = keys[last:]
        self.figures.missing += len(missing)
        if missing and whole:
            self.figures.wrong.append(f"{where}, {column}: {len(missing)} keys are missing")
        elif missing and self._died is not None:
            self.figures.oldest = max(self.figures.oldest, self._died - missing[0].at)

    def _answer(self, page: Page) -> None:
        while page.locator("#clash[open]").count():
            page.get_by_role("button", name="Take mine").click()
        self._settled(page)


class _Killer(threading.Thread):
    """Ends a process group after so many seconds; `died` is when."""

    def __init__(self, group: int, seconds: float) -> None:
        super().__init__()
        self._group, self._seconds = group, seconds
        self.died: float | None = None

    def run(self) -> None:
        time.sleep(self._seconds)
        self.died = time.monotonic()
        os.killpg(self._group, signal.SIGKILL)


def main(say: Callable[[str], None] = print) -> int:
    """Run it and print what happened."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--server-kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="igny8-typing-") as place:
        (Path(place) / "var").mkdir()
        product = Product(Path(place) / "var")
        try:
            product.start()
            with (
                sync_playwright() as playwright,
                Typist(product, playwright.chromium, Path(place) / "profile", given.seed) as typist,
            ):
                figures = typist.run(given.kills, given.server_kills)
        finally:
            product.stop()
    say(json.dumps({**asdict(figures), "ok": figures.ok}, indent=1))
    return 0 if figures.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
