"""HTTP to the plugin: headers, keys, the form of its addresses, and answers that do not come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

import httpx
import msgspec

from webapp.core import decoders
from webapp.core.codes import Code
from webapp.core.http import REDIRECTS, Answer, OutboundHttp, Refused, TooLarge
from webapp.core.system import System
from webapp.integrations import installation
from webapp.integrations.base import DestinationError, NeedsAction, RetryLater, Sender, Target
from webapp.integrations.wordpress_plugin import answers, refusals, website
from webapp.integrations.wordpress_plugin.website import ROUTES

PROTOCOL = "1"
# With plain permalinks only the second is answered.
PRETTY, PLAIN = "wp-json", "rest_route"
FORMS = (PRETTY, PLAIN)
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError)
T = TypeVar("T")


class _Message(NamedTuple):
    """What is sent, and the step of the publication that sends it."""

    method: str
    path: str
    step: str
    body: bytes | None = None
    media_type: str = "application/json"


class Client:
    """Calls one website's plugin. Every problem leaves as a DestinationError or Superseded.

    `form` is the one of FORMS in which the website has its routes; it is looked for where the
    known one is not found.
    """

    def __init__(
        self,
        http: OutboundHttp,
        target: Target,
        seconds: float,
        refused: Callable[[dict[str, Any]], None] = lambda _details: None,
    ) -> None:
        """`refused` is told what a website says that knows another installation of our name."""
        self._http = http
        self._target = target
        self._seconds = seconds
        self._refused = refused
        self._base = website.address_of(target.base_url)
        self._has_answered = False  # until then a website has not been reached
        known = target.config.get("rest", "")
        self.form = known if known in FORMS else PRETTY

    def get(self, path: str, step: str, into: type[T]) -> T:
        return self._read(self._call(_Message("GET", path, step)), step, into)

    def post(self, path: str, step: str, body: dict[str, Any], into: type[T]) -> T:
        message = _Message("POST", path, step, msgspec.json.encode(body))
        return self._read(self._call(message), step, into)

    def upload(self, path: str, step: str, data: bytes, media_type: str) -> None:
        try:
            self._read(self._call(_Message("POST", path, step, data, media_type)), step, dict)
        except RetryLater as problem:
            problem.is_lost = False  # an image alone makes nothing public
            raise

    def _call(self, message: _Message) -> Answer:
        """The answer in the known form, or in the other one where only that is an answer."""
        sender = self._target.sender
        if sender is not None and sender.question and message.method != "GET":
            raise NeedsAction(Code.INSTALLATION_COPIED, message.step, sender.question)
        if not self._target.credentials.get("api_key"):
            raise NeedsAction(Code.KEY_MISSING, message.step)
        answer = self._with_keys(message, self.form)
        if not _may_be_elsewhere(answer):
            return answer
        other = next(form for form in FORMS if form != self.form)
        try:
            second = self._with_keys(message, other)
        except DestinationError as problem:
            if problem.is_lost:
                raise
            return answer
        if answers.object_in(second.body) is not None:
            self.form = other
            return second
        return second if second.status >= 500 else answer

    def _url(self, path: str, form: str) -> str:
        if form == PRETTY:
            return f"{self._base}/wp-json/{ROUTES}/{path}"
        route, _, query = path.partition("?")
        return f"{self._base}/?rest_route=/{ROUTES}/{route}" + (f"&{query}" if query else "")

    def _with_keys(self, message: _Message, form: str) -> Answer:
        url, keys = self._url(message.path, form), self._target.credentials
        answer = self._once(message, url, keys.get("api_key", ""))
        if answer.status == 401 and keys.get("previous_key"):  # rotated, not yet replaced there
            answer = self._once(message, url, keys["previous_key"])
        return answer

    def _once(self, message: _Message, url: str, key: str) -> Answer:
        headers = {
            "Authorization": f"Bearer {key}",
            "X-IGNY8-API-Key": key,
            "X-IGNY8-Protocol": PROTOCOL,
            "Accept": "application/json",
            **_who(self._target.sender),
        }
        if message.body is not None:
            headers["Content-Type"] = message.media_type
        step = message.step
        try:
            answer = self._http.fetch(
                message.method, url, seconds=self._seconds, headers=headers, content=message.body
            )
        except (Refused, TooLarge, httpx.HTTPError) as problem:
            is_first = step == "media_processing" and not self._has_answered
            raise self._no_answer(problem, "connection" if is_first else step) from problem
        self._has_answered = True
        return _without(key, replace(answer, body=answers.without_nul(answer.body)))

    def _no_answer(self, problem: Exception, step: str) -> DestinationError:
        """What the gate says, in our words. What was not sent was not carried out."""
        if isinstance(problem, Refused):
            code = Code.ADDRESS_REFUSED
            return NeedsAction(code, step, url=self._base, error=str(problem))
        if isinstance(problem, (TooLarge, httpx.DecodingError)):
            return refusals.unreadable(step, str(problem))
        is_lost = not isinstance(problem, NOT_SENT)
        if isinstance(problem, httpx.TimeoutException):
            code = Code.DESTINATION_TIMEOUT
            return RetryLater(code, step, is_lost=is_lost, url=self._base, seconds=self._seconds)
        code = Code.DESTINATION_UNREACHABLE
        return RetryLater(code, step, is_lost=is_lost, url=self._base, error=_said(problem))

    def _read(self, answer: Answer, step: str, into: type[T]) -> T:
        body = answers.object_in(answer.body)
        if body is None:
            raise refusals.not_ours(answer, step, self._base)
        if body.get("success") is True:
            try:
                return decoders.convert(body.get("data"), into)
            except msgspec.ValidationError as problem:
                raise refusals.unreadable(step, str(problem)) from problem
        if isinstance(body.get("error"), dict) and "code" in body["error"]:
            if body["error"]["code"] == Code.INSTALLATION_COPIED:
                details = body["error"].get("details")
                self._refused(details if isinstance(details, dict) else {})
            raise refusals.reported(body["error"], answer, step)
        said = _as_wordpress_says(answer, body)
        raise refusals.not_ours(said, step, self._base, str(body.get("code", "")))


def client_of(system: System, target: Target) -> Client:
    """A client of that website; what it refuses is kept."""
    stamp = target.sender.stamp if target.sender else ""
    refused = partial(installation.was_refused, system, target.integration_id, stamp)
    return Client(system.http, target, system.config.request_seconds, refused)


def _may_be_elsewhere(answer: Answer) -> bool:
    """Whether this looks as if the website had its routes in the other form: not found, led on,
    or some page of its own where an answer should be. A route that WordPress itself does not
    know, it knows in no form."""
    is_page = answer.status < 300 and b"<" in answer.body[:500]
    is_none = is_page or answer.status == 404 or answer.status in REDIRECTS
    return is_none and answers.object_in(answer.body) is None


def _as_wordpress_says(answer: Answer, body: dict[str, Any]) -> Answer:
    """With the status that WordPress meant: who prints before it has the status sent as 200."""
    data = body.get("data")
    meant = data.get("status") if isinstance(data, dict) else None
    return replace(answer, status=meant) if isinstance(meant, int) else answer


def _who(sender: Sender | None) -> dict[str, str]:
    """The headers that name this installation."""
    if sender is None:
        return {}
    return {
        "X-IGNY8-Installation": sender.installation,
        "X-IGNY8-Address": sender.address,
        "X-IGNY8-Stamp": sender.stamp,
    }


def _without(key: str, answer: Answer) -> Answer:
    """Parts of an answer are kept and shown: a website that echoes our key must not leak it."""
    secret = key.encode()
    if not secret or secret not in answer.body:
        return answer
    return replace(answer, body=answer.body.replace(secret, b"***"))


def _said(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
