"""What people change at a destination: how it tells, and what is asked of it then.

Not every platform can tell; one that can gives a `Watch` (platform.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from webapp.integrations.base import Difference

# So many contents are asked about with one call.
MOST = 100


class Editor(msgspec.Struct, kw_only=True):
    """A user of the website."""

    id: int
    name: str


class PostState(msgspec.Struct, kw_only=True):
    """How a post of ours stands, by its hashes. `over` names the state that differs from what we
    left, "" where nothing does; `is_busy`: it is half of something that we are doing. `sequence` is
    the number in the post's history, `known` the one up to which the website says that we know it;
    0 where none is kept. `url` is the address that it has, or will have."""

    content_id: int
    is_there: bool
    is_busy: bool = False
    status: str = ""
    is_public: bool = False
    over: str = ""
    changed_at: datetime | None = None
    by: Editor | None = None
    sequence: int = 0
    known: int = 0
    url: str = ""


class There(msgspec.Struct, kw_only=True):
    """A post with all its words. `hash` names its state; `own` is what a publication never
    writes."""

    hash: str
    status: str
    is_public: bool
    is_busy: bool = False
    stored_hash: str
    external_type: str
    title: str
    html: str
    excerpt: str
    slug: str
    author_email: str
    categories: list[dict[str, str]]
    tags: list[dict[str, str]]
    meta_title: str
    meta_description: str
    canonical_url: str
    focus_keywords: list[str]
    featured_image_url: str
    differences: list[Difference]
    sequence: int = 0
    own: dict[str, Any]


class Linked(msgspec.Struct, kw_only=True):
    """The post that a content is from now on."""

    external_id: str
    external_url: str
    external_type: str
    sequence: int = 0


class Watch(Protocol):
    """One website. Every method may take time and may raise DestinationError."""

    def states(self, content_ids: Sequence[int]) -> list[PostState]:
        """How these contents stand, at most MOST of them."""

    def there(self, content_id: int) -> There | None:
        """The post as it is now; None: there is none."""

    def accept(self, content_id: int, state: str, content_hash: str) -> int:
        """What stands there is ours from now on, if it is still `state` (`There.hash`), else
        EDITED_THERE. Changes no word there. Returns the number in the post's history under which
        it is known, 0 where none is kept."""

    def forget(self, content_id: int, sequence: int) -> None:
        """We know the post's history up to this number only: a backup was put back here. What we
        took over later is an edit again, and is told again. Changes no word there."""

    def relink(self, content_id: int, publish_key: str, to: str) -> Linked:
        """The existing post of this number or address is that content. Changes no word there."""
