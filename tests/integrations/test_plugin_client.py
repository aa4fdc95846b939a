"""Everything that can go wrong between us and a website's plugin, and what it is called."""

from __future__ import annotations

import email.utils
import gzip
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integrations.plugin import Plugin
from tests.support import misbehaving as does
from tests.support.contract import assert_valid
from tests.support.misbehaving import Behaviour, Misbehaving, Reply
from webapp.core.codes import Code
from webapp.core.http import OutboundHttp
from webapp.integrations.base import (
    DestinationError,
    NeedsAction,
    Permanent,
    RetryLater,
    Superseded,
    Target,
)
from webapp.integrations.wordpress_plugin.client import Client


def said(
    code: str, *, status: int, headers: dict[str, str] | None = None, **more: Any
) -> Behaviour:
    """The plugin's own error object."""
    error = {
        "code": code,
        "message": f"about {code}",
        "step": "taxonomies",
        "step_number": 4,
        "total_steps": 7,
        "details": {"why": "x"},
        "recoverable": False,
        "retry_recommended": False,
        **more,
    }
    body = {"success": False, "error": error}
    assert_valid("error", body)
    return does.answer_json(body, status, **(headers or {}))


def test_a_good_answer(plugin: Plugin) -> None:
    plugin.answers(does.answer_json({"success": True, "data": {"post_id": 7}}))
    assert plugin.call() == {"post_id": 7}
    hit = plugin.server.hits[0]
    assert (hit.method, hit.path) == ("POST", "/wp-json/igny8/v1/publish-content/")
    assert hit.json() == {"a": 1}
    headers = {name.lower(): value for name, value in hit.headers.items()}
    assert headers["authorization"] == "Bearer iwp_new-key"
    assert headers["x-igny8-protocol"] == "1"


PASSING: dict[str, tuple[Behaviour, Code]] = {
    "500": (does.status(500, "oops"), Code.DESTINATION_ERROR),
    "502": (does.status(502), Code.DESTINATION_ERROR),
    "503": (does.status(503), Code.DESTINATION_ERROR),
    "504": (does.status(504), Code.DESTINATION_ERROR),
    "408": (does.status(408), Code.DESTINATION_BUSY),
    "423": (does.status(423), Code.DESTINATION_BUSY),
    "425": (does.status(425), Code.DESTINATION_BUSY),
    "429": (does.status(429), Code.DESTINATION_BUSY),
    "hang": (does.hang(), Code.DESTINATION_TIMEOUT),
    "drip": (does.drip(0.05), Code.DESTINATION_TIMEOUT),
    "late": (does.delayed(3, does.status(200)), Code.DESTINATION_TIMEOUT),
    "reset": (does.reset(), Code.DESTINATION_UNREACHABLE),
    "hang up": (does.hang_up(), Code.DESTINATION_UNREACHABLE),
    "truncated": (
        does.truncated(Reply(200, b'{"success": true, "data": {}}')),
        Code.DESTINATION_UNREACHABLE,
    ),
    "invalid json": (does.invalid_json(), Code.DESTINATION_ANSWER_UNREADABLE),
    "login page": (does.login_page(), Code.DESTINATION_ANSWER_UNREADABLE),
    "empty": (does.status(200), Code.DESTINATION_ANSWER_UNREADABLE),
    "a list": (does.answer_json([1]), Code.DESTINATION_ANSWER_UNREADABLE),
    "no data": (does.answer_json({"success": True}), Code.DESTINATION_ANSWER_UNREADABLE),
    "other json": (does.answer_json({"ok": True}), Code.DESTINATION_ANSWER_UNREADABLE),
    "binary": (does.reply(Reply(200, b"\xff\xfe\x00")), Code.DESTINATION_ANSWER_UNREADABLE),
    "packed twice": (
        does.reply(Reply(200, b"", {"Content-Encoding": "gzip, gzip"})),
        Code.DESTINATION_ANSWER_UNREADABLE,
    ),
    "packed in part": (
        does.reply(Reply(200, gzip.compress(b"{}")[:-1], {"Content-Encoding": "gzip"})),
        Code.DESTINATION_ANSWER_UNREADABLE,
    ),
    "endless": (
        does.reply(Reply(200, b" " * (2 * 1024 * 1024 + 1))),
        Code.DESTINATION_ANSWER_UNREADABLE,
    ),
}


# Answers that a client has to give up waiting for.
SILENT = {"hang", "drip", "late"}


@pytest.fixture
def passing(plugin: Plugin, name: str) -> Plugin:
    """The plugin that behaves so, and a client as patient as that allows."""
    if name in SILENT:
        plugin.client = plugin.impatient
    plugin.answers(PASSING[name][0])
    return plugin


