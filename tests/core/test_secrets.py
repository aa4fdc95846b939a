"""Secrets at rest: rotation, and what cannot be opened."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from webapp.core.log import mask
from webapp.core.secrets import Secrets, Unreadable, fingerprint, new_token

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))


def test_a_new_key_in_front_opens_what_the_old_one_closed() -> None:
    stored = Secrets((OLD,)).encrypt({"api_key": "iwp_x"})
    rotating = Secrets((NEW, OLD))
    assert rotating.decrypt(stored) == {"api_key": "iwp_x"}
    renewed = rotating.encrypt(rotating.decrypt(stored))
    assert Secrets((NEW,)).decrypt(renewed) == {"api_key": "iwp_x"}


def test_what_a_removed_key_closed_cannot_be_opened() -> None:
    stored = Secrets((OLD,)).encrypt({"api_key": "iwp_x"})
    with pytest.raises(Unreadable) as refused:
        Secrets((NEW,)).decrypt(stored)
    assert "iwp_x" not in str(refused.value)


@pytest.mark.parametrize("broken", ["", "nonsense", "gAAAAA"])
def test_a_damaged_secret_is_unreadable_too(broken: str) -> None:
    with pytest.raises(Unreadable):
        Secrets((OLD,)).decrypt(broken)


def test_the_same_secret_never_looks_the_same() -> None:
    ours = Secrets((OLD,))
    assert ours.encrypt({"a": 1}) != ours.encrypt({"a": 1})


def test_signatures_hold_for_one_purpose_and_value() -> None:
    token = Secrets((OLD,)).sign("csrf", "session 1")
    rotated = Secrets((NEW, OLD))
    assert rotated.signed("csrf", "session 1", token)
    assert not rotated.signed("csrf", "session 2", token)
    assert not rotated.signed("feed", "session 1", token)
    assert not Secrets((FOREIGN,)).signed("csrf", "session 1", token)


def test_tokens_are_long_random_and_stored_as_fingerprints() -> None:
    first, second = new_token("ig8"), new_token("ig8")
    assert first != second
    assert len(first) >= 43
    assert fingerprint(first) == fingerprint(first)
    assert first not in fingerprint(first)


@pytest.mark.parametrize("prefix", ["ig8", "iwp", "ses"])
def test_logs_never_show_a_token(prefix: str) -> None:
    token = new_token(prefix)
    assert mask(f"Authorization: Bearer {token} for {token}") == "Authorization: *** for ***"
