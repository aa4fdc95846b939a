"""A kind of destination, in one object: the folder of each platform makes one, and whoever treats
platforms differently asks it. Nothing else names a platform.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from webapp.core import limits
from webapp.core.http import Answer
from webapp.core.links import host_of
from webapp.core.system import System
from webapp.integrations.base import Adapter, Target
from webapp.integrations.delivered import PUBLIC
from webapp.integrations.structure import Part
from webapp.integrations.theirs import Watch


def _unknown(_: Answer) -> str:
    return ""


class Key(StrEnum):
    """Where the key of a connection comes from: there is none, we make it and a person enters it
    there, or the platform has it and a person enters it here."""

    NONE = "none"
    MADE = "made"
    GIVEN = "given"


@dataclass(frozen=True)
class Field:
    """What a person fills in to connect: a column of the connection (base_url, default_author), or
    with `is_secret` one of its credentials, which nobody reads again.

    `check` says what is wrong with a value, "" for nothing; it may look at the installation, and
    asks no website.
    """

    name: str
    label: str
    kind: str = "text"
    placeholder: str = ""
    is_required: bool = True
    is_secret: bool = False
    check: Callable[[System, str], str] | None = None

    @property
    def most(self) -> int:
        """How many characters it may have."""
        return limits.PASSWORD if self.is_secret else limits.of(f"site_integrations.{self.name}")


@dataclass(frozen=True)
class Download:
    """Something that a person installs there: where it is, and what stands on the link."""

    path: str
    word: str


@dataclass(frozen=True)
class Grant:
    """What a website gave us for somebody who has let us in. Kept nowhere."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Step:
    """A step of handing a key over, and what came of it in a sentence."""

    is_done: bool
    said: str


@dataclass(frozen=True)
class Granting:
    """`page` is where a person lets us in, of a website's address and the one to come back to;
    `hand_over` brings the key there with what was granted, and our address."""

    page: Callable[[System, str, str], str]
    hand_over: Callable[[System, str, Grant, str, str], Iterator[Step]]


@dataclass(frozen=True)
class Platform:
    """`name` stands in rows and in the API, `title` is what people read, `summary` one line beside
    the form. `icon` is one of Lucide's.

    `watch` asks what people change there; None where nobody can tell.

    `key_place` completes "entered …", `help` is a template of the platform's folder that says how.
    `is_own`: what stands there is ours alone, in our own database. `takes_proof`: it keeps whose
    a post is, and can be shown the keys of earlier publications. `keeps_fence`: it refuses what
    comes late; one that does not may take `settling` seconds to show what it has done
    (integrations/journal.py). `tells_changes`: what people change there comes back. `delivers`:
    how a post may stand there (integrations/delivered.py); where only in public, nothing else is
    ever sent. `sentences` are codes that only this platform has, each with what an editor should
    do; they join the closed list (core/codes.py).

    `address_of` makes the website's address of what somebody pasted. `key_goes_along` says whether
    the key may be sent to a new address, by the one before. `recognised` says what a front page
    shows itself to be, as "a WordPress 6.8"; "" where it is of another kind. `tells` asks a website
    for its structure, part by part; None where it has none. `granting`: a key can be handed over
    through the website's own page.
    """

    name: str
    title: str
    summary: str
    icon: str
    transport: str
    adapter: Callable[[System, Target], Adapter]
    watch: Callable[[System, Target], Watch] | None = None
    fields: tuple[Field, ...] = ()
    key: Key = Key.NONE
    key_place: str = ""
    help: str = ""
    download: Download | None = None
    is_own: bool = False
    takes_proof: bool = False
    keeps_fence: bool = True
    settling: float = 0.0
    tells_changes: bool = False
    delivers: tuple[str, ...] = (PUBLIC,)
    sentences: Mapping[str, str] = field(default_factory=dict)
    address_of: Callable[[str], str] = str.strip
    key_goes_along: Callable[[str, str], bool] = operator.eq
    recognised: Callable[[Answer], str] = _unknown
    tells: Callable[[System, Target], Iterator[Part]] | None = None
    granting: Granting | None = None

    @property
    def has_key(self) -> bool:
        """Whether nothing can be sent without one."""
        return self.key is not Key.NONE

    @property
    def secrets(self) -> list[Field]:
        """What a person got at the platform and enters here."""
        return [one for one in self.fields if one.is_secret]

    @property
    def has_address(self) -> bool:
        """Whether a person says where it is."""
        return any(one.name == "base_url" for one in self.fields)

    def destination(self, base_url: str | None) -> str:
        """A destination of this kind in a word: its host, or our own pages."""
        return self.title if self.is_own else host_of(base_url or "")

    def wrong(self, system: System, given: Mapping[str, str]) -> dict[str, str]:
        """What is wrong with these of its fields, by name; empty for nothing."""
        asked = [one for one in self.fields if one.name in given]
        found = {one.name: self._wrong(system, one, given[one.name]) for one in asked}
        return {name: sentence for name, sentence in found.items() if sentence}

    def _wrong(self, system: System, one: Field, value: str) -> str:
        if len(value) > one.most:
            return limits.sentence(one.most, len(value))
        if not value and not one.is_required:
            return ""
        if not value and one.check is None:
            return "This is needed."
        return one.check(system, value) if one.check is not None else ""
