"""Publishing by API: from the click to the record, integrations, and what destinations tell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support import contract
from tests.support import misbehaving as how
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.misbehaving import Misbehaving
from webapp.integrations import connections
from webapp.integrations.models import HeadlessDocument, SiteIntegration
from webapp.publisher.records.models import PublishingRecord

CONTENT = "/api/v1/writer/content"
RECORDS = "/api/v1/publisher/records"
CONNECTIONS = "/api/v1/integration/integrations"


def error(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_publish_answers_at_once_and_once(api: Api, desk: Desk) -> None:
    desk.connect()
    content_id = desk.write()
    answers = [api.post(f"{CONTENT}/{content_id}/publish/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    queued = answers[0].json()["data"]
    assert queued == {"content_id": content_id, "record_id": 1, "task_id": 1, "status": "queued"}
    assert all(answer.json()["data"] == queued for answer in answers)
    assert desk.run_worker() == 1
    record = api.get(f"{RECORDS}/1/").json()["data"]
    assert record["status"] in ("published", "published_with_issues")
    assert record["progress"] == 100
    assert [step["step_number"] for step in record["steps"]] == [1, 2, 3, 4, 5, 6, 7]
    assert record["receipt"]["publish_key"] == record["publish_key"]
    desk.system.commits.run(lambda _: None)
    events = api.get(f"{RECORDS}/1/events/").json()["data"]
    assert [event["step_number"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert len(desk.rows(HeadlessDocument)) == 1


def test_what_is_unchanged_is_refused_and_can_be_forced(api: Api, desk: Desk) -> None:
    desk.connect()
    content_id = desk.published()
    found = error(api.post(f"{CONTENT}/{content_id}/publish/", json={}), 409)
    assert found["code"] == "ALREADY_PUBLISHED"
    forced = api.post(f"{CONTENT}/{content_id}/publish/", json={"force": True})
    assert forced.status_code == 202
    error(api.post(f"{CONTENT}/{content_id}/publish/", json={"force": "yes"}), 422)
    error(api.post(f"{CONTENT}/{content_id}/publish/", json={"forced": True}), 422)


def test_edits_made_there_are_told_and_published_over(
    api: Api, desk: Desk, website: Website
) -> None:
    desk.connect_to_website()
    content_id = desk.published(title="Ours")
    website.edit(content_id, title="Theirs")
    assert api.post(f"{CONTENT}/{content_id}/publish/", json={"force": True}).status_code == 202
    desk.run_worker()
    last = f"{RECORDS}/{desk.records_of(content_id)[-1].id}/"
    told = api.get(last).json()["data"]["error"]
    assert (told["code"], told["details"]["differences"][0]["there"]) == ("EDITED_THERE", "Theirs")
    over = {"over": told["details"]["over"]}
    error(api.post(f"{CONTENT}/{content_id}/publish/", json={"over": "anything"}), 422)
    assert api.post(f"{CONTENT}/{content_id}/publish/", json=over).status_code == 202
    desk.run_worker()
    last = f"{RECORDS}/{desk.records_of(content_id)[-1].id}/"
    done = api.get(last).json()["data"]
    assert (done["status"], done["over"]) == ("published", over["over"])


def test_publish_without_a_destination_says_so(api: Api, desk: Desk) -> None:
    found = error(api.post(f"{CONTENT}/{desk.write()}/publish/"), 409)
    assert found["code"] == "INTEGRATION_MISSING"


def test_retract_and_unpublish(api: Api, desk: Desk) -> None:
    desk.connect()
    content_id = desk.published()
    path = f"{CONTENT}/{content_id}"
    error(api.post(f"{path}/retract/", json={"to": "space"}), 422)
    assert api.post(f"{path}/retract/", json={"to": "trash"}).status_code == 202
    desk.run_worker()
    read = api.get(path).json()["data"]
    assert (read["status"], read["site_status"], read["external_url"]) == (
        "approved",
        "not_published",
        "",
    )
    assert error(api.post(f"{path}/retract/"), 409)["code"] == "NOT_PUBLISHED"
    api.post(f"{path}/publish/")
    desk.run_worker()
    forgotten = api.post(f"{path}/unpublish/").json()["data"]
    assert (forgotten["status"], forgotten["external_id"]) == ("draft", "")
    assert [row.status for row in desk.rows(HeadlessDocument)] == ["publish"]


def test_cancel_and_retry(api: Api, desk: Desk) -> None:
    desk.connect()
    record_id = desk.publish(desk.approved())
    cancelled = api.post(f"{RECORDS}/{record_id}/cancel/").json()["data"]
    assert cancelled["status"] == "cancelled"
    error(api.post(f"{RECORDS}/{record_id}/cancel/"), 409)
    again = api.post(f"{RECORDS}/{record_id}/retry/")
    assert again.status_code == 202
    assert again.json()["data"]["record_id"] != record_id
    desk.run_worker()
    error(api.post(f"{RECORDS}/{again.json()['data']['record_id']}/retry/"), 409)


def test_a_retry_approves_nothing(api: Api, desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    desk.edit(content_id, title="Nobody has approved this")
    for _ in ("pending", "cancelled"):
        refused = error(api.post(f"{RECORDS}/{record_id}/retry/"), 409)
        assert refused["code"] == "APPROVAL_NEEDED"
        assert desk.content(content_id).status == "review"
        api.post(f"{RECORDS}/{record_id}/cancel/")
    assert desk.record(record_id).status == "cancelled"
    assert api.post(f"{CONTENT}/{content_id}/publish/").status_code == 202
    assert desk.content(content_id).status == "approved"


def test_validate_and_dry_run_write_nothing(api: Api, desk: Desk) -> None:
    content_id = desk.write(html="", slug="feed")
    found = api.get(f"{CONTENT}/{content_id}/validate/").json()["data"]
    codes = {problem["code"] for problem in found["problems"]}
    assert (found["ready"], codes) == (False, {"CONTENT_EMPTY", "INTEGRATION_MISSING"})
    error(api.post(f"{CONTENT}/{content_id}/dry-run/"), 409)
    desk.connect()
    dry = api.post(f"{CONTENT}/{content_id}/dry-run/").json()["data"]
    assert (dry["ready"], dry["failure"]["code"], dry["plan"]) == (False, "CONTENT_EMPTY", None)
    good = desk.write()
    dry = api.post(f"{CONTENT}/{good}/dry-run/").json()["data"]
    assert (dry["ready"], dry["plan"]["result"]) == (True, "created")
    title = next(one for one in dry["plan"]["fields"] if one["field"] == "title")
    assert (title["action"], title["from"], title["to"]) == ("create", None, "Piece 2")
    assert (dry["removals"], dry["rewritten"]) == ([], False)
    bad = desk.write(html="<p>a</p>\n<p onclick='x'>b</p>")
    for answer in (api.get(f"{CONTENT}/{bad}/validate/"), api.post(f"{CONTENT}/{bad}/dry-run/")):
        (gone,) = answer.json()["data"]["removals"]
        assert (gone["field"], gone["what"], gone["line"]) == ("html", "p[onclick]", 2)
        assert (gone["times"], gone["why"]) == (1, "it runs a script")
    assert (desk.rows(HeadlessDocument), desk.records_of(good)) == ([], [])


def test_records_are_listed_with_their_contents_title(api: Api, desk: Desk) -> None:
    desk.connect()
    first, second = (desk.publish(desk.approved(title=title)) for title in ("One", "Two"))
    listed = api.get(f"{RECORDS}?status=pending&ordering=id").json()["results"]
    assert [(one["id"], one["content_title"]) for one in listed] == [
        (first, "One"),
        (second, "Two"),
    ]
    assert api.get(f"{RECORDS}?search=two").json()["count"] == 1


# Integrations


def test_a_connections_life(api: Api, api_of: MakeApi, desk: Desk) -> None:
    given = {
        "site_id": desk.site.id,
        "platform": "wordpress",
        "base_url": "http://127.0.0.1:9/blog/",
    }
    made = api.post(f"{CONNECTIONS}/", json=given)
    assert made.status_code == 201
    key, line = made.json()["data"]["api_key"], made.json()["data"]["integration"]
    assert (line["base_url"], line["is_default"]) == ("http://127.0.0.1:9/blog", True)
    path = f"{CONNECTIONS}/{line['id']}"
    assert (
        key not in api.get(path).text + api.get(CONNECTIONS).text + api.get(f"{path}/health").text
    )
    error(api.post(f"{CONNECTIONS}/", json=given), 409)
    plugin = api_of(key=key)
    me = plugin.get("/api/v1/auth/me/")
    contract.assert_valid("auth-me.response", me.json())
    assert me.json()["data"]["site"] == {"id": desk.site.id, "name": "Gazette"}
    assert [one["id"] for one in plugin.get(CONNECTIONS).json()["results"]] == [line["id"]]

    rotated = api.post(f"{path}/rotate-key/").json()["data"]
    assert rotated["api_key"] != key
    assert plugin.get("/api/v1/auth/me/").status_code == 200  # for a day the old one works too
    assert api_of(key=rotated["api_key"]).get("/api/v1/auth/me/").status_code == 200
    off = api.patch(path, json={"is_active": False}).json()["data"]
    assert (off["is_active"], off["is_default"]) == (False, False)
    assert plugin.get("/api/v1/auth/me/").status_code == 401


def test_a_key_that_others_may_know_ends_at_once(api: Api, api_of: MakeApi, desk: Desk) -> None:
    given = {"site_id": desk.site.id, "platform": "wordpress", "base_url": "http://127.0.0.1:9"}
    made = api.post(f"{CONNECTIONS}/", json=given).json()["data"]
    old, path = made["api_key"], f"{CONNECTIONS}/{made['integration']['id']}"
    new = api.post(f"{path}/rotate-key/").json()["data"]["api_key"]
    ended = api.post(f"{path}/end-key/", json={"which": "old"}).json()["data"]
    assert (ended["key_prefix"], ended["previous_key_until"]) == (new[:10], None)
    assert api_of(key=old).get("/api/v1/auth/me/").status_code == 401
    assert api_of(key=new).get("/api/v1/auth/me/").status_code == 200
    with desk.system.db.read() as db:
        keys = connections.target_of(db, desk.system, made["integration"]["id"]).credentials
    assert keys == {"api_key": new}  # nor is the old one sent any more
    assert api.post(f"{path}/end-key/", json={"which": "all"}).json()["data"]["key_prefix"] == ""
    assert api_of(key=new).get("/api/v1/auth/me/").status_code == 401
    tested = api.post(f"{path}/test/").json()["data"]
    assert tested["report"]["error"]["code"] == "KEY_MISSING"
    newest = api.post(f"{path}/rotate-key/").json()["data"]["api_key"]
    assert api_of(key=newest).get("/api/v1/auth/me/").status_code == 200


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("https://news.example.com/blog", True),
        ("https://www.news.example.com", True),
        ("http://news.example.com", False),
        ("https://news.example.com:8443", False),
        ("https://evil.example", False),
    ],
)
def test_a_key_is_for_the_host_that_it_was_made_for(
    api: Api, api_of: MakeApi, desk: Desk, address: str, is_kept: bool
) -> None:
    given = {
        "site_id": desk.site.id,
        "platform": "wordpress",
        "base_url": "https://news.example.com",
    }
    made = api.post(f"{CONNECTIONS}/", json=given).json()["data"]
    path = f"{CONNECTIONS}/{made['integration']['id']}"
    changed = api.patch(path, json={"base_url": address}).json()["data"]
    assert changed["base_url"] == address
    assert (changed["key_prefix"] != "") is is_kept
    answer = api_of(key=made["api_key"]).get("/api/v1/auth/me/")
    assert answer.status_code == (200 if is_kept else 401)


def test_the_key_before_is_not_sent_for_longer_than_it_is_taken(
    api: Api, desk: Desk, clock: FakeClock
) -> None:
    given = {"site_id": desk.site.id, "platform": "wordpress", "base_url": "http://127.0.0.1:9"}
    made = api.post(f"{CONNECTIONS}/", json=given).json()["data"]["integration"]["id"]
    api.post(f"{CONNECTIONS}/{made}/rotate-key/")

    def sent() -> set[str]:
        with desk.system.db.read() as db:
            return set(connections.target_of(db, desk.system, made).credentials)

    assert sent() == {"api_key", "previous_key"}
    clock.advance(hours=25)
    assert sent() == {"api_key"}


def test_a_headless_connection_has_no_key(api: Api, desk: Desk) -> None:
    made = api.post(CONNECTIONS, json={"site_id": desk.site.id, "platform": "headless"})
    assert made.json()["data"]["api_key"] == ""
    error(api.post(f"{CONNECTIONS}/1/rotate-key/"), 409)


@pytest.mark.parametrize(
    "url", ["", "ftp://a.example", "http://[::1", "http://a:99999", "http://u:p@a.example", "x\0"]
)
def test_addresses_that_cannot_be_called_are_refused(api: Api, desk: Desk, url: str) -> None:
    body = {"site_id": desk.site.id, "platform": "wordpress", "base_url": url}
    assert set(error(api.post(CONNECTIONS, json=body), 422)["fields"]) == {"base_url"}
    assert desk.rows(SiteIntegration) == []


def test_testing_a_connection_asks_the_destination(
    api: Api, desk: Desk, misbehaving: Misbehaving
) -> None:
    connected = desk.connect("wordpress", misbehaving.url)
    misbehaving.on("GET", "*/health", how.login_page())
    path = f"{CONNECTIONS}/{connected}"
    assert api.get(f"{path}/health/").json()["data"]["status"] == "unknown"
    found = api.post(f"{path}/test/").json()["data"]
    assert found["status"] == "down"
    assert found["report"]["error"]["code"] == "DESTINATION_ANSWER_UNREADABLE"
    assert api.get(f"{path}/health/").json()["data"] == found
    assert len(misbehaving.hits_of("GET", "*/health")) == 1


# What destinations tell


def test_progress_of_the_attempt_under_way_is_written(
    api: Api, api_of: MakeApi, desk: Desk
) -> None:
    connected = desk.connect("wordpress", "http://127.0.0.1:9")
    key = api.post(f"{CONNECTIONS}/{connected}/rotate-key/").json()["data"]["api_key"]
    plugin = api_of(key=key)
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    message = {
        "publish_key": desk.record(record_id).publish_key,
        "attempt": 1,
        "task_id": None,
        "content_id": content_id,
        "step": "creating_post",
        "progress": 60,
        "message": "Creating the post",
    }
    contract.assert_valid("publish-progress.request", message)

    def tell(site_id: int = desk.site.id, **changed: Any) -> Any:
        path = f"/api/v1/integrations/{site_id}/publish-progress/"
        return plugin.post(path, json=message | changed)

    assert tell().json()["data"] == {"accepted": False}  # not claimed yet
    desk.take()
    answer = tell()
    assert (answer.status_code, answer.json()["data"]) == (202, {"accepted": True})
    assert tell(unknown_to_us="ignored").json()["data"] == {"accepted": True}
    for late in ({"attempt": 2}, {"publish_key": "x"}, {"content_id": content_id + 1}):
        assert tell(**late).json()["data"] == {"accepted": False}
    desk.system.commits.run(lambda _: None)
    assert [(e.step, e.message) for e in desk.events_of(record_id)] == [
        ("creating_post", "Creating the post")
    ]
    error(tell(site_id=desk.other_site.id), 404)
    wrong = error(tell(step="dancing", progress=101, attempt=0), 422)
    assert set(wrong["fields"]) == {"step", "progress", "attempt"}
    plugin.headers["X-IGNY8-Protocol"] = "2"
    refused = error(tell(), 426)
    assert refused["code"] == "PROTOCOL_UNSUPPORTED"
    assert "protocol 2" in refused["message"]


def test_a_publication_names_the_version_that_was_read(api: Api, desk: Desk) -> None:
    desk.connect()
    content_id = desk.write()
    desk.edit(content_id, title="Nobody has read this")
    path = f"{CONTENT}/{content_id}/publish/"
    found = error(api.post(path, headers={"If-Match": '"1"'}), 409)
    assert (found["code"], found["details"]) == ("VERSION_CONFLICT", {"version": 2})
    assert desk.content(content_id).approved_at is None
    assert desk.rows(PublishingRecord) == []
    assert api.post(path, headers={"If-Match": '"2"'}).status_code == 202
