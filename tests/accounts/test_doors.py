"""Every route, every kind of caller, own and foreign ids: a walk through the table of routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.accounts.house import House
from tests.support.application import open_client
from tests.support.described import is_described
from tests.support.desk import Desk
from webapp.accounts import rights, tokens
from webapp.accounts.models import Site
from webapp.accounts.rights import Role
from webapp.accounts.route_table import ROUTES, Door, Needs
from webapp.calendar.models import SavedView
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records.models import PlanChange, PublishingRecord, PublishingSettings
from webapp.writer.models import Content, Image

# A date belongs to nobody.
OF_NOBODY = {"GET /publisher/content-calendar/days/{day:str}"}
# Answers for as long as the tab is open, so only its refusals are asked for here.
ENDLESS = {"GET /events"}
# Public ones that ask who is there.
ASK_WHO = {"POST /sign-in", "POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "GET /metrics"}
# The walk's pieces are approved, and its steps are decisions: a writer puts only drafts away, and
# takes only that back.
NOT_AS_IT_STANDS = {
    (Role.WRITER, "DELETE /api/v1/writer/content/{content_id:int}"),
    (Role.WRITER, "POST /content/{content_id:int}/deletion"),
    (Role.WRITER, "POST /publisher/undo"),
}
MEMBERS_ONLY = [
    (route, rule)
    for route, rule in ROUTES.items()
    if rule is not Door.PUBLIC and rule is not Door.CONNECTED
]


def needs_of(route: str) -> Needs:
    rule = ROUTES[route]
    rules = rule if isinstance(rule, tuple) else (rule,)
    return next(one for one in rules if isinstance(one, Needs))


@pytest.fixture
def house(desk: Desk) -> Iterator[House]:
    with open_client(desk.system) as client:
        client.event_hooks = {"response": [is_described]}
        yield House(desk, client)


@pytest.mark.both_databases
def test_a_strangers_ids_are_not_there(house: House, system: System) -> None:
    """The stranger owns an account, so no role is in the way: only the tenant is."""
    desk = house.desk
    theirs = house.things(desk.site)
    before = everything(system)
    headers = house.as_member(desk.stranger)
    token = house.with_token(desk.stranger, *tokens.SCOPES)
    wrong = []
    for route, _ in MEMBERS_ONLY:
        if "{" not in route or route in ENDLESS or route in OF_NOBODY:
            continue
        for sent in (headers, token):
            answer = house.call(route, theirs, **sent)
            if answer.status_code != 404:
                wrong.append((route, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert everything(system) == before


def test_a_strangers_ids_in_bodies_are_wrong_input(house: House, system: System) -> None:
    desk = house.desk
    sent = house.as_member(desk.stranger)
    post = house.client.post
    site_id = desk.other_site.id
    for field, value in (
        ("site_id", desk.site.id),
        ("sector_id", desk.sector.id),
        ("cluster_id", 1),
        ("keyword_ids", [1]),
    ):
        body = {"title": "T", "site_id": site_id, field: value}
        answer = post("/api/v1/writer/content", json=body, headers=sent)
        assert (answer.status_code, [*answer.json()["error"]["fields"]]) == (422, [field])
    body = {"site_id": desk.site.id, "platform": "wordpress", "base_url": "http://127.0.0.1:9"}
    answer = post("/api/v1/integration/integrations", json=body, headers=sent)
    assert (answer.status_code, [*answer.json()["error"]["fields"]]) == (422, ["site_id"])


def test_lists_hold_nothing_of_strangers(house: House) -> None:
    desk = house.desk
    house.things(desk.site)
    sent = house.as_member(desk.stranger)
    site = desk.site.id
    for path in (
        "writer/content",
        "publisher/records",
        f"writer/content?site={site}",
        f"publisher/records?site={site}",
        f"integration/integrations?site={site}",
        "writer/content?search=Piece",
        "writer/content?cursor=",
    ):
        answer = house.client.get(f"/api/v1/{path}", headers=sent)
        assert answer.json()["results"] == [], path
    names = [
        one["name"] for one in house.client.get("/api/v1/sites", headers=sent).json()["results"]
    ]
    assert names == ["Rival"]


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.name.lower())
def test_roles_open_exactly_what_the_table_says(house: House, role: Role) -> None:
    desk = house.desk
    member = desk.members[role]
    wrong, shared = [], house.things(desk.site, member)
    for route, _ in MEMBERS_ONLY:
        if route in ENDLESS:
            continue
        may = needs_of(route).capability in (None, *rights.of(role))
        may = may and (role, route) not in NOT_AS_IT_STANDS
        changes = may and not route.startswith("GET ")
        things = house.things(desk.site, member, for_route=route) if changes else shared
        answer = house.call(route, things, **house.as_member(member))
        refused = answer.status_code == 403
        if refused == may or answer.status_code in (401, 404, 405) or answer.status_code >= 500:
            wrong.append((route, answer.status_code, answer.text[:300]))
    assert wrong == []


@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_a_token_opens_only_its_scope(house: House, scope: str) -> None:
    wrong, shared = [], house.things(house.desk.site)
    sent = house.with_token(house.desk.owner, scope)
    for route, _ in MEMBERS_ONLY:
        if route in ENDLESS:
            continue
        may = needs_of(route).scope == scope
        changes = may and not route.startswith("GET ")
        things = house.things(house.desk.site, for_route=route) if changes else shared
        answer = house.call(route, things, **sent)
        if (answer.status_code == 403) == may or answer.status_code >= 500:
            wrong.append((route, answer.status_code, answer.text[:300]))
    assert wrong == []


def test_nobody_gets_in_without_signing_in(house: House) -> None:
    things = house.things(house.desk.site)
    wrong = []
    for route, rule in ROUTES.items():
        if rule is Door.PUBLIC:
            continue
        answer = house.call(route, things)
        to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
        if answer.status_code != 401 and not (answer.status_code == 303 and to_sign_in):
            wrong.append((route, answer.status_code))
    assert wrong == []


def test_an_integrations_key_opens_its_own_messages_only(house: House) -> None:
    desk = house.desk
    sent = {"Authorization": f"Bearer {house.key}"}
    wrong, things = [], house.things(desk.site)
    for route, rule in ROUTES.items():
        if rule is Door.PUBLIC:
            continue
        rules = rule if isinstance(rule, tuple) else (rule,)
        answer = house.call(route, things, **sent)
        if (answer.status_code == 403) == (Door.CONNECTED in rules) or answer.status_code >= 500:
            wrong.append((route, answer.status_code, answer.text[:200]))
    assert wrong == []
    other = house.things(desk.other_site)
    route = "POST /api/v1/integrations/{site_id:int}/publish-progress"
    assert house.call(route, other, **sent).status_code == 404
    listed = house.client.get("/api/v1/integration/integrations", headers=sent).json()
    assert [one["platform"] for one in listed["results"]] == ["wordpress"]


def test_public_routes_need_nobody(house: House) -> None:
    """They answer, or say that there is nothing; they never ask who is there."""
    things = house.things(house.desk.site)
    for route, rule in ROUTES.items():
        if rule is Door.PUBLIC and route not in ASK_WHO:
            answer = house.call(route, things)
            assert answer.status_code in (200, 303, 404, 503), (route, answer.status_code)


@pytest.mark.both_databases
@pytest.mark.parametrize("number", [2**31, 2**63, 2**70])
def test_numbers_that_no_database_holds_are_ids_of_nothing(house: House, number: int) -> None:
    things = house.things(house.desk.site)
    huge = {name: number if name.endswith("_id") else value for name, value in things.items()}
    sent = house.as_member(house.desk.owner)
    for route, _ in MEMBERS_ONLY:
        if "_id:int}" in route:
            answer = house.call(route, huge, **sent)
            assert answer.status_code == 404, (route, answer.status_code)


def everything(system: System) -> list[Any]:
    """All tenant rows that the routes could change."""
    with system.db.read() as db:
        return [
            [
                {c.name: getattr(row, c.key) for c in model.__table__.columns}
                for row in db.query(model)
            ]
            for model in (
                Content,
                Image,
                PublishingRecord,
                PublishingSettings,
                PlanChange,
                SavedView,
                SiteIntegration,
                Site,
            )
        ]


@pytest.mark.both_databases
def test_characters_that_no_database_holds_are_wrong_input(house: House) -> None:
    sent = house.as_member(house.desk.owner)
    things = house.things(house.desk.site)
    for path in (
        "/review?q=a%00b",
        "/content?q=a%00b",
        "/content?status=%00",
        "/sites/a%00b",
        "/sites/gazette/a%00b",
        "/api/v1/writer/content?search=%00",
        "/api/v1/publisher/site-definition/a%00",
        f"/content/{things['content_id']}/images/a%00",
    ):
        answer = house.client.get(path, headers=sent, follow_redirects=False)
        assert answer.status_code in (404, 422), path
    for number in ("²", "99999999999", "-1", "x"):
        form = {"site_id": number, "id": number}
        for path in ("/active-site", "/review/approvals"):
            answer = house.client.post(path, data=form, headers=sent, follow_redirects=False)
            assert answer.status_code < 500
    path = f"/content/{things['content_id']}/change-request"
    assert house.client.post(path, data={"comment": "a\0b"}, headers=sent).status_code == 422
