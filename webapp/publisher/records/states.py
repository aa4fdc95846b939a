"""The states of a publication: `Content.site_status` and `PublishingRecord.status`, and of many at
once: `DeploymentRecord.status`, as data."""

from __future__ import annotations

from typing import Any

from webapp.core.machine import Facts, Machine, Transition

NOT_PUBLISHED, SCHEDULED, PUBLISHING = "not_published", "scheduled", "publishing"
PUBLISHED, FAILED = "published", "failed"

# Nothing has begun, unless an active record waits for its next try.
PLANNED = (NOT_PUBLISHED, SCHEDULED)

PENDING, CANCELLED, RETRACTED = "pending", "cancelled", "retracted"
PUBLISHED_WITH_ISSUES = "published_with_issues"
# It stands at the destination, and nobody else sees it (records/delivery.py).
DELIVERED = "delivered"
ACTIVE = (PENDING, PUBLISHING)
DEPLOYING, COMPLETED = "deploying", "completed"
RETRYABLE = (FAILED, CANCELLED)
# What a record with one of these has done stands, or has stood, at the destination.
WORKED = (PUBLISHED, PUBLISHED_WITH_ISSUES, DELIVERED, RETRACTED)


def is_unclear(record: Any) -> bool:
    """Whether nobody works on it and nobody knows yet whether it was carried out."""
    return bool(record.status == PUBLISHING and record.lease_until is None)


def _online(facts: Facts) -> bool:
    return bool(facts.get("online"))


def _offline(facts: Facts) -> bool:
    return not facts.get("online")


def _scheduled_mode(facts: Facts) -> bool:
    return facts.get("mode") == "scheduled"


def _tries_left(facts: Facts) -> bool:
    return bool(facts.get("recoverable")) and bool(facts.get("tries_left"))


def _findings(facts: Facts) -> bool:
    return bool(facts.get("findings"))


def _publish(facts: Facts) -> bool:
    return facts.get("action") == "publish"


def _retract(facts: Facts) -> bool:
    return facts.get("action") == "retract"


def _hidden(facts: Facts) -> bool:
    return bool(facts.get("hidden"))


def _worked(facts: Facts) -> bool:
    return bool(facts.get("worked"))


_STARTABLE = (NOT_PUBLISHED, SCHEDULED, FAILED, PUBLISHED)

SITE_STATUS = Machine(
    "content.site_status",
    (NOT_PUBLISHED, SCHEDULED, PUBLISHING, PUBLISHED, FAILED),
    (
        Transition("schedule", (NOT_PUBLISHED, SCHEDULED, FAILED, PUBLISHED), SCHEDULED),
        Transition("unschedule", (SCHEDULED, FAILED), PUBLISHED, _online),
        Transition("unschedule", (SCHEDULED, FAILED), NOT_PUBLISHED, _offline),
        Transition("start", _STARTABLE, PUBLISHING),
        Transition("wait", (PUBLISHING,), SCHEDULED, _scheduled_mode),
        Transition("wait", (PUBLISHING,), PUBLISHING),
        Transition("succeed", (PUBLISHING, SCHEDULED), NOT_PUBLISHED, _hidden),
        Transition("succeed", (PUBLISHING, SCHEDULED), PUBLISHED),
        # Heard of later: what has been planned or begun since goes on.
        Transition("confirmed", (FAILED, NOT_PUBLISHED), NOT_PUBLISHED, _hidden),
        Transition("confirmed", (FAILED, NOT_PUBLISHED, PUBLISHED), PUBLISHED),
        Transition("confirmed", (SCHEDULED,), SCHEDULED),
        Transition("confirmed", (PUBLISHING,), PUBLISHING),
        Transition("shown_there", (FAILED, NOT_PUBLISHED, PUBLISHED), PUBLISHED),
        Transition("shown_there", (SCHEDULED,), SCHEDULED),
        Transition("give_up", (PUBLISHING, SCHEDULED), PUBLISHED, _online),
        Transition("give_up", (PUBLISHING, SCHEDULED), FAILED, _offline),
        Transition("withdraw", (PUBLISHING, SCHEDULED), PUBLISHED, _online),
        Transition("withdraw", (PUBLISHING, SCHEDULED), NOT_PUBLISHED, _offline),
        Transition("retracted", (PUBLISHING, PUBLISHED), PUBLISHED, _online),
        Transition("retracted", (PUBLISHING, PUBLISHED), NOT_PUBLISHED, _offline),
        Transition("forget", (NOT_PUBLISHED, SCHEDULED, FAILED, PUBLISHED), NOT_PUBLISHED),
    ),
)

RECORD = Machine(
    "record.status",
    (
        PENDING,
        PUBLISHING,
        PUBLISHED,
        PUBLISHED_WITH_ISSUES,
        DELIVERED,
        FAILED,
        RETRACTED,
        CANCELLED,
    ),
    (
        Transition("claim", (PENDING,), PUBLISHING),
        Transition("take_over", (PUBLISHING,), PUBLISHING),
        # Its answer is lost, and nobody knows whether it was carried out (delivery/unclear.py).
        Transition("lose", (PUBLISHING,), PUBLISHING),
        Transition("fail", (PUBLISHING,), PENDING, _tries_left),
        Transition("fail", (PUBLISHING,), FAILED),
        Transition("finish", (PUBLISHING,), RETRACTED, _retract),
        Transition("finish", (PUBLISHING,), DELIVERED, _hidden),
        Transition("finish", (PUBLISHING,), PUBLISHED_WITH_ISSUES, _findings),
        Transition("finish", (PUBLISHING,), PUBLISHED, _publish),
        # A person has looked there.
        Transition("seen_offline", (FAILED, PUBLISHING), RETRACTED, _retract),
        Transition("verified", (PUBLISHED_WITH_ISSUES,), PUBLISHED),
        # Given up or withdrawn while nobody knew, and then the destination said that it had worked.
        Transition("confirmed", (FAILED, CANCELLED, PUBLISHING), DELIVERED, _hidden),
        Transition("confirmed", (FAILED, CANCELLED, PUBLISHING), PUBLISHED),
        # Somebody has made it public there.
        Transition("shown_there", (DELIVERED,), PUBLISHED),
        Transition("withdraw", (PENDING,), CANCELLED),
    ),
)

DEPLOYMENT = Machine(
    "deployment.status",
    (PENDING, DEPLOYING, COMPLETED, FAILED, CANCELLED),
    (
        Transition("begin", (PENDING, DEPLOYING), DEPLOYING),
        Transition("end", (PENDING, DEPLOYING), COMPLETED, _worked),
        Transition("end", (PENDING, DEPLOYING), FAILED),
        Transition("cancel", (PENDING, DEPLOYING), CANCELLED),
    ),
)
