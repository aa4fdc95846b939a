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


def checked(setting: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """These keys, each of which can be one."""
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise ValueError(
                f"{setting}: key {number} is not a Fernet key (32 bytes, URL-safe base64). "
                "`igny8 new-key` prints one."
            ) from None
    return keys


def kept(path: Path) -> str:
    """The key that the installation has made itself; "" where it has made none."""
    try:
        found = path.read_text().strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as problem:
        raise ValueError(f"{path}, the secret key, cannot be read: {problem}") from None
    try:
        Fernet(found)
    except ValueError:
        raise ValueError(
            f"{path} holds no key. Put it back from a backup. If it is lost, make one, `igny8 "
            f"new-key > {path}`, and say `igny8 keys forget`: stored connection keys cannot be "
            "opened with it."
        ) from None
    return found


def made(path: Path) -> str:
    """The key made on first start. O_EXCL decides when several make it at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"secret.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    try:
        fresh.write_bytes(Fernet.generate_key())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return kept(path)


def _lines(setting: str, path: str) -> list[str]:
    try:
        lines = Path(path).read_text().split()
    except (OSError, ValueError) as problem:
        raise ValueError(f"{setting} is {path!r}, which cannot be read: {problem}") from None
    if not lines:
        raise ValueError(f"{setting} is {path!r}, which is empty.")
    return lines