@pytest.mark.parametrize("name", list(PASSING))
def test_what_may_pass_is_tried_again(passing: Plugin, name: str) -> None:
    began = time.monotonic()
    problem = passing.failure()
    assert time.monotonic() - began < does.LONGEST_HANG_SECONDS / 2, "a call has an end"
    code = PASSING[name][1]
    assert isinstance(problem, RetryLater)
    assert (problem.failure.code, problem.failure.step) == (code, "creating_post")
    assert problem.failure.recoverable
    assert not problem.is_waiting
    assert "iwp_" not in str(problem.failure), "keys are in no error"


def wordpress(code: str, status: int) -> Behaviour:
    """An error of WordPress itself, or of another plugin."""
    return does.answer_json({"code": code, "message": "No.", "data": {"status": status}}, status)


BASIC = {"WWW_Authenticate": 'Basic realm="Staging"'}
LASTING: dict[str, tuple[Behaviour, type[DestinationError], Code]] = {
    "no plugin": (does.status(404), NeedsAction, Code.PLUGIN_MISSING),
    "no route": (wordpress("rest_no_route", 404), NeedsAction, Code.PLUGIN_MISSING),
    "rest_forbidden": (wordpress("rest_forbidden", 403), NeedsAction, Code.INVALID_CREDENTIALS),
    "not logged in": (wordpress("rest_not_logged_in", 401), NeedsAction, Code.REST_CLOSED),
    "no access": (wordpress("rest_cannot_access", 403), NeedsAction, Code.REST_CLOSED),
    "passed on": (
        said("CONTENT_INVALID", status=401, details={"error": "rest_not_logged_in"}),
        NeedsAction,
        Code.REST_CLOSED,
    ),
    "401": (does.status(401), NeedsAction, Code.REST_CLOSED),
    "firewall": (does.status(403, "blocked"), NeedsAction, Code.REST_CLOSED),
    "password": (does.status(401, **BASIC), NeedsAction, Code.WEBSITE_LOCKED),
    "redirect": (
        does.status(301, Location="https://www.example.com/"),
        NeedsAction,
        Code.ADDRESS_REDIRECTS,
    ),
    "400": (does.status(400), NeedsAction, Code.DESTINATION_REFUSED),
    "too large": (does.status(413), Permanent, Code.CONTENT_TOO_LARGE),
}


@pytest.mark.parametrize(("behaviour", "kind", "code"), LASTING.values(), ids=list(LASTING))
def test_what_will_not_pass_is_told(
    plugin: Plugin, behaviour: Behaviour, kind: type[DestinationError], code: Code
) -> None:
    problem = plugin.failure(behaviour)
    assert type(problem) is kind
    assert problem.failure.code == code
    assert not problem.failure.recoverable
    assert "http_status" in problem.failure.details
    assert not problem.is_lost, "whoever refuses has carried out nothing"


MAINTENANCE = "Briefly unavailable for scheduled maintenance. Check back in a minute."


@pytest.mark.parametrize(
    "behaviour",
    [does.status(503, MAINTENANCE, Retry_After="600"), wordpress("wp_die", 503)],
    ids=["page", "json"],
)
def test_a_website_in_maintenance(plugin: Plugin, behaviour: Behaviour) -> None:
    problem = plugin.failure(behaviour)
    assert isinstance(problem, RetryLater)
    assert problem.failure.code == Code.MAINTENANCE
    assert (problem.is_waiting, problem.after) == (True, 40), "an update takes seconds, no try"
    assert not problem.is_lost


LOST = {
    "500",
    "502",
    "503",
    "504",
    "hang",
    "drip",
    "late",
    "reset",
    "hang up",
    "truncated",
    "invalid json",
    "login page",
    "empty",
    "a list",
    "no data",
    "other json",
    "binary",
    "packed twice",
    "packed in part",
    "endless",
}


@pytest.mark.parametrize("name", list(PASSING))
def test_what_may_have_been_carried_out_is_said_to_be_lost(passing: Plugin, name: str) -> None:
    assert passing.failure().is_lost is (name in LOST)


@pytest.mark.parametrize("name", list(PASSING))
def test_an_image_alone_makes_nothing_public(passing: Plugin, name: str) -> None:
    with pytest.raises(DestinationError) as raised:
        passing.client.upload("media/?sha256=1", "media_processing", b"x", "image/png")
    assert not raised.value.is_lost


def test_a_website_that_never_answered_was_not_reached(plugin: Plugin) -> None:
    plugin.answers(PASSING["reset"][0])
    with pytest.raises(DestinationError) as raised:
        plugin.client.upload("media/?sha256=1", "media_processing", b"x", "image/png")
    assert raised.value.failure.step == "connection"


REDIRECTS = {
    "https": ("https://www.example.com{}", "https://www.example.com"),
    "a directory": ("/blog{}", "{}/blog"),
    "sign-in": ("/wp-login.php?redirect_to=%2Fwp-json%2Figny8%2Fv1%2Fhealth", ""),
    "the front page": ("https://example.com/", ""),
    "itself": ("{}", ""),
    "nowhere": ("http://[::1/", ""),
}


