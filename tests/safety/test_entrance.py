"""What every request and every answer passes: hosts, headers, and who may see figures."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.safety.conftest import Browser, MakeBrowser
from tests.support.desk import Desk
from webapp.core.figures import REGISTRY

TOKEN = "a token for figures, of the tests"
FRAMES = "frame-ancestors"


def of_host(browser: Browser, host: str | None, path: str = "/sign-in") -> Any:
    headers = {"Host": host} if host is not None else {}
    return browser.get(path, headers=headers, follow_redirects=False)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("desk.example.com", 200),
        ("DESK.example.com:443", 200),
        ("desk.example.com.", 200),
        ("inner.example", 200),
        ("evil.example", 421),
        ("desk.example.com.evil.example", 421),
        ("127.0.0.1:8000", 421),
        ("localhost", 421),
        ("", 400),
        ("a@desk.example.com", 400),
        ("desk.example.com/x", 400),
        ("desk.example.com:http", 400),
        ("[::1", 400),
    ],
)
def test_only_hosts_of_ours_are_served(visit: MakeBrowser, host: str, status: int) -> None:
    browser = visit(public_url="https://desk.example.com", hosts=("inner.example",))
    answer = of_host(browser, host)
    assert answer.status_code == status
    if status != 200:
        assert answer.text.endswith(".")
        assert "desk.example.com" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
    api = of_host(browser, host, "/api/v1/auth/me")
    assert api.status_code == (401 if status == 200 else status)
    assert api.json()["success"] is False


def test_probes_may_call_the_machine_by_its_address(visit: MakeBrowser) -> None:
    browser = visit(public_url="https://desk.example.com", hosts=())
    statuses = [
        of_host(browser, "127.0.0.1:8000", path).status_code
        for path in ("/healthz", "/readyz", "/metrics", "/review", "/healthz/x")
    ]
    assert statuses == [200, 200, 200, 421, 421]
    assert of_host(browser, "evil.example", "/healthz").status_code == 421


@pytest.mark.parametrize("public", ["http://127.0.0.1:8000", "http://0.0.0.0:8000"])
def test_ones_own_machine_has_several_names(visit: MakeBrowser, public: str) -> None:
    browser = visit(public_url=public, hosts=())
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert of_host(browser, host).status_code == 200, host
    assert of_host(browser, "rebound.example:8000").status_code == 421


def paths(browser: Browser) -> dict[str, Any]:
    """One of every kind of answer that strangers can get."""
    page = browser.get("/sign-in")
    found = page.text.partition('stylesheet" href="')[2].partition('"')[0]
    return {
        "page": page,
        "file": browser.get(found),
        "no file": browser.get("/static/x/none.css"),
        "no page": browser.get("/none"),
        "no method": browser.put("/sign-in"),
        "options": browser.options("/sign-in"),
        "api refused": browser.get("/api/v1/auth/me"),
        "api unknown": browser.get("/api/none"),
        "schema": browser.get("/api/schema"),
        "redirect": browser.get("/review", follow_redirects=False),
        "stream refused": browser.get("/events"),
        "headless": browser.get("/sites/gazette"),
        "headless nothing": browser.get("/sites/gazette/none"),
        "alive": browser.get("/healthz"),
        "ready": browser.get("/readyz"),
        "figures": browser.get("/metrics"),
        "malformed": browser.post(
            "/sign-in", content=b"\xff", headers={"Content-Type": "application/json"}
        ),
        "another host": browser.get("/", headers={"Host": "evil.example"}),
    }


@pytest.mark.parametrize("public", ["https://testserver.local", "http://testserver.local"])
def test_every_answer_says_how_it_may_be_used(visit: MakeBrowser, public: str) -> None:
    browser = visit(public_url=public)
    browser.headers["X-Forwarded-Proto"] = public.partition(":")[0]
    for kind, answer in paths(browser).items():
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff", kind
        assert headers["referrer-policy"], kind
        assert FRAMES in headers["content-security-policy"], kind
        assert "unsafe-eval" not in headers["content-security-policy"], kind
        assert "object-src 'none'" in headers["content-security-policy"], kind
        assert "base-uri 'none'" in headers["content-security-policy"], kind
        assert "server" not in headers, kind
        hsts = headers.get("strict-transport-security", "")
        assert bool(hsts) is public.startswith("https"), kind
        assert not hsts or int(hsts.partition("=")[2].partition(";")[0]) >= 31_536_000


def test_answers_to_members_too(client: TestClient[Litestar], desk: Desk) -> None:
    content_id = desk.approved()
    for path in (
        "/review",
        f"/content/{content_id}",
        f"/content/{content_id}/preview",
        "/api/v1/writer/content",
        "/settings/plugin/igny8.zip",
    ):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert FRAMES in headers["content-security-policy"], path
        assert "no-store" in headers["cache-control"], path


def test_every_text_names_its_characters(visit: MakeBrowser, desk: Desk) -> None:
    browser = visit()
    desk.connect()
    answers = {
        **paths(browser),
        "feed": browser.get("/sites/gazette/feed.xml"),
        "sitemap": browser.get("/sites/gazette/sitemap.xml"),
    }
    for kind, answer in answers.items():
        named = answer.headers.get("content-type", "")
        assert named or not answer.content, kind
        is_text = named.startswith("text/") or "xml" in named
        assert not is_text or "charset=utf-8" in named.lower(), (kind, named)


def test_a_bug_shows_nothing_of_itself(
    client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """People get a sentence and a reference; the log has the rest under that reference."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("SELECT secret FROM somewhere")

    monkeypatch.setattr("webapp.core.web.page", broken)
    bugs = REGISTRY.get_sample_value("igny8_bugs_total")
    assert bugs is not None, "it is there before the first one"
    for path, accept in (("/publisher/publishing-queue", "text/html"),):
        answer = client.get(path, headers={"Accept": accept})
        assert answer.status_code == 500
        assert REGISTRY.get_sample_value("igny8_bugs_total") == bugs + 1
        for word in ("SELECT", "RuntimeError", "Traceback", "webapp"):
            assert word not in answer.text
        reference = re.search(r"<code>([0-9a-f]{16})</code>", answer.text)
        assert reference
        logged = capfd.readouterr()
        assert reference[1] in logged.out + logged.err
        assert "SELECT secret" in logged.out + logged.err


