"""What is said about a piece: looking at it, saying something, and settling it."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Response

from webapp.accounts import access
from webapp.call import Call, get
from webapp.content.pages.acting import on_content
from webapp.core.errors import NotFound, Problem
from webapp.core.web import Toast
from webapp.forms import Form, Id, Tick
from webapp.threads import accepting, people, saying, view
from webapp.threads.accepting import Taken
from webapp.threads.passages import About
from webapp.threads.reading import Mark, Wanted
from webapp.threads.saying import Opening
from webapp.threads.suggesting import Suggested
from webapp.writer.models import Content
from webapp.writing.models import Thread

LEFT = "{} taken. {} left: the text below them is another now."


class PlaceForm(Form):
    """Which page of the threads is shown: `page` is where it begins."""

    settled: Tick = False
    page: str = ""

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.settled, Mark.read(self.page))


class OpeningForm(PlaceForm):
    """What a thread begins with: see passages.About."""

    text: str = ""
    words: str = ""
    before: str = ""
    behind: str = ""
    picture: str = ""
    shared: Tick = False

    @property
    def about(self) -> About:
        return About(self.words, self.before, self.behind, self.picture)


class SuggestionForm(OpeningForm):
    """What should stand there instead."""

    instead: str = ""


class ThreadForm(PlaceForm):
    """The thread that is meant."""

    thread: Id = None


class ReplyForm(ThreadForm):
    text: str = ""


class SettlingForm(ThreadForm):
    act: str = ""


class AcceptanceForm(ThreadForm):
    """Without a thread all suggestions are meant."""


@get("/content/{content_id:int}/threads")
def threads(
    call: Call,
    content_id: int,
    settled: Literal["yes", "no"] = "no",
    after: str = "",
    part: Literal["list", "all"] = "all",
) -> Response[str]:
    """A page of what is said about the piece; of it only the list, where that is asked for."""
    content = access.get(call.db, call.member, Content, content_id)
    shown = view.load(call, content, wanted=Wanted(settled == "yes", Mark.read(after)))
    if part == "list" and call.is_htmx:
        return call.fragment("threads/_list.html", threads=shown)
    return _answer(call, shown)


@get("/content/{content_id:int}/threads/people")
def who_see(call: Call, content_id: int) -> Response[Any]:
    """Who may be named."""
    content = access.get(call.db, call.member, Content, content_id)
    is_guest = saying.is_guest(content, call.member)
    found = [
        {"name": one.name, "guest": one.is_guest}
        for one in people.who_see(call.db, content, by=call.member)
        if not is_guest or not one.is_guest
    ]
    return Response(found, headers={"Cache-Control": "no-store"})


def _answer(call: Call, shown: view.Section, toast: Toast | None = None) -> Response[str]:
    status = shown.problem.status if shown.problem else 200
    if call.is_htmx:
        return call.fragment("threads/_threads.html", status=status, toast=toast, threads=shown)
    return call.page("threads/index.html", status=status, toast=toast, threads=shown)


def _done(call: Call, content: Content, form: PlaceForm, made: object) -> Response[str]:
    if not call.is_htmx:
        return call.redirect(f"/review/{content.id}#threads-{content.id}")
    toast = None
    if isinstance(made, Taken) and made.left:
        toast = Toast(LEFT.format(made.accepted, made.left))
    shown = view.load(call, content, wanted=form.wanted)
    return _answer(call, shown, toast)


def _refused(call: Call, content_id: int, form: PlaceForm, problem: Problem) -> Response[str]:
    content = access.get(call.db, call.member, Content, content_id)
    typed = {name: value for name, value in form.sent.items() if isinstance(value, str)}
    shown = view.load(call, content, wanted=form.wanted, problem=problem, typed=typed)
    return _answer(call, shown)


@on_content("threads", done=_done, refused=_refused)
def begin(call: Call, content: Content, data: OpeningForm) -> None:
    """Say something about the piece, or about a passage or picture of it."""
    opening = Opening(data.text, data.about, data.shared)
    saying.begin(call.db, call.system, content, opening, by=call.member)


@on_content("threads/suggestion", done=_done, refused=_refused)
def suggest(call: Call, content: Content, data: SuggestionForm) -> None:
    """Suggest other words for a passage."""
    opening = Opening(data.text, data.about, data.shared, Suggested(data.instead))
    saying.begin(call.db, call.system, content, opening, by=call.member)


@on_content("threads/reply", done=_done, refused=_refused)
def reply(call: Call, content: Content, data: ReplyForm) -> None:
    """Say something more in a thread."""
    thread = _thread(call, content, data)
    saying.reply(call.db, call.system, content, thread, data.text, by=call.member)


@on_content("threads/settling", done=_done, refused=_refused)
def settle(call: Call, content: Content, data: SettlingForm) -> None:
    """Resolve a thread, refuse a suggestion, or open one again."""
    thread = _thread(call, content, data)
    saying.settle(call.db, call.system, content, thread, data.act, by=call.member)


@on_content("threads/acceptance", done=_done, refused=_refused)
def accept(call: Call, content: Content, data: AcceptanceForm) -> Taken | None:
    """Take a suggestion into the text, or all of them."""
    if "thread" not in data.sent:
        return accepting.accept_all(call.db, call.system, content, by=call.member)
    thread = _thread(call, content, data)
    accepting.accept(call.db, call.system, content, thread, by=call.member)
    return None


def _thread(call: Call, content: Content, data: ThreadForm) -> Thread:
    if data.thread is None:
        raise NotFound
    return saying.find(call.db, content, data.thread, by=call.member)


ROUTES = [threads, who_see, begin, suggest, reply, settle, accept]
