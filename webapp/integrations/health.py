"""Whether publishing to a destination would work, as it says itself."""

from __future__ import annotations

from typing import Any

import msgspec

_FOR_INFORMATION = ("api_connection", "clock", "plugin_version", "encryption", "listing")


class Health(msgspec.Struct, kw_only=True):
    """`status` is healthy, degraded or down; each check has ok, message and ms. `learnt` is kept in
    the connection's config; `changes_waiting`: pieces that were changed there."""

    status: str
    message: str = ""
    checks: dict[str, dict[str, Any]] = {}
    report: dict[str, Any] = {}
    learnt: dict[str, Any] = {}
    changes_waiting: int = 0

    @property
    def takes_publications(self) -> bool:
        """Whether publishing would work: the way back to us is for news, and dates are clamped."""
        needed = [check for name, check in self.checks.items() if name not in _FOR_INFORMATION]
        return self.status != "down" and all(check.get("ok") for check in needed)
