"""The WordPress plugin as the zip that WordPress' own “Upload plugin” takes."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import Any

from webapp.config import root

# Zip cannot say “no date”; a fixed one makes the same files the same zip.
_DATE = (2026, 1, 1, 0, 0, 0)
_KINDS = (".php", ".txt", ".css", ".js", ".json", ".svg", ".pot")


@cache
def plugin_version() -> str:
    """The version in its header."""
    text = (root() / "wordpress-plugin" / "igny8" / "igny8.php").read_text()
    found = re.search(r"^ \* Version: +(\S+)$", text, re.MULTILINE)
    return found[1] if found else ""


def check_version(there: Any) -> dict[str, dict[str, Any]]:
    """A finding where a website's plugin is older than ours; it goes on working."""
    told = there.get("plugin") if isinstance(there, dict) else None
    if not isinstance(told, str) or _parts(told) >= _parts(plugin_version()):
        return {}
    message = f"The plugin there is {told}, the newest is {plugin_version()}. Update it there."
    return {"plugin_version": {"ok": False, "message": message, "ms": 0}}


def _parts(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]+", version)]


@cache
def plugin_zip() -> bytes:
    """The zip, with everything below one folder `igny8/`."""
    folder = root() / "wordpress-plugin" / "igny8"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in _KINDS:
                name = f"igny8/{path.relative_to(folder).as_posix()}"
                entry = zipfile.ZipInfo(name, _DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
