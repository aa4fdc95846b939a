"""Every fault between us and a real WordPress ends in published-once or failed-with-reason.

A server in between answers badly, instead of WordPress or after WordPress has done it all, once or
always, at each of the three kinds of call. All cases are contents of one run, so that they also
go on side by side; each test looks at its own.
"""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest

from tests.destinations.conftest import MakeHouse
from tests.destinations.judge import Website, complaints
from tests.destinations.piece import Piece, png
from tests.destinations.product import Product
from tests.support.misbehaving import (
    Behaviour,
    Exchange,
    Misbehaving,
    drip,
    hang,
    hang_up,
    instead_of_answer,
    invalid_json,
    login_page,
    reset,
    status,
    truncated,
)
from tests.support.samples import fair
from webapp.publisher.records.models import PublishingRecord

pytestmark = pytest.mark.heavy
REQUEST_SECONDS = 6.0


@dataclass(frozen=True)
class Fault:
    """`code` is what a record that failed of it says; a passing one is tried four times."""

    behaviour: Behaviour
    code: str
    passes: bool = True
    slow: bool = False


PAGE = "<html><body>A page of the server itself</body></html>"
FAULTS = {
    "500": Fault(status(500, PAGE), "DESTINATION_ERROR"),
    "502": Fault(status(502, PAGE), "DESTINATION_ERROR"),
    "503 with Retry-After": Fault(status(503, PAGE, Retry_After="1"), "DESTINATION_ERROR"),
    "hang": Fault(hang(), "DESTINATION_TIMEOUT", slow=True),
    "slow drip": Fault(drip(0.2), "DESTINATION_TIMEOUT", slow=True),
    "reset": Fault(reset(), "DESTINATION_UNREACHABLE"),
    "closed without a word": Fault(hang_up(), "DESTINATION_UNREACHABLE"),
    "invalid JSON": Fault(invalid_json(), "DESTINATION_ANSWER_UNREADABLE"),
    "login page with 200": Fault(login_page(), "DESTINATION_ANSWER_UNREADABLE"),
    "redirect to a login": Fault(status(302, Location="/wp-login.php"), "ADDRESS_REDIRECTS", False),
    "forbidden page": Fault(status(403, PAGE), "REST_CLOSED", False),
    "not found page": Fault(status(404, PAGE), "PLUGIN_MISSING", False),
    "body too large page": Fault(status(413, PAGE), "CONTENT_TOO_LARGE", False),
    "429 with Retry-After": Fault(status(429, PAGE, Retry_After="1"), "DESTINATION_BUSY"),
}
# After these the routes are looked for in the other form of the address.
PAGES = ("invalid JSON", "login page with 200", "redirect to a login", "not found page")
TRUNCATED = Fault(truncated(), "DESTINATION_UNREACHABLE")


@dataclass(frozen=True)
class Case:
    """Where, what, whether WordPress has done its work before, and whether it stays so."""

    where: str
    fault: str
    after_commit: bool
    always: bool

    def __str__(self) -> str:
        when = "after the commit" if self.after_commit else "instead"
        return f"{self.where}-{self.fault}-{when}-{'always' if self.always else 'once'}"

    @property
    def what(self) -> Fault:
        return FAULTS.get(self.fault, TRUNCATED)


ALL = [
    Case(where, fault, after, always)
    for where in ("publish", "media", "verify")
    for fault in FAULTS
    for after in ((False, True) if where == "publish" else (False,))
    for always in (False, True)
] + [Case("publish", "truncated body", True, always) for always in (False, True)]
CASES = fair(ALL, "faults", of=2)


class Between:
    """Sits between the product and WordPress and gives each content the fault of its case."""

    def __init__(self, upstream: str) -> None:
        self.server = Misbehaving(upstream)
        self._by_content: dict[int, Case] = {}
        self._by_image: dict[str, int] = {}
        self._struck: set[int] = set()
        self._lock = threading.Lock()
        self.server.on("POST", "*/publish-content/", self._publish)
        self.server.on("POST", "*/media/", self._media)
        self.server.on("GET", "*/content/*", self._verify)
        self.server.on("*", "/", self._other_form)

    def expect(self, content_id: int, case: Case, image: bytes) -> None:
        self._by_content[content_id] = case
        self._by_image[hashlib.sha256(image).hexdigest()] = content_id

    def _other_form(self, exchange: Exchange) -> None:
        """The same routes as `?rest_route=`, where the client looks for those it does not find."""
        route = parse_qs(exchange.hit.query).get("rest_route", [""])[0]
        for kind, behave in (
            ("/publish-content/", self._publish),
            ("/media/", self._media),
            ("/content/", self._verify),
        ):
            if kind in route and not route.endswith("/abandon/"):
                behave(exchange)
                return
        exchange.send(exchange.upstream())

    def _publish(self, exchange: Exchange) -> None:
        self._strike("publish", int(exchange.hit.json()["content_id"]), exchange)

    def _media(self, exchange: Exchange) -> None:
        sha256 = parse_qs(exchange.hit.query)["sha256"][0]
        self._strike("media", self._by_image[sha256], exchange)

    def _verify(self, exchange: Exchange) -> None:
        path = f"{exchange.hit.path}?{exchange.hit.query}"
        found = re.search(r"/content/(\d+)/(?:$|\?$)", path)
        self._strike("verify", int(found[1]) if found else 0, exchange)

    def _strike(self, where: str, content_id: int, exchange: Exchange) -> None:
        case = self._by_content[content_id]
        with self._lock:
            strikes = case.where == where and (case.always or content_id not in self._struck)
            if strikes:
                self._struck.add(content_id)
        if not strikes:
            exchange.send(exchange.upstream())
        elif case.after_commit and case.fault != "truncated body":
            instead_of_answer(case.what.behaviour)(exchange)
        else:
            case.what.behaviour(exchange)


