"""The three state tables, every pair of state and event: what the tables allow, and nothing else.

The expectations are written out here from the product's description, not read from the code.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from webapp.core.errors import Conflict
from webapp.core.machine import Machine
from webapp.publisher.records.states import RECORD, SITE_STATUS
from webapp.writer.statuses import CONTENT

# event, facts, {from: to}; a state that is not named refuses the event.
Row = tuple[str, dict[str, Any], dict[str, str]]


def everyone(states: str, to: str) -> dict[str, str]:
    """The same target for several states."""
    return dict.fromkeys(states.split(), to)


APPROVER = {"may_approve": True}
EXPECTED: dict[str, list[Row]] = {
    "content.status": [
        ("submit", {}, {"draft": "review"}),
        ("approve", APPROVER, everyone("draft review approved", "approved")),
        ("approve", {"may_approve": False}, {}),
        ("request_changes", {}, everyone("review approved", "draft")),
        ("edit", {}, {"draft": "draft", **everyone("review approved published", "review")}),
        (
            "edit",
            {"keep_approved": True, "may_approve": False},
            {"draft": "draft", **everyone("review approved published", "review")},
        ),
        (
            "edit",
            {"keep_approved": True, **APPROVER},
            {"draft": "draft", "review": "review", **everyone("approved published", "approved")},
        ),
        (
            "edit",
            {"is_as_approved": True},
            {"draft": "draft", **everyone("review approved published", "approved")},
        ),
        (
            "edit",
            {"is_as_approved": True, "is_as_online": True},
            {"draft": "draft", **everyone("review approved published", "published")},
        ),
        (
            "edit",
            {"is_as_online": True},
            {"draft": "draft", **everyone("review approved published", "review")},
        ),
        ("went_out", {"is_what_went_out": True}, everyone("approved published", "published")),
        ("went_out", {"is_what_went_out": False}, {}),
        ("retracted", {}, {"published": "approved"}),
        ("unpublished", {}, everyone("published approved review", "draft")),
    ],
    "content.site_status": [
        ("schedule", {}, everyone("not_published scheduled failed published", "scheduled")),
        ("unschedule", {"online": False}, everyone("scheduled failed", "not_published")),
        ("unschedule", {"online": True}, everyone("scheduled failed", "published")),
        ("start", {}, everyone("not_published scheduled failed published", "publishing")),
        ("wait", {"mode": "manual"}, {"publishing": "publishing"}),
        ("wait", {"mode": "scheduled"}, {"publishing": "scheduled"}),
        ("succeed", {}, everyone("publishing scheduled", "published")),
        (
            "confirmed",
            {},
            everyone("failed not_published published", "published")
            | {"scheduled": "scheduled", "publishing": "publishing"},
        ),
        ("succeed", {"hidden": True}, everyone("publishing scheduled", "not_published")),
        (
            "confirmed",
            {"hidden": True},
            everyone("failed not_published", "not_published")
            | {one: one for one in ("published", "scheduled", "publishing")},
        ),
        (
            "shown_there",
            {},
            everyone("failed not_published published", "published") | {"scheduled": "scheduled"},
        ),
        ("give_up", {"online": False}, everyone("publishing scheduled", "failed")),
        ("give_up", {"online": True}, everyone("publishing scheduled", "published")),
        ("withdraw", {"online": False}, everyone("publishing scheduled", "not_published")),
        ("withdraw", {"online": True}, everyone("publishing scheduled", "published")),
        ("retracted", {}, everyone("publishing published", "not_published")),
        ("retracted", {"online": True}, everyone("publishing published", "published")),
        ("forget", {}, everyone("not_published scheduled failed published", "not_published")),
    ],
    "record.status": [
        ("claim", {}, {"pending": "publishing"}),
        ("take_over", {}, {"publishing": "publishing"}),
        ("fail", {"recoverable": True, "tries_left": True}, {"publishing": "pending"}),
        ("fail", {"recoverable": True, "tries_left": False}, {"publishing": "failed"}),
        ("fail", {"recoverable": False, "tries_left": True}, {"publishing": "failed"}),
        ("finish", {"action": "publish"}, {"publishing": "published"}),
        (
            "finish",
            {"action": "publish", "findings": True},
            {"publishing": "published_with_issues"},
        ),
        (
            "finish",
            {"action": "publish", "findings": True, "hidden": True},
            {"publishing": "delivered"},
        ),
        ("finish", {"action": "retract"}, {"publishing": "retracted"}),
        ("shown_there", {}, {"delivered": "published"}),
        ("confirmed", {"hidden": True}, everyone("failed cancelled publishing", "delivered")),
        ("verified", {}, {"published_with_issues": "published"}),
        ("seen_offline", {"action": "retract"}, everyone("failed publishing", "retracted")),
        ("seen_offline", {"action": "publish"}, {}),
        ("confirmed", {}, everyone("failed cancelled publishing", "published")),
        ("lose", {}, {"publishing": "publishing"}),
        ("withdraw", {}, {"pending": "cancelled"}),
    ],
}
MACHINES = {machine.name: machine for machine in (CONTENT, SITE_STATUS, RECORD)}


def cells() -> list[Any]:
    """Every state with every row of the expectations."""
    return [
        pytest.param(name, state, event, facts, targets.get(state), id=f"{state}-{event}-{facts}")
        for name, rows in EXPECTED.items()
        for event, facts, targets in rows
        for state in MACHINES[name].states
    ]


@pytest.mark.parametrize(("name", "state", "event", "facts", "target"), cells())
def test_every_pair(
    name: str, state: str, event: str, facts: dict[str, Any], target: str | None
) -> None:
    machine = MACHINES[name]
    assert machine.allows(state, event, **facts) == (target is not None)
    if target is not None:
        assert machine.after(state, event, **facts) == target
        return
    with pytest.raises(Conflict) as refused:
        machine.after(state, event, **facts)
    assert refused.value.status == 409
    assert refused.value.details == {"machine": name, "state": state, "event": event}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))
def test_no_event_is_left_out(machine: Machine) -> None:
    assert {row.event for row in machine.table} == {event for event, _, _ in EXPECTED[machine.name]}


@pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))
def test_unknown_events_and_states_are_refused(machine: Machine) -> None:
    events = {row.event for row in machine.table}
    for state, event in itertools.product((*machine.states, "nowhere"), (*events, "explode")):
        if state == "nowhere" or event == "explode":
            assert not machine.allows(state, event, online=True, may_approve=True)
