"""All pages: what the application mounts."""

from __future__ import annotations

from litestar import Router

from webapp.accounts import pages as accounts
from webapp.calendar import pages as calendar
from webapp.content import pages as content
from webapp.drift import pages as drift
from webapp.editor import pages as editor
from webapp.history import pages as history
from webapp.layout import pages as layout
from webapp.people import pages as people
from webapp.publications import pages as publications
from webapp.queue import pages as queue
from webapp.review import pages as review
from webapp.sites import pages as sites
from webapp.threads import pages as threads

_FEATURES = (
    accounts,
    people,
    layout,
    review,
    content,
    threads,
    editor,
    history,
    drift,
    calendar,
    publications,
    queue,
    sites,
)
# In one router: Litestar breaks synchronous handlers that share a path and stand outside of one.
ROUTES = [Router("/", route_handlers=[one for each in _FEATURES for one in each.ROUTES])]
