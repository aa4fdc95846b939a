"""The API's own description: OpenAPI 3.1, made from the routes as they are.

Shapes come from the Structs that handlers read and return, who may call from the table of routes,
so neither can say anything else than what the code does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler

from webapp.accounts import rights, route_table
from webapp.accounts.rights import Role
from webapp.accounts.route_table import Door, Needs
from webapp.api.answers import ErrorAnswer
from webapp.api.described import samples, words
from webapp.api.described.fields import PATHS
from webapp.api.endpoint import ROOT, Operation

PROBLEMS = {
    301: "It has another address now, see `Location`: `MOVED`.",
    400: "The body cannot be read: `MALFORMED_JSON`.",
    401: "Nobody known: `NOT_SIGNED_IN`, `INVALID_CREDENTIALS`.",
    403: "Known, and not allowed: `FORBIDDEN`, `CSRF`.",
    404: "There is no such thing for this caller: `NOT_FOUND`.",
    408: "The body took too long to arrive: `HTTP_408`.",
    409: "Its state or version does not allow that: `ILLEGAL_STATE`, `VERSION_CONFLICT`, "
    "`ALREADY_PUBLISHED`, `IN_FLIGHT`, `NOT_PUBLISHED`, `UNCLEAR`, `APPROVAL_NEEDED`, "
    "`INTEGRATION_MISSING`, `ONLINE_ELSEWHERE`, `CONNECTION_OFF`, `KEY_MISSING`, "
    "`CREDENTIALS_UNREADABLE`, `IN_THE_PAST`, `MOVED_MEANWHILE`, `NO_TIME_LEFT`, `NO_ROOM`, "
    "`TIME_TAKEN`, `ALREADY_UNDONE`, `IDEMPOTENCY_KEY_REUSED`, `WEBSITE_COPIED`.",
    413: "Larger than what can be sent here: `TOO_LARGE`.",
    421: "Called under a name that is not the installation's: `WRONG_HOST`.",
    422: "Wrong input, every field named in `fields`: `VALIDATION_FAILED`.",
    426: "The plugin speaks another major version: `PROTOCOL_UNSUPPORTED`.",
    429: "Too many requests or wrong keys, see `Retry-After`: `TOO_MANY_REQUESTS`.",
    500: "A bug of ours: `INTERNAL_ERROR`. `details.reference` finds it in the log.",
    503: "The database is away, see `Retry-After`: `DATABASE_AWAY`. Perhaps it was done.",
}
_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+):(\w+)}")
_KINDS: dict[str, dict[str, Any]] = {"int": {"type": "integer"}, "str": {"type": "string"}}
_FILE = {
    "type": "string",
    "contentEncoding": "binary",
    "description": "The picture's bytes: JPEG, PNG, GIF or WebP of at most 10 MB.",
}


def build(handlers: list[HTTPRouteHandler], public_url: str) -> dict[str, Any]:
    """The whole OpenAPI document."""
    found = [(handler, handler.opt["operation"]) for handler in handlers]
    shapes = [ErrorAnswer]
    for _, operation in found:
        shapes += [one for one in (operation.gives, operation.takes, operation.takes_file) if one]
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    schema_of = {_key(shape): schema for shape, schema in zip(shapes, schemas, strict=True)}
    words.describe(components)
    paths: dict[str, dict[str, Any]] = {}
    for handler, operation in found:
        path = ROOT + sorted(handler.paths)[0]
        method = min(handler.http_methods)  # GET also takes HEAD
        shown = _PARAMETER.sub(r"{\1}", path) + "/"
        described = _operation(method, path, handler.handler_name, operation, schema_of)
        _exemplify(f"{method} {path}", operation, described, components)
        paths.setdefault(shown, {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "IGNY8", "version": "1", "description": _ABOUT},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": _problems(schema_of[_key(ErrorAnswer)]),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "igny8_session"},
            },
        },
    }


_ABOUT = (
    "Every answer is `{success: true, data}` or, for lists, `{success: true, count, next, "
    "previous, results}`; every problem `{success: false, error: {code, message, details, "
    "fields}}`. Times are UTC. Paths work with and without the slash at the end."
)


def _problems(schema: dict[str, Any]) -> dict[str, Any]:
    """Every refusal and failure by its status."""
    found = {}
    for status, said in PROBLEMS.items():
        first = re.search(r"`([A-Z][A-Z_0-9]+)`", said)
        told = samples.ERRORS.get(status) or {
            "code": first[1] if first else "",
            "message": said.split(":")[0] + ".",
        }
        example = {"success": False, "error": told}
        content = {"application/json": {"schema": schema, "example": example}}
        found[str(status)] = {"description": said, "content": content}
    return found


def _exemplify(
    route: str, operation: Operation, described: dict[str, Any], components: dict[str, Any]
) -> None:
    """Give the operation an example of what it is sent and of what it answers."""
    takes = described.get("requestBody", {}).get("content", {})
    if takes:
        takes["application/json"]["example"] = samples.BODIES.get(route, {})
    if operation.takes_file is not None:
        beside = components[operation.takes_file.__name__]["properties"]
        takes["multipart/form-data"]["schema"]["properties"] |= {
            name: field for name, field in beside.items() if name != "image_url"
        }
    answer = described["responses"][str(operation.status)]["content"]["application/json"]
    answer["example"] = words.sample(answer["schema"], components)


def _operation(
    method: str, path: str, name: str, operation: Operation, schema_of: dict[str, Any]
) -> dict[str, Any]:
    rule = route_table.ROUTES[f"{method} {path}"]
    described: dict[str, Any] = {
        "summary": operation.summary,
        "description": _who(rule),
        "operationId": f"{_noun(path)}_{name.rsplit('.', 1)[-1]}",
        "tags": [_noun(path)],
        "parameters": [*_path_parameters(path), *_query_parameters(operation)],
        "responses": _responses(operation, rule, schema_of),
        "security": [] if rule is Door.PUBLIC else [{"bearer": []}, {"session": []}],
    }
    content = _body(operation, schema_of)
    if content:
        described["requestBody"] = {"required": operation.takes is None, "content": content}
    return described


def _body(operation: Operation, schema_of: dict[str, Any]) -> dict[str, Any]:
    if operation.takes is not None:
        return {"application/json": {"schema": schema_of[_key(operation.takes)]}}
    if operation.takes_file is None:
        return {}
    described = schema_of[_key(operation.takes_file)]
    form = {
        "type": "object",
        "description": "The picture, with what is said of it.",
        "required": ["file"],
        "properties": {"file": _FILE},
    }
    images = {f"image/{kind}": {"schema": _FILE} for kind in ("jpeg", "png", "gif", "webp")}
    return {
        "application/json": {"schema": described},
        "multipart/form-data": {"schema": form},
        **images,
    }


def _responses(operation: Operation, rule: Any, schema_of: dict[str, Any]) -> dict[str, Any]:
    data = schema_of[_key(operation.gives)]
    success = _listed(data) if operation.is_list else _answered(data)
    statuses = {*operation.errors, 421, 422, 429, 500, 503}
    if rule is not Door.PUBLIC:
        statuses |= {401, 403}
    if rule is Door.CONNECTED or (isinstance(rule, tuple) and Door.CONNECTED in rule):
        statuses |= {409}  # the key of a website that calls from another one
    if operation.takes is not None or operation.takes_file is not None:
        statuses |= {400, 408, 413}
    return {
        str(operation.status): {
            "description": "Done." if operation.status != 202 else "Taken; a worker does it.",
            "content": {"application/json": {"schema": success}},
        },
        **{str(one): {"$ref": f"#/components/responses/{one}"} for one in sorted(statuses)},
    }


def _answered(data: dict[str, Any]) -> dict[str, Any]:
    return _object(
        "What was asked for.", {"success": _DONE, "data": {**data, "description": "The answer."}}
    )


def _listed(item: dict[str, Any]) -> dict[str, Any]:
    link = {"type": ["string", "null"], "description": "The page's address; null: there is none."}
    count = {
        "type": ["integer", "null"],
        "description": "How many there are; null where pages are followed by `cursor`.",
    }
    rows = {"type": "array", "items": item, "description": "This page of the list."}
    listed = {"success": _DONE, "count": count, "next": link, "previous": link, "results": rows}
    return _object("One page of a list.", listed)


_DONE = {"const": True, "description": "`true`: it was done."}


def _object(about: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name, kind in _PARAMETER.findall(path):
        yield {
            "name": name,
            "in": "path",
            "description": f"{PATHS[name]}.",
            "required": True,
            "schema": _KINDS[kind],
            "example": samples.PLACES[name],
        }


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for one in operation.parameters:
        example = {"example": samples.PLACES[one.name]} if one.name in samples.PLACES else {}
        yield {
            "name": one.name,
            "in": one.place,
            "description": one.about,
            "required": False,
            "schema": one.schema,
            **example,
        }


def _who(rule: Any) -> str:
    """A sentence about who may call it."""
    rules = rule if isinstance(rule, tuple) else (rule,)
    said = {
        Door.PUBLIC: "Anyone may call this.",
        Door.CONNECTED: "For an integration with its own key.",
    }
    return " ".join(
        f"{_roles(one)} may call this; a token needs the scope `{one.scope}`."
        if isinstance(one, Needs)
        else said[one]
        for one in rules
    )


def _roles(needs: Needs) -> str:
    """“Editors, admins and owners”: who may do what the route needs."""
    *most, last = [f"{role}s" for role in Role if needs.capability in (None, *rights.of(role))]
    return f"{', '.join(most)} and {last}".capitalize() if most else last.capitalize()


def _noun(path: str) -> str:
    """`content` of /api/v1/writer/content/{content_id:int}/publish."""
    parts = path.removeprefix(ROOT).strip("/").split("/")
    grouped = parts[0] in ("writer", "publisher", "integration")
    return parts[1] if grouped else parts[0]


def _key(shape: Any) -> str:
    return repr(shape)
