"""The calendar in other programs: an iCalendar file at an address that only its owner knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access, members
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.calendar import ical
from webapp.calendar.models import CalendarFeed
from webapp.call import Call, get, post
from webapp.core.errors import NotFound
from webapp.core.secrets import new_token
from webapp.core.system import System
from webapp.core.web import id_in
from webapp.forms import Form, Number
from webapp.integrations import obstacles
from webapp.publisher.records import states
from webapp.writer.models import Content

PAGE = "/publisher/content-calendar/feeds"
PURPOSE = "calendar feed"
BACK = timedelta(days=31)
MOST = 5000


class FeedForm(Form):
    """Of one site, or of all."""

    site_id: Number = None


@dataclass(frozen=True)
class Offer:
    """A calendar that one can subscribe to; `address` is "" before it was made."""

    site_id: int | None
    name: str
    address: str


@get("/publisher/content-calendar/feeds")
def index(call: Call) -> Response[str]:
    """One's own addresses: for each site, and for all together."""
    mine = access.visible(call.member, CalendarFeed).where(
        CalendarFeed.user_id == call.member.user_id
    )
    made = {feed.site_id: address(call.system, feed) for feed in call.db.scalars(mine)}
    query = access.visible(call.member, Site, Site.id, Site.name).order_by(sa.func.lower(Site.name))
    named = [(None, "All sites"), *((row.id, row.name) for row in call.db.execute(query))]
    offers = [Offer(site_id, name, made.get(site_id, "")) for site_id, name in named]
    return call.page("calendar/feeds.html", offers=offers)


@post("/publisher/content-calendar/feeds")
def renew(call: Call, data: FeedForm) -> Response[str]:
    """Make an address; an old one stops working."""
    wanted = data.site_id
    site_id = access.get(call.db, call.member, Site, wanted).id if wanted is not None else None
    same = CalendarFeed.site_id == site_id if site_id else CalendarFeed.site_id.is_(None)
    query = access.visible(call.member, CalendarFeed).where(
        CalendarFeed.user_id == call.member.user_id, same
    )
    feed = call.db.scalars(query.with_for_update()).first()
    if feed is None:
        feed = CalendarFeed(
            account_id=call.member.account_id,
            user_id=call.member.user_id,
            site_id=site_id,
            nonce="",
        )
        call.db.add(feed)
    feed.nonce = new_token("cal")
    return call.redirect(PAGE)


@get("/publisher/content-calendar/feeds/{token:str}")
def download(call: Call, token: str) -> Response[bytes]:
    """The file itself, for whoever knows the address."""
    reader, site_id = _reader(call.db, call.system, token)
    now = call.system.clock()
    columns = (
        Content.id,
        Content.title,
        Content.status,
        Content.site_status,
        Content.attention,
        Content.scheduled_publish_at,
        Content.first_published_at,
        Content.updated_at,
        Content.external_url,
        Content.content_hash,
        Content.approved_hash,
        Site.name.label("site"),
        Site.timezone.label("zone"),
        obstacles.column(Site.id).label("obstacle"),
    )
    at = sa.func.coalesce(Content.scheduled_publish_at, Content.first_published_at)
    planned = sa.and_(
        Content.site_status.in_((states.SCHEDULED, states.PUBLISHING)),
        Content.scheduled_publish_at >= now - BACK,
    )
    query = (
        access.visible(reader, Content, *columns)
        .join(Site, Site.id == Content.site_id)
        .where(sa.or_(planned, Content.first_published_at >= now - BACK))
        .order_by(at, Content.id)
        .limit(MOST)
    )
    if site_id is not None:
        query = query.where(Content.site_id == site_id)
    rows = call.db.execute(query).all()
    name = rows[0].site if rows and site_id is not None else "IGNY8"
    data = ical.render(rows, name=name, public_url=call.system.config.public_url)
    headers = {
        "Cache-Control": "private, max-age=300",
        "Content-Disposition": 'inline; filename="igny8.ics"',
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Response(data, media_type="text/calendar", headers=headers)


def address(system: System, feed: CalendarFeed) -> str:
    """The secret address of a feed."""
    signature = system.secrets.sign(PURPOSE, f"{feed.id} {feed.nonce}")
    return f"{system.config.public_url}{PAGE}/{feed.id}-{signature}.ics"


def _reader(db: Session, system: System, token: str) -> tuple[Member, int | None]:
    """Who reads, and which site. NotFound for a wrong signature, and for people who have left."""
    number, _, signature = token.removesuffix(".ics").partition("-")
    query = members.behind(CalendarFeed, CalendarFeed.id, CalendarFeed.nonce, CalendarFeed.site_id)
    row = db.execute(query.where(CalendarFeed.id == id_in(number))).one_or_none()
    if row is None or not system.secrets.signed(PURPOSE, f"{row.id} {row.nonce}", signature):
        raise NotFound
    return members.member(db, row), row.site_id


ROUTES = [index, renew, download]
