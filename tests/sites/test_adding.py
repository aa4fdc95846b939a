"""Adding a site: by the form, by the API and by `igny8 setup`, all by one verb."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp.accounts import setup, sites, tokens
from webapp.accounts.audit import Act
from webapp.accounts.models import AuditEvent, Sector, Site
from webapp.accounts.sites import AddressTaken, NewSite
from webapp.config import Config
from webapp.core.errors import Invalid
from webapp.core.http import OutboundHttp
from webapp.core.notices import Notice
from webapp.core.system import System

Client = TestClient[Litestar]
GIVEN = {"name": "Kupferkanne", "url": "https://Kupferkanne.example/", "timezone": "Europe/Berlin"}
PAGE, API = "/settings/sites", "/api/v1/sites/"


def added(desk: Desk) -> list[Site]:
    """The sites beyond those of the desk."""
    return [one for one in desk.rows(Site) if one.id not in (desk.site.id, desk.other_site.id)]


def add(client: Client, **changes: str) -> Any:
    return client.post(PAGE, data={**GIVEN, **changes}, follow_redirects=False)


def test_a_site_is_added_with_its_sector_and_leads_to_its_steps(client: Client, desk: Desk) -> None:
    answer = add(client, name="  Kupfer   kanne ")
    [site] = added(desk)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/settings/sites/{site.id}#first-steps",
    )
    assert (site.name, site.url, site.slug) == (
        "Kupfer kanne",
        "https://kupferkanne.example",
        "kupfer-kanne",
    )
    assert (site.account_id, site.timezone) == (desk.owner.account_id, "Europe/Berlin")
    assert [one.name for one in desk.rows(Sector) if one.site_id == site.id] == ["General"]
    event = desk.rows(AuditEvent)[-1]
    assert (event.act, event.who) == (Act.SITE_ADDED, desk.owner.email)
    assert event.about == "Kupfer kanne (https://kupferkanne.example)"
    told = [(one.topic, one.object_id) for one in desk.rows(Notice)]
    assert ("plan", site.id) in told, "open pages hear of it"
    assert "Kupfer kanne" in client.get(PAGE).text


def test_the_form_begins_with_ones_own_zone(client: Client, desk: Desk) -> None:
    client.post("/account/timezone", data={"timezone": "Asia/Tokyo"})
    page = client.get(f"{PAGE}/new").text
    assert 'value="Asia/Tokyo"' in page
    assert "novalidate" in page


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_stays(
    client: Client, desk: Desk
) -> None:
    page = add(client, name=" ", url="gopher://what", timezone="Berlin & around")
    assert page.status_code == 422
    for name in ("name", "url", "timezone"):
        assert f'id="{name}-wrong"' in page.text
    assert 'value="gopher://what"' in page.text
    assert 'value="Berlin &amp; around"' in page.text
    assert added(desk) == []


@pytest.mark.parametrize(
    ("field", "most"), [("name", 200), ("url", 2_048), ("timezone", 64)], ids=str
)
def test_each_field_has_its_limit(client: Client, desk: Desk, field: str, most: int) -> None:
    start = "https://a.example/" if field == "url" else ""
    long = start + "x" * (most + 1 - len(start))
    page = add(client, **{field: long})
    assert page.status_code == 422
    assert f"Use at most {most:,} characters: this has {most + 1:,}." in page.text
    assert added(desk) == []


def test_a_second_one_at_the_address_is_refused_with_the_way_to_the_first(
    client: Client, desk: Desk
) -> None:
    add(client)
    [site] = added(desk)
    page = add(client, name="Another", url="http://www.kupferkanne.example")
    assert page.status_code == 409
    assert "There is a site at this address already: Kupferkanne." in page.text
    assert f'href="/settings/sites/{site.id}"' in page.text
    assert 'value="Another"' in page.text
    assert len(added(desk)) == 1


def test_the_same_address_in_another_account_is_another_site(client: Client, desk: Desk) -> None:
    assert add(client, url=desk.other_site.url).status_code == 303
    assert desk.other_site.name not in add(client, url=desk.other_site.url).text


@pytest.mark.both_databases
def test_a_double_submit_makes_one_site(system: System, desk: Desk) -> None:
    outcomes: list[str] = []

    def once() -> None:
        try:
            with system.db.write() as db:
                sites.add(db, system, NewSite(**GIVEN), by=desk.owner)
            outcomes.append("made")
        except AddressTaken:
            outcomes.append("taken")

    threads = [threading.Thread(target=once) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["made", "taken", "taken", "taken"]
    [site] = added(desk)
    assert len([one for one in desk.rows(Sector) if one.site_id == site.id]) == 1


@pytest.mark.both_databases
def test_two_accounts_that_add_sites_of_one_name_at_once_both_get_one(desk: Desk) -> None:
    is_made, made = threading.Event(), []

    def first() -> None:
        with desk.system.db.write() as db:
            made.append(sites.add(db, desk.system, NewSite(**GIVEN), by=desk.owner).slug)
            is_made.set()
            time.sleep(0.5)  # the other one is in the middle of it by then

    def second() -> None:
        is_made.wait(20)
        with desk.system.db.write() as db:
            made.append(sites.add(db, desk.system, NewSite(**GIVEN), by=desk.stranger).slug)

    threads = [threading.Thread(target=one) for one in (first, second)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(made) == ["kupferkanne", "kupferkanne-2"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "http://localhost",
        "http://[::1]",
        "http://10.1.2.3/blog",
        "http://2130706433",
        "http://0x7f.1",
        "http://[64:ff9b::7f00:1]",
        "https://a.example:22",
    ],
)
def test_inner_addresses_go_by_the_rules_of_every_call(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    strict = OutboundHttp(allow_private=False, own_url="https://desk.example")
    monkeypatch.setattr(desk.system, "http", strict)
    with desk.system.db.write() as db, pytest.raises(Invalid) as problem:
        sites.add(db, desk.system, NewSite("Inner", url, "UTC"), by=desk.owner)
    assert problem.value.fields["url"].startswith("This address is not called: ")


def test_a_name_is_not_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The website may not stand yet, and nobody waits for its name server."""

    def resolve(*_: Any, **__: Any) -> list[Any]:
        raise AssertionError("it was asked for")

    http = OutboundHttp(allow_private=False, own_url="https://desk.example", resolve=resolve)
    monkeypatch.setattr(desk.system, "http", http)
    with desk.system.db.write() as db:
        sites.add(db, desk.system, NewSite("Far", "https://far.example", "UTC"), by=desk.owner)


