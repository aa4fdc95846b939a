"""A release of the plugin is signed by its publisher on a machine of their own, and handed out as
it was signed, or not at all."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import token_of
from tests.support import checkout, contract
from tests.support.application import open_client
from tests.support.desk import Desk
from tests.wordpress.update.publisher import Publisher
from webapp.core.errors import Conflict
from webapp.integrations import connections
from webapp.integrations.wordpress_plugin import package, release


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A plugin of the tests' own publisher in the place of ours."""
    publisher = Publisher()
    folder = publisher.plugin(tmp_path / "wordpress-plugin", "1.0.0")
    (tmp_path / "key.pem").write_bytes(pem(publisher))
    monkeypatch.setattr(package, "FOLDER", folder)
    monkeypatch.setattr(release, "FILE", folder.parent / "igny8.release.json")
    monkeypatch.setattr(release, "KEYS", folder / "includes" / "update" / "class-keys.php")
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def pem(publisher: Publisher) -> bytes:
    from cryptography.hazmat.primitives import serialization as how

    return publisher.key.private_bytes(
        how.Encoding.PEM, how.PrivateFormat.PKCS8, how.NoEncryption()
    )


def forget() -> None:
    """What of the plugin is read once in the life of a process."""
    for one in (package.plugin_version, package.plugin_zip, release.offered):
        one.cache_clear()


def change(plugin: Path, version: str = "1.0.0") -> None:
    """Somebody works on it."""
    for name in ("igny8.php", "readme.txt"):
        text = (plugin / name).read_text().replace("1.0.0", version)
        (plugin / name).write_text(text)
    (plugin / "includes" / "new.php").write_text("<?php\n")
    forget()


def sign(tmp_path: Path) -> release.Release:
    made = release.sign(release.key_in(tmp_path / "key.pem", ""))
    forget()
    return made


def test_what_is_signed_is_handed_out_byte_for_byte(plugin: Path, tmp_path: Path) -> None:
    assert release.offered() is None
    made = sign(tmp_path)
    assert (made.version, made.size) == ("1.0.0", len(package.plugin_zip()))
    offered = release.offered()
    assert offered is not None
    assert json.loads(offered.release)["sha256"] == made.sha256
    assert [release.is_signed(offered, one) for one in release.publishers()] == [True, False]
    first = package.plugin_zip()
    forget()
    assert package.plugin_zip() == first, "on every machine the same bytes"


def test_a_plugin_that_was_changed_since_is_not_handed_out(plugin: Path, tmp_path: Path) -> None:
    sign(tmp_path)
    change(plugin)
    assert release.offered() is None


def test_a_signature_of_nobody_is_not_handed_out(plugin: Path, tmp_path: Path) -> None:
    sign(tmp_path)
    told = json.loads(release.FILE.read_text())
    release.FILE.write_text(json.dumps(told | {"signature": "A" * 86 + "=="}))
    forget()
    assert release.offered() is None


def test_one_version_is_signed_once(plugin: Path, tmp_path: Path) -> None:
    made = sign(tmp_path)
    assert sign(tmp_path) == made, "the very same files may be signed again"
    change(plugin)
    with pytest.raises(Conflict, match="signed already, with other files"):
        sign(tmp_path)
    change(plugin, "0.9.0")
    with pytest.raises(Conflict, match="Raise the version"):
        sign(tmp_path)
    text = (plugin / "igny8.php").read_text().replace("0.9.0", "1.0.1")
    (plugin / "igny8.php").write_text(text)
    forget()
    with pytest.raises(Conflict, match="stable tag"):
        sign(tmp_path)
    (plugin / "readme.txt").write_text("=== IGNY8 ===\nStable tag: 1.0.1\n= 1.0.1 =\n")
    with pytest.raises(Conflict, match="Say what is new"):
        sign(tmp_path)
    (plugin / "readme.txt").write_text("=== IGNY8 ===\nStable tag: 1.0.1\n= 1.0.1 =\n* More.\n")
    assert sign(tmp_path).changes == ["More."]


