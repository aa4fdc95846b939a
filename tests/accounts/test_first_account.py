"""Where nobody has an account yet, the sign-in page says how the first one is made."""

from __future__ import annotations

from tests.support.application import open_client
from tests.support.desk import Desk
from webapp.core.system import System

SAID = "igny8 setup"


def test_an_empty_installation_says_how_to_begin(system: System) -> None:
    with open_client(system) as client:
        assert SAID in client.get("/sign-in").text


def test_one_with_accounts_does_not(desk: Desk) -> None:
    with desk.browser() as client:
        assert SAID not in client.get("/sign-in").text
