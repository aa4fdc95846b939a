"""A look at a website: what the page says of what answers there."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from tests.support.misbehaving import status as answer
from webapp.accounts.models import Site
from webapp.core.http import OutboundHttp
from webapp.sites import look

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}
GENERATOR = '<html><head><meta name="generator" content="WordPress 6.8.1" /></head></html>'
ROUTES = '<link rel="https://api.w.org/" href="https://a.example/wp-json/" />'


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, GENERATOR, " answers and is a WordPress 6.8.1."),
        (200, ROUTES, " answers and is a WordPress."),
        (200, "<html>Something else</html>", " answers."),
        (404, "nothing", " answers."),
        (503, "later", " answers with an error of its own (503)."),
    ],
    ids=["version", "hidden", "another", "missing", "broken"],
)
def test_what_answers_is_said(
    client: Client, desk: Desk, misbehaving: Misbehaving, status: int, body: str, said: str
) -> None:
    misbehaving.on("GET", "/*", answer(status, body))
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).url = misbehaving.url
    page = client.get(f"/settings/sites/{desk.site.id}/look", headers=HTMX)
    host = misbehaving.url.removeprefix("http://")
    assert page.text.strip().splitlines()[-1] == f"We looked: {host}{said}"


def test_what_does_not_answer_is_said(system_http: OutboundHttp) -> None:
    said = look.at(system_http, "http://127.0.0.1:9")
    assert said == "We looked: 127.0.0.1:9 does not answer from here."


def test_no_inner_address_is_asked() -> None:
    strict = OutboundHttp(allow_private=False, own_url="https://desk.example")
    assert look.at(strict, "http://127.0.0.1").startswith("We did not look at 127.0.0.1: ")


def test_only_who_manages_the_site_lets_us_look(desk: Desk) -> None:
    with desk.browser(desk.teammate) as client:
        path = f"/settings/sites/{desk.site.id}/look"
        assert client.get(path, headers=HTMX).status_code == 403


@pytest.fixture
def system_http() -> OutboundHttp:
    return OutboundHttp(allow_private=True, own_url="https://desk.example")
