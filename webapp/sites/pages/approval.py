"""In which steps a site's pieces are approved: for all of them, for one type, for one source."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access, audit
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.approving import lists
from webapp.approving.given import ROLES
from webapp.approving.lists import Of
from webapp.call import Call, get, post
from webapp.core.errors import gather
from webapp.forms import Form
from webapp.sites import approval_form, approval_scopes
from webapp.sites.approval_form import Row


class OfForm(Form):
    """Which list: of which type and source; "" is any."""

    content_type: str = ""
    source: str = ""

    def of(self, site_id: int) -> Of:
        return Of(site_id, self.content_type, self.source)


@get("/settings/sites/{site_id:int}/approval")
def show(call: Call, site_id: int) -> Response[str]:
    """The steps of the chosen list; without one, that one person's approval is all."""
    site = access.get(call.db, call.member, Site, site_id)
    of = call.asked(OfForm).of(site_id)
    steps = {one.of: one.steps for one in lists.all_of(call.db, site_id)}.get(of, ())
    return _page(call, site, of, approval_form.rows_to_show(steps))


@post("/settings/sites/{site_id:int}/approval")
def change(call: Call, site_id: int, data: OfForm) -> Response[str]:
    """Let these be the steps. Pieces that wait already stay with the steps that were."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    of, rows = data.of(site_id), approval_form.rows_of(data.sent)
    steps, wrong = approval_form.read(rows)
    with gather(wrong):
        approval_scopes.check(call.db, of)
        lists.replace(call.db, of, steps, by=call.member)
    if wrong:
        call.roll_back()
        site = access.get(call.db, call.member, Site, site_id)
        return _page(call, site, of, rows, wrong)
    audit.note(call.db, call.system, Act.SETTINGS_CHANGED, site.name, by=call.member)
    return call.redirect(f"/settings/sites/{site_id}/approval?{_query(of)}saved=yes")


def _query(of: Of) -> str:
    given = {"content_type": of.content_type, "source": of.source}
    return "".join(f"{name}={value}&" for name, value in given.items() if value)


def _page(
    call: Call, site: Site, of: Of, rows: list[Row], problems: dict[str, str] | None = None
) -> Response[str]:
    may_manage = call.member.may(Capability.MANAGE, site.id)
    return call.page(
        "sites/approval.html",
        status=422 if problems else 200,
        site=site,
        of=of,
        rows=rows or ([] if not may_manage else [Row()]),
        has_steps=bool(rows),
        empty=Row(),
        listed=lists.all_of(call.db, site.id),
        types=approval_scopes.types(call.db, site.id),
        sources=approval_scopes.SOURCES,
        staff=lists.staff(call.db, site.account_id, site.id),
        roles=[str(one) for one in ROLES],
        problems=problems or {},
        is_saved=call.query("saved") == "yes" and not problems,
        now=call.system.clock(),
        may_manage=may_manage,
    )


ROUTES = [show, change]
