"""The security log: what is written, that nobody changes it, and who reads it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from tests.accounts import house as doors
from tests.accounts.house import House
from tests.accounts.test_doors import needs_of
from tests.safety.conftest import MakeBrowser
from tests.safety.test_sign_in import sign_in
from tests.sites.test_publishing import FORM as SETTINGS
from tests.support.application import open_client
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp import housekeeping
from webapp.accounts import audit, own_password, setup
from webapp.accounts.audit import WORDS, Act
from webapp.accounts.models import AuditEvent, User, UserSession
from webapp.accounts.rights import Capability
from webapp.accounts.routes import ROUTES, Door
from webapp.config import Config
from webapp.integrations.models import SiteIntegration

NEW = "another one, of the tests"
# Asking a destination how it is, what it is made of and where it lets one in changes nothing.
CHANGES_NOTHING = {
    "POST /settings/integrations/{integration_id:int}/authorisation",
    "POST /settings/integrations/{integration_id:int}/structure",
    "POST /api/v1/integration/integrations/{integration_id:int}/test",
    "POST /settings/integrations/{integration_id:int}/test",
}
BODIES = {
    "PUT /api/v1/sites/{site_id:int}/publishing-settings": {"daily_publish_limit": 3},
    "PATCH /api/v1/integration/integrations/{integration_id:int}": {"is_default": True},
}
OF_ADMINS = (Capability.MANAGE, Capability.ADMINISTER)


def told(desk: Desk) -> list[tuple[str, str, str]]:
    desk.system.commits.run(lambda _: None)  # refusals are sent ahead
    return [(row.who, row.act, row.origin) for row in desk.rows(AuditEvent)]


def test_every_act_has_words() -> None:
    assert set(WORDS) == set(Act)


def test_signing_in_and_out_and_guessing(visit: MakeBrowser, desk: Desk) -> None:
    with desk.browser() as browser:
        for _ in range(6):
            sign_in(browser, password="wrong")
        sign_in(browser, "nobody@example.com", "wrong")
        sign_in(browser, "teammate@example.com")
        csrf = re.search(r'name="_csrf" value="([^"]+)', browser.get("/account").text)
        assert csrf
        browser.post("/sign-out", data={"_csrf": csrf[1]})
    owner, mate = "owner@example.com", "teammate@example.com"
    place = "unknown"  # the client of tests has no address
    assert told(desk) == [
        *[(owner, Act.SIGN_IN_REFUSED, place)] * 4,
        (owner, Act.SIGN_IN_SLOWED, place),
        (mate, Act.SIGNED_IN, place),
        (mate, Act.SIGNED_OUT, place),
    ]


@pytest.fixture
def house(desk: Desk) -> Iterator[House]:
    with open_client(desk.system) as client:
        yield House(desk, client)


def connects(route: str) -> bool:
    """Whether the route connects a site, which another connection would be in the way of."""
    return route.startswith("POST") and route.endswith("/integrations")


def change(house: House, route: str) -> Any:
    """Let an admin do what the route does, successfully, and with something that it changes."""
    desk, things = house.desk, house.things(house.desk.site)
    with desk.system.db.write() as db:
        if connects(route):
            db.execute(sa.update(SiteIntegration).values(is_active=False, is_default=False))
        elif "key" in route:  # only a website has keys
            found = sa.select(SiteIntegration.id).where(SiteIntegration.platform == "wordpress")
            things["integration_id"] = db.scalars(found.limit(1)).one()
    method, template = route.split(" ", 1)
    path = re.sub(r"{(\w+):\w+}", lambda found: str(things[found[1]]), template)
    headers, given = house.as_member(desk.admin), BODIES.get(route, doors.BODIES.get(route, {}))
    if path.startswith("/api/"):
        return house.client.request(method, path, headers=headers, json=given)
    form = {**doors.FORM, "is_public": "yes", "is_default": "yes", "which": "old"}
    if template.endswith("/publishing"):
        version = re.search(
            r'name="version" value="(\d*)"', house.client.get(path, headers=headers).text
        )
        form = {**SETTINGS, "version": version[1] if version else ""}
    return house.client.post(path, headers=headers, data=form, follow_redirects=False)


def test_whatever_only_admins_may_change_is_written_down(house: House) -> None:
    """Every such route, found in the table: one that is forgotten fails here."""
    desk = house.desk
    silent, asked = [], 0
    for route in sorted(ROUTES, key=connects):
        rule = ROUTES[route]
        if isinstance(rule, Door) or needs_of(route).capability not in OF_ADMINS:
            continue
        if route.startswith("GET ") or route in CHANGES_NOTHING:
            continue
        asked += 1
        before = len(desk.rows(AuditEvent))
        answer = change(house, route)
        rows = desk.rows(AuditEvent)[before:]
        if [row.who for row in rows] != ["admin@example.com"] or not rows[0].about:
            silent.append((route, answer.status_code, answer.text[:200]))
    assert silent == []
    assert asked >= 8


def test_no_secret_is_in_it(house: House, desk: Desk) -> None:
    answer = change(house, "POST /api/v1/integration/integrations/{integration_id:int}/rotate-key")
    key = answer.json()["data"]["api_key"]
    with desk.system.db.write() as db:
        token = setup.token_for(db, desk.system, desk.owner.email, "figures", ["read"])
    written = repr([vars(row) for row in desk.rows(AuditEvent)])
    assert "figures" in written
    assert key not in written
    assert token not in written


@pytest.mark.both_databases
def test_nobody_changes_what_is_written(desk: Desk) -> None:
    def note() -> None:
        with desk.system.db.write() as db:
            audit.note(db, desk.system, Act.SITE_SHOWN, "Gazette", by=desk.admin)

    note()
    with pytest.raises(DatabaseError, match="only added to"), desk.system.db.write() as db:
        db.execute(sa.update(AuditEvent).values(who="somebody else"))
    assert [row.who for row in desk.rows(AuditEvent)] == ["admin@example.com"]


def test_it_is_forgotten_as_configured(desk: Desk, clock: FakeClock) -> None:
    days = desk.system.config.audit_days
    with desk.system.db.write() as db:
        audit.note(db, desk.system, Act.SITE_SHOWN, "old", by=desk.admin)
    clock.advance((days - 1) * 86_400)
    with desk.system.db.write() as db:
        audit.note(db, desk.system, Act.SITE_HIDDEN, "new", by=desk.admin)
    housekeeping.prune(desk.system)
    assert len(desk.rows(AuditEvent)) == 2
    clock.advance(2 * 86_400)
    housekeeping.prune(desk.system)
    assert [row.about for row in desk.rows(AuditEvent)] == ["new"]


def test_admins_read_their_accounts_log_page_by_page(desk: Desk) -> None:
    with desk.system.db.write() as db:
        for number in range(120):
            audit.note(db, desk.system, Act.SITE_SHOWN, f"site <{number:03}>", by=desk.admin)
        audit.note(db, desk.system, Act.SITE_SHOWN, "the rival's", by=desk.stranger)
    found: list[str] = []
    with desk.browser(desk.admin) as browser:
        path = "/settings/security-log"
        while path:
            page = browser.get(path).text
            found += re.findall(r"site &lt;(\d{3})&gt;", page)
            assert "rival" not in page
            older = re.search(r'href="(/settings/security-log\?before=\d+)"', page)
            path = older[1] if older else ""
        assert "site &lt;" not in browser.get("/settings/security-log?act=signed_in").text
        api = browser.get("/api/v1/audit?act=site_shown&page_size=200").json()
        assert api["count"] == 120
        assert api["results"][0]["about"] == "site <119>"
    assert found == [f"{number:03}" for number in reversed(range(120))]


def test_what_is_refused_is_logged(
    visit: MakeBrowser, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    """In the process's log: which route, who, from where; nothing that was typed."""
    browser = visit("203.0.113.9")
    desk.sign_in(browser, desk.viewer)
    browser.post("/settings/sites/1/public", data={"is_public": "own words\nforged line"})
    for number in range(6):
        browser.get("/api/v1/auth/me", headers={"Authorization": f"Bearer ig8_made-up-{number}"})
    logged = "".join(capfd.readouterr())
    refused = [line for line in logged.splitlines() if "refused" in line]
    assert "POST /settings/sites/{site_id}/public" in refused[0]
    assert "403" in refused[0]
    assert f"user={desk.viewer.user_id}" in re.sub(r"\x1b\[\d*m", "", refused[0])
    assert "203.0.113.x" in refused[0]
    assert any("429" in line for line in refused)
    assert "own words" not in logged
    assert "made-up" not in logged


