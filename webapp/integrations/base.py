"""What every destination must be able to do, and how it says that it could not.

An adapter is our code that speaks to one platform. The pipeline knows only this file; a new
destination is a class that obeys `Adapter`, a line in registry.py, and the contract suite passing
(docs/contributing.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from webapp.core.codes import Code, sentence
from webapp.integrations.delivered import PUBLIC
from webapp.integrations.from_website import Collected
from webapp.integrations.health import Health
from webapp.writer.payload import Payload

if TYPE_CHECKING:
    from webapp.integrations.journal import Journal

STEPS = (
    "validation",
    "connection",
    "media_processing",
    "taxonomies",
    "creating_post",
    "seo_metadata",
    "verification",
)
TOTAL_STEPS = len(STEPS)


def step_number(step: str) -> int:
    """1 to 7."""
    return STEPS.index(step) + 1


class Failure(msgspec.Struct, kw_only=True):
    """The one error object: stored on the record, shown on the page, answered by the API."""

    code: str
    message: str
    step: str
    step_number: int
    total_steps: int = TOTAL_STEPS
    details: dict[str, Any] = {}
    recoverable: bool = False
    retry_recommended: bool = False


class DestinationError(Exception):
    """A publication failed. The three kinds below say what can be done about it."""

    recoverable = False
    is_lost = False

    def __init__(
        self,
        code: Code | str,
        step: str,
        message: str = "",
        *,
        retry_recommended: bool | None = None,
        **details: Any,
    ) -> None:
        super().__init__(f"{code}: {message or sentence(code)}")
        self.failure = Failure(
            code=str(code),
            message=message or sentence(code),
            step=step,
            step_number=step_number(step),
            details=details,
            recoverable=self.recoverable,
            retry_recommended=self.recoverable if retry_recommended is None else retry_recommended,
        )


class RetryLater(DestinationError):
    """It may work later. `after` is the pause in seconds that the destination asked for.

    `is_waiting`: the destination is busy with an earlier attempt of ours, or closed for a moment;
    not a failure.
    `is_lost`: it may have been carried out, for the request was sent and its answer is lost.
    """

    recoverable = True

    def __init__(
        self,
        code: Code | str,
        step: str,
        message: str = "",
        *,
        after: float | None = None,
        is_waiting: bool = False,
        is_lost: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(code, step, message, **details)
        self.after = after
        self.is_waiting = is_waiting
        self.is_lost = is_lost


class Permanent(DestinationError):
    """It will not work as it is: the piece itself must change."""


class NeedsAction(DestinationError):
    """Somebody must put something right at the destination or in the connection first."""


class Superseded(Exception):
    """The destination has seen a newer attempt: this worker's claim is over, its result void."""


@dataclass(frozen=True)
class Fence:
    """What every call carries: (intent, attempt) orders all that was ever sent about a content.

    `proof` are keys of the content's earlier publications, newest first, where the destination may
    not know yet that they are ours.
    """

    publish_key: str
    intent: int
    attempt: int
    proof: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sender:
    """Who speaks to a destination: this installation, from where, with which stamp.

    `question` says why it may be a copy; then nothing is changed anywhere until a person answers.
    """

    installation: str
    address: str
    stamp: str
    question: str = ""


@dataclass(frozen=True)
class Offer:
    """A content, and the keys of its publications by which what is out there is known as ours."""

    content_id: int
    publish_keys: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """The integration, opened: where to send and with which key."""

    integration_id: int
    account_id: int
    site_id: int
    site_slug: str
    site_timezone: str
    platform: str
    base_url: str
    default_author: str = ""
    sender: Sender | None = None
    credentials: dict[str, str] = field(default_factory=dict, repr=False)
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Publication:
    """One attempt at sending one snapshot. Its `payload` is clean (writer/outgoing.py).

    `published_at` is the date the post shall have (None: now). `expected_hash` is what the
    destination acknowledged last, for destinations that cannot tell by themselves what was edited
    there. Edits are never overwritten unasked: the refusal (EDITED_THERE) tells `differences` and a
    hash of what stands there, and `over` is that hash, from who has seen it.
    `staged` are images (by SHA-256) that the destination has already. `deliver_as` is how the post
    is to stand there in the end, one of those that the platform `delivers`.
    """

    fence: Fence
    payload: Payload
    content_hash: str
    mode: str
    published_at: datetime | None
    force: bool
    expected_hash: str | None
    staged: frozenset[str]
    read_image: Callable[[str], bytes]
    over: str = ""
    deliver_as: str = PUBLIC


