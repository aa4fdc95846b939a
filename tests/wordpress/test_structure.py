"""What a website is made of, of which there is more than one message has room for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.contract import assert_valid
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk

PEOPLE = range(1_000, 1_502)


@pytest.fixture
def crowd(wp: WordPress) -> Iterator[None]:
    """502 people who may write there, beside the administrator."""
    names = ",".join(f"({one}, 'w{one}', 'w{one}@example.com', 'W {one}')" for one in PEOPLE)
    role = 'a:1:{s:6:"author";b:1;}'
    roles = ",".join(f"({one}, 'wp_capabilities', '{role}')" for one in PEOPLE)
    wp.sql(f"INSERT INTO wp_users (ID, user_login, user_email, display_name) VALUES {names}")
    wp.sql(f"INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES {roles}")
    yield
    wp.sql("DELETE FROM wp_users WHERE ID >= 1000")
    wp.sql("DELETE FROM wp_usermeta WHERE user_id >= 1000")


@pytest.mark.usefixtures("crowd")
def test_authors_come_in_pages(desk: Desk) -> None:
    told = desk.http.get("structure").json()
    assert_valid("structure.response", told)
    first, after = told["data"]["authors"], told["data"]["next_author"]
    assert (len(first), after) == (500, first[-1]["id"])
    page = desk.http.get("structure/authors", params={"after": after}).json()
    assert_valid("structure-authors.response", page)
    ids = [one["id"] for one in (*first, *page["data"]["authors"])]
    assert ids == sorted(set(ids))
    assert set(ids) >= set(PEOPLE)
    assert page["data"]["next"] is None
