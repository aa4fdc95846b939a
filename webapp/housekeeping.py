"""What nobody needs any more is forgotten: each feature says what of its own."""

from __future__ import annotations

import structlog

from webapp.accounts import audit, brake, idempotency, passes, sessions
from webapp.core import notices
from webapp.core.system import System
from webapp.editor import presence
from webapp.history import looks
from webapp.publisher.delivery import hearing, heartbeats, progress
from webapp.publisher.planning import changes
from webapp.publisher.records import drifts
from webapp.writer import binned
from webapp.writing import forgetting

log = structlog.get_logger()

_FEATURES = (
    progress,
    hearing,
    notices,
    sessions,
    passes,
    heartbeats,
    changes,
    idempotency,
    brake,
    audit,
    forgetting,
    binned,
    looks,
    presence,
    drifts,
)


def prune(system: System) -> None:
    """Let every feature forget, each in a transaction of its own; one that fails keeps none of the
    others from it, and is raised at the end: the job has not gone well."""
    failed: list[Exception] = []
    for feature in _FEATURES:
        try:
            system.commits.run(lambda db, feature=feature: feature.prune(db, system))  # type: ignore[misc]
        except Exception as problem:
            log.exception("could not forget what is old", feature=feature.__name__)
            failed.append(problem)
    if failed:
        raise ExceptionGroup("not all that is old could be forgotten", failed)
