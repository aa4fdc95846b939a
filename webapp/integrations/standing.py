"""How a connection stands, in a word and a sentence: the same wherever people are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.core.codes import Code, sentence
from webapp.integrations import installation
from webapp.integrations.models import SiteIntegration

SWITCHED_OFF, COPIED, NO_KEY, PAUSED = "switched_off", "copied", "no_key", "paused"
TAKEN_FOR_A_COPY = (
    "The website takes this IGNY8 for a copy of another one. Nothing is sent there until whoever "
    "runs IGNY8 has said which it is."
)
PAUSED_AFTER_FAILURES = "Paused after repeated failures; it goes on when a test succeeds."
# What the last test met, where a word says more than that it does not work.
_WORDS: dict[str, str] = {
    Code.KEY_MISSING: NO_KEY,
    Code.INVALID_CREDENTIALS: "key_refused",
    Code.PLUGIN_MISSING: "plugin_missing",
    Code.INSTALLATION_COPIED: COPIED,
    Code.WEBSITE_COPIED: "website_copied",
    Code.DESTINATION_UNREACHABLE: "no_answer",
    Code.DESTINATION_TIMEOUT: "no_answer",
}
_REPORT = SiteIntegration.health_report
# For a query that needs no more of an integration.
COLUMNS: tuple[Any, ...] = (
    SiteIntegration.is_active,
    SiteIntegration.health,
    SiteIntegration.paused_at,
    SiteIntegration.config_json,
    _REPORT["message"].as_string().label("health_message"),
    _REPORT["report"]["error"]["code"].as_string().label("health_code"),
)


@dataclass(frozen=True)
class Standing:
    """`state` is a word of core/labels.py; `reason` says why nothing is sent, "" where it is."""

    state: str
    reason: str = ""


def of(row: Any) -> Standing:
    """How it stands, from a row with COLUMNS."""
    if not row.is_active:
        return Standing(SWITCHED_OFF)
    is_down = row.health == "down"
    state = _WORDS.get(row.health_code or "", "down") if is_down else str(row.health)
    reason = (row.health_message or "The last test failed.") if is_down else ""
    if state == NO_KEY:
        return Standing(state, reason)
    if installation.is_refused(row):
        return Standing(COPIED, TAKEN_FOR_A_COPY)
    if row.paused_at is not None:
        return Standing(PAUSED, f"{PAUSED_AFTER_FAILURES} {reason}".strip())
    return Standing(state, reason)


def of_integration(integration: SiteIntegration) -> Standing:
    """How it stands, from the whole row."""
    return of(_Row(integration))


def has_no_key(integration: SiteIntegration) -> None:
    """Its keys were ended: what the last test found holds no more, and a test would find this."""
    message = sentence(Code.KEY_MISSING)
    error = {"code": str(Code.KEY_MISSING), "message": message}
    integration.health = "down"
    integration.health_report = {"message": message, "checks": {}, "report": {"error": error}}


def is_new(integration: SiteIntegration) -> None:
    """It is another one now: nothing is known of it until it is tested."""
    integration.health = "unknown"
    integration.health_checked_at = None
    integration.health_report = {}


class _Row:
    """An integration with what COLUMNS take out of its report."""

    def __init__(self, integration: SiteIntegration) -> None:
        report = integration.health_report or {}
        error = (report.get("report") or {}).get("error") or {}
        self.is_active = integration.is_active
        self.health = integration.health
        self.paused_at = integration.paused_at
        self.config_json = integration.config_json
        self.health_message = report.get("message")
        self.health_code = error.get("code")
