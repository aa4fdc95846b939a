"""`/api/schema`: the API's description for people, and as JSON for programs. Needs no network."""

from __future__ import annotations

from typing import Any

import litestar
import msgspec
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from webapp.api import schema, v1
from webapp.call import READING
from webapp.core import web

AnyRequest = Request[Any, Any, Any]


def document(request: AnyRequest) -> dict[str, Any]:
    """The OpenAPI document of the running application; made once."""
    state = request.app.state
    if "openapi" not in state:
        state["openapi"] = schema.build(v1.HANDLERS, state.system.config.public_url)
    made: dict[str, Any] = state["openapi"]
    return made


@litestar.route("/api/schema/openapi.json", http_method=READING, sync_to_thread=False)
def as_json(request: AnyRequest) -> Response[dict[str, Any]]:
    """OpenAPI 3.1."""
    return Response(document(request), media_type="application/json")


@litestar.route("/api/schema", http_method=READING, sync_to_thread=True)
def as_page(request: AnyRequest) -> Response[str]:
    """The same to read."""
    found = document(request)
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            one = {**operation, "method": method.upper(), "path": path}
            tags.setdefault(operation["tags"][0], []).append(one)
    html = (
        web.templates()
        .get_template("api/schema.html")
        .render(
            info=found["info"],
            tags=tags,
            schemas=found["components"]["schemas"],
            responses=found["components"]["responses"],
            type_of=type_of,
            name_of=_name_of,
            json_of=_json_of,
        )
    )
    return web.html_response(html)


def type_of(described: dict[str, Any]) -> str:
    """A schema in a few words: `text or nothing`, `list of Term`, `one of: draft, trash`."""
    if "$ref" in described:
        return _name_of(described)
    if "anyOf" in described:
        return " or ".join(type_of(one) for one in described["anyOf"])
    if "enum" in described:
        return f"one of: {', '.join(str(one) for one in described['enum'])}"
    if "const" in described:
        return str(described["const"]).lower()
    kind: Any = described.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(_WORDS.get(one, str(one)) for one in kind)
    if kind == "array":
        return f"list of {type_of(described.get('items', {}))}"
    return "time" if described.get("format") == "date-time" else _WORDS.get(kind, str(kind))


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "null": "nothing",
    "boolean": "true or false",
}


def _json_of(value: Any) -> str:
    """As people read it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _name_of(described: dict[str, Any]) -> str:
    return str(described.get("$ref", "")).rsplit("/", 1)[-1]


ROUTES: list[HTTPRouteHandler] = [as_json, as_page]
