"""Pages of a content: the list of all, one with its facts, its preview, its images."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.call import Call, get
from webapp.content import panel, piece, preview, waiting
from webapp.content.panel import PanelForm
from webapp.core import labels
from webapp.core.codes import Code
from webapp.core.errors import Conflict, NotFound
from webapp.core.web import PREVIEW_HEADERS, bare_page, html_response
from webapp.publisher.planning import changes
from webapp.publisher.records.models import PublishingRecord
from webapp.threads import view as threads
from webapp.writer import binned, images
from webapp.writer.models import Content, Image

MOST_RECORDS = 20
IMAGE_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@get("/content")
def index(call: Call) -> Response[str]:
    """All pieces, newest first."""
    filters = call.asked(waiting.FilterForm).filters("all", call.member.site_id)
    found = waiting.listing(call.db, call.member, filters)
    block = "listing" if call.is_htmx else None
    return call.page(
        "content/index.html", block=block, filters=filters, listing=found, statuses=waiting.STATUSES
    )


@get("/content/rows/{content_id:int}")
def row(call: Call, content_id: int) -> Response[str]:
    """One row of the list, as it stands now; of a piece in the bin nothing, and the row goes."""
    found = waiting.one(call.db, call.member, content_id)
    if found is None:
        in_bin = binned.visible(call.member, Content.id, now=call.system.clock())
        if call.db.scalar(in_bin.where(Content.id == content_id)) is None:
            raise NotFound
        return html_response("", headers={"HX-Reswap": "delete"})
    return call.fragment("content/_row.html", row=found)


@get("/content/{content_id:int}")
def show(call: Call, content_id: int, undone: int | None = None) -> Response[str]:
    """One piece: its facts, its publication and what happened to it. `undone`: the step that was
    taken back, and led here."""
    shown = piece.load(call.db, call.system, call.member, content_id)
    blocks = [check for check in shown.checks if check.verdict == "block"]
    return call.page(
        "content/show.html",
        threads=threads.load(call, shown.content),
        piece=shown,
        panel=panel.load(call, content_id, PanelForm(home="content"), blocking=blocks),
        content_id=content_id,
        zone=shown.zone,
        records=records_of(call.db, call.member, content_id),
        put_back=_put_back(call, shown.content, undone),
    )


def _put_back(call: Call, content: Content, step: int | None) -> str:
    """The name of the piece that was put back by taking back this step; "" where it was not."""
    is_undone = step is not None and changes.is_undone(call.db, call.member, step, content.id)
    return labels.named(content.title) if is_undone else ""


@get("/content/{content_id:int}/records")
def show_records(call: Call, content_id: int) -> Response[str]:
    """The table of what has been sent where."""
    content = access.get(call.db, call.member, Content, content_id)
    records = records_of(call.db, call.member, content_id)
    return call.fragment(
        "content/_records.html",
        content_id=content.id,
        zone=zone_of(call.db, content),
        records=records,
    )


@get("/content/{content_id:int}/panel")
def show_panel(call: Call, content_id: int, refused: str = "") -> Response[str]:
    """The publish panel as it stands now. `refused`: the code for which what one of its buttons
    asked for was refused."""
    problem = Conflict.of(Code(refused)) if refused in set(Code) else None
    shown = panel.load(call, content_id, call.asked(PanelForm), problem=problem)
    status = problem.status if problem else 200
    return call.fragment("content/_panel.html", status=status, panel=shown)


@get("/content/{content_id:int}/preview")
def show_preview(call: Call, content_id: int) -> Response[str]:
    """The text as it will appear, alone, where nothing in it can run."""
    content = access.get(call.db, call.member, Content, content_id)
    shown = preview.of(call.db, content)
    answer = bare_page("content/preview.html", preview=shown, theme=call.member.theme)
    answer.headers.update(PREVIEW_HEADERS)
    return answer


@get("/content/{content_id:int}/images/{ref:str}")
def show_image(call: Call, content_id: int, ref: str) -> Response[bytes]:
    """The bytes of an image that only we have."""
    sha256 = call.db.scalar(
        access.visible(call.member, Image, Image.sha256).where(
            Image.content_id == content_id, Image.ref == ref, Image.sha256 != ""
        )
    )
    found = images.bytes_of(call.db, call.member.account_id, sha256) if sha256 else None
    if found is None:
        raise NotFound
    media_type, data = found
    return Response(data, media_type=media_type, headers=IMAGE_HEADERS)


def records_of(db: Session, member: Member, content_id: int) -> list[Any]:
    """The newest records of a piece, as rows."""
    columns = (
        PublishingRecord.id,
        PublishingRecord.status,
        PublishingRecord.deliver_as,
        PublishingRecord.action,
        PublishingRecord.mode,
        PublishingRecord.destination,
        PublishingRecord.attempt,
        PublishingRecord.created_at,
        PublishingRecord.finished_at,
        PublishingRecord.error,
        PublishingRecord.receipt,
    )
    query = access.visible(member, PublishingRecord, *columns)
    query = query.where(PublishingRecord.content_id == content_id)
    return list(db.execute(query.order_by(PublishingRecord.id.desc()).limit(MOST_RECORDS)))


def zone_of(db: Session, content: Content) -> str:
    """The zone of the piece's site."""
    return db.scalars(sa.select(Site.timezone).where(Site.id == content.site_id)).one()


ROUTES = [index, row, show, show_records, show_panel, show_preview, show_image]
