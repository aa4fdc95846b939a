"""What programs are told speaks of fields and paths, and not of buttons."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Api
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.codes import SENTENCES, TO_PROGRAMS, Code

CONTENT = "/api/v1/writer/content"


def refused(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 409, answer.text
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_a_refusal_names_the_field_that_helps(api: Api, desk: Desk) -> None:
    desk.connect()
    content_id = desk.published()
    again = refused(api.post(f"{CONTENT}/{content_id}/publish/", json={}))
    assert again["code"] == "ALREADY_PUBLISHED"
    assert "`force: true`" in again["message"]
    assert "Publish again" not in again["message"]
    late = refused(api.patch(f"{CONTENT}/{content_id}/", json={"title": "T", "version": 9}))
    assert "`version`" in late["message"]
    with desk.browser(desk.owner) as browser:
        page = browser.post(f"/content/{content_id}/publication", data={})
    assert "“Publish again”" in page.text


def test_a_record_tells_programs_in_their_words(api: Api, desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    content_id = desk.published(title="Ours")
    website.edit(content_id, title="Theirs")
    api.post(f"{CONTENT}/{content_id}/publish/", json={"force": True})
    desk.run_worker()
    record_id = desk.records_of(content_id)[-1].id
    record = api.get(f"/api/v1/publisher/records/{record_id}/").json()["data"]
    listed = api.get("/api/v1/publisher/records/").json()["results"][0]
    assert record["error"]["message"] == listed["error"]["message"]
    assert "`over`" in record["error"]["message"]
    stored = desk.record(record_id).error or {}
    assert stored["message"] == SENTENCES[Code.EDITED_THERE]


def test_verdicts_and_rehearsals_speak_so_too(api: Api, desk: Desk, website: Website) -> None:
    content_id = desk.write(html="", title="T")
    missing = api.get(f"{CONTENT}/{content_id}/validate/").json()["data"]["problems"][-1]
    assert missing["message"] == TO_PROGRAMS[Code.INTEGRATION_MISSING]
    desk.connect_to_website()
    several = desk.write(html="", content_type="forbidden")
    failure = api.post(f"{CONTENT}/{several}/dry-run/").json()["data"]["failure"]
    assert failure["message"] == TO_PROGRAMS[Code.VALIDATION_FAILED]
    assert len(failure["details"]["problems"]) == 2
