"""Each rule finds the faults that are planted in a module or a template of ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.architecture import rules
from tests.architecture.rules import RULES, TEMPLATE_RULES, Rule
from tests.architecture.source import ROOT, WEBAPP, Source


class Planted(NamedTuple):
    """A line that is added to a module or template, and the rule that it breaks."""

    rule: Rule
    module: str
    line: str

    @property
    def path(self) -> Path:
        folder = ROOT / "templates" if self.rule in TEMPLATE_RULES else WEBAPP
        return folder / self.module


PLANTED = [
    Planted(rules.imports_upwards, "core/db.py", "from webapp.writer import models"),
    Planted(rules.imports_upwards, "accounts/access.py", "import webapp.integrations.registry"),
    Planted(
        rules.imports_upwards, "writer/contents.py", "from webapp.publisher.records import states"
    ),
    Planted(
        rules.imports_upwards,
        "publisher/records/records.py",
        "from webapp.publisher.planning import slots",
    ),
    Planted(
        rules.imports_upwards,
        "publisher/planning/planner.py",
        "from webapp.publisher.delivery import claims",
    ),
    Planted(
        rules.imports_upwards,
        "publisher/delivery/claims.py",
        "def f() -> None:\n    from webapp.content import panel",
    ),
    Planted(rules.imports_upwards, "live/feed.py", "from webapp.queue import pages"),
    Planted(
        rules.imports_upwards,
        "integrations/headless/public_sites.py",
        "from webapp.call import Call",
    ),
    Planted(rules.touches_the_world, "publisher/planning/planner.py", "import sqlalchemy"),
    Planted(rules.touches_the_world, "publisher/planning/slots.py", "NOW = datetime.now()"),
    Planted(rules.touches_the_world, "core/labels.py", "from webapp.core.db import Base"),
    Planted(rules.touches_the_world, "core/zones.py", "import time\nAT = time.time()"),
    Planted(rules.touches_the_world, "queue/rows.py", "from litestar import Request"),
    Planted(rules.looks_at_the_wall_clock, "publisher/delivery/due.py", "AT = datetime.now(UTC)"),
    Planted(rules.looks_at_the_wall_clock, "calendar/view.py", "TODAY = date.today()"),
    Planted(rules.converts_by_itself, "writer/payload.py", "A = msgspec.convert({}, Payload)"),
    Planted(rules.converts_by_itself, "core/jobs.py", "A = msgspec.json.decode(b'', type=dict)"),
    Planted(
        rules.answers_outside_pages,
        "queue/acts.py",
        "@get('/x')\ndef shown(call: Call) -> str: ...",
    ),
    Planted(
        rules.answers_outside_pages,
        "core/assets.py",
        "@litestar.get('/x')\nasync def x() -> str: ...",
    ),
    Planted(rules.reaches_past_access, "calendar/view.py", "A = db.scalars(sa.select(Content))"),
    Planted(rules.reaches_past_access, "queue/listing.py", "A = db.execute(sa.select(Content.id))"),
    Planted(rules.reaches_past_access, "queue/pages.py", "A = call.db.get(Content, 1)"),
    Planted(rules.reaches_past_access, "layout/__init__.py", "A = db.get_one(Site, 1)"),
    Planted(
        rules.reaches_past_access,
        "publications/pages.py",
        "A = call.db.execute(sa.update(PublishingRecord).values(error=None))",
    ),
    Planted(rules.reaches_past_access, "writer/reads.py", "A = sa.delete(Image)"),
    Planted(rules.reaches_past_access, "api/v1/sites.py", "A = db.query(Site)"),
    Planted(rules.decides_silently, "review/pages.py", "A = contents.approve(db, None, by=None)"),
    Planted(rules.decides_silently, "api/v1/content.py", "A = contents.submit"),
    Planted(rules.decides_silently, "api/v1/images.py", "A = images.add(None, None, None)"),
    Planted(rules.decides_silently, "api/v1/images.py", "A = images.put_in_order(None, None, [])"),
    Planted(rules.decides_silently, "queue/acts.py", "from webapp.writer.contents import approve"),
    Planted(
        rules.decides_silently,
        "publisher/delivery/due.py",
        "from webapp.writer import contents as quietly",
    ),
    Planted(rules.names_a_platform, "integrations/obstacles.py", "A = one.platform == 'wordpress'"),
    Planted(rules.names_a_platform, "sites/view.py", "NAMES = {'headless': 'Our own pages'}"),
    Planted(rules.has_a_wide_line, "content/_panel.html", f"<p>{'a' * 134}</p>"),
    Planted(rules.is_a_long_template, "content/panel/_acts.html", "<br>\n" * 200),
]


@pytest.mark.parametrize(
    "planted", PLANTED, ids=lambda one: f"{one.rule.__name__} in {one.module}: {one.line[:50]}"
)
def test_a_planted_fault_is_found(planted: Planted) -> None:
    clean = Source.of(planted.path)
    assert planted.rule(clean) == []
    assert planted.rule(replace(clean, text=f"{clean.text}\n\n{planted.line}\n")) != []


def test_every_rule_has_a_planted_fault() -> None:
    assert {one.rule for one in PLANTED} == {*RULES, *TEMPLATE_RULES}


def test_only_the_operators_own_rooms_may_see_all_tenants() -> None:
    bare = "A = sa.select(Content)\n"
    assert rules.reaches_past_access(Source("webapp.cli", bare)) == []
    assert rules.reaches_past_access(Source("webapp.health.pages", bare)) == []
    for name in ("webapp.health.pages_of_all.pages", "webapp.queue.worker", "webapp.sites.demo"):
        assert rules.reaches_past_access(Source(name, bare)) != [], name
