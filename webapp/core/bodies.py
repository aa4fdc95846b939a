"""How much a request may carry: counted while it arrives, before anything is made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from webapp.core.errors import TooLarge

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

LARGEST = 12 * 1024 * 1024
LARGEST_FORM = 256 * 1024
# As many as one may tick at once (webapp/forms.py), and those of the page beside them.
MOST_FIELDS = 220
_PROGRAMS = "/api/"  # who send texts and pictures


def largest(path: str) -> int:
    """How many bytes a request to this path may have."""
    return LARGEST if path.startswith(_PROGRAMS) else LARGEST_FORM


def bounded(scope: Any, receive: Receive) -> Receive:
    """`receive` that raises TooLarge as soon as the body has more bytes or fields than it may."""
    most = largest(scope["path"])
    is_form = most == LARGEST_FORM
    bytes_came, fields_came = 0, 1

    async def receive_so_much() -> MutableMapping[str, Any]:
        nonlocal bytes_came, fields_came
        announced = _announced(scope)
        if announced > most:
            raise TooLarge("body", most, announced)
        message = await receive()
        body = message.get("body", b"")
        bytes_came += len(body)
        fields_came += body.count(b"&") if is_form else 0
        if bytes_came > most:
            raise TooLarge("body", most, bytes_came)
        if fields_came > MOST_FIELDS:
            raise TooLarge("body", MOST_FIELDS, fields_came, unit="fields")
        return message

    return receive_so_much


def _announced(scope: Any) -> int:
    """The length that the request says of itself; 0 where it says none."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0
