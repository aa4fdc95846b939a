"""Which passwords are taken: by length and by whether others know them, not by their make-up."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from tests.support.desk import Desk
from webapp.accounts import passwords, sessions
from webapp.accounts.models import User
from webapp.core.errors import Invalid

ABOUT = ("maria.lindqvist@gazette.example", "Maria Lindqvist", "The Gazette")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("é" * 11, "at least 12"),
        ("password1234", "known from leaks"),
        ("PASSWORD1234", "known from leaks"),
        ("qwertyuiop12", "known from leaks"),
        ("123456789012", "known from leaks"),
        ("iloveyou1234", "known from leaks"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "easily guessed"),
        ("gurkgurkgurkgurkgurkgurk", "easily guessed"),
        ("maria.lindqvist", "your name"),
        ("Lindqvist2026", "your name"),
        ("igny8-gazette-1", "your name"),
        ("é" * 513, "at most 1024 bytes"),
        ("a b" * 400, "at most 1024 bytes"),
    ],
)
def test_what_others_know_or_guess_is_refused(password: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.hash_password(password, *ABOUT)
    assert why in refused.value.fields["password"]


@pytest.mark.parametrize(
    "password",
    [
        "only letters here",
        "correct horse battery staple",
        "729104558213",
        "пароль для газеты",
        "密码是一个很长的句子啊啊啊",
        "  spaces at both ends  ",
        "maria walks to the harbour",
        "xk" * 2 + "🙂🙃😉😊😇🥰😍🤩",
        "long " + "and longer, never ending " * 40,
    ],
)
def test_no_kind_of_character_is_asked_for_or_forbidden(password: str) -> None:
    assert len(password.encode()) <= passwords.LONGEST
    assert passwords.matches(passwords.hash_password(password, *ABOUT), password)


@pytest.mark.parametrize("old", ["short", "password1234", "x" * 2000])
def test_passwords_of_before_go_on_working(desk: Desk, old: str) -> None:
    with desk.system.db.write() as db:
        db.get_one(User, desk.owner.user_id).password_hash = PasswordHasher().hash(old)
    assert sessions.sign_in_with_password(desk.system, desk.owner.email, old)


@pytest.mark.usefixtures("real_hashes")
def test_nothing_is_cut_off(desk: Desk) -> None:
    stored = passwords.hash_password("x y" * 300 + "1")
    assert not passwords.matches(stored, "x y" * 300 + "2")
