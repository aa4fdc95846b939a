"""The process's environment, read once into one frozen object.

Every setting is documented in docs/configuration.md; a test compares the two.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from webapp.core import secret_files

KEY_FILE = "secret.key"
LOOPBACK = ("127.0.0.0/8", "::1/128")
SHORTEST_TOKEN = 20


# No list can allow these in a text: they run, or reach into the reader's own machine.
RUNNING_SCHEMES = frozenset(
    (
        *("about", "blob", "data", "file", "filesystem", "jar", "javascript", "livescript"),
        *("mhtml", "mocha", "res", "vbscript", "view-source", "wyciwyg"),
    )
)

# What is secret may stand in a file that only the process reads, as orchestrators give it.
FROM_FILES = (
    "IGNY8_DATABASE_URL_FILE",
    "IGNY8_METRICS_TOKEN_FILE",
    "IGNY8_QUEUE_URL_FILE",
    "IGNY8_SECRET_KEYS_FILE",
)
# All that there are; docs/configuration.md says what each is for.
SETTINGS = frozenset(
    f"IGNY8_{name}"
    for name in (
        *("ALLOW_PRIVATE_DESTINATIONS", "API_PER_MINUTE", "AUDIT_DAYS", "BACKUPS", "BACKUPS_KEPT"),
        *("DATABASE_CONNECTIONS", "DATABASE_URL", "DESTINATION_PARALLEL", "EMBED_HOSTS", "HOST"),
        *("HOSTS", "LEASE_SECONDS", "LINK_SCHEMES", "LOG", "MANUAL_RETRY_SECONDS", "METRICS_TOKEN"),
        *("ONLY_LISTED_EMBEDS", "OPERATOR_NETWORKS", "PGBOUNCER", "PORT", "PUBLIC_URL"),
        *("QUEUE_URL", "REQUEST_SECONDS", "SCHEDULED_RETRY_SECONDS", "SECRET_KEYS"),
        *("TRUSTED_PROXIES", "VAR", "VERIFY_SECONDS", "WORKERS"),
    )
).union(FROM_FILES)


class ConfigError(Exception):
    """A setting that cannot be used; the message says which, why and what to write instead."""


@dataclass(frozen=True)
class Config:
    """All settings of one process. Durations are in seconds. Where no secret key is set, and none
    was made yet, there is none (integrations/known_keys.py)."""

    database_url: str
    queue_url: str
    secret_keys: tuple[str, ...]
    public_url: str
    var: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 8
    allow_private_destinations: bool = False
    log: str = "text"
    lease_seconds: float = 30.0
    manual_retry_seconds: float = 10.0
    scheduled_retry_seconds: float = 3600.0
    destination_parallel: int = 4
    request_seconds: float = 60.0
    verify_seconds: float = 15.0
    api_per_minute: int = 1200
    link_schemes: tuple[str, ...] = ()
    embed_hosts: tuple[str, ...] = ()
    only_listed_embeds: bool = False
    hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = LOOPBACK
    operator_networks: tuple[str, ...] = ()
    metrics_token: str = ""
    audit_days: int = 400
    backups: Path | None = None
    backups_kept: int = 7
    database_connections: int = 10
    pgbouncer: bool = False

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def is_log_json(env: Mapping[str, str]) -> bool:
    """How the log is written, also where other settings cannot be used."""
    return env.get("IGNY8_LOG") == "json"


def root() -> Path:
    """Where templates, static files, migrations and the plugin lie: beside the package in a
    checkout, within it where it was installed (setup.py)."""
    package = Path(__file__).resolve().parent
    return package / "files" if _is_installed() else package.parent


def _is_installed() -> bool:
    return (Path(__file__).resolve().parent / "files").is_dir()


def _usual_var() -> Path:
    """The checkout's `var`; of what was installed, one where it was started."""
    return Path.cwd() / "var" if _is_installed() else root() / "var"


