"""How much a request may carry: counted while it arrives, before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from webapp.core.errors import TooLarge

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

LARGEST = 12 * 1024 * 1024
LARGEST_FORM = 256 * 1024
# As many as one may tick at once (webapp/forms.py), and those of the page beside them.
MOST_FIELDS = 220
_PROGRAMS = "/api/"  # who send texts and pictures
# Where the editor sends a text as a form, and where it sends one, or a picture, in other ways.
_TEXT_FORM = re.compile(r"/content/[0-9]+/edit")
_OF_EDITOR = re.compile(r"/content/[0-9]+/(draft|picture-files)")


def largest(path: str) -> int:
    """How many bytes a request to this path may have."""
    is_large = _TEXT_FORM.fullmatch(path) or not is_form(path)
    return LARGEST if is_large else LARGEST_FORM


def is_form(path: str) -> bool:
    """Whether the body is a form's, in which fields are counted."""
    return not path.startswith(_PROGRAMS) and _OF_EDITOR.fullmatch(path) is None


def bounded(scope: Any, receive: Receive) -> Receive:
    """`receive` that raises TooLarge as soon as the body has more bytes or fields than it may."""
    most = largest(scope["path"])
    counts = is_form(scope["path"])
    bytes_came, fields_came = 0, 1

    async def receive_so_much() -> MutableMapping[str, Any]:
        nonlocal bytes_came, fields_came
        announced = _announced(scope)
        if announced > most:
            raise TooLarge("body", most, announced)
        message = await receive()
        body = message.get("body", b"")
        bytes_came += len(body)
        fields_came += body.count(b"&") if counts else 0
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
