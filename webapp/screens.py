"""All pages, and the frame that stands around them: what the application mounts."""

from __future__ import annotations

from litestar import Router

from webapp.accounts import pages as accounts
from webapp.calendar import feeds, moves, saved
from webapp.calendar import pages as calendar
from webapp.content import decisions, scheduling
from webapp.content import pages as content
from webapp.people import pages as people
from webapp.people import security_log
from webapp.publications import pages as publisher
from webapp.queue import pages as queue
from webapp.review import frame as review_frame
from webapp.review import pages as review
from webapp.sites import pages as sites
from webapp.sites import publishing

frame = review_frame.build

# In one router: Litestar breaks synchronous handlers that share a path and stand outside of one.
ROUTES = [
    Router(
        "/",
        route_handlers=[
            *accounts.ROUTES,
            *people.ROUTES,
            *security_log.ROUTES,
            *review_frame.ROUTES,
            *review.ROUTES,
            *content.ROUTES,
            *decisions.ROUTES,
            *scheduling.ROUTES,
            *calendar.ROUTES,
            *moves.ROUTES,
            *saved.ROUTES,
            *feeds.ROUTES,
            *publisher.ROUTES,
            *queue.ROUTES,
            *sites.ROUTES,
            *publishing.ROUTES,
        ],
    )
]
