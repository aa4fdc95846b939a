"""Bad input and bad luck: the right code and sentence, nothing half done, nothing lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.destinations.conftest import MakeHouse
from tests.destinations.judge import Website, complaints
from tests.destinations.piece import Piece, complete, png
from tests.destinations.product import Product
from tests.support.misbehaving import Exchange, Misbehaving, Reply, forward, reply, status
from tests.support.wordpress import WordPress
from webapp.core.errors import Conflict, Invalid
from webapp.publisher.records.models import PublishingRecord, UndoAction

pytestmark = pytest.mark.heavy
House = tuple[WordPress, Product]
IMAGE = Reply(200, png(200, 1), {"Content-Type": "image/png"})


@pytest.fixture(scope="module")
def bad_house(make_house: MakeHouse) -> House:
    """One WordPress is enough here: the plugin's own refusals are tested on every version."""
    wp, product = make_house(web=True, IGNY8_REQUEST_SECONDS="8")
    wp.php(
        "wp_insert_user(array('user_login' => 'sub', 'user_pass' => 'x', 'role' => 'subscriber',"
        " 'user_email' => 'sub@example.test'));"
        "update_option('igny8_settings', array('content_types' => array('post')));"
    )
    return wp, product


def failed(product: Product, record: PublishingRecord, code: str, step: str) -> dict[str, Any]:
    """The record failed with that code; its details. The content is in the state for that."""
    assert record.status == "failed"
    assert record.error is not None
    assert (record.error["code"], record.error["step"]) == (code, step), record.error
    assert record.error["message"] != ""
    content = product.content(record.content_id)
    assert (content.site_status, content.status) == ("failed", "approved")
    assert (content.external_id, content.external_url) == ("", "")
    assert content.attention == {"failed"}
    details: dict[str, Any] = record.error["details"]
    return details


def left(wp: WordPress) -> tuple[dict[str, int], set[str]]:
    """All that a publication may leave behind."""
    return wp.counts(), wp.staged()


def with_picture_at(url: str) -> Callable[[Piece], None]:
    return lambda piece: piece.pictures.append({"image_type": "gallery", "url": url})


def as_field(name: str, value: str) -> Callable[[Piece], None]:
    return lambda piece: setattr(piece, name, value)


@pytest.mark.parametrize(
    ("change", "code", "step"),
    [
        (as_field("author_email", "nobody@example.test"), "AUTHOR_NOT_FOUND", "validation"),
        (as_field("author_email", "sub@example.test"), "AUTHOR_FORBIDDEN", "validation"),
        (as_field("content_type", "page"), "TYPE_DISABLED", "validation"),
        (as_field("html", "<p> </p>"), "CONTENT_EMPTY", "validation"),
        (as_field("html", '<p>x</p><img src="igny8:nowhere">'), "IMAGE_MISSING", "validation"),
    ],
    ids=["unknown author", "forbidden author", "disabled type", "no text", "no such image"],
)
def test_a_piece_that_cannot_go_out(
    bad_house: House, change: Callable[[Piece], None], code: str, step: str
) -> None:
    wp, product = bad_house
    piece = complete(time.time_ns() % 100_000)
    piece.pictures = piece.pictures[:1] + piece.pictures[2:]
    piece.html, piece.categories, piece.tags = "<p>Text.</p>", [], []
    change(piece)
    before = left(wp)
    record = product.publish(product.write(piece))
    failed(product, record, code, step)
    assert record.error is not None
    assert not record.error["recoverable"]
    assert record.attempt == 1
    assert left(wp) == before


def test_more_than_five_megabytes_are_refused_where_they_are_written(bad_house: House) -> None:
    _, product = bad_house
    with pytest.raises(Invalid) as refused:
        product.write(Piece("Large", html="<p>" + "x" * (5 * 1024 * 1024) + "</p>"))
    assert "5,242,880 bytes" in refused.value.fields["html"]


@pytest.mark.parametrize(
    ("answer", "code", "recoverable"),
    [(404, "IMAGE_UNREACHABLE", False), (503, "IMAGE_UNREACHABLE", True)],
)
def test_an_image_that_is_not_there(
    bad_house: House, misbehaving: Misbehaving, answer: int, code: str, recoverable: bool
) -> None:
    wp, product = bad_house
    misbehaving.on("*", "/gone.png", status(answer))
    piece = complete(300 + answer)
    with_picture_at(f"{misbehaving.url}/gone.png")(piece)
    before = left(wp)
    record = product.publish(product.write(piece))
    details = failed(product, record, code, "validation")
    assert details["image_url"] == f"{misbehaving.url}/gone.png"
    assert details["http_status"] == answer
    assert record.attempt == (4 if recoverable else 1)
    assert left(wp) == before


