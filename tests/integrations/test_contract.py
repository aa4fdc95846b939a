"""What every destination must do, one suite for all adapters of the registry.

`headless` is our own database, `wordpress` a real WordPress with the plugin; `test` is the tests'
own destination, which must keep the same promises to be worth testing with.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.plain import open_plain
from tests.support.wordpress import WordPress
from webapp.core.codes import Code
from webapp.integrations import connections, registry
from webapp.integrations.base import (
    Adapter,
    Difference,
    Fence,
    NeedsAction,
    Publication,
    Published,
    Remote,
    RetryLater,
    Superseded,
)
from webapp.integrations.journal import Entry, Journal
from webapp.writer import payload as payloads
from webapp.writer.models import Content
from webapp.writer.payload import Payload

Fences = Callable[..., Fence]
PLATFORMS = ["headless", "test", "plain", pytest.param("wordpress", marks=pytest.mark.heavy)]


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    """A WordPress with the plugin."""
    from tests.wordpress.conftest import start_site

    site = start_site("6.8")
    yield site
    site.stop()


@pytest.fixture(params=PLATFORMS)
def adapter(request: pytest.FixtureRequest, desk: Desk, website: Website) -> Adapter:
    """The adapter of each platform, connected."""
    integration_id = _connect(request.param, desk, request)
    with desk.system.db.read() as db:
        integration = desk.integration(integration_id)
        target = connections.open_target(db, desk.system, integration)
    return registry.adapter_for(desk.system, target)


def _connect(platform: str, desk: Desk, request: pytest.FixtureRequest) -> int:
    if platform == "test":
        return desk.connect_to_website()
    if platform == "plain":
        return _connect_plain(desk, request)
    if platform == "headless":
        return desk.connect()
    site: WordPress = request.getfixturevalue("wordpress")
    with desk.system.db.write() as db:
        made, key = connections.connect(db, desk.system, desk.site, "wordpress", base_url=site.url)
    site.set_option("igny8_api_key", key)
    # Contents of other tests have had the same ids on this WordPress.
    with desk.system.db.write() as db:
        last = int(uuid.uuid4().int % 1_000_000_000)
        db.add(
            Content(id=last, account_id=desk.site.account_id, site_id=desk.site.id, title="Last id")
        )
    return made.id


def _connect_plain(desk: Desk, request: pytest.FixtureRequest) -> int:
    made, platform = open_plain(request.getfixturevalue("misbehaving"))
    patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    patch.setitem(registry.PLATFORMS, platform.name, platform)
    with desk.system.db.write() as db:
        integration, _ = connections.connect(
            db, desk.system, desk.site, platform.name, base_url=made.url
        )
        return integration.id


@pytest.fixture
def needs_fence(adapter: Adapter) -> None:
    """For promises of destinations that refuse what comes late."""
    if not registry.of(adapter.target.platform).keeps_fence:
        pytest.skip("it keeps no fence: tests/publisher/test_journal.py has what it promises")


class Sender:
    """Sends publications of one content, with fences as the pipeline gives them."""

    def __init__(self, desk: Desk, adapter: Adapter) -> None:
        self.adapter = adapter
        self._desk = desk
        self._journals: dict[str, list[Entry]] = {}
        self.content_id = desk.approved(title="A piece", slug=f"a-piece-{uuid.uuid4().hex[:8]}")

    def payload(self, **changes: Any) -> Payload:
        with self._desk.system.db.read() as db:
            built = payloads.build(db, db.get_one(Content, self.content_id))
        return msgspec.structs.replace(built, **changes)

    def publication(
        self, fence: Fence, *, force: bool = False, over: str = "", **changes: Any
    ) -> Publication:
        sent = self.payload(**changes)
        return Publication(
            fence=fence,
            payload=sent,
            content_hash=payloads.digest(sent),
            mode="manual",
            published_at=None,
            force=force,
            expected_hash=None,
            staged=frozenset(),
            read_image=lambda _: b"",
            over=over,
        )

    def publish(self, fence: Fence, **changes: Any) -> Published:
        return self.adapter.publish(
            self.publication(fence, **changes), lambda _: None, self.journal(fence)
        )

    def abandon(self, fence: Fence) -> Published | None:
        return self.adapter.abandon(fence, self.content_id, [], self.journal(fence))

    def journal(self, fence: Fence) -> Journal:
        """The journal of an intent, kept as long as this object."""
        entries = self._journals.setdefault(fence.publish_key, [])
        clock = self._desk.system.clock
        return Journal(lambda: entries, lambda _: None, clock, attempt=fence.attempt, seconds=0)

    def found(self) -> Remote:
        remote = self.adapter.lookup(self.content_id)
        assert remote is not None
        return remote

    def is_online(self) -> bool:
        remote = self.adapter.lookup(self.content_id)
        return remote is not None and remote.status == "publish"


@pytest.fixture
def sender(desk: Desk, adapter: Adapter) -> Sender:
    return Sender(desk, adapter)


@pytest.fixture
def fences() -> Fences:
    """Fences whose keys no other test has used."""
    base = uuid.uuid4().int >> 20

    def make(intent: int = 1, attempt: int = 1) -> Fence:
        return Fence(str(uuid.UUID(int=(base << 10) + intent)), intent, attempt)

    return make


def test_every_platform_of_the_registry_is_here(website: Website) -> None:
    assert set(registry.PLATFORMS) == {"headless", "test", "wordpress"}


def test_publish_and_look_up(sender: Sender, fences: Fences) -> None:
    assert sender.adapter.lookup(sender.content_id) is None
    done = sender.publish(fences())
    assert (done.result, done.replayed, done.posts_with_this_id) == ("created", False, 1)
    remote = sender.found()
    assert (remote.external_id, remote.status) == (done.external_id, "publish")
    assert remote.posts_with_this_id == 1
    assert remote.external_url == done.external_url


def test_the_same_intent_again_is_answered_and_not_done_again(
    sender: Sender, fences: Fences
) -> None:
    first = sender.publish(fences())
    again = sender.publish(fences(attempt=2))
    assert again.replayed
    assert (again.external_id, again.external_url) == (first.external_id, first.external_url)
    assert again.result == "created", "what it did, not what this call did"


@pytest.fixture
def edit_there(request: pytest.FixtureRequest, sender: Sender) -> Callable[[str], None]:
    """Somebody at the destination changes the title of the piece."""
    platform = sender.adapter.target.platform
    if platform == "plain":
        pytest.skip("it tells no edits: whoever writes them down does")
    if platform == "headless":
        pytest.skip("its documents live in our own database: nobody edits them elsewhere")

    def edit(title: str) -> None:
        if platform == "wordpress":
            site: WordPress = request.getfixturevalue("wordpress")
            post_id = sender.found().external_id
            site.php(f"wp_update_post(array('ID' => {post_id}, 'post_title' => '{title}'));")
        else:
            website: Website = request.getfixturevalue("website")
            website.edit(sender.content_id, title=title)

    return edit


def test_an_edit_there_is_replaced_only_by_who_has_seen_it(
    sender: Sender, fences: Fences, edit_there: Callable[[str], None]
) -> None:
    sender.publish(fences())
    edit_there("Theirs")
    for force in (False, True):
        with pytest.raises(NeedsAction) as refused:
            sender.publish(fences(intent=2 + force), force=force, title="Ours, newer")
        failure = refused.value.failure
        assert failure.code == Code.EDITED_THERE
        [told] = [msgspec.convert(one, Difference) for one in failure.details["differences"]]
        assert (told.field, told.there) == ("title", "Theirs")
    over = failure.details["over"]
    edit_there("Theirs, again")
    with pytest.raises(NeedsAction) as refused:
        sender.publish(fences(intent=4), over=over, title="Ours, newer")
    over = refused.value.failure.details["over"]
    done = sender.publish(fences(intent=5), over=over, title="Ours, newer")
    assert done.result == "updated"


def test_the_next_intent_updates(sender: Sender, fences: Fences) -> None:
    first = sender.publish(fences(1))
    second = sender.publish(fences(2), title="Another title")
    assert (second.result, second.external_id) == ("updated", first.external_id)
    assert second.external_url == first.external_url
    assert second.published_at == first.published_at, "the original date stays"


def test_nothing_changed_is_skipped_unless_forced(sender: Sender, fences: Fences) -> None:
    sender.publish(fences(1))
    assert sender.publish(fences(2)).result == "skipped"
    assert sender.publish(fences(3), force=True).result == "updated"


@pytest.mark.usefixtures("needs_fence")
def test_late_attempts_and_intents_are_refused(sender: Sender, fences: Fences) -> None:
    sender.publish(fences(1, 2))
    with pytest.raises(Superseded):
        sender.publish(fences(1, 1))
    sender.publish(fences(3), title="The newest")
    before = sender.found()
    for late in (fences(2, 1), fences(2, 9), fences(1, 3)):
        with pytest.raises(Superseded):
            sender.publish(late, title="Late")
    with pytest.raises(Superseded):
        sender.adapter.retract(fences(2, 5), sender.content_id, "draft")
    assert sender.found() == before


@pytest.mark.usefixtures("needs_fence")
def test_it_tells_what_it_has_seen(sender: Sender, fences: Fences) -> None:
    seen = sender.adapter.seen
    assert seen(sender.content_id) is None
    for fence in (fences(2, 3), fences(2, 5)):
        sender.publish(fence)
        assert seen(sender.content_id) == fence
    with pytest.raises(Superseded):
        sender.publish(fences(2, 4))
    assert seen(sender.content_id) == fences(2, 5)
    sender.adapter.retract(fences(6, 1), sender.content_id, "draft")
    assert seen(sender.content_id) == fences(6, 1)


@pytest.mark.usefixtures("needs_fence")
@pytest.mark.parametrize("to", ["draft", "trash", "delete"])
def test_retract_and_publish_again(sender: Sender, fences: Fences, to: str) -> None:
    sender.publish(fences(1))
    sender.adapter.retract(fences(2), sender.content_id, to)
    assert not sender.is_online()
    sender.adapter.retract(fences(2, 2), sender.content_id, to)
    with pytest.raises(Superseded):
        sender.publish(fences(1, 2))
    assert not sender.is_online()
    sender.publish(fences(3))
    assert sender.is_online()
    assert sender.found().posts_with_this_id == 1


def test_there_is_nothing_to_retract(sender: Sender, fences: Fences) -> None:
    sender.adapter.retract(fences(), sender.content_id, "trash")
    assert sender.adapter.lookup(sender.content_id) is None


def test_given_up_after_it_had_worked(sender: Sender, fences: Fences) -> None:
    done = sender.publish(fences())
    found = sender.abandon(fences())
    assert found is not None
    assert (found.external_id, found.result) == (done.external_id, "created")
    assert sender.is_online()


@pytest.mark.usefixtures("needs_fence")
def test_what_was_given_up_cannot_arrive_late(sender: Sender, fences: Fences) -> None:
    assert sender.abandon(fences()) is None
    with pytest.raises(Superseded):
        sender.publish(fences())
    assert sender.adapter.lookup(sender.content_id) is None
    assert sender.publish(fences(2)).result == "created"


@pytest.mark.usefixtures("needs_fence")
def test_a_given_up_update_leaves_what_was_there(sender: Sender, fences: Fences) -> None:
    sender.publish(fences(1))
    before = sender.found()
    assert sender.abandon(fences(2)) is None
    with pytest.raises(Superseded):
        sender.publish(fences(2), title="Given up")
    assert sender.found() == before
    assert sender.publish(fences(3), title="The next one").result == "updated"


def test_a_dry_run_writes_nothing(sender: Sender, fences: Fences) -> None:
    plan = sender.adapter.dry_run(sender.publication(fences()))
    assert plan["result"] == "created"
    assert sender.adapter.lookup(sender.content_id) is None
    sender.publish(fences(1))
    before = sender.found()
    plan = sender.adapter.dry_run(sender.publication(fences(2), title="Planned"))
    assert plan["result"] == "updated"
    assert sender.found() == before


def test_two_pieces_that_want_the_same_address(desk: Desk, sender: Sender, fences: Fences) -> None:
    other = Sender(desk, sender.adapter)
    slug = f"wanted-by-both-{uuid.uuid4().hex[:8]}"
    first = sender.publish(fences(1), slug=slug)
    second = other.publish(fences(2), slug=slug)
    assert first.external_url != second.external_url
    assert sender.is_online()
    assert other.is_online()


@pytest.mark.usefixtures("needs_fence")
def test_many_at_once_make_one(sender: Sender, fences: Fences) -> None:
    def send(_: int) -> Published | None:
        try:
            return sender.publish(fences())
        except RetryLater:  # busy with another one
            return None

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for answer in pool.map(send, range(8)) if answer]
    assert len({answer.external_id for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1
    assert sender.found().posts_with_this_id == 1


def test_health(adapter: Adapter) -> None:
    checks = dict(adapter.health().checks)
    checks.pop("api_connection", None)  # nobody serves the desk here for WordPress to call
    assert [name for name, check in checks.items() if not check["ok"]] == []
    assert adapter.health().status in ("healthy", "degraded")
