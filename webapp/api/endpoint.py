"""Route decorators of the JSON API: envelope, body, status, and what OpenAPI says about it.

A handler is a plain function that returns its data; `given` is the body as the Struct that the
decorator names with `takes`. The body is read before the transaction begins, and its
`prepare` runs then, if it has one.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import litestar
import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from webapp.api import reading
from webapp.call import READING, in_transaction
from webapp.core import origins
from webapp.core.errors import Invalid, gather

ROOT = "/api/v1"
Handler = Callable[..., Any]
Decorator = Callable[[Handler], HTTPRouteHandler]


@dataclass(frozen=True)
class Parameter:
    """A query parameter or header, as the documentation shows it."""

    name: str
    about: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    place: str = "query"


@dataclass(frozen=True)
class Operation:
    """All that OpenAPI says about a route; kept in the handler's `opt["operation"]`.

    `takes` is the JSON body. `takes_file`: JSON, a form with a file, or the bytes of an image;
    the handler reads `body: bytes` by itself. `signs_in`: it judges a password, and waits for its
    turn in a thread that serves no pages. `names_all`: fields that cannot be read are named
    together with those that the handler finds wrong; it runs for that with the fields that can be
    read, and nothing of it is kept. Only for handlers that touch nothing but the database.
    """

    summary: str
    gives: Any
    takes: type[msgspec.Struct] | None = None
    takes_file: type[msgspec.Struct] | None = None
    signs_in: bool = False
    names_all: bool = False
    is_list: bool = False
    public: bool = False
    status: int = 200
    errors: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Listed:
    """What a handler of a list returns: one page of results."""

    count: int | None
    next: str | None
    previous: str | None
    results: list[Any]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


@dataclass(frozen=True)
class Tagged:
    """Data together with headers of the answer, such as its ETag."""

    data: Any
    headers: dict[str, str]


def get(path: str, **about: Any) -> Decorator:
    return _decorator("GET", path, False, about)


def post(path: str, **about: Any) -> Decorator:
    return _decorator("POST", path, True, about)


def put(path: str, **about: Any) -> Decorator:
    return _decorator("PUT", path, True, about)


def patch(path: str, **about: Any) -> Decorator:
    return _decorator("PATCH", path, True, about)


def delete(path: str, **about: Any) -> Decorator:
    return _decorator("DELETE", path, True, about)


def _decorator(method: str, path: str, writes: bool, about: dict[str, Any]) -> Decorator:
    def decorate(function: Handler) -> HTTPRouteHandler:
        summary = (inspect.getdoc(function) or "").split("\n")[0]
        operation = Operation(summary=summary, **about)
        act = _naming_all(function) if operation.names_all else function
        whole = _enveloped(in_transaction(act, writes, path), operation)
        if operation.takes_file:
            whole = in_turn(whole)
        elif operation.signs_in:
            whole = _signing_in(whole)
        return litestar.route(
            path,
            http_method=READING if method == "GET" else method,  # type: ignore[arg-type]
            status_code=operation.status,
            sync_to_thread=None if inspect.iscoroutinefunction(whole) else True,
            opt={"operation": operation},
        )(whole)

    return decorate


@dataclass(frozen=True)
class _Partly:
    """A body of which some fields could not be read, and what is wrong with them."""

    read: msgspec.Struct
    wrong: dict[str, str]


def _naming_all(function: Handler) -> Handler:
    """`function`, which runs within its transaction: one for a body that is read partly ends with
    Invalid, and so is rolled back."""

    @functools.wraps(function)
    def whole(*, given: Any, **more: Any) -> Any:
        if not isinstance(given, _Partly):
            return function(given=given, **more)
        wrong = dict(given.wrong)
        with gather(wrong):
            function(given=given.read, **more)
        raise Invalid(wrong)

    return whole


def _body(raw: bytes, operation: Operation) -> Any:
    """What the handler gets as `given`. Raises Malformed and Invalid."""
    assert operation.takes is not None
    read, wrong = reading.partly(raw, operation.takes)
    if wrong and not operation.names_all:
        raise Invalid(wrong)
    if hasattr(read, "prepare"):
        read.prepare()
    return _Partly(read, wrong) if wrong else read


def in_turn(whole: Handler) -> Handler:
    """`whole` for files: whoever waits for a turn holds no thread of those that serve pages."""

    @functools.wraps(whole)
    async def turned(**given: Any) -> Response[Any]:
        request = given["request"]
        who = getattr(request.user, "account_id", 0)
        act = functools.partial(whole, **given)
        answer: Response[Any] = await request.app.state.picture_turns.run(who, act)
        return answer

    del turned.__dict__["__wrapped__"]
    return turned


def _signing_in(whole: Handler) -> Handler:
    """`whole` for passwords, as the sign-in page waits for its turn."""

    @functools.wraps(whole)
    async def turned(**given: Any) -> Response[Any]:
        request = given["request"]
        place = origins.counted(request.client.host if request.client else "")
        answer: Response[Any] = await request.app.state.turns.run(
            place, functools.partial(whole, **given)
        )
        return answer

    del turned.__dict__["__wrapped__"]
    return turned


def _enveloped(inner: Handler, operation: Operation) -> Handler:
    takes = operation.takes
    signature = inspect.signature(inner)

    def whole(**given: Any) -> Response[Any]:
        if takes is not None:
            read = _body(given.pop("body"), operation)
            if "given" in signature.parameters:
                given["given"] = read
        return _answer(inner(**given), operation)

    parameters = [p for name, p in signature.parameters.items() if name != "given"]
    annotations = {k: v for k, v in inner.__annotations__.items() if k != "given"}
    if takes is not None:
        body = inspect.Parameter("body", inspect.Parameter.KEYWORD_ONLY, annotation=RawBody)
        parameters.append(body)
        annotations["body"] = RawBody
    functools.update_wrapper(whole, inner)
    whole.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=parameters, return_annotation=Response[Any]
    )
    whole.__annotations__ = {**annotations, "request": Request[Any, Any, Any], "return": Response}
    del whole.__dict__["__wrapped__"]
    return whole


def _answer(data: Any, operation: Operation) -> Response[Any]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(data, Tagged):
        headers, data = {**headers, **data.headers}, data.data
    if isinstance(data, Listed):
        content = {
            "success": True,
            "count": data.count,
            "next": data.next,
            "previous": data.previous,
            "results": data.results,
        }
    else:
        content = {"success": True, "data": data}
    return Response(content, status_code=operation.status, headers=headers)