def test_an_image_that_is_gone_when_wordpress_fetches_it(
    bad_house: House, misbehaving: Misbehaving
) -> None:
    wp, product = bad_house
    misbehaving.on("HEAD", "/soon-gone.png", reply(IMAGE))
    misbehaving.on("GET", "/soon-gone.png", status(404))
    piece = complete(310)
    with_picture_at(f"{misbehaving.url}/soon-gone.png")(piece)
    before = left(wp)
    record = product.publish(product.write(piece))
    failed(product, record, "GALLERY_IMAGE_DOWNLOAD_FAILED", "media_processing")
    assert left(wp) == before


def test_an_image_that_vanishes_after_an_answer_was_lost(
    bad_house: House, misbehaving: Misbehaving
) -> None:
    """The second attempt cannot begin, but the first one had worked: that is what counts."""
    wp, product = bad_house
    misbehaving.on("*", "/fleeting.png", reply(IMAGE))
    piece = complete(315)
    with_picture_at(f"{misbehaving.url}/fleeting.png")(piece)
    with Misbehaving(upstream=wp.url) as between:

        def lose_it_and_the_image(exchange: Exchange) -> None:
            exchange.upstream()
            misbehaving.on("*", "/fleeting.png", status(404))
            exchange.reset()

        between.on("POST", "*/publish-content/", lose_it_and_the_image, forward())
        with product.reached_at(between.url):
            record = product.publish(product.write(piece))
    assert record.status == "published"
    assert len(Website(wp).by_content[record.content_id]) == 1
    assert product.content(record.content_id).site_status == "published"


def test_several_problems_are_told_together(bad_house: House, misbehaving: Misbehaving) -> None:
    wp, product = bad_house
    misbehaving.on("*", "/gone.png", status(404))
    before = left(wp)
    piece = Piece("Several", html='<img src="igny8:nowhere">')
    with_picture_at(f"{misbehaving.url}/gone.png")(piece)
    details = failed(
        product, product.publish(product.write(piece)), "VALIDATION_FAILED", "validation"
    )
    assert {one["code"] for one in details["problems"]} == {"IMAGE_MISSING", "IMAGE_UNREACHABLE"}
    assert left(wp) == before


def test_wrong_key_then_the_right_one(bad_house: House) -> None:
    wp, product = bad_house
    key = wp.get_option("igny8_api_key")
    piece, before = complete(320), left(wp)
    content_id = product.write(piece)
    wp.set_option("igny8_api_key", "another-key-0123456789")
    try:
        record = product.publish(content_id)
    finally:
        wp.set_option("igny8_api_key", key)
    assert record.attempt == 1
    failed(product, record, "INVALID_CREDENTIALS", "connection")
    assert left(wp) == before
    good = product.publish(content_id)
    assert good.status == "published", good.error
    assert complaints_of(wp, {content_id: piece}, good) == []


def test_site_down_then_up_again(bad_house: House) -> None:
    wp, product = bad_house
    piece, before = complete(330), left(wp)
    content_id = product.write(piece)
    with wp.down():
        record = product.publish(content_id)
    failed(product, record, "DESTINATION_UNREACHABLE", "connection")
    assert record.attempt == 4
    assert left(wp) == before
    # What might have been left there is asked about once more, and then forgotten.
    assert record.id in {undo.record_id for undo in product.desk.rows(UndoAction)}
    good = product.publish(content_id)
    assert good.status == "published"
    assert complaints_of(wp, {content_id: piece}, good) == []


def test_a_short_outage_is_not_noticed(bad_house: House) -> None:
    wp, product = bad_house
    piece = complete(340)
    content_id = product.write(piece)
    with wp.down():
        product.click([content_id])
        time.sleep(0.3)
    (record,) = product.settle([content_id])
    assert record.status == "published"
    assert complaints_of(wp, {content_id: piece}, record) == []


def test_scripts_do_not_go_out(bad_house: House) -> None:
    wp, product = bad_house
    bad = '<p onclick="steal()">Hello</p><script>steal()</script><a href="javascript:x()">a</a>'
    content_id = product.write(Piece("Scripts", html=bad + '<img src=x onerror="steal()">'))
    record = product.publish(content_id)
    assert record.status == "published"
    website = Website(wp)
    stored = website.posts[website.by_content[content_id][0]]["post_content"] or ""
    assert "<p>Hello</p>" in stored
    for word in ("script", "steal", "onclick", "onerror"):
        assert word not in stored
    assert product.content(content_id).html.startswith(bad), "the writer's text stays as it is"


