"""Nothing is installed but what the publisher signed: whoever took over the app, or what WordPress
believes, installs nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support import misbehaving as how
from tests.wordpress.desk import PLUGIN, Desk
from tests.wordpress.update.place import NEW, OLD, Place
from tests.wordpress.update.publisher import ZIP, offer, signed, zipped


def unsigned(place: Place, data: bytes) -> None:
    told = place.publisher.told(data, NEW)
    offer(place.app, told | {"signature": None}, data)


def of_another_key(place: Place, data: bytes) -> None:
    told = place.publisher.told(data, NEW)
    offer(place.app, told | signed(told["release"], Ed25519PrivateKey.generate()), data)


def of_another_text(place: Place, data: bytes) -> None:
    told, other = place.publisher.told(data, NEW), place.publisher.told(data, "1.0.2")
    offer(place.app, told | {"signature": other["signature"]}, data)


def of_another_purpose(place: Place, data: bytes) -> None:
    told = place.publisher.told(data, NEW)
    bare = place.publisher.key.sign(told["release"].encode())
    offer(place.app, told | {"signature": base64.b64encode(bare).decode()}, data)


def truncated(place: Place, data: bytes) -> None:
    offer(place.app, place.publisher.told(data, NEW), data[:-500])


def lengthened(place: Place, data: bytes) -> None:
    offer(place.app, place.publisher.told(data, NEW), data + b"more")


def exchanged(place: Place, data: bytes) -> None:
    """What a server that was taken over can do: the release is the publisher's, the file is not."""
    other = place.release(NEW, "\n// mine\n")
    other = other[: len(data)].ljust(len(data), b"\0")
    offer(place.app, place.publisher.told(data, NEW), other)


def downgraded(place: Place, data: bytes) -> None:
    place.offer("0.9.9")


def the_same(place: Place, data: bytes) -> None:
    place.offer(OLD)


def another_plugin(place: Place, data: bytes) -> None:
    offer(place.app, place.publisher.told(data, NEW, name="igny9"), data)


def another_folder(place: Place, data: bytes) -> None:
    other = zipped(place.folders / NEW / "igny8", top="akismet")
    offer(place.app, place.publisher.told(other, NEW), other)


def led_on(place: Place, data: bytes) -> None:
    place.offer()
    place.app.on("GET", ZIP, how.status(302, Location="https://evil.example/igny8.zip"))


def gone(place: Place, data: bytes) -> None:
    place.offer()
    place.app.on("GET", ZIP, how.status(500))


def foreign(place: Place, data: bytes) -> str:
    """Somebody has changed what WordPress believes."""
    place.offer()
    return """
        $seen = get_site_transient('update_plugins');
        $seen->response['igny8/igny8.php']->package = 'https://evil.example/igny8.zip';
        set_site_transient('update_plugins', $seen);
    """


def forced(version: str = NEW) -> str:
    """WordPress believes that there is an update, whatever our plugin has said."""
    return f"""
        $seen = get_site_transient('update_plugins');
        $seen->response['igny8/igny8.php'] = (object) array(
            'slug' => 'igny8', 'plugin' => 'igny8/igny8.php', 'new_version' => '{version}',
            'package' => Igny8\\Rest\\App_Client::package_url());
        set_site_transient('update_plugins', $seen);
    """


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (unsigned, "is not signed by the publisher"),
        (of_another_key, "is not signed by the publisher"),
        (of_another_text, "is not signed by the publisher"),
        (of_another_purpose, "is not signed by the publisher"),
        (truncated, "not the one that was signed"),
        (lengthened, "not the one that was signed"),
        (exchanged, "not the one that was signed"),
        (downgraded, "no release of this plugin that is newer"),
        (the_same, "no release of this plugin that is newer"),
        (another_plugin, "is not a release of this plugin"),
        (another_folder, "does not hold this plugin alone"),
        (led_on, "the key is sent nowhere else"),
        (gone, "IGNY8 has a problem just now (status 500)"),
        (foreign, "does not come from the IGNY8"),
    ],
)
def test_nothing_else_is_installed(
    place: Place, happens: Callable[[Place, bytes], str | None], said: str
) -> None:
    before = place.files()
    data = place.release()
    change = happens(place, data) or forced()
    told = place.update(change)
    assert said in told["said"], told
    assert not told["installed"]
    assert place.files() == before
    with Desk(place.site) as desk:
        health = desk.health()
    assert health["versions"]["plugin"] == OLD
    assert said in health["updates"]["problem"]
    place.wait_until_tidy()


def test_over_plain_http_nothing_is_asked(place: Place) -> None:
    place.offer()
    place.site.set_option("igny8_app_url", "http://desk.example.test")
    assert "over https only" in place.update(forced())["said"]
    assert place.app.hits == []
    assert place.version() == OLD


def test_a_plugin_without_keys_takes_nothing(place: Place) -> None:
    """As it lies in the repository, until its publisher has written keys into it."""
    place.offer()
    keys = place.site.home / "wp-content" / "plugins" / "igny8" / "includes" / "update"
    text = (PLUGIN / "includes" / "update" / "class-keys.php").read_text()
    (keys / "class-keys.php").write_text(re.sub(r"array\([^;]*\);", "array();", text))
    assert "is not signed by the publisher" in place.update(forced())["said"]
    assert place.version() == OLD
