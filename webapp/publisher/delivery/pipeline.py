"""One attempt at one record, from claim to outcome: the seven steps in their order.

No network call happens inside a transaction. Each outcome is written under the claim, so a worker
that lost its lease meanwhile changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from sqlalchemy.orm import Session

from webapp.core import away
from webapp.core.codes import Code
from webapp.core.leases import LeaseLost
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, registry
from webapp.integrations.base import (
    Adapter,
    DestinationError,
    Failure,
    NeedsAction,
    Permanent,
    Publication,
    Published,
    RetryLater,
    Superseded,
)
from webapp.publisher.delivery import journals, offline, outcomes, telling, unclear, verification
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.delivery.progress import Reporter
from webapp.publisher.records import ownership, validation
from webapp.writer import images, outgoing
from webapp.writer.payload import Payload

log = structlog.get_logger()
MOST_ATTEMPTS = 30


def run(system: System, claim: Claim) -> None:
    """Work on the claim until it has an outcome. Raises nothing that belongs to the record."""
    with structlog.contextvars.bound_contextvars(
        request=claim.request_id,
        record=claim.record_id,
        attempt=claim.fence.attempt,
        content=claim.content_id,
        site=claim.site_id,
    ):
        report = Reporter(system, claim)
        try:
            _attempt(system, claim, report)
        except LeaseLost as late:
            _lost(report, late)
        except Superseded as refused:
            _refused(system, claim, report, refused)
        finally:
            report.telling.over()


def _attempt(system: System, claim: Claim, report: Reporter) -> None:
    adapter: Adapter | None = None
    try:
        report.begin("validation")
        adapter = _adapter(system, claim)
        fence = ownership.with_proof(system, adapter.target, claim.content_id, claim.fence)
        claim = replace(claim, fence=fence)
        if claim.fence.attempt > MOST_ATTEMPTS:
            raise Permanent(Code.WORKER_GONE, "connection", attempts=claim.fence.attempt)
        if claim.payload is None:
            _retract(system, claim, adapter, report)
        else:
            _publish(system, claim, claim.payload, adapter, report)
    except DestinationError as problem:
        _failed(system, claim, adapter, report, problem)
    except (LeaseLost, Superseded):
        raise
    except Exception as problem:
        if away.said_of(problem):
            raise  # our own database's trouble is no failure: it goes on when the lease ends
        log.exception("a publication met a bug")
        kind = type(problem).__name__  # its text may hold what must not be shown; the log has it
        is_lost = report.step != "validation"
        bug = RetryLater(Code.INTERNAL_ERROR, report.step, is_lost=is_lost, error=kind)
        _failed(system, claim, adapter, report, bug)


def _lost(report: Reporter, late: LeaseLost) -> None:
    report.telling.outcome = telling.LOST
    log.info("another attempt has taken over", reason=str(late))


def _refused(system: System, claim: Claim, report: Reporter, refused: Superseded) -> None:
    """The destination knows a newer attempt. Either another worker has the record now, or this
    database is older than what the destination has seen: restored from a backup, most likely."""
    message = "The website has seen newer publications of this piece than this installation knows."
    failure = NeedsAction(Code.STALE_ATTEMPT, "connection", message, error=str(refused)).failure
    report.telling.failed(failure.code, failure.step)
    try:
        system.commits.run(
            lambda db: outcomes.gave_up(db, system, claim, failure, left_behind=False)
        )
        report.telling.outcome = telling.FAILED
    except LeaseLost as late:
        _lost(report, late)


def _publish(
    system: System, claim: Claim, payload: Payload, adapter: Adapter, report: Reporter
) -> None:
    can = registry.of(adapter.target.platform).delivers
    if claim.deliver_as not in can:
        code = Code.DELIVERY_UNSUPPORTED
        raise NeedsAction(code, "validation", deliver_as=claim.deliver_as, can=list(can))
    validation.check(payload, adapter, system.http)
    report.begin("connection")
    journal = journals.of_claim(system, claim, adapter)
    done = adapter.publish(publication_of(system, claim, payload), report.begin, journal)
    _finish(system, claim, payload, adapter, report, done)


def _finish(
    system: System,
    claim: Claim,
    payload: Payload,
    adapter: Adapter,
    report: Reporter,
    done: Published,
) -> None:
    report.begin("verification")
    checks = verification.verify(system, adapter, payload, done, claim.intended_at)
    system.commits.run(lambda db: outcomes.published(db, system, claim, done, checks))
    report.telling.there(done.steps)
    found = verification.findings(checks)
    report.telling.outcome = telling.WITH_ISSUES if found else telling.PUBLISHED
    log.info("published", url=done.external_url, stands_as=done.stands_as, result=done.result)


def _retract(system: System, claim: Claim, adapter: Adapter, report: Reporter) -> None:
    report.begin("connection")
    became = adapter.retract(claim.fence, claim.content_id, claim.retract_to)
    if not became:
        offline.make_sure(system, adapter, claim.content_id)
    system.commits.run(lambda db: outcomes.retracted(db, system, claim, became))
    report.telling.outcome = telling.RETRACTED


def _failed(
    system: System,
    claim: Claim,
    adapter: Adapter | None,
    report: Reporter,
    problem: DestinationError,
) -> None:
    """Try it again or give it up; unless the answer was lost, and the destination, being asked,
    says that it had worked."""
    failure = problem.failure
    report.telling.failed(failure.code, failure.step)
    if failure.code == Code.INSTALLATION_COPIED:  # it waits for a person's answer
        system.commits.run(
            lambda db: outcomes.try_again(db, system, claim, failure, after=None, counts=False)
        )
        report.telling.outcome = telling.WAITS
        return
    if isinstance(problem, RetryLater):
        is_unanswered = problem.is_lost or claim.is_unanswered
        worked = _worked(system, claim, adapter, report, failure) if is_unanswered else False
        if worked:
            return
        counts = not (problem.is_waiting and outcomes.may_wait(claim, system.clock()))
        if not counts or claim.failures < outcomes.TRIES:
            report.telling.outcome = system.commits.run(
                lambda db: _wait(db, system, claim, problem, counts, is_known=worked is not None)
            )
            return
    give_up(system, claim, adapter, report, problem)


def _wait(
    db: Session, system: System, claim: Claim, problem: RetryLater, counts: bool, *, is_known: bool
) -> str:
    """For the next try; an hour would be long for a piece that may be online."""
    if not is_known and counts and claim.mode == "scheduled":
        unclear.begin(db, system, claim, problem.failure, unclear.ASK)
        return telling.UNCLEAR
    outcomes.try_again(
        db,
        system,
        claim,
        problem.failure,
        after=problem.after,
        counts=counts,
        is_lost=problem.is_lost,
    )
    return telling.WAITS


def _worked(
    system: System, claim: Claim, adapter: Adapter | None, report: Reporter, failure: Failure
) -> bool | None:
    """Ask whether it was carried out, which finishes it; None where that cannot be known now. A
    destination that takes too long would only take too long again."""
    if adapter is None or failure.code == Code.DESTINATION_TIMEOUT:
        return None
    try:
        if claim.payload is None:
            return _is_offline(system, claim, adapter, report)
        done = adapter.result_of(
            claim.fence, claim.content_id, journals.of_claim(system, claim, adapter)
        )
        if done is None:
            return False
        _finish(system, claim, claim.payload, adapter, report, done)
    except DestinationError as unreachable:
        log.warning("could not ask what became of it", code=unreachable.failure.code)
        return None
    except (LeaseLost, Superseded):
        raise
    except Exception:
        log.exception("the question met a bug")
        return None
    return True


def give_up(
    system: System,
    claim: Claim,
    adapter: Adapter | None,
    report: Reporter,
    problem: DestinationError,
) -> None:
    """End the record as failed, unless the destination says that it had worked after all, or
    nobody can know that."""
    left_behind, is_known = False, True
    # By our own step: the destination's refusal names "validation" too, and it has our images then.
    # An earlier attempt may have done it all, with its answer lost.
    was_sent = report.step != "validation" or claim.fence.attempt > 1
    if adapter is not None and was_sent:
        left_behind, is_known = claim.payload is not None, False
        try:
            if _had_worked(system, claim, adapter, report):
                return
            left_behind, is_known = False, True
        except DestinationError as unreachable:
            log.warning("could not clean up yet", code=unreachable.failure.code)
        except (LeaseLost, Superseded):
            raise
        except Exception:  # the record comes to its end all the same
            log.exception("the clean-up met a bug")
    failure = problem.failure
    if (adapter is None or not is_known) and (claim.is_unanswered or problem.is_lost):
        kind = unclear.ABANDON if claim.payload is not None else unclear.LOOK
        system.commits.run(lambda db: unclear.begin(db, system, claim, failure, kind))
        report.telling.outcome = telling.UNCLEAR
        return
    system.commits.run(
        lambda db: outcomes.gave_up(db, system, claim, failure, left_behind=left_behind)
    )
    report.telling.outcome = telling.FAILED


def _had_worked(system: System, claim: Claim, adapter: Adapter, report: Reporter) -> bool:
    """Ask the destination to drop what is left, or whether the post is offline; True: all done."""
    if claim.payload is None:
        return _is_offline(system, claim, adapter, report)
    journal = journals.of_claim(system, claim, adapter)
    done = adapter.abandon(claim.fence, claim.content_id, claim.payload.own_images(), journal)
    if done is None:
        return False
    _finish(system, claim, claim.payload, adapter, report, done)
    return True


def _is_offline(system: System, claim: Claim, adapter: Adapter, report: Reporter) -> bool:
    """Look whether what was to be taken down is offline, which finishes it."""
    if not offline.is_offline(system, adapter, claim.content_id):
        return False
    system.commits.run(lambda db: outcomes.retracted(db, system, claim))
    report.telling.outcome = telling.RETRACTED
    return True


def _adapter(system: System, claim: Claim) -> Adapter:
    with system.db.read() as db:
        try:
            target = connections.target_of(db, system, claim.integration_id)
        except Unreadable as problem:
            raise NeedsAction(Code.CREDENTIALS_UNREADABLE, "connection") from problem
    return registry.adapter_for(system, target)


def publication_of(system: System, claim: Claim, payload: Payload) -> Publication:
    """What is sent: the snapshot, with what is known of the destination's side."""
    guards_edits = claim.mode == "scheduled" and not claim.force
    return Publication(
        fence=claim.fence,
        payload=outgoing.of(payload),
        content_hash=claim.content_hash,
        mode=claim.mode,
        published_at=claim.intended_at,
        force=claim.force,
        expected_hash=claim.known.stored_hash if guards_edits else None,
        staged=frozenset(claim.known.images),
        read_image=lambda sha256: _read_image(system, claim.account_id, sha256),
        over=claim.over,
        deliver_as=claim.deliver_as,
    )


def _read_image(system: System, account_id: int, sha256: str) -> bytes:
    with system.db.read() as db:
        found = images.bytes_of(db, account_id, sha256)
    if found is None:
        raise Permanent(Code.IMAGE_MISSING, "media_processing", sha256=sha256)
    return found[1]
