"""The key that opens what a backup holds of connections: is it here, and where is it from?"""

from __future__ import annotations

import shutil
from pathlib import Path

from webapp.backups.about import About, Unusable, to_disk
from webapp.config import KEY_FILE, Config
from webapp.core import private, secret_files
from webapp.core.secrets import key_mark
from webapp.integrations import known_keys

LOCKED = (
    "The connection keys in this backup were locked with other keys than IGNY8 has here. Set "
    "IGNY8_SECRET_KEYS as it was when the backup was made, and begin again."
)


def put_along(config: Config, folder: Path) -> bool:
    """The key's file goes into the backup where the installation has made its key itself; whether
    that is so."""
    own = config.var / KEY_FILE
    if not (config.secret_keys and _is_own(config)):
        return False
    kept = folder / KEY_FILE
    kept.touch(mode=private.MODE)
    kept.write_bytes(own.read_bytes())
    to_disk(kept)
    return True


def that_fits(config: Config, folder: Path, told: About) -> Path | None:
    """The key's file to put in place; None where all that the backup was locked with is here.
    Raises Unusable where it would stay locked."""
    if set(told.keys) <= set(known_keys.marks(config)):
        return None
    key = folder / KEY_FILE
    if not (_is_own(config) and key.is_file()):
        raise Unusable(LOCKED)
    if [key_mark(key.read_text().strip())] != told.keys:
        raise Unusable(f"{key} is not the key of this backup. {LOCKED}")
    return key


def put_in_place(config: Config, key: Path, aside: Path | None) -> None:
    """The backup's key becomes the installation's; the one that was there goes aside."""
    own = config.var / KEY_FILE
    own.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if aside is not None and own.exists():
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(own, aside / own.name)
    coming = own.with_name(f"{own.name}.restoring")
    coming.touch(mode=private.MODE)
    coming.write_bytes(key.read_bytes())
    private.give(coming, like=own if own.exists() else own.parent)
    to_disk(coming)
    coming.replace(own)


def _is_own(config: Config) -> bool:
    """Whether the key in use is the one in the installation's file, and nothing else; it may not
    have made one yet."""
    own = secret_files.kept(config.var / KEY_FILE)
    return config.secret_keys == ((own,) if own else ())