def test_an_edit_during_publishing_is_kept_and_not_sent(bad_house: House) -> None:
    wp, product = bad_house
    piece = complete(350)
    content_id = product.write(piece)
    slow = """add_action('save_post', function ($id, $p) {
        if ($p->post_name === 'piece-350' && $p->post_status !== 'publish') sleep(2);
    }, 10, 2);"""
    with wp.mu_plugin(slow):
        product.click([content_id])
        wait_for_row(wp, content_id)
        product.desk.edit(content_id, title="Edited meanwhile")
        (record,) = product.settle([content_id])
    assert record.status == "published"
    assert complaints_of(wp, {content_id: piece}, record) == []
    content = product.content(content_id)
    assert (content.title, content.status) == ("Edited meanwhile", "review")
    assert content.published_hash == record.content_hash != content.content_hash
    again = product.publish(content_id)
    piece.title = "Edited meanwhile"
    assert complaints_of(wp, {content_id: piece}, again) == []


def test_a_b_a_and_unchanged_and_forced(bad_house: House) -> None:
    wp, product = bad_house
    piece = complete(360)
    content_id = product.write(piece)
    first = product.publish(content_id)
    with pytest.raises(Conflict) as refused:
        product.publish(content_id)
    assert (refused.value.status, refused.value.code) == (409, "ALREADY_PUBLISHED")
    product.desk.edit(content_id, title="B", keep_approved=True)
    assert (product.publish(content_id).result or {})["result"] == "updated"
    product.desk.edit(content_id, title=piece.title, keep_approved=True)
    last = product.publish(content_id)
    assert (last.external_id, last.external_url) == (first.external_id, first.external_url)
    assert complaints_of(wp, {content_id: piece}, last) == []
    forced = product.publish(content_id, force=True)
    assert (forced.result or {})["result"] == "updated"
    assert complaints_of(wp, {content_id: piece}, forced) == []


@pytest.mark.parametrize("to", ["draft", "trash", "delete"])
def test_retract_and_publish_again(bad_house: House, to: str) -> None:
    wp, product = bad_house
    number = {"draft": 370, "trash": 371, "delete": 372}[to]
    piece = complete(number)
    content_id = product.write(piece)
    product.publish(content_id)
    gone = product.retract(content_id, to)
    assert gone.status == "retracted"
    content = product.content(content_id)
    assert (content.status, content.site_status) == ("approved", "not_published")
    website = Website(wp)
    posts = [website.posts[one]["post_status"] for one in website.by_content.get(content_id, [])]
    assert posts == ([] if to == "delete" else [to])
    again = product.publish(content_id)
    assert again.status == "published"
    assert complaints_of(wp, {content_id: piece}, again) == []


def test_a_click_while_it_runs_answers_with_the_same_record(
    bad_house: House, tmp_path: Path
) -> None:
    wp, product = bad_house
    content_id = product.write(complete(380))
    gate = tmp_path / "answered"
    waits = f"""add_action('save_post', function () {{
        for ($n = 0; $n < 400 && !file_exists('{gate}'); clearstatcache(), $n++) usleep(50000);
    }});"""
    with wp.mu_plugin(waits):
        (record_id,) = product.click([content_id])
        wait_for_row(wp, content_id)
        answers: list[list[int]] = []
        clicks = [
            threading.Thread(target=lambda: answers.append(product.click([content_id])))
            for _ in range(4)
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()
        gate.touch()
        product.settle([content_id])
    assert answers == [[record_id]] * 4
    assert len(Website(wp).by_content[content_id]) == 1


def complaints_of(wp: WordPress, pieces: dict[int, Piece], record: PublishingRecord) -> list[str]:
    """Complaints about one piece, without strays of others."""
    found = complaints(Website(wp), pieces, {record.content_id: record.content_hash})
    return [line for line in found if line.startswith(f"content {record.content_id}:")]


def wait_for_row(wp: WordPress, content_id: int) -> None:
    """Until WordPress works on the content."""
    query = f"SELECT state FROM wp_igny8_publishes WHERE content_id = {content_id}"
    end = time.monotonic() + 20
    while wp.value(query) not in ("running", "publishing"):
        assert time.monotonic() < end, "the request did not begin"
        time.sleep(0.02)
