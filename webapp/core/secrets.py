"""Secrets at rest, fingerprints of keys, and signed tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random
from contextlib import suppress
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken


class Unreadable(Exception):
    """A stored secret that none of the configured keys opens."""


class Secrets:
    """Encrypts with the first key, decrypts with any: put a new key first to rotate. Without a key
    nothing can be opened, and nothing locked."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = [Fernet(key) for key in keys]
        self._signing = [hashlib.sha256(b"igny8 sign" + key.encode()).digest() for key in keys]

    def encrypt(self, value: dict[str, Any]) -> str:
        return self._keys[0].encrypt(msgspec.json.encode(value)).decode()

    def decrypt(self, text: str) -> dict[str, Any]:
        """Raises Unreadable when the key that made it is no longer configured."""
        for key in self._keys:
            with suppress(InvalidToken):
                opened: dict[str, Any] = msgspec.json.decode(key.decrypt(text.encode()))
                return opened
        raise Unreadable("a stored secret cannot be opened with IGNY8_SECRET_KEYS")

    def opens(self, text: str) -> bool:
        """Whether one of the keys has made it."""
        try:
            self.decrypt(text)
        except Unreadable:
            return False
        return True

    def sign(self, purpose: str, value: str) -> str:
        """A token that proves that we said `value` for `purpose`."""
        return self._signature(self._signing[0], purpose, value)

    def signed(self, purpose: str, value: str, token: str) -> bool:
        """True where `token` is our signature, made with any of the keys."""
        return any(
            hmac.compare_digest(self._signature(key, purpose, value).encode(), token.encode())
            for key in self._signing
        )

    @staticmethod
    def _signature(key: bytes, purpose: str, value: str) -> str:
        return hmac.new(key, f"{purpose}\n{value}".encode(), hashlib.sha256).hexdigest()


def new_token(prefix: str) -> str:
    """A random secret of 256 bits, recognisable by its prefix."""
    return f"{prefix}_{random.token_urlsafe(32)}"


def key_mark(key: str) -> str:
    """By which a key of IGNY8_SECRET_KEYS is known without being told."""
    return hashlib.sha256(b"igny8 backup" + key.encode()).hexdigest()[:16]


def fingerprint(token: str) -> str:
    """What is stored of a token: it finds the row, and cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()
