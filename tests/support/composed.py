"""docs/deploy/compose.yaml as Compose reads it: which processes there are, with which settings."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.support.fronts import DEPLOY

FILE = DEPLOY / "compose.yaml"
_ASKED = re.compile(r"\$\{([A-Z0-9_]+)(?::\?[^}]*)?\}")


def services(given: dict[str, str]) -> dict[str, Any]:
    """All services, with what the settings beside the file say put in."""
    text = _ASKED.sub(lambda found: given[found[1]], FILE.read_text())
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def asked() -> set[str]:
    """The names of those settings."""
    return set(_ASKED.findall(FILE.read_text()))


def processes(given: dict[str, str], **servers: str) -> list[tuple[str, dict[str, str]]]:
    """Each process of IGNY8: what it is started as, and its settings; `servers` stand in for the
    addresses that only containers have."""
    found = []
    for service in services(given).values():
        if service["image"] == "igny8":
            [kind] = service["command"]
            number = service.get("deploy", {}).get("replicas", 1)
            beside = given if ".env" in service.get("env_file", ()) else {}
            found += [(kind, {**beside, **service["environment"], **servers})] * number
    return found
