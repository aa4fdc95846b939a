"""The bin: a piece goes there, comes back as a draft, or is deleted for good."""

from __future__ import annotations

from typing import NamedTuple

from litestar import Response

from webapp.accounts import access
from webapp.call import Call, get, post
from webapp.content import bin_list
from webapp.content.bin_list import BinForm
from webapp.core import labels
from webapp.core.web import Toast, html_response, id_in
from webapp.forms import Form
from webapp.publisher.planning import changes, decisions
from webapp.publisher.records.models import PlanChange
from webapp.writer import binned, contents
from webapp.writer.models import Content

ADDRESS = "/content/bin"


class DeletionForm(Form):
    """`version`: the piece's that was seen, with the change beside it where that was seen too."""

    version: str = ""


@get(ADDRESS)
def show(call: Call) -> Response[str]:
    """What lies in the bin."""
    return _page(call, call.asked(BinForm))


@post("/content/{content_id:int}/deletion")
def delete(call: Call, content_id: int, data: DeletionForm) -> Response[str]:
    """Put a piece into the bin."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    seen = data.version.partition("+")[0]
    contents.check_read(content, (id_in(seen) or 0) if seen else None)
    step = decisions.delete(call.db, call.system, content, by=call.member)
    if call.is_htmx:
        return html_response("", toast=_told(content, step))
    return call.redirect(f"{ADDRESS}?step={step}" if step else ADDRESS)


@post("/content/bin/{binned_id:int}/return")
def bring_back(call: Call, binned_id: int) -> Response[str]:
    """Take a piece out of the bin."""
    content = binned.find(call.db, call.member, binned_id, call.system.clock())
    step = decisions.bring_back(call.db, call.system, content, by=call.member)
    if call.is_htmx:
        toast = Toast(
            f"{labels.named(content.title)} is a draft again.",
            href=f"/content/{binned_id}",
            link="Open it",
            undo=[step],
        )
        return _listed(call, toast)
    return call.redirect(f"/content/{binned_id}")


@post("/content/bin/{binned_id:int}/end")
def end(call: Call, binned_id: int) -> Response[str]:
    """Delete a piece in the bin for good."""
    content = binned.find(call.db, call.member, binned_id, call.system.clock())
    decisions.empty(call.db, call.system, content, by=call.member)
    if call.is_htmx:
        return _listed(call, Toast(f"{labels.named(content.title)} is deleted for good."))
    return call.redirect(ADDRESS)


def _told(content: Content, step: int) -> Toast:
    said = f"{labels.named(content.title)} lies in the bin for {binned.STAYS.days} days."
    return Toast(said, href=ADDRESS, link="Open the bin", undo=[step] if step else ())


def _listed(call: Call, toast: Toast) -> Response[str]:
    call.db.flush()
    found = bin_list.load(call.db, call.member, call.system.clock(), BinForm())
    return call.fragment("content/_bin.html", bin=found, toast=toast)


def _page(call: Call, asked: BinForm) -> Response[str]:
    found = bin_list.load(call.db, call.member, call.system.clock(), asked)
    if call.is_htmx:
        return call.fragment("content/_bin.html", bin=found)
    deletion = _deletion(call, asked.step)
    return call.page("content/bin.html", bin=found, deletion=deletion)


class Deletion(NamedTuple):
    """One that its page can take back: the step, and the piece."""

    step: int
    content_id: int
    name: str


def _deletion(call: Call, step: int | None) -> Deletion | None:
    """The member's own that led here, while Undo can take it back."""
    query = access.visible(call.member, PlanChange).where(
        PlanChange.id == step,
        PlanChange.kind == changes.DELETION,
        PlanChange.user_id == call.member.user_id,
        PlanChange.undone_at.is_(None),
    )
    change = call.db.scalars(query).one_or_none() if step else None
    if change is None:
        return None
    [content_id] = changes.content_ids([change])
    titles = access.visible(call.member, Content, Content.title, also_deleted=True)
    title = call.db.scalar(titles.where(Content.id == content_id))
    return Deletion(change.id, content_id, labels.named(title or ""))


ROUTES = [show, delete, bring_back, end]
