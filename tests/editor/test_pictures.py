"""Pictures of a piece in the editor: like any other field, beside what may go out."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import opened, saved
from tests.support.desk import Desk
from tests.support.pictures import picture
from webapp.core import limits
from webapp.writer.models import Image, MediaFile

Client = TestClient[Litestar]


def upload(client: Client, content_id: int, **query: str) -> Response:
    return client.post(f"/content/{content_id}/picture-files", params=query, content=picture())


def act(client: Client, content_id: int, **data: str) -> Response:
    return client.post(f"/content/{content_id}/pictures", data=data)


def pictures(desk: Desk, content_id: int) -> list[Any]:
    own = [one for one in desk.rows(Image) if one.content_id == content_id and not one.deleted_at]
    return sorted(own, key=lambda one: one.position)


def test_a_drafts_pictures_are_changed_at_once(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    first = upload(client, content_id, image_type="gallery", filename="one.png").json()["ref"]
    act(client, content_id, act="add", url="https://pictures.example/2.jpg", image_type="featured")
    second = pictures(desk, content_id)[1].ref
    shown = act(client, content_id, ref=first, alt="A jug", caption="Seen from above")
    assert "A jug" in shown.text
    act(client, content_id, ref=second, act="up")
    found = pictures(desk, content_id)
    assert [(one.ref, one.alt, one.image_type) for one in found] == [
        (second, "", "featured"),
        (first, "A jug", "gallery"),
    ]
    upload(client, content_id, ref=second, filename="new.png")
    assert pictures(desk, content_id)[0].filename == "new.png"
    assert client.get(f"/content/{content_id}/pictures/{second}").content == picture()
    act(client, content_id, ref=first, act="remove")
    assert [one.ref for one in pictures(desk, content_id)] == [second]
    act(client, content_id, act="add", url="https://pictures.example/3.jpg", image_type="featured")
    assert [one.image_url for one in pictures(desk, content_id)] == [
        "https://pictures.example/3.jpg"
    ]


def test_one_that_is_sent_again_is_the_same_picture(desk: Desk, client: Client) -> None:
    for content_id in (desk.write(), desk.approved()):
        sent = {"image_type": "in_article", "filename": "a.png", "name": "0a1b2c3d4e5f"}
        answers = [upload(client, content_id, **sent).json() for _ in range(2)]
        assert answers == [{"ref": "0a1b2c3d4e5f"}] * 2
        other = upload(client, content_id, **{**sent, "name": "f5e4d3c2b1a0"})
        assert other.json() == {"ref": "f5e4d3c2b1a0"}
        page = client.get(f"/content/{content_id}/pictures").text
        assert page.count('class="rail-picture') == 2
    bad = upload(client, content_id, image_type="in_article", name='x" onerror="')
    assert bad.status_code == 422
    taken = client.post(
        f"/content/{content_id}/picture-files",
        params={**sent, "name": "0a1b2c3d4e5f"},
        content=picture(shade=10),
    )
    assert taken.status_code == 422


def test_those_of_what_may_go_out_lie_beside_it(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    desk.add_image(content_id, image_type="featured", url="https://pictures.example/1.jpg")
    desk.approve(content_id)
    ref = upload(client, content_id, image_type="in_article").json()["ref"]
    act(client, content_id, ref=pictures(desk, content_id)[0].ref, alt="Said beside")
    assert client.get(f"/content/{content_id}/pictures/{ref}").status_code == 200
    assert desk.content(content_id).status == "approved"
    assert [one.alt for one in pictures(desk, content_id)] == [""]
    checks = client.get(f"/content/{content_id}/edit/checks").text
    assert "Without alternative text" in checks
    version = opened(client, content_id)["version"]
    client.post(f"/content/{content_id}/edit/update", data={"version": version})
    assert [one.alt for one in pictures(desk, content_id)] == ["Said beside", ""]
    piece = desk.content(content_id)
    assert (piece.status, piece.approved_hash) == ("approved", piece.content_hash)


@pytest.mark.parametrize(
    "data",
    [
        {"act": "add", "url": "ftp://pictures.example/1.jpg"},
        {"act": "add", "url": "https://somebody:secret@pictures.example/1.jpg"},
        {"act": "add", "url": "https://pictures.example/1.jpg", "image_type": "wall"},
    ],
)
def test_what_is_no_picture_is_refused(desk: Desk, client: Client, data: dict[str, str]) -> None:
    content_id = desk.write()
    answer = act(client, content_id, **data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert pictures(desk, content_id) == []
    bad = client.post(f"/content/{content_id}/picture-files", content=b"no picture")
    assert bad.status_code == 422
    assert act(client, content_id, act="remove", ref="nothing").status_code == 409


def test_links_lead_to_pieces_of_the_same_site(desk: Desk, client: Client) -> None:
    content_id = desk.write(title="About milk")
    desk.write(title="Milk at 58 degrees", slug="milk-at-58")
    desk.write(title="Olives")
    found = client.get(f"/content/{content_id}/links", params={"q": "milk 58"}).json()
    assert found == [
        {
            "title": "Milk at 58 degrees",
            "address": "https://gazette.example/milk-at-58",
            "state": "Draft",
        }
    ]


def test_an_act_on_a_picture_asks_no_more_of_the_database_where_there_are_many(
    desk: Desk, client: Client
) -> None:
    few, many = (_asked(desk, client, pictures) for pictures in (3, 40))
    assert many - few < 10, (few, many)


def _asked(desk: Desk, client: Client, pictures: int) -> int:
    """How many statements it takes to say something of one of so many pictures."""
    content_id = desk.write()
    home = {"account_id": desk.site.account_id}
    with desk.system.db.write() as db:
        for n in range(pictures):
            sha = f"{content_id}-{n}"
            db.add(MediaFile(**home, sha256=sha, media_type="image/png", size=1, data=b"x"))
            db.add(
                Image(
                    **home,
                    site_id=desk.site.id,
                    content_id=content_id,
                    ref=f"r{n}",
                    image_type="gallery",
                    sha256=sha,
                    position=n,
                )
            )
    asked: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(desk.system.db.engine, "before_cursor_execute", listen)
    client.post(f"/content/{content_id}/pictures", data={"ref": "r1", "alt": "Another"})
    sa.event.remove(desk.system.db.engine, "before_cursor_execute", listen)
    return len(asked)


def test_what_is_said_of_a_picture_does_not_change_its_kind(desk: Desk, client: Client) -> None:
    """A form sends all of its fields: the kind among them stays the picture's own."""
    content_id = desk.write()
    desk.add_image(content_id, image_type="mobile", url="https://pictures.example/1.jpg", ref="m")
    page = act(client, content_id, ref="m", alt="A jug").text
    [select] = re.findall(r'<select [^>]*id="kind-m".*?</select>', page, re.DOTALL)
    [kind] = re.findall(r'value="(\w+)" selected', select)
    act(client, content_id, ref="m", alt="A blue jug", image_type=kind)
    assert [(one.alt, one.image_type) for one in pictures(desk, content_id)] == [
        ("A blue jug", "mobile")
    ]


def test_more_than_fits_beside_a_piece_is_said_and_the_rest_goes_on(
    desk: Desk, client: Client
) -> None:
    content_id = desk.write(title="Approved")
    with desk.changing(content_id) as (db, content):
        home = {"account_id": content.account_id, "site_id": content.site_id}
        for n in range(limits.MOST_IMAGES):
            words = {"alt": "a" * 400, "image_url": f"https://pictures.example/{n}.jpg"}
            kind = {"content_id": content.id, "ref": f"r{n}", "image_type": "gallery"}
            db.add(Image(**home, **words, **kind, position=n))
    desk.approve(content_id)
    refused = act(client, content_id, ref="r0", alt="Another")
    assert refused.status_code == 422
    assert "Hand in the change that lies there" in refused.text
    fields = {"title": ("Typed", "Approved")}
    assert saved(client, content_id, version="1", fields=fields)["wrong"] == {}
    assert "Another" not in client.get(f"/content/{content_id}/pictures").text


def test_a_files_name_is_one_line(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    name = "a\r\nb\u202eg\u2028c\x1b\x9f .png"
    assert upload(client, content_id, image_type="gallery", filename=name).status_code == 200
    [one] = pictures(desk, content_id)
    assert one.filename == "a b g c .png"
