"""What a piece has been, and what was deleted, as programs have it."""

from __future__ import annotations

from tests.api.conftest import Api
from tests.support.desk import Desk

PIECES, BIN = "/api/v1/writer/content", "/api/v1/writer/bin"
OLD, NEW = "<h2>Milk</h2><p>It has one job.</p>", "<h2>Milk</h2><p>It has two jobs.</p>"


def test_revisions_are_listed_read_compared_and_restored(api: Api, desk: Desk) -> None:
    content_id = desk.approved(html=OLD, title="As it was")
    desk.edit(content_id, html=NEW, title="As it is")
    home = f"{PIECES}/{content_id}/revisions"
    listed = api.get(f"{home}/?cursor=&page_size=1").json()
    [newest] = listed["results"]
    assert (newest["version"], newest["people"], newest["marks"]) == (2, ["Owner"], [])
    [first] = api.get(listed["next"]).json()["results"]
    assert [mark["kind"] for mark in first["marks"]] == ["approved"]
    was = api.get(f"{home}/1/").json()["data"]
    assert (was["html"], was["fields"]["title"]) == (OLD, "As it was")
    found = api.get(f"{home}/1/changes/").json()["data"]
    assert (found["old"], found["new"], found["same"]) == (1, 2, 1)
    assert [one["field"] for one in found["fields"]] == ["title"]
    [block] = found["blocks"]
    assert (block["kind"], block["what"], block["name"]) == ("changed", ["words"], "Paragraph 1")
    assert (block["old_html"], block["new_html"]) == (OLD[13:], NEW[13:])
    assert {"kind": "added", "text": "two", "formats": [], "was": []} in block["runs"]
    assert api.get(f"{home}/1/changes/?with=77").status_code == 404
    assert api.get(f"{home}/1/changes/?with=x").status_code == 422
    late = api.post(f"{home}/1/restore/", json={}, headers={"If-Match": '"1"'})
    assert late.json()["error"]["code"] == "VERSION_CONFLICT"
    done = api.post(f"{home}/1/restore/", json={}, headers={"If-Match": '"2"'})
    assert (done.json()["data"]["content"]["html"], done.json()["data"]["lost"]) == (OLD, [])
    assert done.headers["ETag"] == '"3"'


def test_what_was_deleted_is_listed_restored_and_emptied(api: Api, desk: Desk) -> None:
    content_id = desk.approved(html=OLD)
    late = api.delete(f"{PIECES}/{content_id}/", headers={"If-Match": '"7"'})
    assert late.status_code == 409
    assert api.delete(f"{PIECES}/{content_id}/").status_code == 200
    [line] = api.get(f"{BIN}/").json()["results"]
    assert (line["id"], line["deleted_by"]) == (content_id, desk.owner.user_id)
    assert line["kept_until"] > line["deleted_at"]
    back = api.post(f"{BIN}/{content_id}/restore/", json={})
    assert (back.json()["data"]["status"], back.headers["ETag"]) == ("draft", '"1"')
    assert api.post(f"{BIN}/{content_id}/restore/", json={}).status_code == 404
    assert api.delete(f"{BIN}/{content_id}/").status_code == 404, "it is not in the bin any more"
    api.delete(f"{PIECES}/{content_id}/")
    assert api.delete(f"{BIN}/{content_id}/").json()["data"]["id"] == content_id
    assert api.get(f"{BIN}/").json()["results"] == []
    assert desk.content(content_id).html == ""