def test_only_a_key_that_the_plugin_knows_signs(plugin: Path, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(pem(Publisher()))
    with pytest.raises(Conflict, match="does not know this key: write"):
        sign(tmp_path)
    assert not release.FILE.exists()


def test_ours_is_in_order_and_of_no_publisher_yet() -> None:
    """Whoever publishes it makes their keys first; until then no website takes anything."""
    ours = release.here()
    assert ours.changes
    assert (ours.requires, ours.requires_php) == ("6.1", "7.4")
    signed = release.read()
    assert (signed is None) == (release.publishers() == [])


def test_a_key_is_a_file_of_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    public = release.new_key(path, "open sesame")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert release.public_text(release.key_in(path, "open sesame").public_key()) == public
    for passphrase in ("", "wrong"):
        with pytest.raises(Conflict, match="cannot be read as a key"):
            release.key_in(path, passphrase)
    with pytest.raises(Conflict, match="never written over"):
        release.new_key(path, "")


@pytest.mark.heavy
def test_the_commands_of_the_publisher(plugin: Path, tmp_path: Path) -> None:
    place = checkout.lay_out(tmp_path / "checkout", plugin)
    key = str(tmp_path / "new.pem")
    made = checkout.run(place, "new-release-key", key, typed="open sesame\n")
    assert made.returncode == 0, made.stderr
    public = made.stdout.strip()
    keys = place / "wordpress-plugin" / "igny8" / "includes" / "update" / "class-keys.php"
    known = release.publishers()[0]
    keys.write_text(keys.read_text().replace(known, public))
    signed = checkout.run(place, "sign-plugin", "--key", key, typed="open sesame\n")
    assert "Signed: version 1.0.0" in signed.stdout, signed.stderr
    told = release.Signed(**json.loads((place / "wordpress-plugin/igny8.release.json").read_text()))
    assert release.is_signed(told, public)
    assert not release.is_signed(told, known)


def test_websites_ask_with_their_key(desk: Desk, plugin: Path, tmp_path: Path) -> None:
    with desk.system.db.write() as db:
        address = "https://gazette.example"
        _, key = connections.connect(db, desk.system, desk.site, "wordpress", base_url=address)
    with open_client(desk.system) as client:
        assert client.get("/api/v1/plugin/release/").status_code == 401
        assert client.get(package.PATH, follow_redirects=False).status_code == 303
        for bearer in (key, token_of(desk, desk.owner)):
            client.headers["Authorization"] = f"Bearer {bearer}"
            told = client.get("/api/v1/plugin/release/").json()
            contract.assert_valid("plugin-release.response", told)
            assert told["data"] == {"version": "1.0.0", "release": None, "signature": None}
        sign(tmp_path)
        told = client.get("/api/v1/plugin/release/").json()
        contract.assert_valid("plugin-release.response", told)
        said = json.loads(told["data"]["release"])
        assert len(client.get(package.PATH).content) == said["size"]


@pytest.mark.parametrize(
    ("updates", "said"),
    [
        (None, "Update it there."),
        ({"automatic": False, "problem": ""}, "Update it there."),
        ({"automatic": True, "problem": ""}, "updated there by itself"),
        ({"automatic": True, "problem": "It is odd."}, "was not updated there: It is odd."),
        ({"automatic": "yes", "problem": 7}, "Update it there."),
    ],
)
def test_an_older_plugin_is_told_with_what_happens_next(updates: object, said: str) -> None:
    found = package.check_version({"plugin": "0.0.9"}, updates)["plugin_version"]
    assert not found["ok"]
    assert found["message"].endswith(said) or said in found["message"]
    assert package.check_version({"plugin": package.plugin_version()}, updates) == {}


def test_a_version_of_any_length_is_read() -> None:
    """Python takes no number of so many digits."""
    assert package.check_version({"plugin": "9" * 5000}) == {}
    found = package.check_version({"plugin": "0." + "0" * 5000})["plugin_version"]
    assert len(found["message"]) < 200
