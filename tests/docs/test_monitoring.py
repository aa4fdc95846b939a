"""What an operator's tools are given: rules that promtool takes, and only figures that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.conftest import missing
from tests.docs.test_traceability import ROOT
from webapp.core.system import System
from webapp.health import exposition, gauges

PLACE = ROOT / "docs" / "monitoring"
ENDINGS = ("_bucket", "_sum", "_count")
NAME = re.compile(r"\b(igny8_[a-z0-9_]+|process_[a-z_]+)\b")
RULES = [
    rule
    for group in yaml.safe_load((PLACE / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((PLACE / "dashboard.json").read_text())


def names(system: System) -> set[str]:
    """What `/metrics` can have, as it is asked for."""
    told = exposition.of_database(system)
    text = exposition.text(told, 0, lambda: gauges.of_process(system, 0, (0, 0, 0))).decode()
    found = set()
    for line in re.findall(r"# TYPE (\S+ \S+)", text):
        name, kind = line.split()
        found |= {f"{name}{ending}" for ending in ENDINGS} if kind == "histogram" else {name}
    return found


def asked(expression: str) -> set[str]:
    """Figures in an expression, without what stands in quotation marks or braces."""
    return set(NAME.findall(re.sub(r"\{[^}]*\}", "", expression)))


def test_promtool_takes_rules_their_tests_and_the_example() -> None:
    if shutil.which("promtool") is None:
        missing("promtool: install the package prometheus")
    for arguments in (
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts.test.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
    ):
        done = subprocess.run(
            ["promtool", *arguments], cwd=PLACE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_rule_is_shown_what_it_is_for_and_what_it_must_leave_alone() -> None:
    cases = yaml.safe_load((PLACE / "alerts.test.yml").read_text())["tests"]
    looks = [one for case in cases for one in case["alert_rule_test"]]
    shown = {(one["alertname"], bool(one["exp_alerts"])) for one in looks}
    assert shown == {(rule["alert"], raised) for rule in RULES for raised in (True, False)}


def test_every_figure_that_is_asked_for_exists(system: System) -> None:
    there = names(system)
    expressions = [rule["expr"] for rule in RULES] + list(queries())
    assert len(expressions) > 60
    wrong = {one for expression in expressions for one in asked(expression) - there}
    assert wrong == set()


def queries() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def test_promtool_reads_every_query_of_the_dashboard(tmp_path: Path) -> None:
    if shutil.which("promtool") is None:
        missing("promtool: install the package prometheus")
    rules = [
        {"record": f"dashboard:query{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(queries())
    ]
    written = tmp_path / "rules.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", str(written)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_figure_is_described_and_every_description_is_of_one(system: System) -> None:
    table = (PLACE / "README.md").read_text().split("## Figures")[1]
    described = set(NAME.findall(table))
    own = {one for one in names(system) if one.startswith("igny8_")}
    whole = {re.sub("_bucket$|_sum$|_count$", "", one) for one in own}
    assert whole - described == set(), "undescribed"
    assert described - whole == set(), "described, and told by nobody"


def test_every_alert_has_its_section_and_every_section_an_alert() -> None:
    sections = re.findall(r"^## (\w+)$", (PLACE / "alerts.md").read_text(), re.M)
    assert [rule["alert"] for rule in RULES] == sections
    for rule in RULES:
        anchor = f"docs/monitoring/alerts.md#{rule['alert'].lower()}"
        assert rule["annotations"]["runbook"] == anchor
        assert rule["labels"]["severity"] in ("critical", "warning")


def test_no_panel_lies_upon_another() -> None:
    taken: set[tuple[int, int]] = set()
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
