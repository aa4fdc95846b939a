"""HTTP to the plugin: headers, answers, and every way in which a call can go wrong."""

from __future__ import annotations

import email.utils
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import msgspec

from webapp.core import shapes
from webapp.core.codes import Code
from webapp.core.http import Answer, Gate, Refused, TooLarge
from webapp.integrations.base import (
    STEPS,
    DestinationError,
    NeedsAction,
    Permanent,
    RetryLater,
    Superseded,
    Target,
)

PROTOCOL = "1"
T = TypeVar("T")
# What somebody must put right at the website or in the connection, rather than in the piece.
_FOR_PEOPLE = {
    Code.INVALID_CREDENTIALS,
    Code.PLUGIN_NOT_CONFIGURED,
    Code.PROTOCOL_UNSUPPORTED,
    Code.AUTHOR_FORBIDDEN,
    Code.TYPE_DISABLED,
    Code.EDITED_THERE,
    Code.TAXONOMY_MISSING,
}


class Client:
    """Calls one website's plugin. Every problem leaves as a DestinationError or Superseded."""

    def __init__(self, gate: Gate, target: Target, seconds: float) -> None:
        self._gate = gate
        self._target = target
        self._seconds = seconds
        self._root = f"{target.base_url}/wp-json/igny8/v1/"

    def get(self, path: str, step: str, into: type[T]) -> T:
        return self._read(self._call("GET", path, step), step, into)

    def post(self, path: str, step: str, body: dict[str, Any], into: type[T]) -> T:
        return self._read(self._call("POST", path, step, msgspec.json.encode(body)), step, into)

    def upload(self, path: str, step: str, data: bytes, media_type: str) -> None:
        self._read(self._call("POST", path, step, data, media_type), step, dict)

    def _call(
        self, method: str, path: str, step: str, body: bytes | None = None,
        media_type: str = "application/json",
    ) -> Answer:  # fmt: skip
        keys = self._target.credentials
        answer = self._once(method, path, step, body, media_type, keys.get("api_key", ""))
        if answer.status == 401 and keys.get("previous_key"):  # rotated, not yet replaced there
            answer = self._once(method, path, step, body, media_type, keys["previous_key"])
        return answer

    def _once(
        self, method: str, path: str, step: str, body: bytes | None, media_type: str, key: str
    ) -> Answer:
        headers = {
            "Authorization": f"Bearer {key}",
            "X-IGNY8-API-Key": key,
            "X-IGNY8-Protocol": PROTOCOL,
            "Accept": "application/json",
        }
        if body is not None:
            headers["Content-Type"] = media_type
        try:
            answer = self._gate.fetch(
                method,
                self._root + path,
                seconds=self._seconds,
                headers=headers,
                content=body,
            )
        except Refused as problem:
            raise NeedsAction(
                Code.ADDRESS_REFUSED, step, url=self._root, error=str(problem)
            ) from problem
        except (TooLarge, httpx.DecodingError) as problem:
            raise _unreadable(step, str(problem)) from problem
        except httpx.TimeoutException as problem:
            raise RetryLater(
                Code.DESTINATION_TIMEOUT, step, url=self._root, seconds=self._seconds
            ) from problem
        except httpx.HTTPError as problem:
            raise RetryLater(
                Code.DESTINATION_UNREACHABLE, step, url=self._root, error=_said(problem)
            ) from problem
        return _without(key, answer)

    def _read(self, answer: Answer, step: str, into: type[T]) -> T:
        try:
            body = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _not_ours(answer, step) from None
        if not isinstance(body, dict):
            raise _not_ours(answer, step)
        if body.get("success") is True and answer.status < 300:
            try:
                return shapes.convert(body.get("data"), into)
            except msgspec.ValidationError as problem:
                raise _unreadable(step, str(problem)) from problem
        if isinstance(body.get("error"), dict) and "code" in body["error"]:
            raise _reported(body["error"], answer, step)
        raise _not_ours(answer, step, str(body.get("code", "")))


def _without(key: str, answer: Answer) -> Answer:
    """Parts of an answer are kept and shown: a website that echoes our key must not leak it."""
    secret = key.encode()
    if not secret or secret not in answer.body:
        return answer
    return replace(answer, body=answer.body.replace(secret, b"***"))


def _reported(error: dict[str, Any], answer: Answer, step: str) -> Exception:
    """The plugin's own error object, as one of our three kinds."""
    code = str(error["code"])
    if code == Code.STALE_ATTEMPT:
        return Superseded(str(error.get("message", "")))
    where = error.get("step") if error.get("step") in STEPS else step
    details = error.get("details") if isinstance(error.get("details"), dict) else {}
    details = {**(details or {}), "http_status": (details or {}).get("http_status", answer.status)}
    message = str(error.get("message", ""))
    if error.get("recoverable"):
        return RetryLater(
            code,
            str(where),
            message,
            after=retry_after(answer),
            is_waiting=code == Code.IN_PROGRESS,
            **details,
        )
    kind: type[DestinationError] = NeedsAction if code in _FOR_PEOPLE else Permanent
    return kind(
        code, str(where), message, retry_recommended=bool(error.get("retry_recommended")), **details
    )


def _not_ours(answer: Answer, step: str, wordpress_code: str = "") -> DestinationError:
    """An answer that did not come from the plugin: by its status, as any server would mean it."""
    facts: dict[str, Any] = {
        "http_status": answer.status,
        "content_type": answer.headers.get("content-type", ""),
        "beginning": answer.body[:200].decode(errors="replace"),
    }
    status = answer.status
    if status == 404:
        return NeedsAction(Code.PLUGIN_MISSING, step, **facts)
    if status == 401 or wordpress_code == "rest_forbidden":
        return NeedsAction(Code.INVALID_CREDENTIALS, step, **facts)
    if status == 413:
        return Permanent(Code.CONTENT_TOO_LARGE, step, **facts)
    if status in (408, 423, 425, 429):
        code = Code.DESTINATION_BUSY
        return RetryLater(code, step, after=retry_after(answer), **facts)
    if status >= 500:
        return RetryLater(Code.DESTINATION_ERROR, step, after=retry_after(answer), **facts)
    if status < 300:
        return _unreadable(step, **facts)
    return NeedsAction(Code.DESTINATION_REFUSED, step, **facts)


def _unreadable(step: str, error: str = "", **facts: Any) -> RetryLater:
    """The call may have worked, so it is asked again: the plugin answers a done key as before."""
    return RetryLater(Code.DESTINATION_ANSWER_UNREADABLE, step, error=error, **facts)


def retry_after(answer: Answer) -> float | None:
    """The Retry-After header in seconds, whether it is a number or a date."""
    text = answer.headers.get("retry-after", "")
    if text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _said(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
