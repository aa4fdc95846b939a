"""What an editor decides about a piece: submit, approve, ask for changes, publish, take offline.

Each is one verb. htmx gets the panel as it stands afterwards, a plain form goes back to its page;
a refusal shows its sentence in the panel, next to the button that caused it.
"""

from __future__ import annotations

import functools
from typing import Annotated, Any, NamedTuple

from litestar import Response

from webapp.call import Call
from webapp.content import panel
from webapp.content.pages.acting import on_content
from webapp.content.panel import PanelForm
from webapp.core import labels
from webapp.core.errors import Problem
from webapp.core.web import Toast
from webapp.forms import Tick, one_of
from webapp.integrations.delivered import DELIVERED_AS
from webapp.publisher.planning import autopilot, beside, decisions
from webapp.publisher.records import choosing, edits, goes, records
from webapp.writer import contents, signing
from webapp.writer.models import Content


class ChangeRequestForm(PanelForm):
    """Why."""

    comment: str = ""

    @property
    def typed(self) -> str:
        return self.comment


class PublicationForm(PanelForm):
    """`over`: what was seen of edits made there."""

    goes: str = ""
    force: Tick = False
    over: str = ""
    deliver_as: Annotated[str, one_of("", *DELIVERED_AS)] = ""


class DeliveryForm(PanelForm):
    """`deliver_as`: "" is as the connection has it."""

    deliver_as: Annotated[str, one_of("", *DELIVERED_AS)] = ""


class RetractionForm(PanelForm):
    """`to`: what becomes of the post."""

    to: str = "draft"


class Decision(NamedTuple):
    """What was decided, in words, and the step that Undo takes back; 0 where there is none.
    `follows`: a sentence on what comes of it."""

    words: str
    step: int
    follows: str = ""

    @property
    def steps(self) -> list[int]:
        return [self.step] if self.step else []

    def told(self, content: Content) -> str:
        """It names the piece: the next one is open by then."""
        return f"{labels.named(content.title)} {self.words}. {self.follows}".strip()


def _decided(
    call: Call, content: Content, place: PanelForm, made: Decision | None
) -> Response[str]:
    if not call.is_htmx:
        return call.redirect(f"/{place.page}/{content.id}")
    shown = panel.load(call, content.id, PanelForm(home=place.home, version=place.version))
    toast = Toast(made.told(content), undo=made.steps) if made else None
    events = {"decided": {"id": content.id}} if made else None
    return call.fragment("content/_panel.html", toast=toast, events=events, panel=shown)


def _refused(call: Call, content_id: int, place: PanelForm, problem: Problem) -> Response[str]:
    shown = panel.load(call, content_id, place, problem=problem)
    if call.is_htmx:
        # The calendar shows no panel: a toast says it there.
        toast = Toast(problem.message, kind="problem") if place.home == "calendar" else None
        return call.fragment("content/_panel.html", status=problem.status, toast=toast, panel=shown)
    return call.page("content/panel.html", status=problem.status, panel=shown)


decision = functools.partial(on_content, done=_decided, refused=_refused)


@decision("submission")
def submit(call: Call, content: Content, _: PanelForm) -> None:
    """Hand a draft over for review."""
    beside.submit(call.db, call.system, content, by=call.member)


@decision("approval")
def approve(call: Call, content: Content, data: PanelForm) -> Decision:
    """Approve the text that was shown."""
    contents.check_read(content, data.version)
    step = decisions.approve(call.db, call.system, content, by=call.member, step=data.step)
    if not step:
        return Decision("was approved already", step)
    if not contents.is_approved(content):
        return Decision("signed", step, signing.waits_for(call.db, content))
    follows = autopilot.times_follow(call.db, call.member, [content.id])
    return Decision("approved", step, follows)


@decision("change-request")
def request_changes(call: Call, content: Content, data: ChangeRequestForm) -> Decision:
    """Send the piece back to its writer, saying why."""
    contents.check_read(content, data.version)
    given = data.comment
    step = decisions.request_changes(call.db, call.system, content, given, by=call.member)
    return Decision("sent back", step)


@decision("publication")
def publish(call: Call, content: Content, data: PublicationForm) -> None:
    """Publish now what was shown, to where it was shown; the worker does the rest."""
    contents.check_read(content, data.version)
    goes.check_shown(call.db, content, data.goes)
    if data.step is not None:  # the step that the page showed, which may be its last
        records.approve_for(call.db, call.system, content, "sent", by=call.member, step=data.step)
    over = edits.named(data.over)
    asked: dict[str, Any] = {"force": data.force, "over": over, "deliver_as": data.deliver_as}
    records.publish(call.db, call.system, content, by=call.member, **asked)


@decision("delivery")
def choose_delivery(call: Call, content: Content, data: DeliveryForm) -> None:
    """How its next publication is to stand there."""
    choosing.deliver_as(call.db, call.system, content, data.deliver_as)


@decision("retraction")
def retract(call: Call, content: Content, data: RetractionForm) -> None:
    """Take the piece offline at its destination."""
    records.retract(call.db, call.system, content, by=call.member, to=data.to)


ROUTES = [submit, approve, request_changes, publish, choose_delivery, retract]
