"""What is approved without a person, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.publisher.test_autopilot import submitted
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.rhythm import choose
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import autopilot
from webapp.writer import contents

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def with_fault(desk: Desk) -> int:
    """Its text names a picture that it does not have."""
    return submitted(desk, html='<p>Look: <img src="igny8:gone" alt="Gone"></p>')


def refused_there(desk: Desk) -> int:
    """The website does not take its type."""
    return submitted(desk, content_type="forbidden")


def sent_back(desk: Desk) -> int:
    """Somebody asked for changes, and it was submitted again, changed."""
    content_id = submitted(desk)
    with desk.changing(content_id) as (db, content):
        contents.request_changes(db, content, "Shorter.", by=desk.teammate)
    desk.edit(content_id, html="<p>Shorter.</p>")
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
    return content_id


def taken_over(desk: Desk) -> int:
    """It came from a website."""
    content_id = submitted(desk)
    with desk.changing(content_id) as (_, content):
        content.source = "wordpress"
    return content_id


@pytest.mark.parametrize("make", [with_fault, refused_there, sent_back, taken_over])
def test_what_a_person_has_to_look_at_is_not_approved_by_rule(
    desk: Desk, make: Callable[[Desk], int]
) -> None:
    choose(desk, auto_approval_enabled=True)
    content_id, fine = make(desk), submitted(desk)
    autopilot.run(desk.system)
    assert desk.content(content_id).status == "review"
    assert desk.content(fine).status == "approved", "and holds nothing else up"


def test_after_a_person_has_approved_the_rule_goes_on(desk: Desk) -> None:
    choose(desk, auto_approval_enabled=True)
    content_id = sent_back(desk)
    desk.approve(content_id, by=desk.teammate)
    desk.edit(content_id, html="<p>Another text.</p>")
    autopilot.run(desk.system)
    assert desk.content(content_id).status == "approved"


def test_nothing_is_approved_by_rule_for_a_site_that_leads_nowhere(desk: Desk) -> None:
    choose(desk, auto_approval_enabled=True)
    content_id = submitted(desk)
    with desk.system.db.write() as db:
        db.execute(sa.update(SiteIntegration).values(is_active=False))
    autopilot.run(desk.system)
    assert desk.content(content_id).status == "review"
