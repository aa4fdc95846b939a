"""Passwords of the tests are hashed with the least work that argon2 can do: one hash of the
product's takes 0.2 seconds of the processor, by design, and tests ask for hundreds of them.

`real_hashes` gives a test the product's own hasher back. Processes that tests start have it anyway.
"""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from webapp.accounts import passwords

_OF_THE_PRODUCT = passwords._hasher
_LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def lighten() -> None:
    """From now on, in this process."""
    passwords._hasher = _LIGHT


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the parameters that the product has."""
    monkeypatch.setattr(passwords, "_hasher", _OF_THE_PRODUCT)
