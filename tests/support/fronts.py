"""nginx and Caddy as docs/deploy has them, before a web process of the tests: only ports and paths
are put in, into Caddy's by its own variables."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.processes import free_port, kill, listens, spawn, wait_until

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
NAME = "desk.example.com"
FRONTS = ("nginx", "caddy")
_WEB = "127.0.0.1:8000"
_NGINX = """
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/igny8.conf;
}}
"""
# No other process's administration, and a certificate of its own making.
_CADDY = """
{{
    admin off
    local_certs
    skip_install_trust
    http_port {plain}
    https_port {port}
    storage file_system {directory}/data
}}
import {file}
"""


class FrontMissing(RuntimeError):
    """That server is not on this machine."""


@contextmanager
def behind(kind: str, directory: Path, *webs: int) -> Iterator[int]:
    """The port on which `desk.example.com` is served by https, from web processes at these."""
    program = shutil.which(kind) or shutil.which(kind, path="/usr/sbin")
    if program is None:
        raise FrontMissing(f"{kind}: install the package {kind}")
    port, plain = free_port(), free_port()
    make = _nginx if kind == "nginx" else _caddy
    command = [program, *make(directory, port, plain, webs)]
    log = directory / f"{kind}.log"
    named = {"DESK_NAME": NAME, "DESK_WEBS": " ".join(f"127.0.0.1:{web}" for web in webs)}
    process = spawn(command, log, env={**os.environ, **named})
    try:
        wait_until(lambda: listens(port) or process.poll() is not None, kind)
        assert process.poll() is None, log.read_text()
        yield port
    finally:
        kill(process)


def _nginx(directory: Path, port: int, plain: int, webs: tuple[int, ...]) -> list[str]:
    _certificate(directory)
    servers = "\n".join(f"    server 127.0.0.1:{web} max_fails=0;" for web in webs)
    text = _put(
        (DEPLOY / "nginx.conf").read_text(),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("/etc/ssl/igny8", str(directory)),
        (f"    server {_WEB} max_fails=0;", servers),
    )
    (directory / "igny8.conf").write_text(text)
    (directory / "nginx.conf").write_text(_NGINX.format(directory=directory))
    return ["-p", str(directory), "-c", str(directory / "nginx.conf")]


def _caddy(directory: Path, port: int, plain: int, _webs: tuple[int, ...]) -> list[str]:
    main, file = directory / "Caddyfile", DEPLOY / "Caddyfile"
    main.write_text(_CADDY.format(directory=directory, port=port, plain=plain, file=file))
    return ["run", "--adapter", "caddyfile", "--config", str(main)]


def _put(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def _certificate(directory: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (directory / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (directory / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
