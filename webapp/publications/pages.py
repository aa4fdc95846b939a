"""The page of a record: its state, the steps of each attempt, and the receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.content import panel
from webapp.content.state import will_not_go_out
from webapp.core.errors import Conflict, NotFound
from webapp.forms import Form, Number
from webapp.integrations.journal import Entry
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import findability, journals, progress, unclear
from webapp.publisher.delivery.progress import Progress
from webapp.publisher.records import edits, goes, newest, records, stands, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents
from webapp.writer.models import Content


class RecordForm(Form):
    """Where the button stands, "" for the record's page, and where that said it `goes`."""

    home: str = ""
    goes: str = ""
    version: Number = None

    @property
    def is_in_panel(self) -> bool:
        return self.home in panel.HOMES


@dataclass(frozen=True)
class Shown:
    """A record with what its page says about it; `attempts` has the newest first, `stop` says why
    what waits will not go out. `version` and `is_approved` are of its piece, `goes_to` and
    `goes` are where a click would send it. `newest` is the piece's newest record, `newest_action`
    what that did, "" where it did nothing."""

    record: PublishingRecord
    title: str
    site: str
    zone: str
    destination: str
    attempts: list[Progress]
    stop: str
    can_retry: bool
    can_cancel: bool
    over: str
    version: int
    is_approved: bool
    newest: int
    newest_action: str
    is_online: bool
    goes: str
    goes_to: str
    is_unclear: bool
    can_tell: bool
    can_say_offline: bool
    findability: dict[str, Any] | None
    kept: list[Entry]
    now: datetime
    problem: str = ""


@get("/records/{record_id:int}")
def show(call: Call, record_id: int) -> Response[str]:
    """One publication or retraction; htmx gets only the part that moves."""
    shown = _load(call, record_id)
    if call.is_htmx:
        return call.fragment("publications/_record.html", shown=shown)
    return call.page("publications/record.html", shown=shown)


@post("/records/{record_id:int}/retry")
def retry(call: Call, record_id: int, data: RecordForm) -> Response[str]:
    """Try the intent again, now; a record that failed is followed by a new one."""
    record, content = _both(call.db, call.member, record_id)
    try:
        if record.action == "publish":
            goes.check_shown(call.db, content, data.goes)
        newer = records.retry(call.db, call.system, content, record, by=call.member)
        call.db.flush()
    except Conflict as problem:
        return _refused(call, record_id, problem, data, content.id)
    return _back(call, data, content.id, newer.id)


@post("/records/{record_id:int}/not-done")
def not_done(call: Call, record_id: int, data: RecordForm) -> Response[str]:
    """A person looked at the website: what nobody knew was not done."""
    return _looked(call, record_id, data, unclear.not_done)


@post("/records/{record_id:int}/seen-offline")
def seen_offline(call: Call, record_id: int, data: RecordForm) -> Response[str]:
    """A person looked at the website: what could not be taken down is offline."""
    return _looked(call, record_id, data, unclear.seen_offline)


@post("/records/{record_id:int}/cancellation")
def cancel(call: Call, record_id: int) -> Response[str]:
    """Withdraw a record that waits."""
    record, content = _both(call.db, call.member, record_id)
    try:
        records.cancel(call.db, call.system, content, record)
    except Conflict as problem:
        return _refused(call, record_id, problem)
    return call.redirect(f"/records/{record_id}")


@post("/records/{record_id:int}/findability")
def look_whether_found(call: Call, record_id: int) -> Response[str]:
    """Look whether search engines can find it. No transaction is open while the website answers."""
    try:
        findability.look_for(call.system, call.member, record_id)
    except Conflict as problem:
        return _refused(call, record_id, problem)
    return call.redirect(f"/records/{record_id}#findability-title")


def _looked(
    call: Call, record_id: int, data: RecordForm, verb: Callable[..., None]
) -> Response[str]:
    """What a person has seen at the website ends the record, by this verb."""
    record, content = _both(call.db, call.member, record_id)
    try:
        verb(call.db, call.system, content, record, by=call.member)
    except Conflict as problem:
        return _refused(call, record_id, problem, data, content.id)
    return _back(call, data, content.id, record_id)


