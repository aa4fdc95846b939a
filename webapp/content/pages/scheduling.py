"""The schedule dialog: a piece's time, chosen, moved or taken away.

It is a page of its own, and the same fragment in a dialog where a script opens it. The server
judges each time as it is typed: past, gap, twice, over a limit.
"""

from __future__ import annotations

import functools

from litestar import Response
from msgspec import UNSET

from webapp.accounts import access
from webapp.call import Call, get
from webapp.content import schedule_view as view
from webapp.content.pages.acting import on_content
from webapp.content.schedule_view import DialogForm
from webapp.content.state import will_not_go_out
from webapp.core import labels
from webapp.core.errors import Invalid, Problem
from webapp.core.web import STAYS, Toast, html_response
from webapp.forms import Instant, Tick
from webapp.integrations import obstacles
from webapp.publisher.planning import schedule
from webapp.publisher.planning.schedule import Choice, Moved
from webapp.publisher.records import goes
from webapp.writer.models import Content


class StepForm(DialogForm):
    """`seen`: the time that the person saw on the piece; `dialog`: it stood in one."""

    seen: Instant = UNSET
    dialog: Tick = False


class TimeForm(StepForm):
    """`slot`: one of the times that are offered; `goes`: where the dialog said it goes."""

    slot: str = ""
    goes: str = ""

    @property
    def typed(self) -> str:
        return self.slot or self.at


@get("/content/{content_id:int}/schedule")
def show(call: Call, content_id: int) -> Response[str]:
    """Choose a time, or undo here the step just made."""
    return _answer(call, view.load(call, content_id, call.asked(DialogForm)))


@get("/content/{content_id:int}/schedule/judgement")
def judge(call: Call, content_id: int, at: str = "") -> Response[str]:
    """What is to be said of this time: in which zones, and whether it can be had."""
    content = access.get(call.db, call.member, Content, content_id)
    judged = view.judge(call.db, call.system, call.member, content, at)
    return call.fragment("content/_schedule_judgement.html", judged=judged)


def _refused(call: Call, content_id: int, data: StepForm, problem: Problem) -> Response[str]:
    data.done = None  # nothing was
    shown = view.load(call, content_id, data, problem=problem)
    return _answer(call, shown, problem.status, in_dialog=data.dialog)


def _made(call: Call, content: Content, data: StepForm, moved: Moved) -> Response[str]:
    if data.dialog and call.is_htmx:
        stop = will_not_go_out(content, obstacle=obstacles.of(call.db, content.site_id))
        return _close(content, moved, stop)
    home = data.home if data.home in view.HOMES else "content"
    return call.redirect(f"/content/{content.id}/schedule?home={home}&done={moved.change_id}")


def _answer(
    call: Call, shown: view.Shown, status: int = 200, *, in_dialog: bool = True
) -> Response[str]:
    if call.is_htmx and in_dialog:
        return call.fragment("content/_schedule.html", status=status, shown=shown, dialog=True)
    return call.page("content/schedule.html", status=status, shown=shown, dialog=False)


def _close(content: Content, moved: Moved, stop: str) -> Response[str]:
    """The dialog closes, and a toast says what was done, with Undo. `stop`: it will not go out."""
    name = labels.named(content.title)
    text = f"{name} has no time now."
    if moved.at is None and not content.pinned:
        text = f"{name} gets its time from the scheduler."
    if moved.at is not None:
        does = "has another time now:" if stop else "goes out"
        said = [
            f"{name} {does} {labels.moment(moved.at, moved.zone)}.",
            *([f"{stop}."] if stop else []),
        ]
        text = " ".join([*said, *moved.warnings])
    toast = Toast(text, undo=[moved.change_id] if moved.change_id else [])
    return html_response("", toast=toast, headers=STAYS, events={"scheduled": {"id": content.id}})


step = functools.partial(on_content, done=_made, refused=_refused)


@step("schedule")
def choose(call: Call, content: Content, data: TimeForm) -> Moved:
    """Give it this time, and pin it there."""
    schedule.check_seen(content, data.seen)
    wall = view.wall_time(data.typed)
    if wall is None:
        raise Invalid({"at": "Choose a date and a time."})
    goes.check_shown(call.db, content, data.goes, goes.SCHEDULING)
    choice = Choice(wall, call.member, approves=True, read=data.version)
    return schedule.schedule(call.db, call.system, content, choice)


@step("schedule/removal")
def remove(call: Call, content: Content, data: StepForm) -> Moved:
    """Take its time away."""
    schedule.check_seen(content, data.seen)
    return schedule.unschedule(call.db, call.system, content, by=call.member)


@step("schedule/hold")
def hold(call: Call, content: Content, data: StepForm) -> Moved:
    """Take its time away, and have it wait among what needs attention."""
    schedule.check_seen(content, data.seen)
    return schedule.hold(call.db, call.system, content, by=call.member)


@step("schedule/release")
def release(call: Call, content: Content, _: StepForm) -> Moved:
    """Let the scheduler choose."""
    return schedule.release(call.db, call.system, content, by=call.member)


ROUTES = [show, judge, choose, remove, hold, release]