# One's own account


def test_the_sessions_are_listed_and_end(visit: MakeBrowser, desk: Desk) -> None:
    here, there = visit("203.0.113.9"), visit("2001:db8:7:1::5")
    sign_in(here, **{"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    sign_in(there, **{"User-Agent": "Mozilla/5.0 (iPhone) CriOS/140 Safari/604.1"})
    page = here.get("/account").text
    assert "Firefox on Linux" in page
    assert "203.0.113.x" in page
    assert "Chrome on iPhone" in page
    assert "2001:db8:7::/48" in page
    action = re.findall(r'action="(/account/sessions/\d+/removal)"', page)
    csrf = re.search(r'name="_csrf" value="([^"]+)', page)
    assert csrf
    assert len(action) == 1  # one's own ends by signing out
    form = {"_csrf": csrf[1]}
    assert there.get("/account").status_code == 200
    assert here.post(action[0], data=form, follow_redirects=False).status_code == 303
    assert there.get("/account", follow_redirects=False).status_code == 303
    assert here.post(action[0], data=form).status_code == 404
    sign_in(there)
    sign_in(visit())
    assert here.post("/account/sessions/removal", data=form).status_code == 200
    assert len(desk.rows(UserSession)) == 1
    assert here.get("/account").status_code == 200


def test_a_token_ends_in_all_processes_at_once(visit: MakeBrowser, desk: Desk) -> None:
    with desk.system.db.write() as db:
        token = setup.token_for(db, desk.system, "teammate@example.com", "leaked", [])
    sent = {"Authorization": f"Bearer {token}"}
    here, there = visit(), visit()
    assert [one.get("/api/v1/auth/me", headers=sent).status_code for one in (here, there)] == [
        200,
        200,
    ]
    with desk.browser(desk.viewer) as viewer, desk.browser(desk.admin) as admin:
        assert token[:12] not in viewer.get("/account").text
        assert viewer.post("/account/tokens/1/removal").status_code == 404
        assert token[:12] in admin.get("/account").text
        assert admin.post("/account/tokens/1/removal").status_code == 200
    for one in (here, there):
        assert one.get("/api/v1/auth/me", headers=sent).status_code == 401
    assert (desk.admin.email, Act.TOKEN_ENDED) in [(who, act) for who, act, _ in told(desk)]


def test_another_password_ends_the_other_sessions(desk: Desk) -> None:
    desk.session_of(desk.owner)
    with desk.browser(desk.owner) as browser:
        path = "/account/password"
        wrong = browser.post(path, data={"old": "wrong", "new": NEW})
        assert wrong.status_code == 422
        assert "This is not your password." in wrong.text
        common = browser.post(path, data={"old": PASSWORD, "new": "password1234"})
        assert common.status_code == 422
        assert "known from leaks" in common.text
        assert len(desk.rows(UserSession)) == 2
        done = browser.post(path, data={"old": PASSWORD, "new": NEW})
        assert "Your password is changed" in done.text
        assert len(desk.rows(UserSession)) == 1
    with desk.browser() as nobody:
        assert sign_in(nobody).status_code == 401
        assert sign_in(nobody, password=NEW).status_code == 303
    acts = [act for _, act, _ in told(desk)]
    assert acts[:2] == [Act.PASSWORD_REFUSED, Act.PASSWORD_CHANGED]


def test_whoever_finds_a_browser_signed_in_cannot_guess_the_password(desk: Desk) -> None:
    with desk.browser(desk.owner) as browser:
        tries = [
            browser.post("/account/password", data={"old": f"guess {n}", "new": NEW}).status_code
            for n in range(6)
        ]
    assert tries == [422] * 5 + [429]


def test_who_is_disabled_is_out_and_comes_back_without_old_sessions(desk: Desk) -> None:
    with desk.browser(desk.viewer) as browser:
        assert browser.get("/account").status_code == 200
        own_password.set_active(desk.system, "Viewer@example.com", False)
        assert browser.get("/account", follow_redirects=False).status_code == 303
        assert sign_in(browser, "viewer@example.com").status_code == 401
        own_password.set_active(desk.system, "viewer@example.com", True)
        assert browser.get("/account", follow_redirects=False).status_code == 303
    acts = [(who, act) for who, act, _ in told(desk)]
    assert (audit.COMMAND_LINE, Act.MEMBER_DISABLED) in acts
    assert (audit.COMMAND_LINE, Act.MEMBER_ENABLED) in acts


def test_the_command_line_is_written_down_too(desk: Desk, config: Config) -> None:
    def run(*arguments: str, typed: str = "") -> str:
        env = {
            **os.environ,
            "IGNY8_VAR": str(config.var),
            "IGNY8_DATABASE_URL": config.database_url,
            "IGNY8_SECRET_KEYS": config.secret_keys[0],
        }
        # In a process of its own: a command leaves out what it does not need, for good.
        command = [sys.executable, "-m", "webapp.cli", *arguments]
        done = subprocess.run(
            command, env=env, input=typed, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    before = desk.row(User, desk.viewer.user_id).password_hash
    viewer = ("user", "--email", desk.viewer.email)
    assert "known from leaks" in run(*viewer, "--set-password", typed="password1234\n")
    assert "Done." in run(*viewer, "--set-password", typed=f"{NEW}\n")
    assert "No such option" in run(*viewer, "--password", NEW), "everybody would see it"
    assert "Done." in run("user", "--email", desk.viewer.email, "--end-sessions")
    assert "nobody" in run("user", "--email", "none@example.com", "--disable")
    assert "Say whose" in run("user", "--email", desk.viewer.email)
    assert desk.row(User, desk.viewer.user_id).password_hash != before
    lines = [json.loads(one) for one in run("user", "--list").splitlines()]
    assert {"The Gazette": "viewer"} in [one["roles"] for one in lines]
    assert run("token", "--email", desk.viewer.email, "--name", "Reports").startswith("ig8_")
    [token] = [
        json.loads(one) for one in run("token", "--email", desk.viewer.email, "--list").splitlines()
    ]
    assert (token["name"], token["ended_at"]) == ("Reports", None)
    assert "no such token" in run("token", "--email", desk.owner.email, "--end", str(token["id"]))
    assert "Done." in run("token", "--email", desk.viewer.email, "--end", str(token["id"]))
    assert '"ended_at": null' not in run("token", "--email", desk.viewer.email, "--list")
    acts = [(who, act) for who, act, _ in told(desk)]
    assert acts[:2] == [("command line", Act.PASSWORD_CHANGED), ("command line", Act.SESSION_ENDED)]
    assert acts[-1] == ("command line", Act.TOKEN_ENDED)
