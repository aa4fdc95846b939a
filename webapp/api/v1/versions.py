"""`If-Match` and ETags: who changes something names the version that was read."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request

from webapp.api.endpoint import Parameter, Tagged
from webapp.call import Call
from webapp.core.errors import Invalid
from webapp.writer import reads

HEADER = Parameter("If-Match", "The ETag that was read; another one there: 409.", place="header")
_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')


def tag(version: int) -> str:
    return f'"{version}"'


def of(request: Request[Any, Any, Any], given: int | None) -> int | None:
    """The version the caller has read, by body or header; None where it does not say."""
    header = request.headers.get("if-match", "").strip()
    if not header or header == "*":
        return given
    found = _TAG.fullmatch(header)
    if found is None:
        raise Invalid({"If-Match": "Send the ETag exactly as it was read."})
    if given is not None and given != int(found[1]):
        raise Invalid({"version": "This is not the version that If-Match names."})
    return int(found[1])


def with_tag(data: Any, version: int) -> Tagged:
    """An answer about a part of a piece, with the ETag of the whole."""
    return Tagged(data, {"ETag": tag(version)})


def tagged(call: Call, content_id: int) -> Tagged:
    """The whole piece, with its ETag."""
    found = reads.whole(call.db, call.member, content_id)
    return with_tag(found, found.version)