def _back(call: Call, data: RecordForm, content_id: int, record_id: int) -> Response[str]:
    """Back to where the button stood; htmx fetches the panel from there, after the commit."""
    if not data.is_in_panel:
        return call.redirect(f"/records/{record_id}")
    return _see(_panel(data, content_id) if call.is_htmx else f"/{data.home}/{content_id}")


def _panel(data: RecordForm, content_id: int) -> str:
    """Where the panel is in which a form stood."""
    beside = f"&version={data.version}" if data.version else ""
    return f"/content/{content_id}/panel?home={data.home}{beside}"


def _see(path: str) -> Response[str]:
    return Response("", status_code=303, headers={"Location": path, "Cache-Control": "no-store"})


def _refused(
    call: Call,
    record_id: int,
    problem: Conflict,
    data: RecordForm | None = None,
    content_id: int = 0,
) -> Response[str]:
    """The refusal where the button stood: in the panel, or on the record's page."""
    call.roll_back()
    if call.is_htmx and data is not None and data.is_in_panel:
        return _see(f"{_panel(data, content_id)}&refused={problem.code}")
    shown = _load(call, record_id, problem.message)
    if call.is_htmx:
        return call.fragment("publications/_record.html", status=problem.status, shown=shown)
    return call.page("publications/record.html", status=problem.status, shown=shown)


def _both(db: Session, member: Member, record_id: int) -> tuple[PublishingRecord, Content]:
    """The record and its content, both locked, the content first as every verb does."""
    content_id = db.scalar(
        access.visible(member, PublishingRecord, PublishingRecord.content_id).where(
            PublishingRecord.id == record_id
        )
    )
    if content_id is None:
        raise NotFound
    content = access.get_for_update(db, member, Content, content_id)
    return access.get_for_update(db, member, PublishingRecord, record_id), content


def _load(call: Call, record_id: int, problem: str = "") -> Shown:
    columns = (PublishingRecord, Content, Site.name, Site.timezone, SiteIntegration.base_url)
    row = call.db.execute(
        access.visible(call.member, PublishingRecord, *columns)
        .join(Content, Content.id == PublishingRecord.content_id)
        .join(Site, Site.id == PublishingRecord.site_id)
        .join(SiteIntegration, SiteIntegration.id == PublishingRecord.integration_id)
        .where(PublishingRecord.id == record_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    record, content = row.PublishingRecord, row.Content
    to = goes.of(call.db, content)
    waits = (record.status, record.action) == (states.PENDING, "publish")
    events = progress.events_of(call.db, record.id)
    numbers = sorted({event.attempt for event in events} | {max(record.attempt, 1)}, reverse=True)
    may_publish = call.member.may(Capability.PUBLISH, content.site_id)
    last = _newest(call, content.id)
    can_retry = record.status in (*states.RETRYABLE, states.PENDING) or states.is_unclear(record)
    return Shown(
        record=record,
        title=content.title or "Without a title",
        site=row.name,
        zone=row.timezone,
        destination=row.base_url or "IGNY8’s own pages",
        attempts=[progress.of_attempt(events, record, number) for number in numbers],
        stop=will_not_go_out(content, waits=True) if waits else "",
        can_retry=may_publish and can_retry and last.id == record.id,
        can_cancel=may_publish and record.status == states.PENDING,
        over=edits.seen(record.status, record.error)
        if may_publish and last.id == record.id
        else "",
        version=content.version,
        newest=last.id,
        newest_action=last.action if last.status in states.WORKED else "",
        is_online=bool(record.external_url) and record.external_url == content.external_url,
        goes=goes.mark_of(to),
        goes_to=stands.name_of(to),
        is_approved=contents.is_approved(content),
        is_unclear=states.is_unclear(record),
        findability=(record.receipt or {}).get("findability"),
        kept=journals.kept(call.db, record.id),
        can_tell=may_publish and states.is_unclear(record),
        can_say_offline=may_publish and last.id == record.id and unclear.is_open_retraction(record),
        now=call.system.clock(),
        problem=problem,
    )


def _newest(call: Call, content_id: int) -> Any:
    """The newest record of a piece: id, status and action."""
    columns = (PublishingRecord.id, PublishingRecord.status, PublishingRecord.action)
    query = access.visible(call.member, PublishingRecord, *columns)
    return call.db.execute(newest.of(query, content_id)).one()


ROUTES = [show, retry, not_done, seen_offline, cancel, look_whether_found]
