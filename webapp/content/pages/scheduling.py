"""The schedule dialog: a piece's time, chosen, moved or taken away.

It is a page of its own, and the same fragment in a dialog where a script opens it. The server
judges each time as it is typed: past, gap, twice, over a limit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from litestar import Response
from msgspec import UNSET

from webapp.accounts import access
from webapp.call import Call, Form, get, post
from webapp.content import schedule_view as view
from webapp.content.state import will_not_go_out
from webapp.content.zone_words import in_site
from webapp.core.errors import Invalid, Problem
from webapp.core.web import STAYS, Toast, html_response, id_in, local_path, toast_header
from webapp.integrations import obstacles
from webapp.publisher.planning import changes, schedule
from webapp.publisher.planning.schedule import Moved, Seen
from webapp.publisher.records import goes
from webapp.writer.models import Content

Verb = Callable[[Content, Seen], Moved]


@get("/content/{content_id:int}/schedule")
def show(
    call: Call,
    content_id: int,
    home: str = "content",
    at: str = "",
    done: str = "",
    version: str = "",
) -> Response[str]:
    """Choose a time; `done` names the step just made, which can be undone here. `version` is the
    one that is shown where the dialog is opened."""
    shown = view.load(
        call.db,
        call.system,
        call.member,
        content_id,
        home=home,
        at=at,
        step=done,
        version=id_in(version),
    )
    return _answer(call, shown)


@get("/content/{content_id:int}/schedule/judgement")
def judge(call: Call, content_id: int, at: str = "") -> Response[str]:
    """What is to be said of this time: in which zones, and whether it can be had."""
    content = access.get(call.db, call.member, Content, content_id)
    judged = view.judge(call.db, call.system, call.member, content, at)
    return call.fragment("content/_schedule_judgement.html", judged=judged)


@post("/content/{content_id:int}/schedule")
def choose(call: Call, content_id: int, data: Form) -> Response[str]:
    """Give it this time (`slot` is one of those offered), and pin it there."""
    text = data.get("slot") or data.get("at", "")

    def verb(content: Content, seen: Seen) -> Moved:
        wall = view.wall_time(text)
        if wall is None:
            raise Invalid({"at": "Choose a date and a time."})
        goes.check_shown(call.db, content, data.get("goes", ""), goes.SCHEDULING)
        read = id_in(data.get("version", ""))
        return schedule.schedule_wall(
            call.db, call.system, content, wall, by=call.member, seen=seen, read=read
        )

    return _do(call, content_id, data, verb, text)


@post("/content/{content_id:int}/schedule/removal")
def remove(call: Call, content_id: int, data: Form) -> Response[str]:
    """Take its time away."""
    return _do(
        call,
        content_id,
        data,
        lambda content, seen: schedule.unschedule(
            call.db, call.system, content, by=call.member, seen=seen
        ),
    )


@post("/content/{content_id:int}/schedule/hold")
def hold(call: Call, content_id: int, data: Form) -> Response[str]:
    """Take its time away, and have it wait among what needs attention."""
    return _do(
        call,
        content_id,
        data,
        lambda content, seen: schedule.hold(
            call.db, call.system, content, by=call.member, seen=seen
        ),
    )


@post("/content/{content_id:int}/schedule/release")
def release(call: Call, content_id: int, data: Form) -> Response[str]:
    """Let the scheduler choose."""
    return _do(
        call,
        content_id,
        data,
        lambda content, _: schedule.release(call.db, call.system, content, by=call.member),
    )


@post("/publisher/changes/{change_id:int}/undo")
def undo(call: Call, change_id: int, data: Form) -> Response[str]:
    """Put back what a step moved."""
    done = changes.undo(call.db, call.system, change_id, by=call.member)
    if not call.is_htmx:
        return call.redirect(local_path(data.get("home", ""), "/publisher/publishing-queue"))
    text = changes.told(len(done.restored), len(done.left))
    return html_response("", toast=Toast(text), headers=STAYS)


def _do(
    call: Call, content_id: int, data: dict[str, str], verb: Verb, at: str = ""
) -> Response[str]:
    home = data.get("home", "")
    try:
        content = access.get_for_update(call.db, call.member, Content, content_id)
        moved = verb(content, _seen(data))
        call.db.flush()
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        call.roll_back()
        shown = view.load(
            call.db,
            call.system,
            call.member,
            content_id,
            home=home,
            at=at,
            problem=problem,
            version=id_in(data.get("version", "")),
        )
        return _answer(call, shown, problem.status, in_dialog=data.get("dialog") == "yes")
    if data.get("dialog") == "yes" and call.is_htmx:
        stop = will_not_go_out(content, obstacle=obstacles.of(call.db, content.site_id))
        return _close(content.title, moved, stop)
    home = home if home in view.HOMES else "content"
    path = f"/content/{content_id}/schedule?home={home}&done={moved.change_id}"
    return call.redirect(path)


def _answer(
    call: Call, shown: view.Shown, status: int = 200, *, in_dialog: bool = True
) -> Response[str]:
    if call.is_htmx and in_dialog:
        return call.fragment("content/_schedule.html", status=status, shown=shown, dialog=True)
    return call.page("content/schedule.html", status=status, shown=shown, dialog=False)


def _close(title: str, moved: Moved, stop: str) -> Response[str]:
    """The dialog closes, and a toast says what was done, with Undo. `stop`: it will not go out."""
    name = title or "The piece"
    text = f"{name} has no time now."
    if moved.at is not None:
        does = "has another time now:" if stop else "goes out"
        said = [f"{name} {does} {in_site(moved.at, moved.zone)}.", *([f"{stop}."] if stop else [])]
        text = " ".join([*said, *moved.warnings])
    made = toast_header(Toast(text, undo=f"/publisher/changes/{moved.change_id}/undo"))
    trigger = made["HX-Trigger"].removesuffix("}") + ', "scheduled": {}}'
    return html_response("", headers={"HX-Trigger": trigger, **STAYS})


def _seen(data: dict[str, str]) -> Seen:
    """The time that the person saw on the piece; a form that does not say saw nothing."""
    text = data.get("seen")
    if text is None:
        return UNSET
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        raise Invalid({"seen": "This is no moment."}) from None


ROUTES = [show, judge, choose, remove, hold, release, undo]