class Published(msgspec.Struct, kw_only=True):
    """What the destination says it did. `result` is created, updated or skipped.

    `stands_as` is public, draft or private: of what is not public `external_url` is empty, and
    `later_url` the address that it will have.

    `terms` are the ids it assigned, by kind (categories, tags, sectors, clusters).
    `removed` is what the destination left out of the text: "script", "a[onclick]".
    """

    external_id: str
    external_url: str
    external_type: str
    result: str
    replayed: bool = False
    published_at: datetime | None = None
    stored_hash: str = ""
    featured_image_url: str = ""
    terms: dict[str, list[str]] = {}
    created_terms: dict[str, int] = {}
    posts_with_this_id: int = 1
    steps: list[dict[str, Any]] = []
    removed: list[str] = []
    report: dict[str, Any] = {}
    stands_as: str = PUBLIC
    later_url: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether it stands there and is not shown to everybody."""
        return self.stands_as != PUBLIC


class Difference(msgspec.Struct, kw_only=True):
    """A field of ours that was edited at the destination. `left` is None where nobody knows what we
    left; `shortened`: both are parts of longer texts, from where they part."""

    field: str
    left: str | None
    there: str
    shortened: bool = False


class Remote(msgspec.Struct, kw_only=True):
    """What a destination has for a content right now; `terms` as in Published.

    `differences` is what was edited there since we wrote it. `is_public`: any of it is shown to
    everybody, whatever its status is called; None where the destination does not say.
    """

    external_id: str
    external_url: str
    status: str
    is_public: bool | None = None
    posts_with_this_id: int
    stored_hash: str = ""
    edited_there: bool = False
    differences: list[Difference] = []
    terms: dict[str, list[str]] = {}
    featured_image_url: str = ""

    @property
    def is_online(self) -> bool:
        return self.status == "publish" if self.is_public is None else self.is_public


class Problem(msgspec.Struct, kw_only=True):
    """Something about a payload that a destination will not take, found without asking it."""

    code: str
    message: str
    field: str
    details: dict[str, Any] = {}


Report = Callable[[str], None]
"""Called by an adapter with a step's name when that step begins."""


class Adapter(Protocol):
    """One platform. Every method but `check` may take time and may raise DestinationError."""

    target: Target

    def check(self, payload: Payload) -> list[Problem]:
        """The platform's own limits, read from the payload alone."""

    def publish(self, publication: Publication, report: Report, journal: Journal, /) -> Published:
        """Make or update the one post, public as the last act; all or nothing. What was edited
        there is refused (EDITED_THERE), unless it is what `over` names, whatever `force` says.
        A destination that is not atomic writes each act into the journal before it does it."""

    def dry_run(self, publication: Publication) -> dict[str, Any]:
        """What `publish` would do; writes nothing."""

    def lookup(self, content_id: int) -> Remote | None:
        """What is there for our id, or None."""

    def seen(self, content_id: int) -> Fence | None:
        """The newest intent and attempt of our id that ever reached it, with the key of the intent
        that it carried out last; or None."""

    def result_of(self, fence: Fence, content_id: int, journal: Journal, /) -> Published | None:
        """What came of this very intent: its result, or None where it was not carried out. Writes
        nothing; RetryLater while it is at work on it."""

    def retract(self, fence: Fence, content_id: int, to: str) -> str:
        """Take the post offline: to draft, trash or delete. Nothing there is success. Returns to
        which of them it went: what somebody edited there is not deleted; "" where there is none."""

    def abandon(
        self, fence: Fence, content_id: int, staged: list[str], journal: Journal, /
    ) -> Published | None:
        """We gave up: leave nothing of this intent behind. If it had worked, its result."""

    def prove(self, offers: list[Offer]) -> int:
        """What is out there of these contents and names nobody is ours. Returns how many pieces
        still name nobody."""

    def collect_changes(self) -> Collected:
        """Ask for what was changed there: it is told to us before this ends."""

    def health(self) -> Health:
        """Whether publishing would work now. Raises nothing."""
