"""The WordPress plugin as the zip that WordPress' own “Upload plugin” takes."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from webapp.config import root

# Zip cannot say “no date”; a fixed one makes the same files the same zip.
_DATE = (2026, 1, 1, 0, 0, 0)
_KINDS = (".php", ".txt", ".css", ".js", ".json", ".svg", ".pot")


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
