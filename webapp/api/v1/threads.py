"""`writer/content/{id}/threads/`: what is said about a piece, and what would be changed in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.api import listing
from webapp.api.endpoint import Listed, Nothing, Parameter, get, post
from webapp.api.reading import integer
from webapp.call import Call
from webapp.core import limits
from webapp.core.errors import Invalid
from webapp.threads import accepting, reading, saying
from webapp.threads.passages import About
from webapp.threads.reading import Line, Mark, Said, Wanted
from webapp.threads.saying import Opening
from webapp.threads.suggesting import Suggested
from webapp.writer.models import Content
from webapp.writing.models import Thread

Text = Annotated[str, limits.text("remarks.text")]
Passage = Annotated[str, limits.text("anchors.quotation")]
Place = Annotated[int, msgspec.Meta(ge=0)]
SETTLED = Parameter(
    "settled", "`true`: those that are settled, in place of the open ones.", {"type": "boolean"}
)
SIZE = Parameter(
    "page_size", "At most 200.", {"type": "integer", "minimum": 1, "maximum": reading.MOST}
)
CURSOR = Parameter("cursor", "Follow `next`.")


class NewThread(msgspec.Struct, forbid_unknown_fields=True):
    """What is said, and about which passage: its words as they are seen, a picture by its address,
    or a range of the source; without any of these, about the whole piece. With `replacement` (HTML)
    or `instead` (words) it is a suggestion, and needs no text."""

    text: Text = ""
    words: Passage = ""
    before: Passage = ""
    after: Passage = ""
    picture: Annotated[str, limits.text("images.image_url")] = ""
    start: Place | None = None
    end: Place | None = None
    version: Annotated[int, msgspec.Meta(ge=1)] | None = None
    shared: bool = False
    replacement: Annotated[str, limits.text("threads.replacement")] | None = None
    instead: Passage | None = None
    model: Annotated[str, limits.text("threads.model")] = ""


class NewRemark(msgspec.Struct, forbid_unknown_fields=True):
    """What is said."""

    text: Text


class RemarkLine(msgspec.Struct, kw_only=True):
    """Something that somebody said."""

    id: int
    number: int
    user_id: int
    by: str
    said_at: datetime
    text: str
    mentions: list[int]


class ThreadLine(msgspec.Struct, kw_only=True):
    """A thread. Where it is about a passage, `start` to `end` are characters of the piece's source
    now, and `quotation` is what stands there; `gone`: it does not any more. `remarks` are the first
    and the last ones, `remark_count` is how many there are."""

    id: int
    status: str
    is_suggestion: bool
    shared: bool
    user_id: int
    by: str
    model: str
    created_at: datetime
    settled_at: datetime | None
    settled_by_name: str | None
    start: int | None
    end: int | None
    quotation: str | None
    gone: bool
    base: str | None
    replacement: str | None
    remark_count: int
    remarks: list[RemarkLine]


class AllTaken(msgspec.Struct, kw_only=True):
    """How many suggestions were taken, and how many were left: the text below them is another."""

    accepted: int
    left: int
    version: int


_PATH = "/writer/content/{content_id:int}/threads"
_ONE = f"{_PATH}/{{thread_id:int}}"


@get(_PATH, gives=ThreadLine, is_list=True, errors=(404, 422), parameters=(SETTLED, SIZE, CURSOR))
def list_threads(call: Call, content_id: FromPath[int]) -> Listed:
    """List what is said about a piece, in the order of its text."""
    content = access.get(call.db, call.member, Content, content_id)
    asked = {name: call.query(name) for name in call.request.query_params}
    wrong = {
        name: "There is no such filter."
        for name in asked
        if name not in ("settled", "page_size", "cursor")
    }
    after = Mark.read(asked.get("cursor", ""))
    if asked.get("cursor") and after is None:
        wrong["cursor"] = "Follow `next` as it was given."
    if asked.get("settled", "false") not in ("true", "false"):
        wrong["settled"] = "Write true or false."
    if wrong:
        raise Invalid(wrong)
    is_settled = asked.get("settled") == "true"
    size = integer("page_size", asked.get("page_size", str(reading.PAGE)), 1, reading.MOST)
    lines, more = reading.page(call.db, content, Wanted(is_settled, after, size), by=call.member)
    said = reading.remarks(call.db, lines, by=call.member)
    counted = reading.counts(call.db, content, by=call.member)
    following = None
    if more:
        mark = str(Mark(lines[-1].at, lines[-1].id))
        following = listing.link(call.request, asked, cursor=mark)
    count = counted.settled if is_settled else counted.open
    return Listed(count, following, None, [_line(one, said[one.id]) for one in lines])


@post(_PATH, takes=NewThread, gives=ThreadLine, status=201, errors=(404, 409, 422))
def begin_thread(call: Call, content_id: FromPath[int], given: NewThread) -> ThreadLine:
    """Say something about a piece or a passage of it, or suggest a change there."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    about = About(
        given.words, given.before, given.after, given.picture, given.start, given.end,
        given.version or 0,
    )  # fmt: skip
    change = None
    if given.replacement is not None or given.instead is not None:
        change = Suggested(given.instead or "", given.replacement, given.model)
    opening = Opening(given.text, about, given.shared, change)
    thread = saying.begin(call.db, call.system, content, opening, by=call.member)
    return _told(call, content, thread)


