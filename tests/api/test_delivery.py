"""Which destinations take a piece without showing it, and who says so: whoever asks, the piece, or
its connection."""

from __future__ import annotations

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk


def code_of(api: Api, path: str, **given: str) -> str:
    answer = api.post(path, json=given)
    return str((answer.json().get("error") or {}).get("code", ""))


def test_a_destination_that_can_only_show_a_piece_gets_no_other(api: Api, desk: Desk) -> None:
    integration_id = desk.connect("headless")
    publish = f"/api/v1/writer/content/{desk.approved()}/publish"
    assert code_of(api, publish, deliver_as="draft") == "DELIVERY_UNSUPPORTED"
    assert code_of(api, publish, deliver_as="hidden") == "VALIDATION_FAILED"
    at = f"/api/v1/integration/integrations/{integration_id}"
    refused = api.patch(at, json={"deliver_as": "private"})
    assert refused.status_code == 422, refused.text
    assert "public" in refused.text
    chosen = desk.approved()
    written = api.patch(f"/api/v1/writer/content/{chosen}", json={"deliver_as": "draft"})
    assert written.json()["data"]["deliver_as"] == "draft", written.text
    assert written.json()["data"]["status"] == "approved", "no word of it was changed"
    assert code_of(api, f"/api/v1/writer/content/{chosen}/publish") == "DELIVERY_UNSUPPORTED"
    desk.schedule(chosen)
    desk.run_worker()
    assert "held" in desk.content(chosen).attention, "it does not go out otherwise than chosen"
    assert desk.records_of(chosen) == []


def test_what_is_asked_goes_before_the_piece_and_that_before_its_connection(
    api: Api, api_of: MakeApi, desk: Desk
) -> None:
    integration_id = desk.connect("wordpress", "http://127.0.0.1:9")
    at = f"/api/v1/integration/integrations/{integration_id}"
    assert api.patch(at, json={"deliver_as": "private"}).json()["data"]["deliver_as"] == "private"

    def asked(content_id: int, **given: str) -> str:
        api.post(f"/api/v1/writer/content/{content_id}/publish", json=given)
        return desk.records_of(content_id)[-1].deliver_as

    assert asked(desk.approved()) == "private"
    assert asked(desk.approved(deliver_as="draft")) == "draft"
    last = desk.approved(deliver_as="draft")
    assert asked(last, deliver_as="public") == "public"
    assert asked(last) == "public", "the same record"
    assert asked(last, deliver_as="private") == "private", "it had not begun"
    mine = desk.write(by=desk.writer)
    refused = api_of(desk.writer).patch(
        f"/api/v1/writer/content/{mine}", json={"deliver_as": "public"}
    )
    assert refused.status_code == 403, refused.text
