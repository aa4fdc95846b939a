"""`sites/{id}/approval-lists/`: in which steps a site's pieces are approved."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.params import FromPath
from msgspec import Meta

from webapp.accounts import access, audit
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.api.endpoint import get, put
from webapp.approving import lists
from webapp.approving.given import MOST_STEPS, StepGiven
from webapp.approving.lists import Listed, Of
from webapp.approving.rules import Step
from webapp.call import Call
from webapp.core import limits
from webapp.sites import approval_scopes


class ApprovalListGiven(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The steps for all pieces of a site, or for those of one type, or source; none: one person's
    approval is all."""

    content_type: Annotated[str, limits.text("approval_lists.content_type")] = ""
    source: Annotated[str, limits.text("approval_lists.source")] = ""
    steps: Annotated[list[StepGiven], Meta(max_length=MOST_STEPS)]


class ApprovalListWhole(msgspec.Struct, kw_only=True):
    """A list as it counts now."""

    id: int
    content_type: str
    source: str
    steps: list[StepGiven]


@get("/sites/{site_id:int}/approval-lists", gives=list[ApprovalListWhole], errors=(404,))
def approval_lists(call: Call, site_id: FromPath[int]) -> list[ApprovalListWhole]:
    """Read the steps in which a site's pieces are approved; without any, one approval is all."""
    access.get(call.db, call.member, Site, site_id)
    return [_whole(one) for one in lists.all_of(call.db, site_id)]


@put(
    "/sites/{site_id:int}/approval-lists",
    takes=ApprovalListGiven,
    gives=list[ApprovalListWhole],
    errors=(404, 422),
)
def change_approval_lists(
    call: Call, site_id: FromPath[int], given: ApprovalListGiven
) -> list[ApprovalListWhole]:
    """Let these be the steps of one list. Pieces in review stay with the steps that were."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    of = Of(site_id, given.content_type, given.source)
    approval_scopes.check(call.db, of)
    lists.replace(call.db, of, given.steps, by=call.member)
    audit.note(call.db, call.system, Act.SETTINGS_CHANGED, site.name, by=call.member)
    return [_whole(one) for one in lists.all_of(call.db, site_id)]


def _whole(one: Listed) -> ApprovalListWhole:
    return ApprovalListWhole(
        id=one.id,
        content_type=one.of.content_type,
        source=one.of.source,
        steps=[_given(step) for step in one.steps],
    )


def _given(step: Step) -> StepGiven:
    return StepGiven(
        name=step.name,
        role=str(step.role),  # type: ignore[arg-type]
        people=sorted(step.people),
        needed=step.needed,
        not_own=step.not_own,
        survives_edits=step.survives_edits,
        hours=step.hours,
        substitute=str(step.substitute) if step.substitute else None,  # type: ignore[arg-type]
    )


ROUTES = [approval_lists, change_approval_lists]
