"""The plugin's answers in the noise of a website, and the forms of a website's address."""

from __future__ import annotations

import json
import time

import pytest

from tests.integrations.plugin import KEYS, Plugin
from tests.support import misbehaving as does
from tests.support.misbehaving import Misbehaving, Reply
from webapp.core.codes import Code
from webapp.core.http import OutboundHttp
from webapp.integrations.base import RetryLater, Target
from webapp.integrations.wordpress_plugin import answers, website
from webapp.integrations.wordpress_plugin.client import Client

GOOD = {"success": True, "data": {"post_id": 7, "said": 'äöü “x” {"success": true}'}}
NOTICE = "<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/o.php</b> on line <b>12</b>\n"
NOISE: dict[str, tuple[bytes, bytes]] = {
    "a notice": (NOTICE.encode(), b""),
    "a mark": (b"\xef\xbb\xbf", b""),
    "two marks and a line": (b"\xef\xbb\xbf\xef\xbb\xbf\n", b""),
    "a notice behind it": (b"", NOTICE.encode()),
    "both": (b"\xef\xbb\xbf" + NOTICE.encode(), b"\n<!-- cached in 0.1 s -->"),
    "braces": (b'{"a": [1, {', b"}}]"),
    "another object": (b'{"code": 1} {"status": "ok"}\n', b'{"success": 1}'),
    "another encoding": ("Fehler: für Ähnliches".encode("latin-1"), b"\xff"),
}


@pytest.mark.parametrize(("before", "behind"), NOISE.values(), ids=list(NOISE))
@pytest.mark.parametrize("status", [200, 201, 500])
def test_noise_around_a_good_answer(
    plugin: Plugin, before: bytes, behind: bytes, status: int
) -> None:
    body = before + json.dumps(GOOD, ensure_ascii=False).encode() + behind
    plugin.answers(does.reply(Reply(status, body)))
    assert plugin.call() == GOOD["data"]
    plugin.client.upload("media/?sha256=1", "media_processing", b"x", "image/png")
    assert plugin.client.get("content/7/", "verification", dict) == GOOD["data"]
    assert len(plugin.server.hits) == 3


@pytest.mark.parametrize(("before", "behind"), NOISE.values(), ids=list(NOISE))
def test_noise_around_a_refusal(plugin: Plugin, before: bytes, behind: bytes) -> None:
    """Who prints first has the status sent, so that is 200 whatever was meant."""
    error = {"code": "AUTHOR_FORBIDDEN", "message": "No.", "step": "validation"}
    body = before + json.dumps({"success": False, "error": error}).encode() + behind
    assert plugin.failure(does.reply(Reply(200, body))).failure.code == "AUTHOR_FORBIDDEN"
    core = {"code": "rest_no_route", "message": "No", "data": {"status": 404}}
    if b'"code"' not in before:
        body = before + json.dumps(core).encode() + behind
        problem = plugin.failure(does.reply(Reply(200, body)))
        assert problem.failure.code == Code.PLUGIN_MISSING


def test_no_nul_of_a_website_is_kept(plugin: Plugin) -> None:
    """PostgreSQL keeps none, neither in JSON nor in text."""
    said = "a\0\0b \\u0000 \\\0c"
    good = {"success": True, "data": {"na\0me": said}}
    plugin.answers(does.answer_json(good))
    assert plugin.call() == {"na\ufffdme": "a\ufffd\ufffdb \\u0000 \\\ufffdc"}
    problem = plugin.failure(does.reply(Reply(200, b"<p>A\0page</p>")))
    assert "\0" not in json.dumps(problem.failure.details, ensure_ascii=False)
    for hidden in (rb'{"success": true, "data": {"a": "\u0\u0000000"}}', b'{"a": "\\\0u0000"}'):
        assert "\0" not in str(answers.object_in(answers.without_nul(hidden)))


@pytest.mark.parametrize(
    "body",
    [b"[" * 2_000_000, b'{"success":' * 180_000, b'{"success":[' * 160_000],
    ids=["deep", "many beginnings", "deep beginnings"],
)
def test_an_answer_that_is_hard_to_read_takes_no_time(plugin: Plugin, body: bytes) -> None:
    began = time.monotonic()
    assert answers.object_in(body) is None
    assert time.monotonic() - began < 30


def test_where_the_pretty_form_is_not_found_the_plain_one_is_called(plugin: Plugin) -> None:
    plugin.server.on("*", "/wp-json/*", does.status(404, "<h1>Not Found</h1>"))
    plugin.server.on("*", "/", does.answer_json(GOOD))
    assert plugin.call() == GOOD["data"]
    plugin.client.upload("media/?sha256=1&filename=a%20b", "media_processing", b"x", "image/png")
    hits = plugin.server.hits
    assert [hit.path for hit in hits] == ["/wp-json/igny8/v1/publish-content/", "/", "/"]
    assert hits[1].query == "rest_route=/igny8/v1/publish-content/"
    assert hits[2].query == "rest_route=/igny8/v1/media/&sha256=1&filename=a%20b"
    assert plugin.client.form == "rest_route"


def test_what_was_learnt_is_learnt_anew_when_it_is_not_found(misbehaving: Misbehaving) -> None:
    http = OutboundHttp(allow_private=True, own_url="http://127.0.0.1:1")
    config = {"rest": "rest_route"}
    target = Target(
        1, 1, 1, "s", "UTC", "wordpress", misbehaving.url, credentials=KEYS, config=config
    )
    client = Client(http, target, 5)
    misbehaving.on("GET", "/wp-json/igny8/v1/health", does.answer_json(GOOD))
    misbehaving.on("GET", "/", does.reply(Reply(200, b"<html>The front page</html>")))
    assert client.get("health", "connection", dict) == GOOD["data"]
    assert client.form == "wp-json"


def test_a_lost_answer_in_the_other_form_is_not_taken_for_a_missing_plugin(plugin: Plugin) -> None:
    for lost in (does.reset(), does.status(502, "oops")):
        plugin.server.on("*", "/wp-json/*", does.status(404, "<h1>Not Found</h1>"))
        plugin.server.on("*", "/", lost)
        with pytest.raises(RetryLater) as raised:
            plugin.call()
        assert raised.value.is_lost


ADDRESSES = {
    "https://example.com": "https://example.com",
    " https://example.com/ ": "https://example.com",
    "https://example.com/wp-json": "https://example.com",
    "https://example.com/wp-json/": "https://example.com",
    "https://example.com/blog/wp-json/igny8/v1/health": "https://example.com/blog",
    "https://example.com/index.php/wp-json/": "https://example.com",
    "https://example.com/?rest_route=/": "https://example.com",
    "https://example.com/index.php?rest_route=/igny8/v1/": "https://example.com",
    "https://example.com/wp-admin": "https://example.com",
    "https://example.com/wp-admin/options-general.php?page=igny8": "https://example.com",
    "https://example.com/blog/wp-login.php?redirect_to=x": "https://example.com/blog",
    "https://example.com/index.php": "https://example.com",
    "https://example.com/wp-jsonish/wp-administrators": "https://example.com/wp-jsonish/wp-administrators",
}


@pytest.mark.parametrize(("pasted", "meant"), ADDRESSES.items())
def test_the_address_of_a_website_from_whatever_was_pasted(pasted: str, meant: str) -> None:
    assert website.address_of(pasted) == meant
