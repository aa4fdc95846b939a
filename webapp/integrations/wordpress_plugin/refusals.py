"""What an answer means that is not what was asked for: the plugin's own refusals, and answers of
whoever stands before it."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from webapp.core.codes import Code
from webapp.core.http import REDIRECTS, Answer
from webapp.integrations.base import (
    STEPS,
    DestinationError,
    NeedsAction,
    Permanent,
    RetryLater,
    Superseded,
)
from webapp.integrations.wordpress_plugin import website
from webapp.integrations.wordpress_plugin.website import ROUTES

# WordPress closes for the seconds of an update, and always says ten minutes. What is asked this
# often has not used up its attempts when waiting ends.
MAINTENANCE_SECONDS = 40.0
# What somebody must put right at the website or in the connection, rather than in the piece.
_FOR_PEOPLE = {
    Code.INVALID_CREDENTIALS,
    Code.PLUGIN_NOT_CONFIGURED,
    Code.PROTOCOL_UNSUPPORTED,
    Code.AUTHOR_FORBIDDEN,
    Code.TYPE_DISABLED,
    Code.EDITED_THERE,
    Code.INSTALLATION_COPIED,
    Code.WEBSITE_COPIED,
    Code.TAXONOMY_MISSING,
    Code.REST_CLOSED,
}


def reported(error: dict[str, Any], answer: Answer, step: str) -> Exception:
    """The plugin's own error object, as one of our three kinds."""
    code = str(error["code"])
    if code == Code.STALE_ATTEMPT:
        return Superseded(str(error.get("message", "")))
    if _is_of_another(error, answer):
        code, error = Code.REST_CLOSED, {**error, "message": ""}
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


def not_ours(answer: Answer, step: str, base: str, wordpress_code: str = "") -> DestinationError:
    """An answer that did not come from the plugin: as any server would mean it."""
    facts: dict[str, Any] = {
        "http_status": answer.status,
        "content_type": answer.headers.get("content-type", ""),
        "beginning": answer.body[:200].decode(errors="replace"),
    }
    if answer.status in REDIRECTS:
        return _redirected(answer, step, base, facts)
    for code, is_it in _KINDS:
        if is_it(answer, wordpress_code):
            return _problem(code, answer, step, facts)
    if answer.status < 300:
        return unreadable(step, **facts)
    return NeedsAction(Code.DESTINATION_REFUSED, step, **facts)


def _redirected(answer: Answer, step: str, base: str, facts: dict[str, Any]) -> DestinationError:
    """Never followed, for our key would go along. The right address is offered where the other
    one has our route too."""
    target = website.joined(answer.url, answer.headers.get("location", ""))
    offered = website.address_of(target) if f"/{ROUTES}/" in target else ""
    message = f"The website’s address leads on to {target}, where our key is not sent. "
    if offered == base:
        offered = ""
    if offered:
        message += f"Use {offered} as its address."
    else:
        message += "Have it answer under its own address, without a sign-in page in between."
    return NeedsAction(
        Code.ADDRESS_REDIRECTS, step, message, location=target, offered=offered, **facts
    )


def _is_of_another(error: dict[str, Any], answer: Answer) -> bool:
    """The plugin passes on a refusal of WordPress under a code of its own; one of 401 or 403 is
    of another plugin, which keeps strangers out before ours is asked."""
    details = error.get("details")
    said = str(details.get("error", "")) if isinstance(details, dict) else ""
    return error["code"] == Code.CONTENT_INVALID and bool(said) and answer.status in (401, 403)


def _is_maintenance(answer: Answer, wordpress_code: str) -> bool:
    says_so = wordpress_code == "wp_die" or b"maintenance" in answer.body[:20_000].lower()
    return answer.status == 503 and says_so


def _is_locked(answer: Answer, wordpress_code: str) -> bool:  # noqa: ARG001
    asks = answer.headers.get("www-authenticate", "").lower()
    return answer.status == 401 and asks.startswith(("basic", "digest"))


# In this order: the first that fits.
_KINDS: tuple[tuple[Code, Callable[[Answer, str], bool]], ...] = (
    (Code.PLUGIN_MISSING, lambda answer, _: answer.status == 404),
    (Code.INVALID_CREDENTIALS, lambda _, code: code == "rest_forbidden"),
    (Code.WEBSITE_LOCKED, _is_locked),
    (Code.REST_CLOSED, lambda answer, _: answer.status in (401, 403)),
    (Code.CONTENT_TOO_LARGE, lambda answer, _: answer.status == 413),
    (Code.DESTINATION_BUSY, lambda answer, _: answer.status in (408, 423, 425, 429)),
    (Code.MAINTENANCE, _is_maintenance),
    (Code.DESTINATION_ERROR, lambda answer, _: answer.status >= 500),
)


def _problem(code: Code, answer: Answer, step: str, facts: dict[str, Any]) -> DestinationError:
    if code == Code.CONTENT_TOO_LARGE:
        return Permanent(code, step, **facts)
    if code == Code.MAINTENANCE:
        return RetryLater(code, step, after=MAINTENANCE_SECONDS, is_waiting=True, **facts)
    if code in (Code.DESTINATION_BUSY, Code.DESTINATION_ERROR):
        is_lost = code == Code.DESTINATION_ERROR
        return RetryLater(code, step, after=retry_after(answer), is_lost=is_lost, **facts)
    return NeedsAction(code, step, **facts)


def unreadable(step: str, error: str = "", **facts: Any) -> RetryLater:
    """The call may have worked, so it is asked again: the plugin answers a done key as before."""
    return RetryLater(Code.DESTINATION_ANSWER_UNREADABLE, step, is_lost=True, error=error, **facts)


def retry_after(answer: Answer) -> float | None:
    """The Retry-After header in seconds, whether it is a number or a date."""
    text = answer.headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
