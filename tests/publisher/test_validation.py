"""Step 1: everything that can be known before anything is created, images looked at for real."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import misbehaving as does
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.misbehaving import Behaviour, Misbehaving, Reply
from webapp.core.codes import Code
from webapp.integrations.base import Permanent, RetryLater
from webapp.publisher.records import validation
from webapp.writer import payload as payloads
from webapp.writer.payload import Payload, Picture

PNG = Reply(200, b"\x89PNG\r\n\x1a\n", {"Content-Type": "image/png"})
Check = Callable[..., None]


def piece(**fields: Any) -> Payload:
    """A payload that is fine, with some fields changed."""
    fine: dict[str, Any] = {
        "content_id": 1,
        "content_type": "post",
        "title": "A title",
        "slug": "a-title",
        "html": "<p>Some text.</p>",
        "excerpt": "",
        "author_email": "",
        "canonical_url": "",
        "meta_title": "",
        "meta_description": "",
        "focus_keywords": [],
        "categories": [],
        "tags": [],
        "sectors": [],
        "clusters": [],
        "sector_id": None,
        "cluster_id": None,
        "keyword_ids": [],
        "featured_image": None,
        "gallery": [],
        "inline_images": [],
    }
    return Payload(**{**fine, **fields})


DYNAMIC = [
    "<!-- wp:latest-posts /-->",
    '<!-- wp:latest-posts {"postsToShow":3,"displayPostDate":true} /-->',
    "<!-- wp:my-shop/products /-->\n\n<!-- wp:query-title /-->",
]


@pytest.fixture
def check(desk: Desk, website: Website) -> Check:
    """Runs step 1 on a payload with some fields changed."""
    from webapp.integrations import connections, registry

    integration_id = desk.connect_to_website()

    def run(**fields: object) -> None:
        with desk.system.db.read() as db:
            target = connections.open_target(db, desk.system, desk.integration(integration_id))
        adapter = registry.adapter_for(desk.system, target)
        validation.check(piece(**fields), adapter, desk.system.http)

    return run


def test_a_piece_without_fault_passes(check: Check) -> None:
    check()


@pytest.mark.parametrize("html", DYNAMIC)
def test_a_block_that_the_website_fills_is_no_empty_text(check: Check, html: str) -> None:
    check(html=html)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "  "}, Code.TITLE_MISSING),
        ({"title": "x" * 501}, Code.TITLE_TOO_LONG),
        ({"html": "<p> </p>"}, Code.CONTENT_EMPTY),
        ({"html": f"<p>{'x' * 5_300_000}</p>"}, Code.CONTENT_TOO_LARGE),
        ({"html": "<!-- wp:paragraph --><p></p><!-- /wp:paragraph -->"}, Code.CONTENT_EMPTY),
        ({"slug": "with space"}, Code.SLUG_INVALID),
        ({"canonical_url": "javascript:alert(1)"}, Code.CANONICAL_INVALID),
        ({"canonical_url": "/first"}, Code.CANONICAL_INVALID),
        ({"content_type": "forbidden"}, Code.TYPE_DISABLED),
        ({"gallery": [Picture(ref="a")]}, Code.IMAGE_MISSING),
        (
            {"gallery": [Picture(ref="a", sha256="0" * 64, size=21 * 1024 * 1024)]},
            Code.IMAGE_TOO_LARGE,
        ),
        ({"html": '<p>Text <img src="igny8:lost"></p>'}, Code.IMAGE_MISSING),
        (
            {"gallery": [Picture(ref=str(n), sha256="0" * 64, size=1) for n in range(51)]},
            Code.TOO_MANY_IMAGES,
        ),
    ],
)
def test_what_is_wrong_with_the_piece(check: Check, fields: dict[str, object], code: Code) -> None:
    with pytest.raises(Permanent) as refused:
        check(**fields)
    failure = refused.value.failure
    assert failure.code == code
    assert (failure.step, failure.step_number, failure.recoverable) == ("validation", 1, False)
    assert failure.message


def test_all_problems_are_told_together(check: Check, misbehaving: Misbehaving) -> None:
    misbehaving.on("*", "/gone.png", does.status(404))
    with pytest.raises(Permanent) as refused:
        check(
            title="",
            html="",
            slug="a b",
            content_type="forbidden",
            featured_image=Picture(ref="f", url=f"{misbehaving.url}/gone.png"),
        )
    failure = refused.value.failure
    assert failure.code == Code.VALIDATION_FAILED
    assert {problem["code"] for problem in failure.details["problems"]} == {
        Code.TITLE_MISSING,
        Code.CONTENT_EMPTY,
        Code.SLUG_INVALID,
        Code.TYPE_DISABLED,
        Code.IMAGE_UNREACHABLE,
    }
    assert all(problem["message"] for problem in failure.details["problems"])


def look_at(check: Check, server: Misbehaving, *behaviours: Behaviour) -> None:
    """Check a piece whose featured image behaves so."""
    server.on("*", "/image", *behaviours)
    check(featured_image=Picture(ref="f", url=f"{server.url}/image"))


@pytest.mark.parametrize(
    "behaviours",
    [
        [does.reply(PNG)],
        [does.status(405), does.reply(PNG)],
        [does.status(403), does.reply(Reply(206, b"\x89", {"Content-Type": "image/jpeg"}))],
        [does.status(302, Location="/image"), does.reply(PNG)],
        [does.delayed(0.2, does.reply(PNG))],
        [does.reply(Reply(200, b"", {"Content-Type": "application/octet-stream"}))],
    ],
    ids=["fine", "no-head", "head-refused", "redirect", "slow", "unnamed-kind"],
)
def test_images_that_can_be_reached(
    check: Check, misbehaving: Misbehaving, behaviours: list[Behaviour]
) -> None:
    look_at(check, misbehaving, *behaviours)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (does.status(404), Code.IMAGE_UNREACHABLE),
        (does.status(403), Code.IMAGE_UNREACHABLE),
        (does.status(410), Code.IMAGE_UNREACHABLE),
        (does.login_page(), Code.IMAGE_KIND_UNSUPPORTED),
        (does.answer_json({}), Code.IMAGE_KIND_UNSUPPORTED),
        (does.status(302, Location="/image"), Code.ADDRESS_REFUSED),
        (does.status(302, Location="file:///etc/passwd"), Code.ADDRESS_REFUSED),
        (does.status(302, Location="http://169.254.169.254/latest"), Code.ADDRESS_REFUSED),
    ],
    ids=["404", "403", "410", "login", "json", "loop", "file", "metadata-service"],
)
def test_images_that_never_will(
    check: Check, misbehaving: Misbehaving, behaviour: Behaviour, code: Code
) -> None:
    with pytest.raises(Permanent) as refused:
        look_at(check, misbehaving, behaviour)
    assert refused.value.failure.code == code
    assert refused.value.failure.details["image_url"] == f"{misbehaving.url}/image"


@pytest.mark.parametrize(
    "behaviour",
    [does.status(500), does.status(503), does.status(429), does.reset(), does.hang_up()],
    ids=["500", "503", "429", "reset", "hang-up"],
)
def test_images_that_may_come_back(
    check: Check, misbehaving: Misbehaving, behaviour: Behaviour
) -> None:
    with pytest.raises(RetryLater) as refused:
        look_at(check, misbehaving, behaviour)
    assert refused.value.failure.code == Code.IMAGE_UNREACHABLE
    assert refused.value.failure.recoverable


@pytest.mark.parametrize("behaviour", [does.hang(), does.drip(0.05)], ids=["hang", "drip"])
def test_images_that_take_for_ever_are_not_waited_for(
    check: Check, misbehaving: Misbehaving, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validation, "IMAGE_SECONDS", 0.5)
    misbehaving.on("HEAD", "/image", does.status(405))
    misbehaving.on("GET", "/image", behaviour)
    with pytest.raises(RetryLater):
        check(featured_image=Picture(ref="f", url=f"{misbehaving.url}/image"))


def test_nothing_is_sent_to_the_destination_before_the_piece_is_fit(
    desk: Desk, website: Website, misbehaving: Misbehaving
) -> None:
    desk.connect_to_website()
    misbehaving.on("*", "/gone.png", does.status(404))
    content_id = desk.write()
    desk.add_image(content_id, image_type="featured", url=f"{misbehaving.url}/gone.png")
    record_id = desk.publish(content_id)
    desk.run_worker()
    record = desk.record(record_id)
    assert record.status == "failed"
    assert record.error is not None
    assert record.error["code"] == Code.IMAGE_UNREACHABLE
    assert record.error["details"]["http_status"] == 404
    assert website.writes == []
    assert website.posts == {}


def test_the_hash_moves_with_everything_that_is_sent(desk: Desk) -> None:
    before = payloads.digest(piece())
    assert payloads.digest(piece()) == before
    changed: list[dict[str, Any]] = [
        {"title": "B"},
        {"html": "<p>B</p>"},
        {"slug": "b"},
        {"meta_description": "b"},
        {"tag_ids": [7]},
        {"gallery": [Picture(ref="a", sha256="1" * 64)]},
    ]
    assert len({before, *(payloads.digest(piece(**one)) for one in changed)}) == 7