@dataclass
class Outcome:
    record: PublishingRecord
    site_status: str
    complaints: list[str]
    posts: int


Outcomes = dict[Case, Outcome]


@pytest.fixture(scope="module")
def outcomes(make_house: MakeHouse) -> tuple[Outcomes, Website]:
    """All cases, run through the worker process."""
    wp, product = make_house(
        IGNY8_REQUEST_SECONDS=str(REQUEST_SECONDS),
        IGNY8_VERIFY_SECONDS="3",
        IGNY8_WORKERS="12",
        IGNY8_DESTINATION_PARALLEL="12",
    )
    between = Between(wp.url)
    with between.server, product.reached_at(between.server.url):
        ids = {case: write(product, number, case, between) for number, case in enumerate(CASES)}
        # A 429 makes us slower with that destination for a while, so these come last.
        for slowed in (False, True):
            some = [ids[case] for case in CASES if (case.fault[:3] == "429") is slowed]
            product.click(some)
            product.settle(some, 400)
    website = Website(wp)
    return {case: outcome(product, website, ids[case], n) for n, case in enumerate(CASES)}, website


def piece_of(number: int) -> Piece:
    """With an image of its own, so that its upload can be told from others."""
    image = png(number, 7, (60, 40))
    pictures = [{"image_type": "featured", "data": image, "filename": f"f-{number}.png"}]
    return Piece(f"Fault {number}", tags=["Faults"], pictures=pictures, slug=f"fault-{number}")


def write(product: Product, number: int, case: Case, between: Between) -> int:
    piece = piece_of(number)
    content_id = product.write(piece)
    between.expect(content_id, case, piece.pictures[0]["data"])
    return content_id


def outcome(product: Product, website: Website, content_id: int, number: int) -> Outcome:
    record = product.desk.records_of(content_id)[-1]
    found = complaints(website, {content_id: piece_of(number)}, {content_id: record.content_hash})
    mine = [line for line in found if line.startswith(f"content {content_id}:")]
    posts = len(website.by_content.get(content_id, []))
    return Outcome(record, product.content(content_id).site_status, mine, posts)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_published_once_or_failed_with_reason(
    outcomes: tuple[Outcomes, Website], case: Case
) -> None:
    seen, what = outcomes[0][case], case.what
    error = seen.record.error or {}
    if case.where == "verify":
        # It is online; what could not be looked at is said, and looked at later.
        lasting = case.always or what.slow
        assert seen.record.status == ("published_with_issues" if lasting else "published")
        assert (seen.site_status, seen.posts, seen.complaints) == ("published", 1, [])
        assert (seen.record.verify_at is not None) is lasting
    elif case.after_commit or ((what.passes or case.fault in PAGES) and not case.always):
        # WordPress has it, or gets it in the other form of the address or the second attempt.
        assert (seen.record.status, error) == ("published", {})
        assert (seen.site_status, seen.posts, seen.complaints) == ("published", 1, [])
    else:
        assert (seen.record.status, error.get("code")) == ("failed", what.code)
        assert error["message"]
        assert error["recoverable"] is what.passes
        assert (seen.site_status, seen.posts) == ("failed", 0)
    # After a time-out WordPress may still be at work, and is waited for: that takes attempts too.
    assert seen.record.attempt >= least_attempts(case)


def least_attempts(case: Case) -> int:
    """One where nothing passes, or where WordPress was asked at once and had done it: not after a
    time-out, nor where we were asked to slow down."""
    what = case.what
    is_asked = case.after_commit and not what.slow and case.fault[:3] != "429"
    is_elsewhere = case.fault in PAGES and not case.always
    if case.where == "verify" or not what.passes or is_asked or is_elsewhere:
        return 1
    return 4 if case.always else 2


def test_nothing_else_is_left(outcomes: tuple[Outcomes, Website]) -> None:
    seen, website = outcomes
    online = sum(outcome.posts for outcome in seen.values())
    attachments = [row for row in website.posts.values() if row["post_type"] == "attachment"]
    assert len(attachments) == online
    ours = [website.posts[one] for posts in website.by_content.values() for one in posts]
    assert {row["post_status"] for row in ours} == {"publish"}
    assert len(ours) == online
    assert website.wp.debug_log() == ""
