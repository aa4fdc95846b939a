"""What a website tells of a piece that was changed there (docs/contract), and what it is answered.
Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from webapp.core import limits

MOST = msgspec.Meta(max_length=limits.MOST_KEYWORDS)
Number = Annotated[int, msgspec.Meta(ge=1)]
User = Annotated[str, msgspec.Meta(pattern=r"^wordpress_user_[0-9]{1,18}$")]
Phrase = Annotated[str, msgspec.Meta(max_length=limits.NAME)]


class TermThere(msgspec.Struct, frozen=True):
    """A term of the website."""

    id: Number
    name: Annotated[str, msgspec.Meta(max_length=limits.TITLE)]
    slug: Annotated[str, msgspec.Meta(max_length=limits.TITLE)]


Terms = Annotated[list[TermThere], MOST]


class TermsThere(msgspec.Struct, omit_defaults=True, frozen=True):
    """The terms of each kind that is named."""

    categories: Terms | UnsetType = UNSET
    tags: Terms | UnsetType = UNSET
    sectors: Terms | UnsetType = UNSET
    clusters: Terms | UnsetType = UNSET


class RelationsThere(msgspec.Struct, omit_defaults=True, frozen=True):
    """What the post says that the piece belongs to, of what is named."""

    cluster_id: int | None | UnsetType = UNSET
    sector_id: int | None | UnsetType = UNSET
    keyword_ids: Annotated[list[int], MOST] | UnsetType = UNSET
    focus_keywords: Annotated[list[Phrase], MOST] | UnsetType = UNSET


class FieldThere(msgspec.Struct):
    """`left` is what we know of, None where the website has not kept all of it; `there` is what
    stands there now."""

    there: str
    left: str | None = None


class FieldsThere(msgspec.Struct, omit_defaults=True, frozen=True):
    """Each field that is named."""

    title: FieldThere | UnsetType = UNSET
    content: FieldThere | UnsetType = UNSET
    excerpt: FieldThere | UnsetType = UNSET
    slug: FieldThere | UnsetType = UNSET
    status: FieldThere | UnsetType = UNSET


class Told(msgspec.Struct, kw_only=True):
    """How a piece stands there, as far as we do not know it. `sequence` numbers the post's history:
    the same difference has the same number; `known` is the number up to which the website says that
    we know it. Fields that only a newer plugin knows are ignored."""

    content_id: Number
    sequence: Number
    updated_by: User
    updated_at: datetime
    installation: Annotated[str, msgspec.Meta(max_length=36)] = ""
    post_id: Annotated[int, msgspec.Meta(ge=0)] = 0
    known: Annotated[int, msgspec.Meta(ge=0)] = 0
    post_url: Annotated[str, msgspec.Meta(max_length=limits.ADDRESS)] = ""
    updated_by_name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    deleted: bool = False
    taxonomies: TermsThere = TermsThere()
    before: TermsThere = TermsThere()
    relationships: RelationsThere = RelationsThere()
    fields: FieldsThere = FieldsThere()

    @property
    def who(self) -> str:
        """Whose change it is, for people."""
        number = self.updated_by.rpartition("_")[2]
        if number == "0":
            return "WordPress"
        name = f" ({self.updated_by_name})" if self.updated_by_name else ""
        return f"WordPress, user {number}{name}"

    @property
    def digest(self) -> str:
        """Stands for what is told, whoever did it last and whenever."""
        parts = (self.deleted, self.taxonomies, self.relationships, self.fields)
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


class Refused(msgspec.Struct):
    """A value that was not taken over, and why."""

    field: str
    value: str
    reason: str


class Heard(msgspec.Struct, kw_only=True):
    """`outcome` heard: it is known now; each field is `taken` over, `shown` to people, `ignored` or
    `refused`. stale: a later number was heard before. foreign: the piece is not ours, or not
    this site's. later: it is being published right now."""

    outcome: Literal["heard", "stale", "foreign", "later"]
    sequence: int = 0
    taken: list[str] = []
    shown: list[str] = []
    ignored: list[str] = []
    refused: list[Refused] = []


class Shown(msgspec.Struct):
    """A field that stands otherwise there than we left it; `why` says why it was not taken over
    though the connection takes it."""

    field: str
    left: str
    there: str
    why: str = ""


class Outcome(msgspec.Struct):
    """What came of what was told."""

    taken: list[str] = []
    shown: list[Shown] = []
    ignored: list[str] = []
    refused: list[Refused] = []


_MOST_SHOWN = 300


def shown(field: str, left: str, there: str, why: str = "") -> Shown:
    """The two texts, cut to where they part."""
    if max(len(left), len(there)) <= _MOST_SHOWN:
        return Shown(field, left, there, why)
    pairs = enumerate(zip(left, there, strict=False))
    start = next((at for at, (a, b) in pairs if a != b), min(len(left), len(there)))
    start = max(0, start - 60)
    cut = [f"{'…' if start else ''}{one[start : start + _MOST_SHOWN]}" for one in (left, there)]
    return Shown(field, cut[0], cut[1], why)
