"""Every door that changes a piece leaves a revision of it as it is then."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.architecture.source import Source, application
from tests.support.desk import Desk
from webapp.publisher.planning import decisions
from webapp.writer import binned, keeping
from webapp.writer.draft import COLUMNS, OF_THE_PLAN
from webapp.writing import texts
from webapp.writing.models import Revision

# Who may bring the payload of a piece up to date, and who may write into one.
CHANGES = {"webapp.writer.contents", "webapp.writer.takeover"}
WRITES = {"webapp.writer.contents", "webapp.writer.restoring", "webapp.publisher.planning.taken"}
# How it goes out is not what it is: no revision has it.
FIELDS = "|".join(one for one in COLUMNS if one not in OF_THE_PLAN)

Client = TestClient[Litestar]
PIECES = "/api/v1/writer/content/"
A, B = "https://images.example/a.png", "https://images.example/b.png"


def create(desk: Desk, api: Client, _: int) -> int:
    answer = api.post(PIECES, json={"title": "New", "html": "<p>x</p>", "site_id": desk.site.id})
    return int(answer.json()["data"]["id"])


def edit(_: Desk, api: Client, piece: int) -> int:
    assert api.patch(f"{PIECES}{piece}/", json={"html": "<p>Another.</p>"}).status_code == 200
    return piece


def add_image(_: Desk, api: Client, piece: int) -> int:
    answer = api.post(f"{PIECES}{piece}/images/", json={"image_url": A})
    assert answer.status_code == 201
    return piece


def _image(api: Client, piece: int) -> str:
    added = api.post(f"{PIECES}{piece}/images/", json={"image_url": A}).json()["data"]
    return f"{PIECES}{piece}/images/{added['id']}/"


def change_image(_: Desk, api: Client, piece: int) -> int:
    assert api.patch(_image(api, piece), json={"alt": "Milk"}).status_code == 200
    return piece


def remove_image(_: Desk, api: Client, piece: int) -> int:
    assert api.delete(_image(api, piece)).status_code == 200
    return piece


def order_images(_: Desk, api: Client, piece: int) -> int:
    first, second = (_image(api, piece).rstrip("/").rsplit("/", 1)[1] for _ in range(2))
    ids = {"image_ids": [int(second), int(first)]}
    assert api.put(f"{PIECES}{piece}/images/order/", json=ids).status_code == 200
    return piece


def restore(desk: Desk, api: Client, piece: int) -> int:
    edit(desk, api, piece)
    with desk.changing(piece) as (db, content):
        assert decisions.restore(db, desk.system, content, 1, by=desk.owner) == []
    return piece


def bring_back(desk: Desk, api: Client, piece: int) -> int:
    assert api.delete(f"{PIECES}{piece}/").status_code == 200
    with desk.system.db.write() as db:
        content = binned.find(db, desk.owner, piece, desk.system.clock())
        decisions.bring_back(db, desk.system, content, by=desk.owner)
    return piece


def publish(desk: Desk, _: Client, piece: int) -> int:
    desk.approve(piece)
    desk.publish(piece)
    desk.run_worker()
    assert desk.content(piece).status == "published"
    return piece


DOORS: list[Callable[[Desk, Client, int], int]] = [
    create,
    edit,
    add_image,
    change_image,
    remove_image,
    order_images,
    restore,
    bring_back,
    publish,
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_each_door_leaves_a_revision(
    desk: Desk, client: Client, door: Callable[[Desk, Client, int], int]
) -> None:
    desk.connect("headless")
    piece = door(desk, client, desk.write())
    with desk.changing(piece) as (db, content):
        kept = db.query(Revision).filter(Revision.content_id == piece, ~Revision.folded)
        newest = kept.order_by(Revision.version.desc()).first()
        assert newest is not None
        assert (newest.version, newest.content_hash) == (content.version, content.content_hash)
        assert newest.fields == keeping.fields(db, content)
        assert texts.read(db, newest.text_id) == content.html


def test_nobody_goes_around_them() -> None:
    """What writes into a piece, or reckons its hash anew, does it where a revision is kept."""
    broken = {str(source): found for source in application() if (found := _around(source))}
    assert broken == {}


def test_who_goes_around_them_is_noticed() -> None:
    for text in (
        "contents.changed(db, content)",
        "contents.write(db, content, draft, by=by, types=types)",
        "db.execute(sa.update(Content).where(Content.id == 1).values(html='x'))",
        "content.html = 'x'",
    ):
        assert _around(Source("webapp.review.pages", text)) != []


def _around(source: Source) -> list[str]:
    return [text[:80] for text in _statements(source) if _goes_around(source.name, text)]


def _statements(source: Source) -> Iterator[str]:
    if re.search(r"contents\.(?:changed|write)|content\.\w+ = |update\(Content\)", source.text):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call | ast.Assign):
                yield ast.unparse(node)


def _goes_around(name: str, text: str) -> bool:
    return (
        (text.startswith("contents.changed(") and name not in CHANGES)
        or (text.startswith("contents.write(") and name not in WRITES)
        or (bool(re.match(rf"content\.(?:{FIELDS}) = ", text)) and name not in CHANGES)
        or bool(re.match(rf"sa\.update\(Content\)\..*\.values\(.*\b(?:{FIELDS})=", text))
    )
