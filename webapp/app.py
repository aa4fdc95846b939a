"""The web process: one list of routers, one way to answer problems."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router

from webapp import config as configuration
from webapp import health
from webapp.accounts import routes
from webapp.api import v1
from webapp.authentication import Authentication, guard
from webapp.config import Config
from webapp.core import log as logs
from webapp.core import system as systems
from webapp.core.errors import Problem
from webapp.core.system import System
from webapp.live import stream

log = structlog.get_logger()
LARGEST_BODY = 12 * 1024 * 1024


def create_app(config: Config | None = None, system: System | None = None) -> Litestar:
    """The ASGI application. With `system`, on that one (tests); else on one it makes and closes."""
    used = system or systems.create(config or configuration.load())
    app = Litestar(
        route_handlers=[
            *health.ROUTES,
            *v1.ROUTES,
            *stream.ROUTES,
            create_static_files_router(
                path="/static",
                directories=[configuration.root() / "static"],
                opt={"is_public_file": True},
                cache_control=None,
            ),
        ],
        state=State({"system": used}),
        middleware=[DefineMiddleware(Authentication, exclude=["^/static"])],
        guards=[guard],
        exception_handlers={Problem: _problem, HTTPException: _http, Exception: _bug},
        lifespan=[_lifespan(used, owns=system is None)],
        openapi_config=OpenAPIConfig(
            title="IGNY8", version="1", path="/api/schema", render_plugins=[JsonRenderPlugin()]
        ),
        compression_config=CompressionConfig(backend="gzip", exclude=["^/events"]),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
    )
    _check_routes(app)
    return app


def _lifespan(system: System, owns: bool) -> Any:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        logs.configure(system.config.log)
        async with stream.running_board(system) as board:
            app.state.board = board
            yield
        if owns:
            system.close()

    return lifespan


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


def _problem(_request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    body = {"success": False, "error": problem.as_dict()}
    return Response(body, status_code=problem.status, headers=problem.headers)


def _http(_request: Request[Any, Any, Any], problem: HTTPException) -> Response[Any]:
    """What Litestar itself refuses: unknown paths, wrong methods, malformed bodies."""
    error: dict[str, Any] = {"code": _name(problem.status_code), "message": problem.detail}
    if problem.extra:
        error["details"] = {"problems": problem.extra}
    return Response(
        {"success": False, "error": error},
        status_code=problem.status_code,
        headers=dict(problem.headers or {}),
    )


def _bug(request: Request[Any, Any, Any], problem: Exception) -> Response[Any]:
    reference = uuid.uuid4().hex[:12]
    log.error("a request met a bug", path=request.url.path, reference=reference, exc_info=problem)
    message = "Something went wrong that should not have. Nothing was saved."
    error = {"code": "INTERNAL_ERROR", "message": message, "details": {"reference": reference}}
    return Response({"success": False, "error": error}, status_code=500)


def _name(status: int) -> str:
    names = {400: "BAD_REQUEST", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}
    return names.get(status, f"HTTP_{status}")
