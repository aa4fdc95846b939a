"""What an intent has begun at a destination that is not atomic: written down before each act.

Such a destination keeps neither whose a post is nor which attempt was the newest. So each act that
makes something, or changes what was there, has an entry: first that it will be done, then what
came of it. A successor completes what is there instead of beginning anew, and nothing is made
twice. Only when the intent is given up the entries run backwards; what somebody has changed since
is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from webapp.core.codes import Code
from webapp.integrations.base import NeedsAction, Permanent, RetryLater

T = TypeVar("T")
WILL, DID, UNDONE, KEPT = "will", "did", "undone", "kept"


class Entry(msgspec.Struct, kw_only=True):
    """One act. `arguments` tell it from others of its kind, `before` is what it replaces there,
    `remote_id` what it made. `deadline`: until then a request of it may be on its way."""

    number: int
    attempt: int
    kind: str
    arguments: dict[str, Any]
    before: dict[str, Any] | None = None
    deadline: datetime
    remote_id: str = ""
    state: str = WILL


class Journal:
    """The entries of one intent, oldest first.

    `read` gets them, once and only where they are asked for; `write` puts one on disk, and raises
    LeaseLost where another worker has the intent by now, or a newer intent the content. `seconds`
    is how long a request may take, `settling` how long the destination to show what it did.
    `earlier` is the last deadline of what earlier intents of the content have begun.
    """

    def __init__(
        self,
        read: Callable[[], list[Entry]],
        write: Callable[[Entry], None],
        clock: Callable[[], datetime],
        *,
        attempt: int,
        seconds: float,
        settling: float = 0.0,
        earlier: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._read, self._write, self._clock = read, write, clock
        self._attempt, self._seconds = attempt, timedelta(seconds=seconds)
        self._settling, self._earlier = settling, earlier
        self._known: list[Entry] | None = None

    @property
    def entries(self) -> list[Entry]:
        """All of them."""
        if self._known is None:
            self._known = self._read()
        return self._known

    def find(self, kind: str, arguments: dict[str, Any] | None = None) -> Entry | None:
        """The entry of an act that was not taken back."""
        for one in self.entries:
            is_it = one.kind == kind and arguments in (None, one.arguments)
            if is_it and one.state in (WILL, DID):
                return one
        return None

    def wait_for_others(self) -> None:
        """Raise RetryLater while a request whose answer is not known may still arrive: until its
        deadline, and the seconds that the destination takes to show what it has done. To be called
        before the first act of an attempt."""
        now = self._clock()
        known = [one.deadline for one in self.entries if one.state == WILL]
        ends = [one for one in (*known, self._earlier()) if one is not None]
        left = (max(ends) - now).total_seconds() + self._settling if ends else 0
        if left > 0:
            raise RetryLater(Code.IN_PROGRESS, "connection", after=left, is_waiting=True)

    def make(
        self,
        kind: str,
        arguments: dict[str, Any],
        do: Callable[[], str],
        find: Callable[[], str | None],
    ) -> str:
        """The id of what this act makes: made once, by whichever attempt. `find` looks whether an
        attempt whose answer was lost has made it."""
        arguments = dict(msgspec.to_builtins(arguments))  # as they are read again
        entry = self.find(kind, arguments)
        if entry is not None and entry.state == DID:
            return entry.remote_id
        found = find() if entry is not None else None
        if found is None:
            is_new = entry is None
            entry = self._will(entry, kind, arguments, None)
            found = self._answer(entry, do, is_new)
        assert entry is not None
        return self._did(entry, found)

    def change(
        self,
        kind: str,
        remote_id: str,
        before: Callable[[], dict[str, Any]],
        do: Callable[[], None],
    ) -> None:
        """Do what may be done again, after noting what it replaces there, once."""
        arguments = {"id": remote_id}
        entry = self.find(kind, arguments)
        is_new = entry is None
        noted = entry.before if entry is not None else before()
        entry = self._will(entry, kind, arguments, noted)
        self._answer(entry, do, is_new)
        self._did(entry, remote_id)

    def take_back(self, undo: Callable[[Entry], bool]) -> None:
        """Undo all of it, the last act first. `undo` says whether it did; what it leaves, because
        somebody has changed it, is kept. Raises RetryLater while something may still arrive."""
        self.wait_for_others()
        for entry in reversed(self.entries):
            if entry.state in (WILL, DID):
                self._write(entry)  # raises where a newer intent has the content by now
                entry.state = UNDONE if undo(entry) else KEPT
                self._write(entry)

    def _will(
        self,
        entry: Entry | None,
        kind: str,
        arguments: dict[str, Any],
        before: dict[str, Any] | None,
    ) -> Entry:
        """Write down that it will be done, before it is."""
        deadline = self._clock() + self._seconds
        if entry is None:
            entry = Entry(
                number=len(self.entries) + 1,
                attempt=self._attempt,
                kind=kind,
                arguments=arguments,
                before=before,
                deadline=deadline,
            )
            self.entries.append(entry)
        else:
            entry.attempt, entry.deadline, entry.state = self._attempt, deadline, WILL
        self._write(entry)
        return entry

    def _answer(self, entry: Entry, do: Callable[[], T], is_new: bool) -> T:
        """What the act gives. Where the destination has refused it, nothing of it is there; unless
        an earlier try, whose answer was lost, has done it."""
        try:
            return do()
        except (Permanent, NeedsAction):
            if is_new:
                entry.state = UNDONE
                self._write(entry)
            raise

    def _did(self, entry: Entry, remote_id: str) -> str:
        entry.state, entry.remote_id = DID, remote_id
        self._write(entry)
        return remote_id


def unwritten(clock: Callable[[], datetime]) -> Journal:
    """A journal that nobody keeps: for a destination that is atomic by itself."""
    return Journal(list, lambda _: None, clock, attempt=1, seconds=0)