# Who is counted, and who sees figures

OPERATORS = {"operator_networks": ("10.1.0.0/16",), "metrics_token": TOKEN}


@pytest.mark.parametrize(
    ("address", "headers", "sees"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8000"}, True),
        ("::1", {"Host": "localhost"}, True),
        ("127.0.0.1", {"Host": "127.0.0.1", "X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"Host": "testserver.local"}, False),
        ("203.0.113.9", {"Host": "127.0.0.1"}, False),
        ("203.0.113.9", {"X-Forwarded-For": "127.0.0.1", "Host": "127.0.0.1"}, False),
        ("203.0.113.9", {"X-Forwarded-For": "10.1.2.3"}, False),
        ("10.1.2.3", {}, True),
        ("::ffff:10.1.2.3", {}, True),
        ("10.2.2.3", {}, False),
        ("testclient", {}, False),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}"}, True),
        ("203.0.113.9", {"Authorization": f"Bearer {TOKEN}x"}, False),
        ("203.0.113.9", {"Authorization": "Bearer \xfc"}, False),
    ],
)
def test_figures_are_for_operators(
    visit: MakeBrowser, address: str, headers: dict[str, str], sees: bool
) -> None:
    browser = visit(address, **OPERATORS)
    sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    figures = browser.get("/metrics", headers=sent)
    assert figures.status_code == (200 if sees else 403)
    assert ("igny8_queue_records" in figures.text) is sees
    ready = browser.get("/readyz", headers=sent)
    assert ready.status_code == 200
    assert ("checks" in ready.json()) is sees
    if sees:
        assert ready.json()["checks"]["worker"]["ok"] is False
    else:
        assert ready.json() == {"ready": True}


def test_no_token_is_not_an_empty_one(visit: MakeBrowser) -> None:
    browser = visit("203.0.113.9")
    for sent in ("Bearer ", "Bearer", "Bearer  "):
        assert browser.get("/metrics", headers={"Authorization": sent}).status_code == 403


def test_a_token_of_a_customer_opens_no_figures_of_others(visit: MakeBrowser, desk: Desk) -> None:
    browser = visit("203.0.113.9")
    desk.sign_in(browser, desk.owner)
    assert browser.get("/metrics").status_code == 403


def test_what_is_refused_or_not_there_is_a_request_and_no_process_that_is_not_ready(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    with desk.browser(desk.owner) as browser:
        capfd.readouterr()
        for path in ("/static/nothing.js", "/static/nothing-else.js", "/metrics"):
            assert browser.get(path).status_code in (403, 404)
    said = capfd.readouterr()
    told = [line for line in (said.out + said.err).splitlines() if "] request " in line]
    assert len(told) == 3, "none of them is held back"
    assert not any("not ready" in line for line in told)
