"""The web process: one list of routers, one way to answer problems."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import structlog
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from webapp import config as configuration
from webapp import layout, problems, screens
from webapp.accounts import routes
from webapp.accounts.throttle import Throttle
from webapp.api import pages as api_pages
from webapp.api import v1
from webapp.authentication import Authentication, guard
from webapp.config import Config
from webapp.core import bodies, clock, turns, web
from webapp.core import log as logs
from webapp.core import system as systems
from webapp.core.errors import Problem
from webapp.core.system import System
from webapp.entrance import Entrance
from webapp.health import pages as probes
from webapp.integrations import installation
from webapp.integrations.headless import pages as headless
from webapp.layout import pages as layout_pages
from webapp.live import hub
from webapp.live import pages as events
from webapp.request_log import RequestLog
from webapp.writer import allowed

log = structlog.get_logger()
LONGEST = 60  # seconds of a statement, on PostgreSQL


class Routed(NamedTuple):
    """All routes, and their handler, on no system yet."""

    app: Litestar
    handler: Any


def create_app(config: Config | None = None, system: System | None = None) -> Litestar:
    """The ASGI application. With `system`, on that one (tests); else on one it makes and closes."""
    used = system or systems.create(config or configuration.load(), longest=LONGEST)
    if system is None:
        clock.use(used.clock)
        installation.begin(used)
    return put_on(used, routed(), owns=system is None)


def routed() -> Routed:
    """The routes take most of a start, and are the same for every system."""
    app = Litestar(
        route_handlers=[
            *probes.ROUTES,
            *v1.ROUTES,
            *api_pages.ROUTES,
            *headless.ROUTES,
            *events.ROUTES,
            *screens.ROUTES,
            *layout_pages.FILES,
        ],
        middleware=[DefineMiddleware(Authentication, exclude=["^/static"])],
        guards=[guard],
        exception_handlers={
            Problem: problems.of_ours,
            HTTPException: problems.of_litestar,
            Exception: problems.of_bug,
        },
        lifespan=[_lifespan],
        openapi_config=None,  # ours is made from the routes by webapp/api/schema.py
        # Static files are packed already.
        compression_config=CompressionConfig(backend="gzip", exclude=["^/events", "^/static"]),
        request_max_body_size=bodies.LARGEST,
        multipart_form_part_limit=bodies.MOST_FIELDS,
        logging_config=None,
        debug=False,
    )
    _check_routes(app)
    web.templates()  # code and templates of one release
    return Routed(app, app.asgi_handler)


def put_on(system: System, routed: Routed, *, owns: bool = False) -> Litestar:
    """The routes, serving this system from now on; one that it `owns` it closes at its end."""
    app, config = routed.app, system.config
    if app.state.get("hub") is not None:
        raise RuntimeError("These routes serve another system.")
    allowed.use(allowed.policy_of(config))
    app.state = State(
        {
            "system": system,
            "owns_system": owns,
            "layout": partial(layout.build, config=config),
            "throttle": Throttle(config.api_per_minute, config.queue_url, _shared_name(system)),
            "turns": turns.of_sign_ins(),
            "picture_turns": turns.of_pictures(),
        }
    )
    entrance: Any = Entrance(routed.handler, config)
    told: Any = RequestLog(entrance)
    # A proxy that is trusted says where a request really came from; nobody else is asked.
    within: Any = ProxyHeadersMiddleware(told, list(config.trusted_proxies))
    app.asgi_handler = within
    return app


def _shared_name(system: System) -> str:
    """What this installation is called where several may share a Redis."""
    return "" if system.config.queue_url.startswith("sqlite") else system.db.name


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    system: System = app.state.system
    logs.configure(system.config.log)
    async with hub.running_hub(system) as live:
        app.state.hub = live
        log.info("web started", host=system.config.host, port=system.config.port)
        yield
    app.state.hub = None
    if app.state.owns_system:
        system.close()
    log.info("web stopped")


def _check_routes(app: Litestar) -> None:
    """Every route must say who may use it: one that the table lacks stops the start."""
    missing = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "is_public_file" in handler.opt:
                continue
            path = route.path.rstrip("/") or "/"
            missing += [
                f"{method} {path}"
                for method in handler.http_methods
                if method not in ("HEAD", "OPTIONS") and f"{method} {path}" not in routes.ROUTES
            ]
    if missing:
        raise RuntimeError(f"routes missing from accounts/routes.py: {sorted(missing)}")
