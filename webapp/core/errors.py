"""What can go wrong with a request, as exceptions that carry the answer.

Verbs raise these; the pages and the API each turn them into their kind of answer. Problems of a
publication itself are a `Failure` (integrations/base.py), stored on the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from webapp.core.codes import Code, sentence, to_programs


class Problem(Exception):
    """A request that cannot be done. `status` is HTTP's, `fields` names wrong input by field.

    `keeps`: what was written before it was raised stands, and is committed; else nothing is."""

    status = 400
    code = "BAD_REQUEST"
    keeps = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: dict[str, Any] | None = None,
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.details = details or {}
        self.fields = fields or {}
        self.headers = headers or {}

    @property
    def is_of_page(self) -> bool:
        """Whether it belongs to the whole page: there is nothing to show beside the button."""
        return self.status in (401, 403, 404)

    @property
    def told(self) -> str:
        """What a page says that has no fields: the message, with what it leaves to the fields."""
        left = [one for one in self.fields.values() if one not in self.message]
        return " ".join([self.message, *dict.fromkeys(left)])

    def as_dict(self) -> dict[str, Any]:
        """What a program is told, in the API's words."""
        error: dict[str, Any] = {"code": self.code, "message": to_programs(self.code, self.message)}
        if self.details:
            error["details"] = self.details
        if self.fields:
            error["fields"] = self.fields
        return error


class Moved(Problem):
    """It has another address now, and always will."""

    status, code = 301, "MOVED"

    def __init__(self, to: str, headers: dict[str, str]) -> None:
        known = {"Location": to, "Cache-Control": "no-cache"}
        super().__init__("This has moved.", details={"to": to}, headers={**headers, **known})


class NotSignedIn(Problem):
    status, code = 401, "NOT_SIGNED_IN"


class Forbidden(Problem):
    status, code = 403, "FORBIDDEN"


Typed = dict[str, list[Any]]


class SignedOut(NotSignedIn):
    """A form of ours arrived after its session had ended; `typed` is what stands in it."""

    def __init__(self, message: str, *, typed: Typed) -> None:
        super().__init__(message)
        self.typed = typed


class StaleForm(Forbidden):
    """A form of ours whose token is not the session's any more; `typed` is what stands in it."""

    def __init__(self, message: str, *, typed: Typed) -> None:
        super().__init__(message, code="CSRF")
        self.typed = typed


class NotFound(Problem):
    """Also the answer to a stranger's id: nobody learns that it exists."""

    status, code = 404, "NOT_FOUND"

    def __init__(self, message: str = "There is nothing here.") -> None:
        super().__init__(message)


class Conflict(Problem):
    """The thing is in a state, or in a version, in which that cannot be done."""

    status, code = 409, str(Code.ILLEGAL_STATE)

    @classmethod
    def of(cls, code: Code, **details: Any) -> Conflict:
        return cls(sentence(code), code=code, details=details)


class HalfDone(Conflict):
    """A part of what was asked for is done and stays done, as the message says; the rest cannot
    be."""

    keeps = True


class WrongKind(Problem):
    """A body of another kind than the route takes."""

    status, code = 415, "UNSUPPORTED_MEDIA_TYPE"


class Invalid(Problem):
    """Input that cannot be taken: every wrong field with its sentence, all at once."""

    status, code = 422, "VALIDATION_FAILED"

    def __init__(
        self, fields: dict[str, str], message: str = "Some fields need attention."
    ) -> None:
        super().__init__(message, fields=fields)


@contextmanager
def gather(wrong: dict[str, str]) -> Iterator[None]:
    """Keep the wrong fields of what is checked within, and go on: all are named at once then. What
    stands in `wrong` already stays."""
    try:
        yield
    except Invalid as problem:
        wrong.update({**problem.fields, **wrong})


class TooLarge(Problem):
    """More than may be sent at once. `field` is what is too large, in bytes or in fields."""

    status, code = 413, "TOO_LARGE"

    def __init__(self, field: str, limit: int, length: int, unit: str = "bytes") -> None:
        super().__init__(
            f"This is larger than what can be sent here: {length} {unit}, and {limit} are taken. "
            "Send less at once.",
            details={"field": field, "limit": limit, "length": length, "unit": unit},
        )


class Unsupported(Problem):
    """The caller speaks another version of the protocol."""

    status, code = 426, str(Code.PROTOCOL_UNSUPPORTED)


class TooMany(Problem):
    status, code = 429, "TOO_MANY_REQUESTS"

    def __init__(self, message: str, retry_after: int, **details: Any) -> None:
        super().__init__(message, details=details, headers={"Retry-After": str(retry_after)})
