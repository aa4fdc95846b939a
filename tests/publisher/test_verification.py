"""Step 7 and the later looks: what readers find, compared with what was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support import misbehaving as does
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.misbehaving import Behaviour, Misbehaving
from webapp.core.codes import Code
from webapp.publisher import sweep


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def found(desk: Desk, content_id: int) -> set[str]:
    """The codes of all findings on the piece's last record."""
    receipt = desk.records_of(content_id)[-1].receipt or {}
    return {check["code"] for check in receipt["checks"] if not check["ok"]}


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Plain", "And plain"),
        ("“Quotes” & ampersands – dashes", 'A "description" <with> signs'),
        ("Title with <em>HTML</em>", ""),
        ("עברית ועוד 🙂", "العربية"),
        ("TITLE in   capitals", "ﬁne ligatures"),
    ],
)
def test_a_page_that_shows_what_was_sent(desk: Desk, title: str, description: str) -> None:
    content_id = desk.published(title=title, meta_description=description, slug="s")
    assert found(desk, content_id) == set()
    assert desk.records_of(content_id)[0].status == "published"


@pytest.mark.parametrize(
    ("hidden", "code"),
    [
        ("title", Code.TITLE_NOT_VISIBLE),
        ("description", Code.DESCRIPTION_NOT_VISIBLE),
        ("canonical", Code.CANONICAL_DIFFERENT),
    ],
)
def test_what_the_theme_leaves_out_is_a_finding(
    desk: Desk, website: Website, hidden: str, code: Code
) -> None:
    website.hidden.add(hidden)
    first = "https://example.org/the first?a=1&b=2"
    content_id = desk.published(
        title="A title", meta_description="A description", canonical_url=first.replace(" ", "-")
    )
    assert found(desk, content_id) == {code}
    record, content = desk.records_of(content_id)[0], desk.content(content_id)
    assert record.status == "published_with_issues"
    assert (content.site_status, set(content.attention)) == ("published", {"issues"})
    assert content_id in website.online(), "a finding takes nothing back"


@pytest.mark.parametrize(
    "behaviour",
    [does.status(404), does.status(500), does.reset(), does.status(302, Location="/elsewhere")],
    ids=["404", "500", "reset", "redirect-to-404"],
)
def test_a_page_that_does_not_open_is_a_finding(
    desk: Desk, misbehaving: Misbehaving, behaviour: Behaviour
) -> None:
    misbehaving.on("GET", "/posts/*", behaviour)
    assert found(desk, desk.published()) == {Code.PERMALINK_NOT_OK}


def test_a_destination_that_does_not_answer_is_a_finding(desk: Desk, website: Website) -> None:
    website.fail("lookup", "later")
    assert found(desk, desk.published()) == {Code.VERIFICATION_UNAVAILABLE}


def test_findings_are_looked_at_again_after_5_and_60_minutes(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.hidden.add("title")
    content_id = desk.published()
    record = desk.records_of(content_id)[0]
    assert record.verify_at == clock.now + timedelta(minutes=5)
    clock.advance(minutes=4)
    sweep.verify_again(desk.system)
    assert desk.record(record.id).verify_round == 0
    clock.advance(minutes=1)
    sweep.verify_again(desk.system)
    assert desk.record(record.id).verify_at == clock.now + timedelta(minutes=60)
    website.hidden.clear()
    clock.advance(minutes=60)
    sweep.verify_again(desk.system)
    assert (desk.record(record.id).status, desk.record(record.id).verify_at) == ("published", None)
    assert desk.content(content_id).attention == frozenset()
    assert found(desk, content_id) == set()


def test_what_is_never_found_is_not_looked_for_for_ever(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.hidden.add("title")
    content_id = desk.published()
    for minutes in (5, 60, 60, 60):
        clock.advance(minutes=minutes)
        sweep.verify_again(desk.system)
    record = desk.records_of(content_id)[0]
    assert (record.status, record.verify_at, record.verify_round) == (
        "published_with_issues", None, 2,
    )  # fmt: skip
    assert desk.content(content_id).attention == {"issues"}


def test_a_newer_publication_is_not_spoken_well_of_by_an_older_one(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.hidden.add("title")
    content_id = desk.published(title="First")
    desk.edit(content_id, title="Second", keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    first = desk.records_of(content_id)[0]
    website.hidden.clear()
    website.posts[content_id].payload = None  # the page is broken altogether
    clock.advance(minutes=5)
    sweep.verify_record(desk.system, first.id)
    assert desk.content(content_id).attention == {"issues"}


def test_the_date_of_a_scheduled_post_is_checked(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = desk.approved()
    desk.schedule(content_id)
    website.before["publish"] = lambda: None
    desk.run_worker()
    record = desk.records_of(content_id)[0]
    names = {check["name"]: check["ok"] for check in (record.receipt or {})["checks"]}
    assert names["date"] is True
