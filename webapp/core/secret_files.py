"""Secrets that lie in files: those that an operator gives, and the key that an installation makes.

What is wrong is a ValueError with a sentence for people.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.fernet import Fernet

ENDING = "_FILE"


def filled(env: Mapping[str, str], settings: Iterable[str]) -> dict[str, str]:
    """The environment, with what stands in the files that these settings of it name; of several
    lines each is one of a list."""
    whole = dict(env)
    for setting in settings:
        name, path = setting.removesuffix(ENDING), env.get(setting)
        if path and env.get(name):
            raise ValueError(f"{name} and {setting} are both set; keep one of them.")
        if path:
            whole[name] = ",".join(_lines(setting, path))
    return whole


def own_key(path: Path, data: Path) -> str:
    """The key made on first start. O_EXCL decides when web and worker start at the same moment."""
    if not path.exists() and data.is_file() and data.stat().st_size:
        raise ValueError(
            f"{path} is missing beside a database that has data; without it the stored connection "
            "keys cannot be opened. Put it back from a backup, or set IGNY8_SECRET_KEYS. To begin "
            f"with new connection keys, make one: `igny8 new-key > {path}`."
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = path.with_name(f"secret.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(Fernet.generate_key())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    found = path.read_text().strip()
    try:
        Fernet(found)
    except ValueError:
        raise ValueError(
            f"{path} holds no key. Put it back from a backup; or make a new one, with which stored "
            f"connection keys cannot be opened: `igny8 new-key > {path}`."
        ) from None
    return found


def _lines(setting: str, path: str) -> list[str]:
    try:
        lines = Path(path).read_text().split()
    except (OSError, ValueError) as problem:
        raise ValueError(f"{setting} is {path!r}, which cannot be read: {problem}") from None
    if not lines:
        raise ValueError(f"{setting} is {path!r}, which is empty.")
    return lines
