"""What publishing would do, by the same code as the real thing, writing nothing anywhere."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.core import codes
from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, placements, registry
from webapp.integrations.base import (
    Adapter,
    DestinationError,
    Failure,
    Fence,
    NeedsAction,
    Permanent,
    Problem,
    Publication,
    Superseded,
)
from webapp.publisher.records import delivery, ownership, stands, validation
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import images, outgoing, payload, readings
from webapp.writer.edits import Removal
from webapp.writer.models import Content


class Verdict(msgspec.Struct, kw_only=True):
    """Whether the piece itself could go out; `problems` need no network to be seen.

    `removals` is all that would not be sent as it was written; with `rewritten` the text's tags do
    not fit together, and it is sent as a browser understands it.
    """

    content_id: int
    ready: bool
    problems: list[Problem]
    removals: list[Removal]
    rewritten: bool


class DryRun(msgspec.Struct, kw_only=True):
    """`plan` is the destination's own answer; `failure` says why there is none. `removals` and
    `rewritten` as in Verdict."""

    content_id: int
    ready: bool
    failure: Failure | None
    plan: dict[str, Any] | None
    removals: list[Removal]
    rewritten: bool


def verdict(db: Session, system: System, who: Scoped, content_id: int) -> Verdict:
    """Our own checks and those of the destination's limits. Raises NotFound."""
    content = access.get(db, who, Content, content_id)
    sent = payload.build(db, content)
    problems = validation.of_payload(sent)
    integration = connections.default_of(db, content.site_id)
    if integration is None:
        problems.append(_problem(Code.INTEGRATION_MISSING, "site_id"))
    else:
        if there := stands.elsewhere(db, content, integration):
            problems.append(_problem(Code.ONLINE_ELSEWHERE, "site_id", stands.stays(there)))
        try:
            target = connections.open_target(db, system, integration)
            problems += registry.adapter_for(system, target).check(sent)
        except Unreadable:
            problems.append(_problem(Code.CREDENTIALS_UNREADABLE, "site_id"))
    facts = readings.kept(db, content)
    return Verdict(
        content_id=content_id,
        ready=not problems,
        problems=[_told(one) for one in problems],
        removals=outgoing.left_out(sent, facts),
        rewritten=facts.rewritten,
    )


def run(system: System, who: Scoped, content_id: int) -> DryRun:
    """Ask the destination. Call it outside of any transaction. Raises NotFound, Conflict."""
    with system.db.read() as db:
        adapter, publication = _prepare(db, system, who, content_id)
    written = publication.payload
    facts = readings.of(written.html)
    failure, plan = None, None
    try:
        validation.check(written, adapter, system.http)
        plan = adapter.dry_run(replace(publication, payload=outgoing.of(written)))
    except DestinationError as problem:
        failure = problem.failure
    except Superseded:
        failure = Permanent(Code.STALE_ATTEMPT, "connection").failure
    return DryRun(
        content_id=content_id,
        ready=failure is None,
        failure=_told(failure) if failure else None,
        plan=plan,
        removals=outgoing.left_out(written, facts),
        rewritten=facts.rewritten,
    )


def _prepare(
    db: Session, system: System, who: Scoped, content_id: int
) -> tuple[Adapter, Publication]:
    """The publication, its payload still as it was written."""
    content = access.get(db, who, Content, content_id)
    integration = connections.default_of(db, content.site_id)
    if integration is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    stands.check_goes(db, content, integration)
    try:
        target = connections.open_target(db, system, integration)
    except Unreadable:
        raise Conflict.of(Code.CREDENTIALS_UNREADABLE) from None
    sent = payload.build(db, content)
    newest = db.scalar(sa.select(sa.func.max(PublishingRecord.id))) or 0
    return registry.adapter_for(system, target), Publication(
        fence=ownership.proven(db, content.id, Fence(str(uuid.uuid4()), newest + 1, 1)),
        payload=sent,
        content_hash=payload.digest(sent),
        mode="manual",
        published_at=None,
        force=False,
        expected_hash=None,
        staged=frozenset(placements.known(db, content.id, integration.id).images),
        read_image=lambda sha256: _read_image(system, who, sha256),
        deliver_as=delivery.of(content, integration),
    )


def _read_image(system: System, who: Scoped, sha256: str) -> bytes:
    with system.db.read() as db:
        found = images.bytes_of(db, who.account_id, sha256)
    if found is None:
        raise NeedsAction(Code.IMAGE_MISSING, "media_processing", sha256=sha256)
    return found[1]


T = TypeVar("T", Problem, Failure)


def _told(found: T) -> T:
    """In the API's words, also what the details of a failure list."""
    given = codes.error_to_programs(msgspec.structs.asdict(found))
    return msgspec.structs.replace(found, message=given["message"], details=given["details"])


def _problem(code: Code, field: str, message: str = "") -> Problem:
    return Problem(code=code, message=message or sentence(code), field=field)
