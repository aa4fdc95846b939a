"""`writer/content/{id}/images/`: replacing, removing and ordering what a piece shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk
from tests.support.pictures import PNG, picture
from webapp.writer.models import Image

A, B, C = (f"https://a.example/{name}.png" for name in "abc")


def images_of(content_id: int) -> str:
    return f"/api/v1/writer/content/{content_id}/images/"


def piece(api: Api, content_id: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/v1/writer/content/{content_id}/").json()["data"]
    return found


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_every_answer_carries_version_and_etag(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    path = images_of(content_id)
    added = api.post(path, json={"image_url": A, "image_type": "gallery"})
    other = api.post(path, json={"image_url": B, "image_type": "gallery"})
    ids = [one.json()["data"]["id"] for one in (added, other)]
    changed = api.patch(f"{path}{ids[0]}/", json={"alt": "A leaf"})
    ordered = api.put(f"{path}order/", json={"image_ids": ids[::-1]})
    removed = api.delete(f"{path}{ids[0]}/")
    answers = (added, other, changed, ordered, removed)
    assert [one.status_code for one in answers] == [201, 201, 200, 200, 200]
    assert [one.json()["data"]["version"] for one in answers] == [2, 3, 4, 5, 6]
    assert [one.headers["etag"] for one in answers] == [f'"{n}"' for n in (2, 3, 4, 5, 6)]
    assert {one.json()["data"]["content_id"] for one in answers} == {content_id}
    assert piece(api, content_id)["version"] == 6


@pytest.mark.both_databases
def test_what_is_given_is_replaced_and_the_rest_stays(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    path = f"{images_of(content_id)}{desk.add_image(content_id, image_type='gallery', url=A)}/"
    given = {"alt": "A leaf", "caption": "Ü", "image_type": "in_article", "image_url": B}
    before = piece(api, content_id)["images"][0]
    assert api.patch(path, json=given).status_code == 200
    assert piece(api, content_id)["images"] == [{**before, **given}]
    assert api.patch(path, json={"caption": ""}).json()["data"]["alt"] == "A leaf"


def test_an_address_gives_way_to_a_file_and_back(api: Api, desk: Desk) -> None:
    """The picture keeps its name in the text, so the text shows the new one."""
    content_id = desk.write()
    image_id = desk.add_image(content_id, image_type="in_article", url=A, ref="leaf", alt="Old")
    path = f"{images_of(content_id)}{image_id}/"
    form: dict[str, Any] = {
        "data": {"alt": "New"},
        "files": {"file": ("leaf.png", PNG, "image/png")},
    }
    by_form = api.patch(path, **form).json()["data"]
    assert (by_form["ref"], by_form["alt"], by_form["filename"]) == ("leaf", "New", "leaf.png")
    assert (by_form["image_url"], len(by_form["sha256"])) == ("", 64)
    renamed = api.patch(path, json={"filename": "tree.jpg"}).json()["data"]
    assert (renamed["filename"], renamed["sha256"]) == ("tree.png", by_form["sha256"])
    raw: dict[str, Any] = {"content": picture(shade=2), "headers": {"Content-Type": "image/png"}}
    as_bytes = api.patch(f"{path}?caption=Bytes", **raw).json()["data"]
    assert as_bytes["sha256"] != by_form["sha256"]
    assert (as_bytes["caption"], as_bytes["alt"]) == ("Bytes", "New")
    by_address = api.patch(path, json={"image_url": B}).json()["data"]
    assert (by_address["image_url"], by_address["sha256"]) == (B, "")
    assert (by_address["filename"], by_address["ref"]) == ("", "leaf")


def test_a_picture_that_becomes_the_featured_one_takes_its_place(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    first = desk.add_image(content_id, image_type="featured", url=A)
    second = desk.add_image(content_id, image_type="gallery", url=B)
    path = f"{images_of(content_id)}{second}/"
    assert api.patch(path, json={"image_type": "featured"}).status_code == 200
    assert [one["id"] for one in piece(api, content_id)["images"]] == [second]
    assert desk.row(Image, first).deleted_at is not None
    assert api.patch(path, json={"image_type": "featured", "alt": "x"}).status_code == 200
    assert [one["alt"] for one in piece(api, content_id)["images"]] == ["x"]


def test_a_removed_picture_is_put_away(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    image_id = desk.add_image(content_id, image_type="gallery", url=A, ref="leaf")
    path = f"{images_of(content_id)}{image_id}/"
    assert api.delete(path).json()["data"]["id"] == image_id
    assert desk.row(Image, image_id).deleted_at is not None
    after = piece(api, content_id)
    assert (after["images"], after["image_count"]) == ([], 0)
    refused(api.delete(path), 404)
    refused(api.patch(path, json={"alt": "x"}), 404)
    again = api.post(images_of(content_id), json={"image_url": A, "ref": "leaf"})
    assert again.status_code == 201


@pytest.mark.both_databases
def test_pictures_stand_in_the_order_that_is_put(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    ids = [desk.add_image(content_id, image_type="gallery", url=one) for one in (A, B, C)]
    path = f"{images_of(content_id)}order/"
    wanted = [ids[2], ids[0], ids[1]]
    ordered = api.put(path, json={"image_ids": wanted}).json()["data"]
    assert [one["id"] for one in ordered["images"]] == wanted
    assert [one["position"] for one in piece(api, content_id)["images"]] == [0, 1, 2]
    again = api.put(path, json={"image_ids": wanted}).json()["data"]
    assert again["version"] == ordered["version"]
    added = api.post(images_of(content_id), json={"image_url": A}).json()["data"]
    assert [one["id"] for one in piece(api, content_id)["images"]] == [*wanted, added["id"]]


def test_an_order_names_each_picture_once(api: Api, desk: Desk) -> None:
    content_id, other = desk.write(), desk.write()
    ids = [desk.add_image(content_id, image_type="gallery", url=one) for one in (A, B)]
    foreign = desk.add_image(other, image_type="gallery", url=C)
    path = f"{images_of(content_id)}order/"
    for wrong in ([], ids[:1], [*ids, ids[0]], [ids[0], foreign], ["x"], [*range(1, 503)], None):
        found = refused(api.put(path, json={"image_ids": wrong}), 422)
        assert all(name.startswith("image_ids") for name in found["fields"]), wrong
    assert set(refused(api.put(path, json={}), 422)["fields"]) == {"image_ids"}
    assert piece(api, content_id)["version"] == 1


CHANGES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("PATCH", "{image_id}/", {"json": {"alt": "Another"}}),
    ("DELETE", "{image_id}/", {}),
    ("PUT", "order/", {"json": {"image_ids": [2, 1]}}),
)


@pytest.mark.parametrize(("method", "path", "sent"), CHANGES)
def test_a_change_of_pictures_is_an_edit(
    api: Api, desk: Desk, method: str, path: str, sent: dict[str, Any]
) -> None:
    """An approved piece goes back to review, and only the version that was read is changed."""
    content_id = desk.write()
    ids = [desk.add_image(content_id, image_type="gallery", url=one) for one in (A, B)]
    desk.approve(content_id)
    before = desk.content(content_id)
    address = images_of(content_id) + path.format(image_id=ids[0])
    late = api.request(method, address, headers={"If-Match": '"7"'}, **sent)
    assert refused(late, 409)["details"] == {"version": before.version}
    wrong = api.request(method, address, headers={"If-Match": "seven"}, **sent)
    assert set(refused(wrong, 422)["fields"]) == {"If-Match"}
    assert desk.content(content_id).status == "approved"
    answer = api.request(method, address, headers={"If-Match": f'"{before.version}"'}, **sent)
    assert answer.status_code == 200, answer.text
    after = desk.content(content_id)
    assert (after.status, after.version) == ("review", before.version + 1)
    assert after.content_hash != before.content_hash


def test_what_leads_back_to_the_approved_pictures_is_approved_again(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    path = f"{images_of(content_id)}{desk.add_image(content_id, image_type='gallery', url=A)}/"
    desk.approve(content_id)
    api.patch(path, json={"alt": "Another"})
    assert desk.content(content_id).status == "review"
    api.patch(path, json={"alt": ""})
    assert desk.content(content_id).status == "approved"


def test_what_changes_nothing_leaves_the_version(api: Api, desk: Desk) -> None:
    content_id = desk.write()
    image_id = desk.add_image(content_id, image_type="gallery", url=A, alt="A")
    desk.approve(content_id)
    before = desk.content(content_id)
    same = api.patch(f"{images_of(content_id)}{image_id}/", json={"alt": "A", "image_url": A})
    assert same.status_code == 200
    after = desk.content(content_id)
    assert (after.version, after.status) == (before.version, "approved")


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"json": {"image_url": ""}}, {"image_url"}),
        ({"json": {"image_url": "ftp://a.example/x"}}, {"image_url"}),
        ({"json": {"image_url": "https://anna:secret@a.example/x"}}, {"image_url"}),
        ({"json": {"image_type": "huge", "alt": 3, "ref": "new"}}, {"image_type", "alt", "ref"}),
        ({"json": {"alt": "x" * 1001, "caption": "x" * 5001}}, {"alt", "caption"}),
        ({"json": {"filename": "x" * 201, "image_url": "x" * 2049}}, {"filename", "image_url"}),
        ({"json": {"alt": None}}, {"alt"}),
        ({"data": {"image_url": A}, "files": {"file": ("x.png", PNG)}}, {"image_url"}),
        ({"files": {"file": ("x.svg", b"<svg/>")}}, {"file"}),
    ],
)
def test_wrong_changes_name_every_field(
    api: Api, desk: Desk, sent: dict[str, Any], fields: set[str]
) -> None:
    content_id = desk.write()
    path = f"{images_of(content_id)}{desk.add_image(content_id, image_type='gallery', url=A)}/"
    before = piece(api, content_id)
    assert set(refused(api.patch(path, **sent), 422)["fields"]) == fields
    assert piece(api, content_id) == before


def test_a_picture_of_another_piece_or_tenant_is_not_there(
    api: Api, api_of: MakeApi, desk: Desk
) -> None:
    mine, other = desk.write(), desk.write()
    image_id = desk.add_image(other, image_type="gallery", url=A)
    for client, content_id in ((api, mine), (api_of(desk.stranger), other)):
        path = images_of(content_id)
        refused(client.patch(f"{path}{image_id}/", json={"alt": "x"}), 404)
        refused(client.delete(f"{path}{image_id}/"), 404)
    refused(api_of(desk.stranger).put(f"{images_of(other)}order/", json={"image_ids": [1]}), 404)
    refused(api_of(desk.viewer).delete(f"{images_of(other)}{image_id}/"), 403)
    assert [one["alt"] for one in piece(api, other)["images"]] == [""]
