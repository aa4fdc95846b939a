"""`writer/content/`: reading and writing pieces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.writer.models import Content, MediaFile

PATH = "/api/v1/writer/content/"


def create(api: Api, desk: Desk, **given: Any) -> dict[str, Any]:
    answer = api.post(PATH, json={"title": "A title", "site_id": desk.site.id} | given)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["data"]
    return made


def error(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["success"] is False
    found: dict[str, Any] = body["error"]
    return found


@pytest.mark.both_databases
def test_what_is_written_is_read(api: Api, desk: Desk) -> None:
    given = {
        "title": "Olive oil & <b>more</b>",
        "slug": "olive-oil",
        "html": "<!-- wp:paragraph --><p>Two 🌿</p><!-- /wp:paragraph --><script></script>",
        "excerpt": "Short",
        "meta_title": "Meta",
        "meta_description": "Description",
        "focus_keywords": ["oil", "olive"],
        "canonical_url": "https://gazette.example/olive-oil",
        "author_email": "a@example.com",
        "content_type": "page",
        "content_structure": "guide",
        "sector_id": desk.sector.id,
        "categories": [{"name": "Food", "slug": "food"}, {"name": "Oils", "parent": "food"}],
        "tags": [{"name": "Green"}],
        "priority": 5,
    }
    made = create(api, desk, **given)
    answer = api.get(f"{PATH}{made['id']}/")
    read = answer.json()["data"]
    assert read == made
    assert answer.headers["etag"] == '"1"'
    for name in given.keys() - {"categories", "tags"}:
        assert read[name] == given[name], name
    assert read["categories"] == [
        {"name": "Food", "slug": "food"},
        {"name": "Oils", "slug": "oils", "parent": "food", "parent_name": "Food"},
    ]
    assert read["tags"] == [{"name": "Green", "slug": "green"}]
    assert (read["status"], read["site_status"], read["word_count"]) == (
        "draft",
        "not_published",
        2,
    )
    assert read["sector_name"] == "News"


def test_paths_work_with_and_without_the_slash(api: Api, desk: Desk) -> None:
    made = create(api, desk)
    with_slash = api.get(f"{PATH}{made['id']}/")
    without = api.get(f"{PATH}{made['id']}")
    assert with_slash.status_code == without.status_code == 200
    assert with_slash.json() == without.json()


@pytest.mark.both_databases
def test_every_wrong_field_is_named_at_once(api: Api, desk: Desk) -> None:
    given = {
        "title": 3,
        "html": None,
        "tags": [{"name": "ok"}, {"nam": "x"}],
        "priority": 10_000,
        "site_id": "one",
        "colour": "red",
        "keyword_ids": list(range(501)),
        "excerpt": "a\0b",
        "cluster_id": 2**64,
    }
    found = error(api.post(PATH, json=given), 422)
    assert found["code"] == "VALIDATION_FAILED"
    assert set(found["fields"]) == {
        "title",
        "html",
        "tags[1]",
        "priority",
        "site_id",
        "colour",
        "keyword_ids",
        "excerpt",
        "cluster_id",
    }
    rules = {"title": " ", "slug": "Not A Slug", "author_email": "x", "site_id": desk.site.id}
    found = error(api.post(PATH, json={**rules, "content_type": "a b"}), 422)
    assert set(found["fields"]) <= {"title", "slug", "author_email", "content_type"}
    assert desk.rows(Content) == []


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"title": "\xff"}', b"[" * 200_000]
)
def test_what_is_no_json_object_is_malformed(api: Api, body: bytes) -> None:
    found = error(api.post(PATH, content=body), 400)
    assert found["code"] == "MALFORMED_JSON"


def test_a_body_that_is_too_large_is_refused(api: Api, desk: Desk) -> None:
    html = "x" * (13 * 1024 * 1024)
    answer = api.post(PATH, json={"title": "T", "site_id": desk.site.id, "html": html})
    assert error(answer, 413)["code"] == "TOO_LARGE"
    found = error(
        api.post(
            PATH, json={"title": "T", "site_id": desk.site.id, "html": "ü" * (5 * 1024 * 1024 + 1)}
        ),
        422,
    )
    assert set(found["fields"]) == {"html"}


def test_an_edit_names_the_version_that_was_read(api: Api, desk: Desk) -> None:
    path = f"{PATH}{create(api, desk)['id']}/"
    first = api.patch(path, json={"title": "Second"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    late = error(api.patch(path, json={"title": "Third", "version": 1}), 409)
    assert (late["code"], late["details"]) == ("VERSION_CONFLICT", {"version": 2})
    error(api.patch(path, json={"title": "Third"}, headers={"If-Match": '"1"'}), 409)
    error(api.patch(path, json={"title": "Third"}, headers={"If-Match": "two"}), 422)
    assert api.get(path).json()["data"]["title"] == "Second"
    same = api.patch(path, json={"title": "Second", "version": 2}).json()["data"]
    assert same["version"] == 2


def test_an_approval_is_bound_to_the_text(api: Api, desk: Desk) -> None:
    path = f"{PATH}{create(api, desk, html='<p>text</p>')['id']}/"
    assert api.post(f"{path}submit/").json()["data"]["status"] == "review"
    assert error(api.post(f"{path}submit/"), 409)["code"] == "ILLEGAL_STATE"
    error(api.post(f"{path}approve/", headers={"If-Match": '"7"'}), 409)
    approved = api.post(f"{path}approve/", headers={"If-Match": '"1"'}).json()["data"]
    assert (approved["status"], approved["is_approved"]) == ("approved", True)
    assert approved["approved_by"] == desk.owner.user_id
    edited = api.patch(path, json={"title": "Other"}).json()["data"]
    assert (edited["status"], edited["is_approved"]) == ("review", False)
    api.post(f"{path}approve/")
    kept = api.patch(path, json={"title": "Third", "keep_approved": True}).json()["data"]
    assert (kept["status"], kept["is_approved"]) == ("approved", True)


def test_asking_for_changes_needs_a_reason(api: Api, desk: Desk) -> None:
    path = f"{PATH}{create(api, desk)['id']}/"
    api.post(f"{path}submit/")
    assert "comment" in error(api.post(f"{path}request_changes/", json={}), 422)["fields"]
    blank = api.post(f"{path}request_changes/", json={"comment": " "})
    assert "comment" in error(blank, 422)["fields"]
    done = api.post(f"{path}request_changes/", json={"comment": "Shorter, please."})
    assert done.json()["data"]["status"] == "draft"


def test_deleting_puts_away(api: Api, desk: Desk) -> None:
    path = f"{PATH}{create(api, desk)['id']}/"
    assert api.delete(path).json()["data"] == {"id": 1}
    error(api.get(path), 404)
    error(api.delete(path), 404)
    assert api.get(PATH).json()["count"] == 0
    desk.connect()
    online = desk.published()
    error(api.delete(f"{PATH}{online}/"), 409)


@pytest.mark.both_databases
def test_the_same_idempotency_key_makes_one_piece(api: Api, api_of: MakeApi, desk: Desk) -> None:
    body = {"title": "Once", "site_id": desk.site.id}
    sent = {"Idempotency-Key": "import-7"}
    answers = [api.post(PATH, json=body, headers=sent) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    other = api.post(PATH, json={**body, "title": "Other"}, headers=sent)
    assert error(other, 409)["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (
        "Idempotency-Key"
        in error(api.post(PATH, json=body, headers={"Idempotency-Key": "k" * 201}), 422)["fields"]
    )
    stranger = api_of(desk.stranger)
    body = {"title": "Once", "site_id": desk.other_site.id}
    assert stranger.post(PATH, json=body, headers=sent).status_code == 201
    assert len(desk.rows(Content)) == 2


def test_a_key_whose_request_failed_can_be_used_again(api: Api, desk: Desk) -> None:
    sent = {"Idempotency-Key": "k"}
    body = {"title": " ", "site_id": desk.site.id}
    error(api.post(PATH, json=body, headers=sent), 422)
    answer = api.post(PATH, json={**body, "title": "Good"}, headers=sent)
    assert answer.status_code == 201


# Images


def test_images_by_address_by_form_and_as_bytes(api: Api, desk: Desk) -> None:
    content_id = create(api, desk)["id"]
    path = f"{PATH}{content_id}/images/"
    given = {"image_url": "https://a.example/b.jpg", "image_type": "gallery", "alt": "A"}
    by_address = api.post(path, json=given)
    by_form = api.post(
        path,
        data={"image_type": "featured", "caption": "Ü", "alt": "B"},
        files={"file": ("leaf.png", PNG, "image/png")},
    )
    as_bytes = api.post(
        f"{path}?image_type=in_article&ref=leaf&alt=C",
        content=PNG,
        headers={"Content-Type": "image/png"},
    )
    assert [a.status_code for a in (by_address, by_form, as_bytes)] == [201, 201, 201]
    images = api.get(f"{PATH}{content_id}/").json()["data"]["images"]
    assert [(i["image_type"], i["alt"], i["caption"]) for i in images] == [
        ("gallery", "A", ""),
        ("featured", "B", "Ü"),
        ("in_article", "C", ""),
    ]
    assert images[1]["filename"] == "leaf.png"
    assert images[2]["ref"] == "leaf"
    assert images[1]["sha256"] == images[2]["sha256"] != ""
    assert len(desk.rows(MediaFile)) == 1
    assert len(api.post(path, files={"file": ("x.png", PNG)}).json()["data"]["ref"]) == 12


def test_a_picture_is_an_edit(api: Api, desk: Desk) -> None:
    content_id = desk.approved()
    before = api.get(f"{PATH}{content_id}/").json()["data"]
    answer = api.post(f"{PATH}{content_id}/images/", json={"image_url": "https://a.example/b.png"})
    assert answer.status_code == 201
    after = api.get(f"{PATH}{content_id}/").json()["data"]
    assert (before["status"], after["status"], after["is_approved"]) == (
        "approved",
        "review",
        False,
    )
    assert after["version"] == before["version"] + 1
    stale = {"If-Match": f'"{before["version"]}"'}
    late = api.post(
        f"{PATH}{content_id}/images/", json={"image_url": "https://a.example/c.png"}, headers=stale
    )
    error(late, 409)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"json": {}}, "image_url"),
        ({"json": {"image_url": "ftp://a.example/x.png"}}, "image_url"),
        ({"json": {"image_url": "https://anna:secret@a.example/x.png"}}, "image_url"),
        ({"json": {"image_url": "https://anna@a.example?x"}}, "image_url"),
        ({"json": {"image_url": "https://a.example/x", "image_type": "huge"}}, "image_type"),
        ({"json": {"image_url": "https://a.example/x", "ref": "a b"}}, "ref"),
        ({"json": {"image_url": "https://a.example/x", "ref": "taken"}}, "ref"),
        ({"files": {"file": ("x.svg", b"<svg onload=alert(1)>")}}, "file"),
        ({"content": b"<html>", "headers": {"Content-Type": "image/png"}}, "file"),
        ({"data": {"alt": "x"}, "files": {"file": ("x.png", PNG), "x": ("y", b"")}}, "x"),
    ],
)
def test_bad_images_are_refused(api: Api, desk: Desk, given: dict[str, Any], field: str) -> None:
    content_id = create(api, desk)["id"]
    path = f"{PATH}{content_id}/images/"
    api.post(path, json={"image_url": "https://a.example/1.png", "ref": "taken"})
    assert set(error(api.post(path, **given), 422)["fields"]) == {field}
    assert len(api.get(f"{PATH}{content_id}/").json()["data"]["images"]) == 1


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_broken_form_is_malformed(api: Api, desk: Desk, kind: str) -> None:
    path = f"{PATH}{create(api, desk)['id']}/images/"
    answer = api.post(path, content=b"--y\r\nnothing", headers={"Content-Type": kind})
    assert answer.status_code == 400, answer.text


# Lists


@pytest.mark.both_databases
def test_lists_filter_search_and_order(api: Api, desk: Desk) -> None:
    ids = [desk.write(title=title) for title in ("Beta 100%", "Alpha", "Gamma_x")]
    desk.approve(ids[1])

    def titles(query: str) -> list[str]:
        answer = api.get(f"{PATH}?{query}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["count"] == len(answer.json()["results"])
        return [one["title"] for one in answer.json()["results"]]

    assert titles("") == ["Gamma_x", "Alpha", "Beta 100%"]
    assert titles("ordering=title") == ["Alpha", "Beta 100%", "Gamma_x"]
    assert titles("status=approved") == ["Alpha"]
    assert titles("status=approved,draft&ordering=-title") == ["Gamma_x", "Beta 100%", "Alpha"]
    assert titles("search=100%25") == ["Beta 100%"]
    assert titles("search=_") == ["Gamma_x"]
    assert titles("search=aLPHa") == ["Alpha"]
    assert titles(f"site={desk.site.id}&content_type=post&site_status=not_published") == titles("")
    assert titles("site=999") == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("site=x", "site"),
        ("site=-1", "site"),
        (f"site={2**70}", "site"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("page_size=201", "page_size"),
        ("page_size=0", "page_size"),
        ("ordering=html", "ordering"),
        ("ordering=--title", "ordering"),
        ("ordering=-", "ordering"),
        ("status_=x", "status_"),
        ("cursor=@@@", "cursor"),
        ("cursor=bnVsbA", "cursor"),
        ("search=a%00b", "search"),
        (f"search={'x' * 201}", "search"),
        ("page=100001", "page"),
        ("cursor=WyItdGl0bGUiLCJBIiwxXQ", "cursor"),
        (
            "ordering=-created_at&cursor=WyItY3JlYXRlZF9hdCIsICI5OTk5LTEyLTMxVDIzOjU5OjAwLTA1OjAwIiwgMV0",
            "cursor",
        ),
    ],
)
def test_queries_that_cannot_be_answered_name_the_parameter(
    api: Api, query: str, field: str
) -> None:
    assert set(error(api.get(f"{PATH}?{query}"), 422)["fields"]) == {field}


@pytest.mark.both_databases
@pytest.mark.parametrize("ordering", ["-id", "title", "-updated_at", "status", "word_count"])
@pytest.mark.parametrize("way", ["page=1", "cursor="])
def test_pages_hold_everything_once(api: Api, desk: Desk, ordering: str, way: str) -> None:
    ids = {desk.write(title=f"Same {n % 2}") for n in range(7)}
    seen: list[int] = []
    link = f"{PATH}?{way}&page_size=3&ordering={ordering}"
    while link:
        answer = api.get(link).json()
        assert answer["count"] == (7 if way == "page=1" else None)
        assert len(answer["results"]) <= 3
        seen += [one["id"] for one in answer["results"]]
        link = answer["next"]
    assert len(seen) == 7
    assert set(seen) == ids


@pytest.mark.both_databases
def test_a_cursor_goes_on_where_it_was_whatever_is_added(api: Api, desk: Desk) -> None:
    for _ in range(4):
        desk.write()
    first = api.get(f"{PATH}?cursor=&page_size=2").json()
    desk.write()
    second = api.get(first["next"]).json()
    assert [one["id"] for one in first["results"] + second["results"]] == [4, 3, 2, 1]
    assert (first["previous"], second["next"]) == (None, None)


def test_answers_are_json_of_utf_8(api: Api, desk: Desk) -> None:
    create(api, desk, title="Ü 🌿")
    answer = api.get(PATH)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.content)["results"][0]["title"] == "Ü 🌿"
