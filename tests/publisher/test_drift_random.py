"""People edit here and there at random, answers are lost, and nobody's words are.

`IGNY8_SEEDS=20 IGNY8_STEPS=500` makes a long run. A failure prints its seed and what was done.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.errors import Conflict
from webapp.publisher.delivery import drift, ways_out
from webapp.publisher.records import drifts
from webapp.publisher.records.taking import HERE, THERE
from webapp.writer import keeping

SEEDS = int(os.environ.get("IGNY8_SEEDS", "3"))
STEPS = int(os.environ.get("IGNY8_STEPS", "40"))
FIELDS = {"title": "title", "excerpt": "excerpt", "html": "content"}


class People:
    """One piece, and whoever works on it on both sides. `said` are all words that somebody wrote
    there, by field."""

    def __init__(self, desk: Desk, website: Website, seed: int) -> None:
        self.desk, self.website, self.random = desk, website, random.Random(seed)
        self.content_id = desk.published(title="Ours 0")
        self.said: list[tuple[str, str]] = []
        self.done: list[str] = []
        self.number = 0

    def step(self) -> None:
        acts: list[Callable[[], None]] = [
            self.edit_there,
            self.edit_here,
            self.publish,
            self.look,
            self.accept,
            self.choose,
            self.overwrite,
        ]
        act = self.random.choice(acts)
        self.done.append(act.__name__)
        act()

    def words(self, side: str) -> tuple[str, str]:
        self.number += 1
        field = self.random.choice(list(FIELDS))
        text = f"{side} {self.number}"
        return field, f"<p>{text}</p>" if field == "html" else text

    def edit_there(self) -> None:
        field, text = self.words("Theirs")
        self.said.append((field, text))
        self.website.edit(self.content_id, **{FIELDS[field]: text})

    def edit_here(self) -> None:
        field, text = self.words("Ours")
        self.desk.edit(self.content_id, keep_approved=True, **{field: text})

    def publish(self) -> None:
        if self.random.random() < 0.3:
            self.website.fail("publish", self.random.choice(["lost", "later"]))
        self._try(lambda: self.desk.publish(self.content_id, force=True))

    def look(self) -> None:
        drift.look_everywhere(self.desk.system)

    def accept(self) -> None:
        if self.random.random() < 0.3:
            self.website.fail("accept", self.random.choice(["lost", "later", "lost_before"]))
        self._way(ways_out.accept)

    def choose(self) -> None:
        takes = {field: self.random.choice([HERE, THERE, ""]) for field in FIELDS}
        self._way(ways_out.accept, takes)

    def overwrite(self) -> None:
        self._way(ways_out.overwrite)

    def _way(self, way: Any, *more: Any) -> None:
        over = self.seen()
        if over is not None:
            member = self.desk.teammate
            self._try(lambda: way(self.desk.system, member, self.content_id, over, *more))

    def _try(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except Conflict as problem:
            self.done[-1] += f" ({problem.code})"
        self.settle()

    def settle(self) -> None:
        """What was begun comes to its end, whatever failed meanwhile."""
        clock: Any = self.desk.system.clock
        for _ in range(6):
            self.desk.run_worker()
            if self.desk.content(self.content_id).site_status != "publishing":
                return
            clock.advance(30)

    def seen(self) -> str | None:
        with self.desk.system.db.read() as db:
            found = drifts.find(db, self.content_id)
            return found.drift.over if found else None

    def lost(self) -> list[tuple[str, str]]:
        """What somebody wrote there, and nobody has any more: neither the website, where one later
        edit there replaces another, nor the piece, nor what it has been."""
        post = self.website.posts[self.content_id]
        assert post.payload is not None
        kept = {("html" if f == "content" else f, text) for f, text in post.edits.items()}
        kept |= {(field, getattr(post.payload, field)) for field in FIELDS}
        content = self.desk.content(self.content_id)
        with self.desk.system.db.read() as db:
            for version in range(1, content.version + 1):
                found = keeping.of_version(db, content, version)
                if found is not None:
                    kept |= {(field, found.fields[field]) for field in ("title", "excerpt")}
                    kept.add(("html", found.html))
        last = dict(self.said)  # by the people there themselves
        return [(field, text) for field, text in last.items() if (field, text) not in kept]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nobodys_words_are_lost_and_in_the_end_both_sides_agree_or_say_that_they_do_not(
    desk: Desk, website: Website, seed: int
) -> None:
    desk.connect_to_website()
    people = People(desk, website, seed)
    for _ in range(STEPS):
        people.step()
        assert people.lost() == [], f"{seed}: {people.done}"
    people.website.faults.clear()
    people.settle()
    people.look()
    post = website.posts[people.content_id]
    content = desk.content(people.content_id)
    assert (people.seen() is not None) == bool(post.edits), (seed, people.done)
    if not post.edits and content.published_hash == content.content_hash:
        assert post.payload is not None
        here = (content.title, content.excerpt, content.html)
        assert (post.payload.title, post.payload.excerpt, post.payload.html) == here, people.done