def load(env: Mapping[str, str] | None = None) -> Config:
    """Read and check the environment; raises ConfigError with a sentence for people."""
    source = _from_files(os.environ if env is None else env)
    var = _var(source)
    host = source.get("IGNY8_HOST", "127.0.0.1")
    port = _whole("IGNY8_PORT", source.get("IGNY8_PORT", "8000"), 1, 65535)
    database_url = source.get("IGNY8_DATABASE_URL") or f"sqlite:///{var / 'igny8.sqlite'}"
    queue_url = source.get("IGNY8_QUEUE_URL") or f"sqlite:///{var / 'queue.sqlite'}"
    return Config(
        database_url=database_url_of(database_url),
        queue_url=_queue_url(queue_url, database_url),
        secret_keys=_secret_keys(source.get("IGNY8_SECRET_KEYS", ""), var),
        var=var,
        public_url=_public_url(source.get("IGNY8_PUBLIC_URL") or f"http://{host}:{port}"),
        host=host,
        port=port,
        workers=_whole("IGNY8_WORKERS", source.get("IGNY8_WORKERS", "8"), 1, 64),
        allow_private_destinations=_flag(source, "IGNY8_ALLOW_PRIVATE_DESTINATIONS"),
        log=_one_of("IGNY8_LOG", source.get("IGNY8_LOG", "text"), ("text", "json")),
        lease_seconds=_seconds(source, "IGNY8_LEASE_SECONDS", 30.0),
        manual_retry_seconds=_seconds(source, "IGNY8_MANUAL_RETRY_SECONDS", 10.0),
        scheduled_retry_seconds=_seconds(source, "IGNY8_SCHEDULED_RETRY_SECONDS", 3600.0),
        destination_parallel=_whole(
            "IGNY8_DESTINATION_PARALLEL", source.get("IGNY8_DESTINATION_PARALLEL", "4"), 1, 64
        ),
        request_seconds=_seconds(source, "IGNY8_REQUEST_SECONDS", 60.0),
        verify_seconds=_seconds(source, "IGNY8_VERIFY_SECONDS", 15.0),
        api_per_minute=_whole(
            "IGNY8_API_PER_MINUTE", source.get("IGNY8_API_PER_MINUTE", "1200"), 0, 1_000_000
        ),
        hosts=_hosts(source.get("IGNY8_HOSTS", "")),
        trusted_proxies=_networks(source, "IGNY8_TRUSTED_PROXIES", LOOPBACK),
        operator_networks=_networks(source, "IGNY8_OPERATOR_NETWORKS", ()),
        metrics_token=_metrics_token(source.get("IGNY8_METRICS_TOKEN", "")),
        link_schemes=_schemes(source.get("IGNY8_LINK_SCHEMES", "")),
        embed_hosts=_hosts(source.get("IGNY8_EMBED_HOSTS", ""), "IGNY8_EMBED_HOSTS"),
        only_listed_embeds=_flag(source, "IGNY8_ONLY_LISTED_EMBEDS"),
        backups=_backups(source),
        backups_kept=_whole("IGNY8_BACKUPS_KEPT", source.get("IGNY8_BACKUPS_KEPT", "7"), 1, 1000),
        audit_days=_whole("IGNY8_AUDIT_DAYS", source.get("IGNY8_AUDIT_DAYS", "400"), 1, 36_500),
        database_connections=_whole(
            "IGNY8_DATABASE_CONNECTIONS", source.get("IGNY8_DATABASE_CONNECTIONS", "10"), 4, 500
        ),
        pgbouncer=_flag(source, "IGNY8_PGBOUNCER"),
    )


def _var(source: Mapping[str, str]) -> Path:
    var = Path(source.get("IGNY8_VAR") or _usual_var())
    try:
        var.is_dir()
    except OSError as problem:
        raise ConfigError(
            f"IGNY8_VAR is {str(var)!r}, which cannot be used: {problem.strerror}."
        ) from None
    return var


