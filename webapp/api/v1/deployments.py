"""`publisher/deployments/`: many pieces of a site, sent at once."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.api import listing
from webapp.api.endpoint import Listed, Nothing, get, post
from webapp.api.v1 import idempotency
from webapp.call import Call
from webapp.publisher.planning import deployment_reads, deployments
from webapp.publisher.planning.deployment_reads import DeploymentItemLine, DeploymentLine
from webapp.publisher.records.models import DeploymentItem, DeploymentRecord


class NewDeployment(msgspec.Struct, forbid_unknown_fields=True):
    """Which pieces of which site."""

    site_id: int
    deployment_type: Literal["incremental", "full"]


DEPLOYMENTS = listing.Listing(
    model=DeploymentRecord,
    columns=(DeploymentRecord,),
    filters={
        "site": DeploymentRecord.site_id,
        "status": DeploymentRecord.status,
        "deployment_type": DeploymentRecord.deployment_type,
    },
    orderings={"id": DeploymentRecord.id, "created_at": DeploymentRecord.created_at},
)
ITEMS = listing.Listing(
    model=DeploymentItem,
    columns=deployment_reads.ITEM_COLUMNS,
    joins=deployment_reads.JOINS,
    filters={"state": deployment_reads.STATE, "content": DeploymentItem.content_id},
    orderings={"id": DeploymentItem.id},
)


@get(
    "/publisher/deployments",
    gives=DeploymentLine,
    is_list=True,
    errors=(422,),
    parameters=DEPLOYMENTS.parameters(),
)
def index(call: Call) -> Listed:
    """List deployments, the newest first."""
    found = listing.of(call.db, call.request, DEPLOYMENTS)
    rows = [row.DeploymentRecord for row in found.results]
    counts = deployment_reads.counts_of(call.db, [row.id for row in rows])
    lines = [deployment_reads.line(row, counts[row.id]) for row in rows]
    return Listed(found.count, found.next, found.previous, lines)


@post(
    "/publisher/deployments",
    takes=NewDeployment,
    gives=DeploymentLine,
    status=202,
    errors=(404, 409, 422),
    parameters=(idempotency.HEADER,),
)
def create(call: Call, given: NewDeployment) -> DeploymentLine:
    """Send many: those that are not online as they were approved, or all anew."""

    def make() -> int:
        site = access.get_for_update(call.db, call.member, Site, given.site_id)
        kind = given.deployment_type
        return deployments.create(call.db, call.system, site, kind, by=call.member).id

    made = idempotency.once(call, "deployments", given, make)
    return deployment_reads.one(call.db, call.member, made)


@get("/publisher/deployments/{deployment_id:int}", gives=DeploymentLine, errors=(404,))
def read(call: Call, deployment_id: FromPath[int]) -> DeploymentLine:
    """Read a deployment: how many pieces stand where."""
    return deployment_reads.one(call.db, call.member, deployment_id)


@get(
    "/publisher/deployments/{deployment_id:int}/items",
    gives=DeploymentItemLine,
    is_list=True,
    errors=(404, 422),
    parameters=ITEMS.parameters(),
)
def items(call: Call, deployment_id: FromPath[int]) -> Listed:
    """List its pieces, with what became of each and why."""
    access.get(call.db, call.member, DeploymentRecord, deployment_id)
    only = DeploymentItem.deployment_id == deployment_id
    found = listing.of(call.db, call.request, ITEMS, only)
    rows = map(deployment_reads.item_line, found.results)
    lines = [deployment_reads.for_programs(one) for one in rows]
    return Listed(found.count, found.next, found.previous, lines)


@post(
    "/publisher/deployments/{deployment_id:int}/cancel",
    takes=Nothing,
    gives=DeploymentLine,
    errors=(404, 409, 422),
)
def cancel(call: Call, deployment_id: FromPath[int]) -> DeploymentLine:
    """Withdraw what has not begun."""
    found = access.get_for_update(call.db, call.member, DeploymentRecord, deployment_id)
    deployments.cancel(call.db, call.system, found)
    call.db.flush()
    return deployment_reads.one(call.db, call.member, deployment_id)


ROUTES = [index, create, read, items, cancel]
