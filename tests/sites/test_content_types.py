"""The tab of what a website is made of: counts, switches that publishing obeys, its age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from tests.support import misbehaving as how
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from webapp.accounts import access
from webapp.accounts.audit import Act
from webapp.accounts.models import AuditEvent
from webapp.content import piece
from webapp.integrations import connections, handover, structure
from webapp.integrations.models import SiteIntegration
from webapp.integrations.structure import Kind, SiteTermLine, Structure, TermPage
from webapp.writer import payload as payloads
from webapp.writer import readings
from webapp.writer.models import Content

Client = TestClient[Litestar]
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def told(desk: Desk, address: str = "https://gazette.example") -> int:
    """A connected website that has told what it is made of."""
    integration_id = desk.connect("wordpress", address)
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        types = {"post": Kind("Posts", 1234, True), "page": Kind("Pages & more", 5, True)}
        kinds = {"category": Kind("Categories", 1, True), "genre": Kind("Genres", 9, False)}
        structure.keep(db, desk.system, integration, Structure(types, kinds, AT))
        term = SiteTermLine("category", 7, "Food", "food")
        structure.keep_terms(db, integration, TermPage(AT, [term]))
    return integration_id


def test_counts_are_shown_and_types_are_switched(client: Client, desk: Desk) -> None:
    integration_id = told(desk)
    content_id = desk.approved(categories=[{"name": "Food"}])
    desk.put_online(content_id, integration_id, "https://gazette.example/olive-oil/")
    path = f"/settings/sites/{desk.site.id}/content-types"
    page = " ".join(client.get(path).text.replace("</span>", "").split())
    assert '<span class="num">1,234 total · <span class="num">1 synced' in page
    assert "Pages &amp; more" in page
    assert "not used by types that go out" in page
    assert "1 term" in page

    saved = client.post(f"/settings/integrations/{integration_id}/types", data={"type": "page"})
    assert saved.is_success
    with desk.system.db.read() as db:
        content = access.get(db, desk.owner, Content, content_id)
        sent = payloads.build(db, content)
        integration = connections.default_of(db, desk.site.id)
        found = piece.checks_of(db, desk.system, content, sent, readings.of(sent.html), integration)
    assert "“post” is switched off for this website" in str(found)
    assert [row.act for row in desk.rows(AuditEvent)][-1] == Act.CONNECTION_CHANGED


def test_a_program_switches_types(client: Client, desk: Desk) -> None:
    integration_id = told(desk, "http://127.0.0.1:9")
    address = f"/api/v1/integration/integrations/{integration_id}/content-types/"
    off = client.patch(address, json={"post_types": {"post": False}}).json()["data"]["post_types"]
    assert (off["post"]["is_on"], off["post"]["enabled"], off["page"]["is_on"]) == (
        False,
        False,
        True,
    )
    assert client.get(address).json()["data"]["post_types"] == off
    unknown = client.patch(address, json={"post_types": {"book": True, "post": True}})
    assert unknown.status_code == 422
    assert "book" in unknown.text
    assert client.get(address).json()["data"]["post_types"] == off, "nothing of it was done"


def test_what_is_old_is_said(client: Client, desk: Desk, clock: FakeClock) -> None:
    told(desk)
    overview = f"/settings/sites/{desk.site.id}"
    assert "data-structure-old" not in client.get(overview).text
    clock.now += timedelta(hours=49)
    assert "data-structure-old" in client.get(overview).text
    assert "data-structure-old" in client.get(f"{overview}/content-types").text


def test_a_website_that_does_not_answer_says_so(
    client: Client, desk: Desk, misbehaving: Misbehaving
) -> None:
    integration_id = told(desk, misbehaving.url)
    fetch = f"/settings/integrations/{integration_id}/structure"
    error = {"code": "NOT_FOUND", "message": "No route was found", "step": "connection"}
    misbehaving.on("GET", "*", how.answer_json({"success": False, "error": error}, 404))
    answer = client.post(fetch)
    assert (answer.status_code, "too old to tell it" in answer.text) == (409, True)
    assert client.post(f"/settings/integrations/{desk.connect()}/structure").status_code == 409


def test_nobody_is_led_to_a_page_that_is_none(
    client: Client, desk: Desk, misbehaving: Misbehaving
) -> None:
    integration_id = told(desk, misbehaving.url)
    ask = f"/settings/integrations/{integration_id}/authorisation"
    index: dict[str, Any] = {"namespaces": [], "authentication": {}}
    elsewhere = {"application-passwords": {"endpoints": {"authorization": "https://evil.example/"}}}
    for answer, said in (
        (how.status(404), "no WordPress answers with its REST interface"),
        (how.answer_json(index), "offers no application passwords"),
        (how.answer_json(index | {"authentication": elsewhere}), "lies at another host"),
    ):
        misbehaving.on("GET", "*", answer)
        told_so = client.post(ask)
        assert (told_so.status_code, said in told_so.text) == (409, True)


def test_what_comes_back_was_begun_here(client: Client, desk: Desk, clock: FakeClock) -> None:
    integration_id = told(desk, "http://127.0.0.1:9")
    back = f"/settings/integrations/{integration_id}/handover"
    granted = {"user_login": "admin", "password": "abcd efgh"}
    until = int((clock() + handover.OPEN_FOR).timestamp())
    others = desk.system.secrets.sign(
        handover.PURPOSE, f"{integration_id} {desk.stranger.user_id} {until}"
    )
    for state in ("", "1.x", f"{until}.{others}"):
        answer = client.get(back, params={"state": state, **granted})
        assert (answer.status_code, "Press Connect once more" in answer.text) == (409, True)
    ours = desk.system.secrets.sign(
        handover.PURPOSE, f"{integration_id} {desk.owner.user_id} {until}"
    )
    begun = {"state": f"{until}.{ours}"}
    refused = client.get(back, params={**begun, "success": "false"})
    assert "WordPress was told not to let IGNY8 in" in refused.text
    unreachable = client.get(back, params={**begun, **granted})
    assert "The website could not be reached" in unreachable.text
    assert "abcd efgh" not in unreachable.text
    assert unreachable.url.path == f"/settings/sites/{desk.site.id}"
    assert unreachable.url.query == b""
