"""One request, and who makes it: what every handler gets.

`@get`, `@post`, `@patch`, `@put`, `@delete` take what Litestar's take. A handler is a plain
function of a `Call`, of what its path and query name, and of its form (`data`, a struct of
webapp/forms.py). It runs whole in one thread, and in one transaction that begins with the first use
of `call.db`: reading for GET, writing otherwise; an exception rolls it back, unless it says that it
keeps what was done (errors.HalfDone).

Not a Litestar dependency, because those run in a thread call of their own: a transaction that
spans several calls can starve when all threads wait for it to end.
"""

from __future__ import annotations

import functools
import inspect
import re
import typing
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated, Any, Literal, TypeVar

import litestar
from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body, FromPath, FromQuery, RawBody
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import crossed, web
from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import Invalid, NotFound, NotSignedIn, Problem
from webapp.core.system import System
from webapp.core.web import Toast
from webapp.forms import NUL, Form, check_kind

# What a browser sent, before a form reads it; a name that occurs more than once has a list.
Sent = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]

F = TypeVar("F", bound=Form)
Handler = Callable[..., Any]
Decorator = Callable[[Handler], HTTPRouteHandler]
# Whoever may read may also ask for the headers only.
READING: tuple[Literal["GET"], Literal["HEAD"]] = ("GET", "HEAD")
# Bodies: Litestar's name for them, and the API's (api/endpoint.py).
_NOT_PARAMETERS = ("data", "given")


class Call:
    """One request with its transaction, its member, and the ways to answer it."""

    def __init__(self, request: Request[Any, Any, Any], stack: ExitStack, *, writes: bool) -> None:
        self.request = request
        self.system: System = request.app.state.system
        self._stack = stack
        self._writes = writes

    @functools.cached_property
    def db(self) -> Session:
        """The call's transaction; it begins here."""
        database = self.system.db
        return self._stack.enter_context(database.write() if self._writes else database.read())

    @property
    def member(self) -> Member:
        """Who is signed in; the route table has let nobody else through, unless it is wrong."""
        member = self.request.user
        if not isinstance(member, Member):
            raise NotSignedIn("Sign in first.")
        return member

    def query(self, name: str, default: str = "") -> str:
        """What the address says for a name; of several the first."""
        return str(self.request.query_params.get(name, default))

    def asked(self, form: type[F]) -> F:
        """What the address says, as one form."""
        names = self.request.query_params
        return form.read({name: names[name] for name in names})

    @property
    def is_htmx(self) -> bool:
        """Whether a fragment is wanted, and not a page."""
        return web.is_htmx(self.request)

    def page(self, template: str, **options: Any) -> Response[str]:
        """A whole page: see `web.page`."""
        return web.page(self.request, self.db, template, **options)

    def fragment(
        self, template: str, *, status: int = 200, toast: Toast | None = None, **context: Any
    ) -> Response[str]:
        """A template that pages include, alone."""
        return web.fragment(self.request, template, status=status, toast=toast, **context)

    def redirect(self, path: str) -> Response[str]:
        """To another page of ours."""
        return web.redirect(self.request, path)

    def roll_back(self) -> None:
        """Take back what was written, and what was promised for after the commit; the call goes on
        and reads."""
        self.db.rollback()
        self.db.info.clear()


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
    """`function` as a Litestar handler: it gets its call, within one transaction.

    What it takes beyond that and what Litestar reserves is in the path or in the query.
    """
    in_path = set(re.findall(r"{(\w+):", path))
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function, include_extras=True)
    has_call = "call" in signature.parameters
    forms = {name: hint for name, hint in hints.items() if _is_form(hint)}

    def whole(*, request: Any, **given: Any) -> Any:
        _check_storable(request, given)
        if forms:
            check_kind(request)
        for name, form in forms.items():
            given[name] = form.read(given[name])
        if not has_call:
            return function(**given)

        def once() -> Any:
            with ExitStack() as stack:
                try:
                    return function(call=Call(request, stack, writes=writes), **given)
                except Problem as problem:
                    if not problem.keeps:
                        raise
                    kept = problem
            raise kept

        return crossed.again(once)

    kept = [p for name, p in signature.parameters.items() if name != "call"]
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


def _is_form(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Form)


def _declared(name: str, hint: Any, in_path: set[str]) -> Any:
    """The type of a parameter with the place it comes from, as Litestar wants it told."""
    if name == "body":
        return RawBody
    if _is_form(hint):
        return Sent
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
    wrong = {name: NUL for name, text in request.query_params.items() if "\x00" in str(text)}
    if wrong:
        raise Invalid(wrong, NUL)