@get(_ONE, gives=ThreadLine, errors=(404,))
def read_thread(call: Call, content_id: FromPath[int], thread_id: FromPath[int]) -> ThreadLine:
    """Read a thread with all its remarks."""
    content = access.get(call.db, call.member, Content, content_id)
    return _told(call, content, saying.find(call.db, content, thread_id, by=call.member))


@post(f"{_ONE}/replies", takes=NewRemark, gives=ThreadLine, status=201, errors=(404, 409, 422))
def reply_to_thread(
    call: Call, content_id: FromPath[int], thread_id: FromPath[int], given: NewRemark
) -> ThreadLine:
    """Say something more in a thread."""
    content, thread = _found(call, content_id, thread_id)
    saying.reply(call.db, call.system, content, thread, given.text, by=call.member)
    return _told(call, content, thread)


@post(f"{_ONE}/resolve", takes=Nothing, gives=ThreadLine, errors=(404, 409))
def resolve_thread(call: Call, content_id: FromPath[int], thread_id: FromPath[int]) -> ThreadLine:
    """Settle a thread: enough was said."""
    return _settled(call, content_id, thread_id, "resolve")


@post(f"{_ONE}/reopen", takes=Nothing, gives=ThreadLine, errors=(404, 409))
def reopen_thread(call: Call, content_id: FromPath[int], thread_id: FromPath[int]) -> ThreadLine:
    """Open a thread again that was resolved, or a suggestion that was refused."""
    return _settled(call, content_id, thread_id, "reopen")


@post(f"{_ONE}/refuse", takes=Nothing, gives=ThreadLine, errors=(404, 409))
def refuse_suggestion(
    call: Call, content_id: FromPath[int], thread_id: FromPath[int]
) -> ThreadLine:
    """Refuse a suggestion: the text stays as it is."""
    return _settled(call, content_id, thread_id, "refuse")


@post(f"{_ONE}/accept", takes=Nothing, gives=ThreadLine, errors=(404, 409))
def accept_suggestion(
    call: Call, content_id: FromPath[int], thread_id: FromPath[int]
) -> ThreadLine:
    """Accept a suggestion: an edit of the piece."""
    content, thread = _found(call, content_id, thread_id)
    accepting.accept(call.db, call.system, content, thread, by=call.member)
    return _told(call, content, thread)


@post(
    "/writer/content/{content_id:int}/suggestions/accept",
    takes=Nothing,
    gives=AllTaken,
    errors=(404, 409),
)
def accept_suggestions(call: Call, content_id: FromPath[int]) -> AllTaken:
    """Accept all suggestions whose words still stand there: one edit of the piece."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    taken = accepting.accept_all(call.db, call.system, content, by=call.member)
    return AllTaken(accepted=taken.accepted, left=taken.left, version=content.version)


def _found(call: Call, content_id: int, thread_id: int) -> tuple[Content, Thread]:
    content = access.get_for_update(call.db, call.member, Content, content_id)
    return content, saying.find(call.db, content, thread_id, by=call.member)


def _settled(call: Call, content_id: int, thread_id: int, act: str) -> ThreadLine:
    content, thread = _found(call, content_id, thread_id)
    saying.settle(call.db, call.system, content, thread, act, by=call.member)
    return _told(call, content, thread)


def _told(call: Call, content: Content, thread: Thread) -> ThreadLine:
    call.db.flush()
    line = reading.one(call.db, content, thread.id, by=call.member)
    said = reading.remarks(call.db, [line], by=call.member, last=None)
    return _line(line, said[line.id])


def _line(line: Line, said: list[Said]) -> ThreadLine:
    is_suggestion = line.replacement is not None
    return ThreadLine(
        id=line.id,
        status=line.status,
        is_suggestion=is_suggestion,
        shared=line.shared,
        user_id=line.user_id,
        by=line.name or line.email,
        model=line.model,
        created_at=line.created_at,
        settled_at=line.settled_at,
        settled_by_name=line.settler or line.settler_email,
        start=None if line.gone else line.first,
        end=None if line.gone else line.behind,
        quotation=line.quotation,
        gone=bool(line.gone),
        base=line.base if is_suggestion else None,
        replacement=line.replacement,
        remark_count=line.remarks,
        remarks=[
            RemarkLine(
                id=one.id,
                number=one.number,
                user_id=one.user_id,
                by=one.by,
                said_at=one.at,
                text=one.text,
                mentions=list(one.mentions),
            )
            for one in said
        ],
    )


ROUTES = [
    list_threads,
    begin_thread,
    read_thread,
    reply_to_thread,
    resolve_thread,
    reopen_thread,
    refuse_suggestion,
    accept_suggestion,
    accept_suggestions,
]
