"""The WordPress plugin as the zip that WordPress takes, from whoever brings it."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import Any

from webapp.config import root

FOLDER = root() / "wordpress-plugin" / "igny8"
PATH = "/settings/plugin/igny8.zip"
# Zip cannot say “no date”; a fixed one makes the same files the same zip.
_DATE = (2026, 1, 1, 0, 0, 0)
_UNIX = 3
_LONGEST = 40  # characters of a version that are read and shown
_KINDS = (".php", ".txt", ".css", ".js", ".json", ".svg", ".pot", ".po", ".mo")


@cache
def plugin_version() -> str:
    """The version in its header."""
    return header("Version")


def header(name: str) -> str:
    """What the plugin's header says under a name; "" where it says nothing."""
    text = (FOLDER / "igny8.php").read_text()
    found = re.search(rf"^ \* {re.escape(name)}: +(\S+)$", text, re.MULTILINE)
    return found[1] if found else ""


def check_version(there: Any, updates: Any = None) -> dict[str, dict[str, Any]]:
    """A finding where a website's plugin is older than ours; it goes on working. `updates`: what
    the website says of how it is updated."""
    said = there.get("plugin") if isinstance(there, dict) else None
    told = said[:_LONGEST] if isinstance(said, str) else None
    if told is None or parts(told) >= parts(plugin_version()):
        return {}
    message = f"The plugin there is {told}, the newest is {plugin_version()}. {_what_now(updates)}"
    return {"plugin_version": {"ok": False, "message": message, "ms": 0}}


def _what_now(updates: Any) -> str:
    """Who does something about it; an older plugin says nothing of itself."""
    told = updates if isinstance(updates, dict) else {}
    problem = told.get("problem")
    if isinstance(problem, str) and problem:
        return f"It was not updated there: {problem[:300]}"
    if told.get("automatic") is True:
        return "It is updated there by itself, within a day where WordPress’s cron runs."
    return "Update it there."


def parts(version: str) -> list[int]:
    """A version's numbers, to be compared."""
    return [int(part) for part in re.findall(r"[0-9]+", version)]


@cache
def plugin_zip() -> bytes:
    """The zip, with everything below one folder `igny8/`. Its files are stored as they are: what
    packs them differs between machines, and a release is signed byte for byte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(FOLDER.rglob("*")):
            if path.is_file() and path.suffix in _KINDS:
                name = f"igny8/{path.relative_to(FOLDER).as_posix()}"
                entry = zipfile.ZipInfo(name, _DATE)
                entry.create_system = _UNIX
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
