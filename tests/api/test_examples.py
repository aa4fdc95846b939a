"""Every example of the API's description is sent, and answered as the description says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa

from tests.api.conftest import Api, MakeApi
from tests.support.described import DOCUMENT
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts import passes, passwords
from webapp.accounts.models import ApiToken, Site, User
from webapp.api import v1
from webapp.api.described import samples
from webapp.core.secrets import fingerprint
from webapp.integrations import connections, keys, structure
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import drift
from webapp.publisher.planning import decisions, schedule
from webapp.publisher.records import leftovers
from webapp.publisher.records.models import PublishingRecord
from webapp.threads import saying
from webapp.threads.passages import About
from webapp.threads.saying import Opening
from webapp.threads.suggesting import Suggested
from webapp.writing.models import Thread

OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def draft(desk: Desk) -> None:
    desk.write()


def draft_of_connected(desk: Desk) -> None:
    desk.connect()
    desk.write()


def approved(desk: Desk) -> None:
    desk.connect()
    desk.approved()


def with_pictures(desk: Desk) -> None:
    content_id = desk.write()
    for name in ("a", "b"):
        desk.add_image(content_id, image_type="gallery", url=f"https://a.example/{name}.png")


def published(desk: Desk) -> None:
    desk.connect()
    desk.published(slug="olive-oil", categories=[{"name": "Food"}])
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).is_public = True


def on_its_way(desk: Desk) -> None:
    approved(desk)
    desk.publish(1)


def unclear(desk: Desk) -> None:
    """Nobody works on it, and nobody knows how it ended."""
    on_its_way(desk)
    desk.take()
    _lose(desk)


def unclear_retraction(desk: Desk) -> None:
    integration_id = desk.connect()
    desk.put_online(desk.approved(), integration_id, "https://gazette.example/olive-oil/")
    desk.retract(1)
    desk.take()
    _lose(desk)


def _lose(desk: Desk) -> None:
    with desk.changing(1) as (db, _):
        record = db.get_one(PublishingRecord, 1)
        record.owner, record.lease_until, record.deadline = None, None, None
        kind = "look" if record.action == "retract" else "ask"
        leftovers.leave_to_reconcile(db, record, desk.system.clock(), kind)


def scheduled(desk: Desk) -> None:
    desk.schedule(desk.approved(), 7 * 24 * 3600)


def step(desk: Desk) -> None:
    with desk.changing(desk.approved()) as (db, content):
        schedule.dismiss(db, desk.system, content, by=desk.owner)


def drifted(desk: Desk, website: Website) -> None:
    """It went out, and somebody has changed it there."""
    desk.connect_to_website()
    website.edit(desk.published(slug="olive-oil"), title="Oil")
    drift.look_everywhere(desk.system)


def connected(desk: Desk) -> None:
    desk.connect("wordpress", "http://127.0.0.1:9")
    with desk.system.db.write() as db:
        keys.rotate(db, desk.system, db.get_one(SiteIntegration, 1))


def told_of_types(desk: Desk) -> None:
    """Its website has told what it is made of."""
    made = desk.connect("wordpress", "http://127.0.0.1:9")
    types = {"page": structure.Kind("Pages", 5, True)}
    with desk.system.db.write() as db:
        told = structure.Structure(types, {}, desk.system.clock())
        structure.keep(db, desk.system, db.get_one(SiteIntegration, made), told)


def signed_in(desk: Desk) -> None:
    """The owner has the password and the pass of the examples."""
    given = samples.BODIES["POST /api/v1/auth/login"]
    refresh = samples.BODIES["POST /api/v1/auth/refresh"]["refresh"]
    with desk.system.db.write() as db:
        owner = db.get_one(User, desk.owner.user_id)
        owner.email, owner.password_hash = (
            given["email"],
            passwords.hash_password(given["password"]),
        )
        passes.give(db, owner, desk.system.clock(), "tests")
        db.flush()
        made = db.scalars(sa.select(ApiToken).where(ApiToken.refresh_hash.is_not(None))).one()
        made.refresh_hash = fingerprint(refresh)


def deploying(desk: Desk) -> None:
    approved(desk)
    desk.deploy()


def edited(desk: Desk) -> None:
    desk.edit(desk.write(), html="<p>How olives become oil, pressed cold.</p>")


def threaded(desk: Desk, instead: str | None = None) -> None:
    """Somebody has said something about a passage, or suggested other words for it."""
    change = None if instead is None else Suggested(instead)
    about = About("How olives become oil.")
    with desk.changing(desk.write(html="<p>How olives become oil.</p>")) as (db, content):
        opening = Opening("Since when?", about, suggested=change)
        saying.begin(db, desk.system, content, opening, by=desk.owner)


def resolved(desk: Desk) -> None:
    threaded(desk)
    with desk.changing(1) as (db, content):
        thread = db.get_one(Thread, 1)
        saying.settle(db, desk.system, content, thread, "resolve", by=desk.owner)


def suggested(desk: Desk) -> None:
    threaded(desk, "How olives become green oil.")


def in_bin(desk: Desk) -> None:
    with desk.changing(desk.write()) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.owner)


def nothing(_: Desk) -> None:
    """Its people and its site are enough."""


# What stands on the desk, by operation; on the others' a piece has gone out.
PREPARED: dict[str, Callable[[Desk], None]] = {
    "integrations_switch_types": told_of_types,
    "integrations_authors": nothing,
    "content_create": nothing,
    "content_edit": draft,
    "content_remove": draft,
    "content_submit": draft,
    "content_approve": draft,
    "content_request_changes": approved,
    "content_compare_revisions": edited,
    "content_list_threads": threaded,
    "content_begin_thread": threaded,
    "content_read_thread": threaded,
    "content_reply_to_thread": threaded,
    "content_resolve_thread": threaded,
    "content_reopen_thread": resolved,
    "content_accept_suggestion": suggested,
    "content_refuse_suggestion": suggested,
    "content_accept_suggestions": suggested,
    "bin_bring_back": in_bin,
    "bin_end": in_bin,
    "content_rehearse": draft_of_connected,
    "content_publish": approved,
    "content_add": draft,
    "content_order_images": with_pictures,
    "content_change_image": with_pictures,
    "content_remove_image": with_pictures,
    "content_schedule_at": approved,
    "content_unschedule": scheduled,
    "content_hold": scheduled,
    "records_retry": on_its_way,
    "records_cancel": on_its_way,
    "records_not_done": unclear,
    "records_seen_offline": unclear_retraction,
    "deployments_create": approved,
    "deployments_read": deploying,
    "deployments_items": deploying,
    "deployments_cancel": deploying,
    "sites_undo_replan": step,
    "auth_login": signed_in,
    "auth_refresh": signed_in,
    "auth_logout": signed_in,
    "integrations_update_structure": nothing,
    "integrations_terms": nothing,
    "integrations_connect": nothing,
    "integrations_rotate_key": connected,
    "integrations_end_key": connected,
    "integrations_test": connected,
}


# A website sends these, with the key of its connection.
OF_WEBSITES = {
    "integrations_publish_progress",
    "integrations_update_structure",
    "integrations_terms",
    "integrations_authors",
    "integrations_dirty",
    "integrations_changes",
    "content_taxonomies",
    "content_relationships",
}
# A destination that tells what is changed there is needed for these.
OF_DRIFT = {"content_look", "content_accept", "content_overwrite", "content_relink"}


def checked(schema_of_answer: dict[str, Any], answer: Any) -> None:
    """Raise where the answer is not as its schema says."""
    whole = {**schema_of_answer, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(answer)


def answer_of(operation: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status of success, and what the body is then."""
    status = next(one for one in operation["responses"] if int(one) < 300)
    return int(status), operation["responses"][status]["content"]["application/json"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_an_operation_is_sent_is_answered_as_described(
    api: Api, api_of: MakeApi, desk: Desk, name: str, request: pytest.FixtureRequest
) -> None:
    method, path, operation = OPERATIONS[name]
    if name in OF_DRIFT:
        drifted(desk, request.getfixturevalue("website"))
    else:
        PREPARED.get(name, published)(desk)
    if name in OF_WEBSITES:
        with desk.system.db.write() as db:
            key = connections.connect(
                db, desk.system, desk.site, "wordpress", base_url="http://127.0.0.1:9"
            )[1]
        api = api_of(key=key)
    sent: dict[str, Any] = {}
    for one in operation["parameters"]:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
        elif "example" in one:
            sent.setdefault(one["in"], {})[one["name"]] = one["example"]
    content = operation.get("requestBody", {}).get("content", {})
    given = {"json": content["application/json"]["example"]} if content else {}
    answer = api.request(
        method, path, headers=sent.get("header"), params=sent.get("query"), **given
    )
    status, described = answer_of(operation)
    assert answer.status_code == status, answer.text
    checked(described["schema"], answer.json())


@pytest.mark.parametrize("name", OPERATIONS)
def test_examples_are_as_their_schemas_say(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    _, described = answer_of(operation)
    checked(described["schema"], described["example"])
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        given = content["application/json"]
        checked(given["schema"], given["example"])
    for one in operation["parameters"]:
        if "example" in one:
            checked(one["schema"], one["example"])


def test_every_body_has_its_own_example() -> None:
    """No example of something that is gone; none is left out where something can be said."""
    taking = {
        f"{next(iter(one.http_methods))} /api/v1{next(iter(one.paths))}": one.opt["operation"]
        for one in v1.HANDLERS
    }
    said = {
        route
        for route, one in taking.items()
        if one.takes_file or (one.takes and one.takes.__struct_fields__)
    }
    assert set(samples.BODIES) == said


@pytest.mark.parametrize("status", DOCUMENT["components"]["responses"])
def test_errors_are_as_their_schema_says(status: str) -> None:
    answer = DOCUMENT["components"]["responses"][status]["content"]["application/json"]
    checked(answer["schema"], answer["example"])
