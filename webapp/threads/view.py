"""The threads of a piece as a page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call
from webapp.core.errors import Problem
from webapp.threads import reading, saying
from webapp.threads.reading import Counts, Line, Mark, Said, Wanted
from webapp.writer.models import Content
from webapp.writing import passages, visible
from webapp.writing import reading as words
from webapp.writing.reading import Run
from webapp.writing.visible import Quoted, Visible


@dataclass(frozen=True)
class Card:
    """A thread. `quoted` tells where it stands in the text; None where it stands nowhere there.
    `runs` are the words of a suggestion with what would become of them, `now` what stands there,
    where that is no longer what it was made for."""

    line: Line
    said: list[Said]
    words: str
    quoted: Quoted | None
    picture: str
    runs: list[Run]
    now: str

    @property
    def left_out(self) -> int:
        """How many remarks are between the first and those that are shown."""
        return self.line.remarks - len(self.said)

    @property
    def by(self) -> str:
        return self.line.model or self.line.name or self.line.email

    @property
    def settler(self) -> str:
        return self.line.settler or self.line.settler_email or ""

    @property
    def is_suggestion(self) -> bool:
        return self.line.replacement is not None


@dataclass(frozen=True)
class Section:
    """A page of the threads of a piece. `following` is where the next one begins; `typed` is what
    stood in a form that was refused with `problem`, by the names of its fields."""

    content: Content
    zone: str
    cards: list[Card]
    counts: Counts
    settled: bool
    after: Mark | None
    following: Mark | None
    may_say: bool
    may_settle: bool
    is_guest: bool
    pictures: list[tuple[str, str]]
    problem: Problem | None = None
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/content/{self.content.id}/threads"

    @property
    def here(self) -> str:
        """The address of just this page of them."""
        return f"{self.address}?settled={'yes' if self.settled else 'no'}&after={self.after or ''}"


def load(
    call: Call,
    content: Content,
    *,
    wanted: Wanted = reading.FIRST,
    problem: Problem | None = None,
    typed: Mapping[str, str] | None = None,
) -> Section:
    """The threads of the piece that the member may see."""
    db, by = call.db, call.member
    lines, more = reading.page(db, content, wanted, by=by)
    said = reading.remarks(db, lines, by=by)
    seen = Visible(content.html) if any(one.first is not None for one in lines) else None
    may_say = by.may(Capability.DISCUSS, content.site_id)
    return Section(
        content=content,
        zone=access.get(db, by, Site, content.site_id).timezone,
        cards=[_card(one, said[one.id], seen) for one in lines],
        counts=reading.counts(db, content, by=by),
        settled=wanted.settled,
        after=wanted.after,
        following=Mark(lines[-1].at, lines[-1].id) if more else None,
        may_say=may_say,
        may_settle=by.may(Capability.WRITE, content.site_id),
        is_guest=saying.is_guest(content, by),
        pictures=visible.pictures(content.html) if may_say else [],
        problem=problem,
        typed=defaultdict(str, typed or {}),
    )


def _card(line: Line, said: list[Said], seen: Visible | None) -> Card:
    quotation = line.quotation or ""
    is_there = seen is not None and line.first is not None and not line.gone
    is_open = line.status == "open"
    picture = visible.pictures(quotation) if quotation.lower().startswith("<img") else []
    quoted = None
    if seen is not None and is_there and is_open:
        quoted = seen.quoted(line.first or 0, line.behind or 0)
    is_suggestion = line.replacement is not None
    is_changed = is_suggestion and is_open and quotation != line.base
    return Card(
        line=line,
        said=said,
        words=passages.read(quotation),
        quoted=quoted,
        picture=picture[0][0] if picture else "",
        runs=words.runs(line.base, line.replacement or "") if is_suggestion else [],
        now=passages.read(quotation) if is_changed else "",
    )
