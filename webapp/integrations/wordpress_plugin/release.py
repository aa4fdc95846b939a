"""A release of the plugin: what its publisher says of it, signed, in a file beside the plugin.

Websites install nothing that no key of theirs has signed, so whoever takes this server over can
hand out releases of the publisher and nothing else. The private key is on no server: the publisher
signs on a machine of their own (`igny8 sign-plugin`), and ships the file with the release.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from webapp.core import decoders
from webapp.core.errors import Conflict
from webapp.integrations.wordpress_plugin import package

FILE = package.FOLDER.parent / "igny8.release.json"
KEYS = package.FOLDER / "includes" / "update" / "class-keys.php"
# Signed along, so that no signature of another purpose passes for one of a release.
PURPOSE = b"IGNY8 plugin release 1\n"


class Release(msgspec.Struct, frozen=True):
    """What is signed. The zip is known by its size and SHA-256; versions are those of WordPress's
    header; `changes` are sentences of the readme."""

    name: str
    version: str
    size: int
    sha256: str
    requires: str
    requires_php: str
    tested: str
    changes: list[str]


class Signed(msgspec.Struct, frozen=True):
    """The release as text, byte for byte as it was signed, and the signature in base64."""

    release: str
    signature: str


def here() -> Release:
    """The plugin of this checkout or package. Raises Conflict where it contradicts itself."""
    readme = (package.FOLDER / "readme.txt").read_text()
    version = package.plugin_version()
    main = (package.FOLDER / "igny8.php").read_text()
    if f"VERSION  = '{version}'" not in main or f"\nStable tag: {version}\n" not in readme:
        raise Conflict(
            f"The header of the plugin says {version}, its constant VERSION or the readme's stable "
            "tag say another. Make them the same."
        )
    data = package.plugin_zip()
    return Release(
        name="igny8",
        version=version,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        requires=package.header("Requires at least"),
        requires_php=package.header("Requires PHP"),
        tested=_tested(readme),
        changes=_changes(readme, version),
    )


@cache
def offered() -> Signed | None:
    """The signed release, where the plugin here is exactly that one; else None."""
    signed = read()
    if signed is None or not any(is_signed(signed, key) for key in publishers()):
        return None
    return signed if _said(signed) == here() else None


def read() -> Signed | None:
    """What was signed last, whatever has become of the plugin since."""
    try:
        return decoders.decode(FILE.read_bytes(), Signed)
    except FileNotFoundError:
        return None


def sign(key: Ed25519PrivateKey) -> Release:
    """Write the file beside the plugin. Raises Conflict where websites would not take it."""
    release, before = here(), read()
    if public_text(key.public_key()) not in publishers():
        raise Conflict(
            f"The plugin does not know this key: write {public_text(key.public_key())} into "
            f"{KEYS.name} first. Websites take a release whose key their version already knows."
        )
    if not release.changes:
        raise Conflict(f"readme.txt says nothing under “= {release.version} =”. Say what is new.")
    if before is not None:
        was = _said(before)
        if was != release and package.parts(was.version) >= package.parts(release.version):
            raise Conflict(
                f"{was.version} is signed already, with other files. Raise the version: websites "
                "take a newer one only."
            )
    text = msgspec.json.encode(release)
    signature = base64.b64encode(key.sign(PURPOSE + text)).decode()
    signed = msgspec.json.encode(Signed(text.decode(), signature))
    FILE.write_bytes(msgspec.json.format(signed, indent=1) + b"\n")
    offered.cache_clear()
    return release


def is_signed(signed: Signed, key: str) -> bool:
    """Whether the key, in base64, is the one that signed."""
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
    try:
        public.verify(base64.b64decode(signed.signature), PURPOSE + signed.release.encode())
    except InvalidSignature:
        return False
    return True


def publishers() -> list[str]:
    """The public keys in the plugin, in base64."""
    return re.findall(r"^\t*'([A-Za-z0-9+/]{43}=)',$", KEYS.read_text(), re.MULTILINE)


def new_key(path: Path, passphrase: str) -> str:
    """Make a key in a new file that only its owner reads; its public half. Raises Conflict."""
    key = Ed25519PrivateKey.generate()
    locked = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked
                )
            )
    except FileExistsError:
        raise Conflict(f"{path} is there already. A key is never written over.") from None
    return public_text(key.public_key())


def key_in(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """The private key of a file. Raises Conflict."""
    try:
        key = serialization.load_pem_private_key(
            path.read_bytes(), passphrase.encode() if passphrase else None
        )
    except (OSError, ValueError, TypeError) as problem:
        raise Conflict(f"{path} cannot be read as a key: {problem}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise Conflict(f"{path} holds a key of another kind. `igny8 new-release-key` makes one.")
    return key


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as the plugin writes it."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def _said(signed: Signed) -> Release:
    return decoders.decode(signed.release, Release)


def _tested(readme: str) -> str:
    found = re.search(r"^Tested up to: (\S+)$", readme, re.MULTILINE)
    return found[1] if found else ""


def _changes(readme: str, version: str) -> list[str]:
    """The sentences of the readme's changelog under a version."""
    _, _, after = readme.partition(f"\n= {version} =\n")
    return re.findall(r"^\* (.+)$", after.split("\n= ")[0], re.MULTILINE)