def _from_files(env: Mapping[str, str]) -> dict[str, str]:
    try:
        return secret_files.filled(env, FROM_FILES)
    except ValueError as problem:
        raise ConfigError(str(problem)) from None


def _backups(source: Mapping[str, str]) -> Path | None:
    if not source.get("IGNY8_BACKUPS"):
        return None
    if _flag(source, "IGNY8_PGBOUNCER"):
        raise ConfigError(
            "IGNY8_BACKUPS and IGNY8_PGBOUNCER are both set, and pg_dump cannot go through "
            "pgbouncer. Start the worker that makes the backups with PostgreSQL's own address."
        )
    return Path(source["IGNY8_BACKUPS"])


def _whole(name: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        raise ConfigError(f"{name} is {text!r}; write a whole number from {low} to {high}.")
    return int(text)


def _seconds(source: Mapping[str, str], name: str, default: float) -> float:
    text = source.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 86_400:
        raise ConfigError(f"{name} is {text!r}; write seconds, more than 0 and at most 86400.")
    return value


def _flag(source: Mapping[str, str], name: str) -> bool:
    text = source.get(name, "").lower()
    if text in ("", "0", "false", "no", "off"):
        return False
    if text in ("1", "true", "yes", "on"):
        return True
    raise ConfigError(f"{name} is {text!r}; write 1 or 0.")


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ConfigError(f"{name} is {text!r}; write one of: {', '.join(allowed)}.")
    return text


def database_url_of(url: str) -> str:
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ConfigError(
            "IGNY8_DATABASE_URL must begin with sqlite:/// or postgresql://; "
            "an example is sqlite:////var/lib/igny8/igny8.sqlite."
        )
    return url


def _queue_url(url: str, database_url: str) -> str:
    if not url.startswith(("sqlite:///", "redis://", "rediss://")):
        raise ConfigError("IGNY8_QUEUE_URL must begin with sqlite:/// or redis://.")
    if not database_url.startswith("sqlite") and url.startswith("sqlite"):
        raise ConfigError(
            "IGNY8_QUEUE_URL must be a redis:// address when IGNY8_DATABASE_URL is PostgreSQL: "
            "several machines cannot share a queue that is a file."
        )
    return url


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ConfigError(
            f"IGNY8_PUBLIC_URL is {url!r}; write scheme and host only, as https://desk.example.com."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _schemes(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*", name) or name in RUNNING_SCHEMES:
            raise ConfigError(
                f"IGNY8_LINK_SCHEMES: {name!r} is no scheme that a link may have; write names "
                "without a colon and with commas between, as shop,ms-word."
            )
    return names


def _hosts(text: str, setting: str = "IGNY8_HOSTS") -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", name):
            raise ConfigError(
                f"{setting}: {name!r} is no host; write names without scheme and port, with "
                "commas between, as desk.internal,10.0.0.5."
            )
    return names


def _networks(source: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    text = source.get(name)
    if text is None:
        return default
    try:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return tuple(str(ipaddress.ip_network(part, strict=False)) for part in parts)
    except ValueError:
        raise ConfigError(
            f"{name} is {text!r}; write addresses or networks with commas between, as "
            "10.0.0.0/8,192.0.2.7."
        ) from None


def _metrics_token(text: str) -> str:
    if text and len(text) < SHORTEST_TOKEN:
        raise ConfigError(
            f"IGNY8_METRICS_TOKEN is too short; write at least {SHORTEST_TOKEN} characters that "
            "nobody can guess."
        )
    return text


def _secret_keys(text: str, var: Path) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    try:
        if not keys:
            own = secret_files.kept(var / KEY_FILE)
            return (own,) if own else ()
        return secret_files.checked("IGNY8_SECRET_KEYS", keys)
    except ValueError as problem:
        raise ConfigError(str(problem)) from None
