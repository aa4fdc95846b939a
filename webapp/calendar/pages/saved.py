"""Views of the calendar that a person gave a name, to come back to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.calendar import reading
from webapp.calendar.address import PATH
from webapp.calendar.models import SavedView
from webapp.call import Call, get, post
from webapp.core import limits
from webapp.core.errors import Invalid, NotFound
from webapp.forms import Form

KEPT = ("view", "site", "status", "type", "author", "cluster")
MOST = 30


class ViewForm(Form):
    """A name for the filters of an address."""

    name: str = ""
    query: str = ""


def views_of(db: Session, member: Member) -> list[SavedView]:
    """The member's own views, by name."""
    query = access.visible(member, SavedView).where(SavedView.user_id == member.user_id)
    return list(db.scalars(query.order_by(sa.func.lower(SavedView.name))))


@get("/publisher/content-calendar/views")
def index(call: Call) -> Response[str]:
    """The member's views; a menu of the calendar asks for them when it is opened."""
    query = reading.address(call.request, call.system).query(date=None, skip=0)
    context: dict[str, Any] = {"saved": views_of(call.db, call.member), "query": query}
    if call.is_htmx:
        return call.fragment("calendar/_views.html", **context)
    return call.page("calendar/views.html", **context)


@post("/publisher/content-calendar/views")
def save(call: Call, data: ViewForm) -> Response[str]:
    """Keep the view and its filters under a name; the same name again replaces it."""
    name = " ".join(data.name.split())
    if not name:
        raise Invalid({"name": "Give the view a name."})
    query = urlencode([(k, v) for k, v in parse_qsl(data.query) if k in KEPT and v])
    wrong = limits.wrong("saved_views", {"name": name, "query": query})
    if wrong:
        raise Invalid(wrong)
    views = views_of(call.db, call.member)
    same = next((one for one in views if one.name == name), None)
    if same is not None:
        same.query = query
    elif len(views) >= MOST:
        raise Invalid({"name": f"There are {MOST} views already. Remove one first."})
    else:
        call.db.add(
            SavedView(
                account_id=call.member.account_id,
                user_id=call.member.user_id,
                name=name,
                query=query,
            )
        )
    return call.redirect(f"{PATH}?{query}")


@post("/publisher/content-calendar/views/{view_id:int}/removal")
def remove(call: Call, view_id: int) -> Response[str]:
    """Forget one of one's own views."""
    found = access.get(call.db, call.member, SavedView, view_id)
    if found.user_id != call.member.user_id:
        raise NotFound
    call.db.delete(found)
    return call.redirect(PATH)


ROUTES = [index, save, remove]
