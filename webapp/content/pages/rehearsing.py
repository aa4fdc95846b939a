"""The dry run on a piece's page: what publishing would do, asked of the destination."""

from __future__ import annotations

from litestar import Response

from webapp.call import Call, post
from webapp.content import rehearsal
from webapp.core.errors import Problem
from webapp.publisher.delivery import dry_run


@post("/content/{content_id:int}/rehearsal")
def rehearse(call: Call, content_id: int) -> Response[str]:
    """Ask the destination what publishing would create and change; nothing is written. The answer
    is asked for outside of a transaction: it takes as long as the destination does."""
    try:
        found = rehearsal.of(dry_run.run(call.system, call.member, content_id))
    except Problem as problem:
        if problem.is_of_page:
            raise
        found = rehearsal.refused(problem)
    template = "content/_rehearsal.html" if call.is_htmx else "content/rehearsal.html"
    answer = call.fragment if call.is_htmx else call.page
    return answer(template, rehearsal=found, content_id=content_id)


ROUTES = [rehearse]
