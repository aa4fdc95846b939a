"""A website that takes this installation for a copy holds its own connection, and no other one."""

from __future__ import annotations

import pytest

from tests.support import misbehaving as does
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from webapp import doctor, layout
from webapp.accounts.access import Member
from webapp.integrations import installation
from webapp.publisher.delivery import reconcile, runner
from webapp.publisher.records import ownership, states
from webapp.publisher.records.models import UndoAction

LIE = {
    "success": False,
    "error": {
        "code": "INSTALLATION_COPIED",
        "message": "This IGNY8 has the name of another one.",
        "step": "connection",
        "step_number": 1,
        "total_steps": 7,
        "details": {"by": "stamp", "address": "https://phishing.example.net"},
        "recoverable": False,
        "retry_recommended": False,
    },
}


@pytest.fixture
def lying(desk: Desk, misbehaving: Misbehaving) -> int:
    """The house's connection with a website that says so to whatever it is asked."""
    misbehaving.on("*", "*", does.answer_json(LIE, 409))
    integration_id = desk.connect("wordpress", misbehaving.url)
    desk.connect(site=desk.other_site)
    return integration_id


def lines(desk: Desk, member: Member) -> str:
    with desk.system.db.read() as db:
        return " ".join(one.text for one in layout.build(db, member, desk.system.config).lines)


@pytest.mark.both_databases
def test_it_stops_nobody_else(desk: Desk, lying: int, clock: FakeClock) -> None:
    held = desk.publish(desk.approved())
    desk.run_worker()
    clock.advance(minutes=5)
    assert desk.run_worker() == 0
    assert desk.record(held).status == states.PENDING
    assert installation.is_refused(desk.integration(lying))
    free = desk.publish(desk.approved(by=desk.stranger, site=desk.other_site))
    worker = runner.Runner(desk.system, 2)
    worker._look()
    worker._pool.shutdown(wait=True)
    assert desk.record(free).status in (states.PUBLISHED, states.PUBLISHED_WITH_ISSUES)
    assert "copy" in lines(desk, desk.owner)
    assert "phishing" not in lines(desk, desk.owner)
    assert "copy" not in lines(desk, desk.stranger)


def test_its_own_page_and_the_operator_are_told(desk: Desk, lying: int) -> None:
    reconcile.check_one(desk.system, lying)
    with desk.browser(desk.owner) as browser:
        page = browser.get(f"/settings/sites/{desk.site.id}").text
    assert "This website takes us for a copy" in page
    assert "https://phishing.example.net" in page
    said, is_settled = ownership.answer(desk.system, None)
    assert not is_settled
    assert f"Connection {lying} " in "\n".join(said)
    [told] = [one for one in doctor.examine(desk.system) if one.name == "installation"]
    assert (told.ok, f"destination {lying}" in told.message) == (False, True)
    assert "phishing" not in f"{said} {told}"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://good.example@evil.example", 7, None, ["x"]]
)
def test_what_is_no_address_is_not_shown(desk: Desk, lying: int, address: object) -> None:
    stamp = _stamp(desk)
    installation.was_refused(desk.system, lying, stamp, {"address": address})
    assert desk.integration(lying).config_json["refused"] == {"address": ""}


def test_a_good_answer_alone_does_not_end_it(
    desk: Desk, lying: int, misbehaving: Misbehaving
) -> None:
    reconcile.check_one(desk.system, lying)
    well = {"success": True, "data": {"checks": {"database": {"ok": True, "message": "", "ms": 0}}}}
    misbehaving.on("*", "*", does.answer_json(well))
    reconcile.check_one(desk.system, lying)
    assert desk.integration(lying).paused_at is not None
    record = desk.publish(desk.approved())
    assert desk.run_worker() == 0
    assert desk.record(record).status == states.PENDING
    stamp = _stamp(desk)
    installation.raise_stamp(desk.system)  # the other one may be the real one
    assert _stamp(desk) == stamp


@pytest.mark.both_databases
def test_an_answer_ends_it_and_what_was_under_way_asks_nothing_anew(desk: Desk, lying: int) -> None:
    before = _stamp(desk)
    reconcile.check_one(desk.system, lying)
    ownership.answer(desk.system, "moved")
    there = desk.integration(lying)
    assert (there.config_json.get("refused"), there.paused_at) == (None, None)
    installation.was_refused(desk.system, lying, before, {"by": "stamp"})
    assert not installation.is_refused(desk.integration(lying))
    assert ownership.answer(desk.system, None)[1]


def test_cleaning_up_there_waits_and_counts_no_try(desk: Desk, lying: int) -> None:
    record = desk.publish(desk.approved())
    with desk.system.db.write() as db:
        due = desk.system.clock()
        account = desk.site.account_id
        undo = UndoAction(
            account_id=account,
            record_id=record,
            attempt=1,
            kind="abandon",
            arguments={},
            next_try_at=due,
        )
        db.add(undo)
    reconcile.check_one(desk.system, lying)
    reconcile.clean_up_destinations(desk.system)
    [left] = desk.rows(UndoAction)
    assert left.tries == 0
    assert left.next_try_at > due


def _stamp(desk: Desk) -> str:
    with desk.system.db.read() as db:
        return installation.this(db, desk.system.config).stamp
