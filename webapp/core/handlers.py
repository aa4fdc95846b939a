"""Route decorators: a handler is a plain function that runs whole in one thread and transaction.

`@get`, `@post`, `@patch`, `@delete` take what Litestar's take. The function may ask for `db` (a
Session: reading for GET, writing otherwise; an exception rolls back), `system` and `member`.

Not a Litestar dependency, because those run in a thread call of their own: a transaction that
spans several calls can starve when all threads wait for it to end.
"""

from __future__ import annotations

import functools
import inspect
import re
import typing
from collections.abc import Callable
from typing import Any, Literal

import litestar
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, RawBody

from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import Invalid, NotFound, NotSignedIn

Handler = Callable[..., Any]
Decorator = Callable[[Handler], HTTPRouteHandler]
# Whoever may read may also ask for the headers only.
READING: tuple[Literal["GET"], Literal["HEAD"]] = ("GET", "HEAD")
_INJECTED = ("db", "system", "member")
# Bodies: Litestar's names for them, and the API's (api/endpoint.py).
_NOT_PARAMETERS = ("data", "given")


def get(path: str, **options: Any) -> Decorator:
    return _decorator(functools.partial(litestar.route, http_method=READING), path, False, options)


def post(path: str, **options: Any) -> Decorator:
    return _decorator(litestar.post, path, True, options)


def patch(path: str, **options: Any) -> Decorator:
    return _decorator(litestar.patch, path, True, options)


def put(path: str, **options: Any) -> Decorator:
    return _decorator(litestar.put, path, True, options)


def delete(path: str, **options: Any) -> Decorator:
    return _decorator(litestar.delete, path, True, options)


def _decorator(route: Any, path: str, writes: bool, options: dict[str, Any]) -> Decorator:
    def decorate(function: Handler) -> HTTPRouteHandler:
        whole = in_transaction(function, writes, path)
        made: HTTPRouteHandler = route(path, sync_to_thread=True, **options)(whole)
        return made

    return decorate


def in_transaction(function: Handler, writes: bool, path: str) -> Handler:
    """`function` as a Litestar handler: it gets what it asks for, within one transaction.

    What it takes beyond that and what Litestar reserves is in the path or in the query.
    """
    in_path = set(re.findall(r"{(\w+):", path))
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function, include_extras=True)
    wanted = [name for name in _INJECTED if name in signature.parameters]
    wants_request = "request" in signature.parameters

    def whole(*, request: Any, **given: Any) -> Any:
        _check_storable(request, given)
        system = request.app.state.system
        if wants_request:
            given["request"] = request
        if "system" in wanted:
            given["system"] = system
        if "member" in wanted:
            given["member"] = _member(request)
        if "db" not in wanted:
            return function(**given)
        with system.db.write() if writes else system.db.read() as db:
            return function(db=db, **given)

    kept = [p for name, p in signature.parameters.items() if name not in (*_INJECTED, "request")]
    asked = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    kept = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in kept]
    functools.update_wrapper(whole, function)
    whole.__signature__ = signature.replace(parameters=[asked, *kept])  # type: ignore[attr-defined]
    whole.__annotations__ = {
        "request": Request[Any, Any, Any],
        **{p.name: _declared(p.name, hints[p.name], in_path) for p in kept if p.name in hints},
        "return": hints.get("return", Any),
    }
    del whole.__dict__["__wrapped__"]
    return whole


def _declared(name: str, hint: Any, in_path: set[str]) -> Any:
    """The type of a parameter with the place it comes from, as Litestar wants it told."""
    if name == "body":
        return RawBody
    if name in _NOT_PARAMETERS or typing.get_origin(hint) is typing.Annotated:
        return hint
    place: Any = FromPath if name in in_path else FromQuery
    return place[hint]


def _check_storable(request: Request[Any, Any, Any], given: dict[str, Any]) -> None:
    """Stop what no database of ours can hold, wherever it is typed: it is a caller's mistake."""
    if any(isinstance(value, int) and abs(value) > LARGEST_INTEGER for value in given.values()):
        raise NotFound  # the id of nothing
    if "\x00" in request.url.path:
        raise NotFound
    form = given.get("data")
    texts = {**request.query_params, **(form if isinstance(form, dict) else {})}
    nul = "This holds a character that cannot be stored (NUL)."
    wrong = {name: nul for name, text in texts.items() if "\x00" in str(text)}
    if wrong:
        raise Invalid(wrong)


def _member(request: Request[Any, Any, Any]) -> Any:
    """The signed-in member; the route table has let nobody else through, unless it is wrong."""
    member = request.user
    if not hasattr(member, "user_id"):
        raise NotSignedIn("Sign in first.")
    return member
