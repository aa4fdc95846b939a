"""Handlers that do one thing with one piece, and show where they stand what came of it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from webapp.accounts import access
from webapp.call import Call, post
from webapp.core.errors import Problem
from webapp.writer.models import Content


def on_content(
    path: str, *, done: Callable[..., Response[str]], refused: Callable[..., Response[str]]
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """`POST /content/<id>/<path>`. The decorated function gets the call, the locked content and its
    form, and acts. `done(call, content, form, made)` answers with what it gave;
    `refused(call, content_id, form, problem)` with the Problem that it raised, when all that was
    written is taken back, unless the Problem keeps it."""

    def decorate(act: Callable[..., Any]) -> HTTPRouteHandler:
        def handler(call: Call, content_id: int, data: Any) -> Response[str]:
            try:
                content = access.get_for_update(call.db, call.member, Content, content_id)
                made = act(call, content, data)
                call.db.flush()
            except Problem as problem:
                if problem.is_of_page:
                    raise
                if not problem.keeps:
                    call.roll_back()
                return refused(call, content_id, data, problem)
            return done(call, content, data, made)

        handler.__doc__, handler.__name__ = act.__doc__, act.__name__
        handler.__annotations__["data"] = _form_of(act)
        return post(f"/content/{{content_id:int}}/{path}")(handler)

    return decorate


def _form_of(act: Callable[..., Any]) -> Any:
    """The type of its third parameter."""
    name = list(inspect.signature(act).parameters)[2]
    return typing.get_type_hints(act)[name]
