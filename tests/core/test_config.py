"""Settings: what is taken, what is refused, and with which sentence."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from webapp import config
from webapp.config import Config, ConfigError
from webapp.core import secret_files

KEY = "A" * 43 + "="


def load(tmp_path: Path, **env: str) -> Config:
    """The configuration of a process with this environment."""
    return config.load({"IGNY8_VAR": str(tmp_path), **env})


def test_without_any_setting_it_is_sqlite_on_this_machine(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/igny8.sqlite"
    assert found.queue_url == f"sqlite:///{tmp_path}/queue.sqlite"
    assert found.public_url == "http://127.0.0.1:8000"
    assert not found.allow_private_destinations
    assert not found.secure_cookies


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("IGNY8_PORT", "http", "whole number from 1 to 65535"),
        ("IGNY8_PORT", "0", "whole number from 1 to 65535"),
        ("IGNY8_PORT", "65536", "whole number from 1 to 65535"),
        ("IGNY8_WORKERS", "-1", "whole number from 1 to 64"),
        ("IGNY8_WORKERS", "65", "whole number from 1 to 64"),
        ("IGNY8_API_PER_MINUTE", "-1", "whole number from 0 to 1000000"),
        ("IGNY8_LEASE_SECONDS", "soon", "more than 0"),
        ("IGNY8_LEASE_SECONDS", "0", "more than 0"),
        ("IGNY8_LEASE_SECONDS", "nan", "more than 0"),
        ("IGNY8_ALLOW_PRIVATE_DESTINATIONS", "maybe", "write 1 or 0"),
        ("IGNY8_LOG", "xml", "one of: text, json"),
        ("IGNY8_DATABASE_URL", "mysql://localhost/x", "sqlite:/// or postgresql://"),
        ("IGNY8_QUEUE_URL", "amqp://localhost", "sqlite:/// or redis://"),
        ("IGNY8_PUBLIC_URL", "desk.example.com", "scheme and host only"),
        ("IGNY8_PUBLIC_URL", "https://desk.example.com/igny8", "scheme and host only"),
        ("IGNY8_HOSTS", "https://desk.example.com", "names without scheme"),
        ("IGNY8_LINK_SCHEMES", "shop,javascript", "'javascript' is no scheme"),
        ("IGNY8_LINK_SCHEMES", "shop:", "'shop:' is no scheme"),
        ("IGNY8_EMBED_HOSTS", "https://maps.example", "IGNY8_EMBED_HOSTS"),
        ("IGNY8_TRUSTED_PROXIES", "proxy", "addresses or networks"),
        ("IGNY8_OPERATOR_NETWORKS", "10.0.0.0/33", "addresses or networks"),
        ("IGNY8_METRICS_TOKEN", "short", "at least 20 characters"),
        ("IGNY8_AUDIT_DAYS", "0", "whole number from 1 to 36500"),
        ("IGNY8_SECRET_KEYS", "secret", "key 1 is not a Fernet key"),
        ("IGNY8_SECRET_KEYS", f"{KEY},x", "key 2 is not a Fernet key"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence) as refused:
        load(tmp_path, **{name: value})
    assert name in str(refused.value)


def test_secrets_are_read_from_files(tmp_path: Path) -> None:
    keys, url, token = (tmp_path / name for name in ("keys", "url", "token"))
    keys.write_text(f"{KEY}\n{KEY[::-1][1:]}=\n")
    url.write_text("postgresql://u:p@db/igny8\n")
    token.write_text("a token nobody guesses".replace(" ", "-"))
    found = load(
        tmp_path,
        IGNY8_SECRET_KEYS_FILE=str(keys),
        IGNY8_DATABASE_URL_FILE=str(url),
        IGNY8_METRICS_TOKEN_FILE=str(token),
        IGNY8_QUEUE_URL="redis://localhost/1",
    )
    assert found.secret_keys == (KEY, f"{KEY[::-1][1:]}=")
    assert found.database_url == "postgresql+psycopg://u:p@db/igny8"
    assert found.metrics_token == "a-token-nobody-guesses"


@pytest.mark.parametrize(
    ("text", "also", "sentence"),
    [
        (None, "", "which cannot be read"),
        ("", "", "which is empty"),
        (KEY, KEY, "are both set; keep one"),
        ("secret", "", "key 1 is not a Fernet key"),
    ],
)
def test_a_file_that_cannot_be_used_is_said(
    tmp_path: Path, text: str | None, also: str, sentence: str
) -> None:
    keys = tmp_path / "keys"
    if text is not None:
        keys.write_text(text)
    env = {"IGNY8_SECRET_KEYS_FILE": str(keys), "IGNY8_SECRET_KEYS": also}
    with pytest.raises(ConfigError, match=sentence):
        load(tmp_path, **env)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql(tmp_path: Path, scheme: str) -> None:
    env = {"IGNY8_QUEUE_URL": "redis://localhost/1"}
    found = load(tmp_path, IGNY8_DATABASE_URL=f"{scheme}://u:p@db/igny8", **env)
    assert found.database_url == "postgresql+psycopg://u:p@db/igny8"


def test_postgresql_needs_a_queue_that_machines_can_share(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="redis://"):
        load(tmp_path, IGNY8_DATABASE_URL="postgresql://db/igny8")


@pytest.mark.parametrize(("text", "on"), [("1", True), ("Yes", True), ("0", False), ("off", False)])
def test_flags(tmp_path: Path, text: str, on: bool) -> None:
    found = load(tmp_path, IGNY8_ALLOW_PRIVATE_DESTINATIONS=text)
    assert found.allow_private_destinations is on


def test_hosts_and_networks(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        IGNY8_HOSTS="Desk.internal, 10.0.0.5,[::1]",
        IGNY8_TRUSTED_PROXIES="10.0.0.1,",
        IGNY8_OPERATOR_NETWORKS="10.1.2.3/16",
    )
    assert found.hosts == ("desk.internal", "10.0.0.5", "[::1]")
    assert found.trusted_proxies == ("10.0.0.1/32",)
    assert found.operator_networks == ("10.1.0.0/16",)
    assert load(tmp_path, IGNY8_TRUSTED_PROXIES="").trusted_proxies == ()


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    assert load(tmp_path, IGNY8_PUBLIC_URL="https://desk.example.com/").secure_cookies


def test_the_first_start_makes_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    found: list[str] = []
    key = tmp_path / "secret.key"
    threads = [
        threading.Thread(target=lambda: found.append(secret_files.made(key))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert load(tmp_path).secret_keys == (found[0],)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
