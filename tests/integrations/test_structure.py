"""What a website tells of itself is kept: counts, terms page by page, authors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.integrations import connections, structure
from webapp.integrations.models import SiteAuthor, SiteIntegration, SiteTerm
from webapp.integrations.structure import (
    Author,
    AuthorPage,
    Kind,
    SiteTermLine,
    Structure,
    TermPage,
)

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATER = FIRST + timedelta(hours=1)


@pytest.fixture
def integration_id(desk: Desk) -> int:
    return desk.connect("wordpress", "http://127.0.0.1:9")


def told(at: datetime, **changed: Any) -> Structure:
    facts: dict[str, Any] = {
        "post_types": {"post": Kind("Posts", 123, True), "book": Kind("Books", 4, False)},
        "taxonomies": {"category": Kind("Categories", 2, True, 500)},
        "timestamp": at,
        "wordpress_version": "6.8",
        "authors": [Author(3, "Anna", "anna@example.com", ["editor"])],
    }
    return Structure(**(facts | changed))


def page(at: datetime, first: int, number: int, goes_on: bool = False) -> TermPage:
    terms = [
        SiteTermLine("category", one, f"Term {one}", f"term-{one}", count=one)
        for one in range(first, first + number)
    ]
    return TermPage(at, terms, first + number if goes_on else None)


def keep(desk: Desk, integration_id: int, *parts: Structure | TermPage) -> None:
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        for part in parts:
            if isinstance(part, Structure):
                structure.keep(db, desk.system, integration, part)
            else:
                structure.keep_terms(db, integration, part)


def names(desk: Desk) -> list[str]:
    with desk.system.db.read() as db:
        return list(db.scalars(sa.select(SiteTerm.name).order_by(SiteTerm.external_id)))


@pytest.mark.both_databases
def test_terms_come_in_pages_and_the_last_takes_away_what_is_gone(
    desk: Desk, integration_id: int
) -> None:
    keep(desk, integration_id, told(FIRST), page(FIRST, 1, 500, True), page(FIRST, 501, 2))
    assert len(names(desk)) == 502
    keep(desk, integration_id, told(LATER), page(LATER, 1, 2, True))
    assert len(names(desk)) == 502, "nothing goes before all of it was told"
    # One that was slow tells what it saw before: nothing newer is lost by it.
    keep(desk, integration_id, page(FIRST, 500, 3))
    keep(desk, integration_id, page(LATER, 3, 1))
    assert names(desk) == ["Term 1", "Term 2", "Term 3"]


def test_authors_that_left_are_gone(desk: Desk, integration_id: int) -> None:
    keep(desk, integration_id, told(FIRST))
    keep(desk, integration_id, told(LATER, authors=[Author(4, "Ben", "ben@example.com")]))
    assert [one.email for one in desk.rows(SiteAuthor)] == ["ben@example.com"]


def test_authors_come_in_pages_and_the_last_takes_away_who_left(
    desk: Desk, integration_id: int
) -> None:
    def people(first: int, number: int) -> list[Author]:
        return [
            Author(one, f"A {one}", f"{one}@example.com") for one in range(first, first + number)
        ]

    def known() -> int:
        return len(desk.rows(SiteAuthor))

    keep(desk, integration_id, told(FIRST, authors=people(1, 500), next_author=500))
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        more = AuthorPage(FIRST, people(501, 2), None)
        assert structure.keep_authors(db, integration, more) == 502
    keep(desk, integration_id, told(LATER, authors=people(1, 500), next_author=500))
    assert known() == 502, "of the others nobody has said that they left"
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        structure.keep_authors(db, integration, AuthorPage(LATER, people(501, 1), None))
    assert known() == 501


def test_how_much_of_it_is_ours_and_how_old_it_is(
    desk: Desk, integration_id: int, clock: FakeClock
) -> None:
    desk.write(categories=[{"name": "Term 1"}, {"name": "Elsewhere"}])
    keep(desk, integration_id, told(FIRST), page(FIRST, 1, 2))
    with desk.system.db.read() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        known = structure.known(db, integration, clock())
        assert [(one.name, one.total, one.is_there) for one in known.post_types] == [
            ("post", 123, True),
            ("book", 4, False),
        ]
        assert [(one.total, one.synced) for one in known.taxonomies] == [(2, 1)]
        assert (known.terms, known.authors, known.is_old) == (2, 1, False)
        assert structure.is_old(integration, clock() + timedelta(hours=49))


def test_another_website_has_another_structure(desk: Desk, integration_id: int) -> None:
    keep(desk, integration_id, told(FIRST), page(FIRST, 1, 2))
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        connections.change(db, desk.system, integration, {"base_url": "http://127.0.0.1:10"})
        assert structure.fetched_at(integration) is None
    assert names(desk) == []


def test_a_type_that_is_switched_off_is_not_sent(desk: Desk, integration_id: int) -> None:
    keep(desk, integration_id, told(FIRST))
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        assert structure.switch(integration, {"book"}) == ["post"]
        assert structure.is_off(integration.config_json, "post")
        assert not structure.is_off(integration.config_json, "page"), "which it never told of"
