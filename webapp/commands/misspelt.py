"""Settings that are none: somebody meant another one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from webapp.config import SETTINGS


def unknown(env: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that is none, such as a misspelt one. What tests and benchmarks
    take has names of its own kind."""
    names = sorted(one for one in env if one.startswith("IGNY8_") and one not in SETTINGS)
    return [_unknown(one) for one in names if not one.startswith("IGNY8_TEST_")]


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, SETTINGS, n=1, cutoff=0.8)
    return f"{name} is not a setting of IGNY8{f': do you mean {near[0]}?' if near else '.'}"