@pytest.mark.parametrize(("target", "offered"), REDIRECTS.values(), ids=list(REDIRECTS))
def test_a_redirect_is_named_and_not_followed(plugin: Plugin, target: str, offered: str) -> None:
    path = "/wp-json/igny8/v1/publish-content/"
    target, offered = target.format(path), offered.format(plugin.server.url)
    problem = plugin.failure(does.status(301, Location=target))
    assert problem.failure.details["offered"] == offered
    assert problem.failure.details["location"].endswith(target)
    assert target in problem.failure.message
    assert (offered in problem.failure.message) or not offered
    assert {hit.path for hit in plugin.server.hits} == {path, "/"}


def test_nobody_listens(plugin: Plugin, misbehaving: Misbehaving) -> None:
    misbehaving.__exit__()
    with pytest.raises(RetryLater) as raised:
        plugin.call()
    assert raised.value.failure.code == Code.DESTINATION_UNREACHABLE


def test_the_name_does_not_exist() -> None:
    http = OutboundHttp(allow_private=True, own_url="http://127.0.0.1:1")
    target = Target(
        1, 1, 1, "s", "UTC", "wordpress", "http://nobody.invalid", credentials={"api_key": "k"}
    )
    with pytest.raises(RetryLater) as raised:
        Client(http, target, 5).get("health", "connection", dict)
    assert raised.value.failure.code == Code.DESTINATION_UNREACHABLE


def test_a_private_address_is_not_called(misbehaving: Misbehaving) -> None:
    http = OutboundHttp(allow_private=False, own_url="http://127.0.0.1:1")
    target = Target(1, 1, 1, "s", "UTC", "wordpress", misbehaving.url, credentials={"api_key": "k"})
    with pytest.raises(NeedsAction) as raised:
        Client(http, target, 5).get("health", "connection", dict)
    assert raised.value.failure.code == Code.ADDRESS_REFUSED
    assert misbehaving.hits == []


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_and_as_a_date(plugin: Plugin, status: int) -> None:
    problem = plugin.failure(does.status(status, Retry_After="17"))
    assert isinstance(problem, RetryLater)
    assert problem.after == 17
    moment = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    problem = plugin.failure(does.status(status, Retry_After=moment))
    assert isinstance(problem, RetryLater)
    assert problem.after is not None
    assert 80 < problem.after <= 90
    problem = plugin.failure(does.status(status, Retry_After="soon"))
    assert isinstance(problem, RetryLater)
    assert problem.after is None


def test_the_plugins_own_words(plugin: Plugin) -> None:
    problem = plugin.failure(said("TERM_CREATION_FAILED", status=500, recoverable=True))
    assert isinstance(problem, RetryLater)
    failure = problem.failure
    assert (failure.code, failure.message) == ("TERM_CREATION_FAILED", "about TERM_CREATION_FAILED")
    assert (failure.step, failure.step_number) == ("taxonomies", 4)
    assert failure.details == {"why": "x", "http_status": 500}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AUTHOR_FORBIDDEN", NeedsAction),
        ("TYPE_DISABLED", NeedsAction),
        ("EDITED_THERE", NeedsAction),
        ("INVALID_CREDENTIALS", NeedsAction),
        ("CONTENT_INVALID", Permanent),
        ("FEATURED_IMAGE_DOWNLOAD_FAILED", Permanent),
    ],
)
def test_who_must_act(plugin: Plugin, code: str, kind: type[DestinationError]) -> None:
    assert type(plugin.failure(said(code, status=422))) is kind


def test_it_is_still_working_on_it(plugin: Plugin) -> None:
    busy = said("IN_PROGRESS", status=423, recoverable=True, headers={"Retry_After": "3"})
    problem = plugin.failure(busy)
    assert isinstance(problem, RetryLater)
    assert (problem.is_waiting, problem.after) == (True, 3)


def test_a_newer_attempt_has_taken_over(plugin: Plugin) -> None:
    plugin.answers(said("STALE_ATTEMPT", status=409))
    with pytest.raises(Superseded):
        plugin.call()


def test_a_rotated_key_that_is_not_there_yet(plugin: Plugin) -> None:
    plugin.answers(
        said("INVALID_CREDENTIALS", status=401), does.answer_json({"success": True, "data": {}})
    )
    plugin.call()
    keys = [hit.headers["X-IGNY8-API-Key"] for hit in plugin.server.hits]
    assert keys == ["iwp_new-key", "iwp_old-key"]


def test_a_wrong_answer_to_a_good_question(plugin: Plugin) -> None:
    plugin.answers(does.answer_json({"success": True, "data": {"post": "seven"}}))

    with pytest.raises(RetryLater) as raised:
        plugin.client.get("content/7/", "verification", dict[str, int])
    assert raised.value.failure.code == Code.DESTINATION_ANSWER_UNREADABLE