@pytest.mark.parametrize("who", ["teammate", "viewer", "writer", "client"])
def test_only_who_administers_the_account_adds(desk: Desk, who: str) -> None:
    with desk.browser(getattr(desk, who)) as client:
        assert client.get(f"{PAGE}/new").status_code == 403
        assert add(client).status_code == 403
        assert client.post(API, json=GIVEN).status_code == 403
        assert f"{PAGE}/new" not in client.get(PAGE).text
    assert added(desk) == []


def test_another_website_adds_nothing(client: Client, desk: Desk) -> None:
    del client.headers["X-CSRF-Token"]
    assert add(client).status_code == 403
    assert added(desk) == []


def test_setup_makes_an_account_without_a_site_and_later_the_site(
    system: System, config: Config
) -> None:
    wanted: dict[str, Any] = {"account": "New", "email": "first@example.com", "password": PASSWORD}
    alone = setup.ensure(system, setup.Wanted(**wanted))
    assert "site_id" not in alone
    whole = setup.Wanted(**wanted, site="Kupferkanne", url=GIVEN["url"], timezone="Europe/Berlin")
    first, second = setup.ensure(system, whole), setup.ensure(system, whole)
    assert (first["account_id"], first["site_slug"]) == (alone["account_id"], "kupferkanne")
    assert (first["site_id"], first["sector_id"]) == (second["site_id"], second["sector_id"])
    with system.db.read() as db:
        owned = {one["id"]: one for one in tokens.of_person(db, wanted["email"])}
        newest = max(owned)
    assert (first["earlier_tokens"], len(second["earlier_tokens"])) == ([min(owned)], 2)
    last = setup.ensure(system, replace(whole, replaces_token=True))
    assert last["earlier_tokens"] == []
    with system.db.read() as db:
        alive = [one for one in tokens.of_person(db, wanted["email"]) if not one["ended_at"]]
        assert tokens.member_of(db, last["token"], system.clock())
        assert tokens.member_of(db, second["token"], system.clock()) is None
    assert [one["id"] for one in alive] == [newest + 1]
    with pytest.raises(Invalid) as problem:
        setup.ensure(system, setup.Wanted(**wanted, url="https://a.example"))
    assert set(problem.value.fields) == {"name", "timezone"}


@pytest.mark.parametrize("path", ["/review", "/content", "/publisher/content-calendar", PAGE])
def test_where_there_is_no_site_pages_lead_to_adding_one(system: System, path: str) -> None:
    desk = Desk(system)
    with system.db.write() as db:
        db.delete(db.get_one(Sector, desk.sector.id))
        db.flush()
        db.delete(db.get_one(Site, desk.site.id))
    with desk.browser(desk.owner) as client:
        page = client.get(path)
        assert page.status_code == 200
        assert "No site yet" in page.text
        assert 'href="/settings/sites/new"' in page.text
    with desk.browser(desk.viewer) as client:
        assert 'href="/settings/sites/new"' not in client.get(path).text
