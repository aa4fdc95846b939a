"""What operators and their machines ask: alive, ready, figures.

Strangers learn only whether it is well. The rest is for this machine, for the networks in
IGNY8_OPERATOR_NETWORKS and for whoever has IGNY8_METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
from typing import Any

import anyio
import anyio.to_thread
import litestar
import sqlalchemy as sa
from litestar import Request, Response

from webapp.call import READING, Call, get
from webapp.core import origins
from webapp.core.errors import Forbidden
from webapp.health import checks, serves, unanswered, workers_seen
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import clocks
from webapp.publisher.records.models import PublishingRecord

AnyRequest = Request[Any, Any, Any]
FOR_OPERATORS = (
    "Figures are for this machine, for the networks in IGNY8_OPERATOR_NETWORKS, and for who sends "
    "IGNY8_METRICS_TOKEN as a bearer token."
)


# Neither stands in line behind requests that wait for the database.
_OWN_THREADS = anyio.CapacityLimiter(4)
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
    with anyio.move_on_after(PATIENCE):
        found = await anyio.to_thread.run_sync(
            checks, request.app.state.system, limiter=_OWN_THREADS, abandon_on_cancel=True
        )
    ready = serves(found)
    told = {"checks": found} if is_operator(request) else {}
    headers = {} if ready else {"Retry-After": "5"}
    return Response({"ready": ready, **told}, status_code=200 if ready else 503, headers=headers)


@get("/metrics")
def metrics(call: Call) -> Response[bytes]:
    """Prometheus' text format."""
    if not is_operator(call.request):
        raise Forbidden(FOR_OPERATORS)
    # Here, since few installations are ever asked, and every start would pay for it.
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    records = Gauge("igny8_records", "Publishing records", ["status"], registry=registry)
    for status, count in call.db.execute(
        sa.select(PublishingRecord.status, sa.func.count()).group_by(PublishingRecord.status)
    ):
        records.labels(status).set(count)
    states = Gauge("igny8_destinations", "Active destinations", ["health"], registry=registry)
    for health, count in call.db.execute(
        sa.select(SiteIntegration.health, sa.func.count())
        .where(SiteIntegration.is_active)
        .group_by(SiteIntegration.health)
    ):
        states.labels(health).set(count)
    workers = Gauge("igny8_workers", "Workers seen in the last minute", registry=registry)
    workers.set(workers_seen(call.db, call.system))
    ahead = Gauge(
        "igny8_clock_ahead_seconds",
        "By how much this machine's clock is ahead of the database's",
        registry=registry,
    )
    ahead.set(clocks.ahead(call.system).total_seconds())
    return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")


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
