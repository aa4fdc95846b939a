"""What operators and their machines ask: alive, ready, figures.

Strangers learn only whether it is well. The rest is for this machine, for the networks in
IGNY8_OPERATOR_NETWORKS and for whoever has IGNY8_METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import litestar
import structlog
from litestar import Request, Response

from webapp.call import READING
from webapp.core import origins
from webapp.core.errors import Forbidden
from webapp.health import checks, exposition, gauges, needs, serves, unanswered

log = structlog.get_logger()
T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]
FOR_OPERATORS = (
    "Figures are for this machine, for the networks in IGNY8_OPERATOR_NETWORKS, and for who sends "
    "IGNY8_METRICS_TOKEN as a bearer token."
)


# Neither stands in line behind requests that wait for the database.
_OWN_THREADS = anyio.CapacityLimiter(4)
# Nor do the two stand behind each other, should one of them never answer.
_PROBE_THREADS = anyio.CapacityLimiter(2)
_QUEUE_THREADS, _WRITING_THREADS = anyio.CapacityLimiter(2), anyio.CapacityLimiter(2)
PATIENCE = 3.0  # seconds


@litestar.route("/healthz", http_method=READING)
async def healthz() -> dict[str, bool]:
    """The process answers, whatever becomes of its database."""
    return {"alive": True}


@litestar.route("/readyz", http_method=READING)
async def readyz(request: AnyRequest) -> Response[dict[str, Any]]:
    """Whether this process can serve pages: it reads and writes, and the schema fits. The body says
    to operators also what else there is, and is not."""
    found = unanswered()
    # Redis is asked for operators alone: a proxy that looks often waits for nothing but its answer.
    look = checks if is_operator(request) else needs
    with anyio.move_on_after(PATIENCE):
        found = await anyio.to_thread.run_sync(
            look, request.app.state.system, limiter=_OWN_THREADS, abandon_on_cancel=True
        )
    ready = serves(found)
    told = {"checks": found} if look is checks else {}
    headers = {} if ready else {"Retry-After": "5"}
    return Response({"ready": ready, **told}, status_code=200 if ready else 503, headers=headers)


@litestar.route("/metrics", http_method=READING)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Prometheus' text format: of this process, and of all workers. What cannot be asked because
    the database or Redis is away is left out, and that it is away is a figure, too."""
    if not is_operator(request):
        raise Forbidden(FOR_OPERATORS)
    state = request.app.state
    limiter = anyio.to_thread.current_default_thread_limiter()
    threads = limiter.borrowed_tokens, limiter.total_tokens, limiter.statistics().tasks_waiting
    streams = state.hub.number_of_tabs if state.hub else 0
    told = await _asked(partial(exposition.of_database, state.system), _OWN_THREADS)
    # Else the pool may be taken: it is this process that is full, and no database that is away.
    is_up = told is None and await _asked(partial(exposition.answers, state.system), _PROBE_THREADS)
    waiting = await _asked(state.system.jobs.waiting, _QUEUE_THREADS)
    own = partial(gauges.of_process, state.system, streams, threads)
    text = await anyio.to_thread.run_sync(
        partial(exposition.text, told, waiting, own, is_up=bool(is_up)), limiter=_WRITING_THREADS
    )
    return Response(text, media_type="text/plain; version=0.0.4")


async def _asked(question: Callable[[], T], threads: anyio.CapacityLimiter) -> T | None:
    """The answer, or None where there was none in time; nobody is waited for."""
    with anyio.move_on_after(PATIENCE):
        try:
            return await anyio.to_thread.run_sync(question, limiter=threads, abandon_on_cancel=True)
        except Exception as problem:  # whatever a database or queue raises
            log.warning("figures could not be read", exc_info=problem)
    return None


def is_operator(request: AnyRequest) -> bool:
    """Whether whoever asks may know how the installation is."""
    token = request.app.state.system.config.metrics_token
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if token and kind.lower() == "bearer" and hmac.compare_digest(sent.encode(), token.encode()):
        return True
    # A proxy on this machine that does not say for whom it asks makes all the world look local.
    address = request.client.host if request.client else ""
    is_near = origins.is_loopback(address) and origins.is_loopback(_called(request))
    return is_near or origins.is_within(address, request.app.state.system.config.operator_networks)


def _called(request: AnyRequest) -> str:
    """The address under which the process was called; "" where it was called by a name."""
    host = str(request.url.hostname or "")
    return "127.0.0.1" if host == "localhost" else host


ROUTES = [healthz, readyz, metrics]
