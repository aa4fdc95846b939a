"""Whether answers of the API have a status that its description knows."""

from __future__ import annotations

import re

import httpx

from webapp.api import schema, v1

DOCUMENT = schema.build(v1.HANDLERS, "http://desk.example")
# Each operation as a pattern of "METHOD path", with the statuses that it is said to have.
STATUSES = [
    (re.compile(f"{method.upper()} {re.sub(r'{[a-z_]+}', '[^/]+', path)}?"), operation["responses"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def is_described(response: httpx.Response) -> None:
    """Every answer that a test of the API gets has a status that its operation is said to have."""
    asked = f"{response.request.method} {response.request.url.path}"
    for pattern, statuses in STATUSES:
        if pattern.fullmatch(asked):
            assert str(response.status_code) in statuses, f"{asked}: {response.status_code}"
