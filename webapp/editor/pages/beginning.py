"""A new piece: from a title, or from another piece."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from litestar import Response

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.core.errors import Invalid, Problem
from webapp.forms import Form, Id
from webapp.publisher.planning import decisions
from webapp.writer.draft import Draft, wrong_anywhere
from webapp.writer.models import Content


class NewForm(Form):
    """Where it belongs, and what it is called."""

    site_id: Id = None
    title: str = ""


@get("/content/new")
def show(call: Call, site: int | None = None) -> Response[str]:
    """Choose a site and a title."""
    return _page(call, NewForm(site_id=site or call.member.site_id))


@post("/content/new")
def begin(call: Call, data: NewForm) -> Response[str]:
    """The piece is there, as a draft, and opens in the editor."""
    try:
        draft = Draft(title=data.title.strip(), html="")
        if data.site_id is None:
            raise Invalid(wrong_anywhere(draft) | {"site_id": "Choose the site that it is for."})
        content = decisions.create(call.db, call.system, data.site_id, draft, by=call.member)
    except Problem as problem:
        call.roll_back()
        return _page(call, data, problem)
    return call.redirect(f"/content/{content.id}/edit")


@post("/content/{content_id:int}/duplicate")
def duplicate(call: Call, content_id: int) -> Response[str]:
    """The same once more, as a draft of one's own."""
    content = access.get(call.db, call.member, Content, content_id)
    made = decisions.duplicate(call.db, call.system, content, by=call.member)
    return call.redirect(f"/content/{made.id}/edit")


def _page(call: Call, form: NewForm, problem: Problem | None = None) -> Response[str]:
    rows = call.db.execute(
        access.visible(call.member, Site, Site.id, Site.name).order_by(
            sa.func.lower(Site.name), Site.id
        )
    )
    sites = [row for row in rows if call.member.may(Capability.WRITE, row.id)]
    return call.page(
        "editor/new.html",
        status=problem.status if problem else 200,
        form=form,
        sites=sites,
        problem=problem,
        wrong=defaultdict(str, problem.fields if problem else {}),
    )


ROUTES = [show, begin, duplicate]
