"""A publisher of the plugin with a key of its own, and an app that hands out what it is told to.

It signs by the contract alone (docs/contract), with no code of the product.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support import misbehaving as how
from tests.support.misbehaving import Behaviour, Exchange, Misbehaving, Reply
from tests.wordpress.desk import PLUGIN

PURPOSE = b"IGNY8 plugin release 1\n"
RELEASE, ZIP = "/api/v1/plugin/release/", "/settings/plugin/igny8.zip"


class Publisher:
    """Has two keys, as the plugin knows them, and signs with the first."""

    def __init__(self) -> None:
        self.key, self.next_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()

    def plugin(self, place: Path, version: str, code: str = "") -> Path:
        """The plugin in a new folder `igny8` at that place, which knows the publisher, as that
        version; `code` is added to its main file."""
        folder = place / "igny8"
        shutil.copytree(PLUGIN, folder, ignore=shutil.ignore_patterns("class-keys.php"))
        keys = "".join(f"\t\t'{public(one)}',\n" for one in (self.key, self.next_key))
        text = (PLUGIN / "includes" / "update" / "class-keys.php").read_text()
        text = text.replace("PUBLISHER = array();", f"PUBLISHER = array(\n{keys}\t);")
        (folder / "includes" / "update" / "class-keys.php").write_text(text)
        main = folder / "igny8.php"
        was = main.read_text().split("const VERSION  = '")[1].split("'")[0]
        main.write_text(main.read_text().replace(was, version) + code)
        readme = folder / "readme.txt"
        news = f"= {version} =\n* What is <new> in {version}.\n\n= {was} ="
        readme.write_text(
            readme.read_text()
            .replace(f"Stable tag: {was}", f"Stable tag: {version}")
            .replace(f"= {was} =", news if version != was else f"= {was} =")
        )
        return folder

    def told(self, data: bytes, version: str, **other: Any) -> dict[str, Any]:
        """What an app tells of that zip, signed; `other` is said instead."""
        said = {
            "name": "igny8",
            "version": version,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "requires": "6.1",
            "requires_php": "7.4",
            "tested": "6.8",
            "changes": [f"What is <new> in {version}."],
        } | other
        return signed(json.dumps(said), self.key) | {"version": version}


def signed(text: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    signature = base64.b64encode(key.sign(PURPOSE + text.encode())).decode()
    return {"release": text, "signature": signature}


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def zipped(folder: Path, top: str = "igny8") -> bytes:
    """The folder as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{top}/{path.relative_to(folder).as_posix()}")
    return packed.getvalue()


def offer(app: Misbehaving, told: dict[str, Any], data: bytes) -> None:
    """From now on the app has that release."""
    app.on("GET", RELEASE, how.answer_json({"success": True, "data": told}))
    app.on("GET", ZIP, sends(data))


def sends(data: bytes) -> Behaviour:
    def send(exchange: Exchange) -> None:
        exchange.send(Reply(200, data, {"Content-Type": "application/zip"}))

    return send
