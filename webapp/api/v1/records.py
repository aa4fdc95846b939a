"""`publisher/records/`: what was asked to go out, how far it is, how it ended."""

from __future__ import annotations

from litestar.params import FromPath
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.api import listing
from webapp.api.answers import Queued
from webapp.api.endpoint import Listed, Nothing, get, post
from webapp.api.v1.content_publishing import queued
from webapp.call import Call
from webapp.publisher.delivery import findability, reads, unclear
from webapp.publisher.delivery.findability import Findability
from webapp.publisher.delivery.reads import EventLine, RecordLine, RecordWhole
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

RECORDS = listing.Listing(
    model=PublishingRecord,
    columns=reads.COLUMNS,
    joins=reads.JOINS,
    filters={
        "site": PublishingRecord.site_id,
        "content": PublishingRecord.content_id,
        "integration": PublishingRecord.integration_id,
        "destination": PublishingRecord.destination,
        "status": PublishingRecord.status,
        "action": PublishingRecord.action,
        "mode": PublishingRecord.mode,
    },
    search=(Content.title,),
    orderings={
        "id": PublishingRecord.id,
        "created_at": PublishingRecord.created_at,
        "updated_at": PublishingRecord.updated_at,
        "next_attempt_at": PublishingRecord.next_attempt_at,
        "status": PublishingRecord.status,
    },
)


@get(
    "/publisher/records",
    gives=RecordLine,
    is_list=True,
    errors=(422,),
    parameters=RECORDS.parameters(),
)
def index(call: Call) -> Listed:
    """List records, the newest first."""
    found = listing.of(call.db, call.request, RECORDS)
    return Listed(found.count, found.next, found.previous, [reads.line(r) for r in found.results])


@get("/publisher/records/{record_id:int}", gives=RecordWhole, errors=(404,))
def read(call: Call, record_id: FromPath[int]) -> RecordWhole:
    """Read a record: progress of its latest attempt, error, receipt."""
    return reads.whole(call.db, call.member, record_id)


@get("/publisher/records/{record_id:int}/events", gives=list[EventLine], errors=(404,))
def events(call: Call, record_id: FromPath[int]) -> list[EventLine]:
    """The steps of all its attempts, in their order."""
    return reads.events(call.db, call.member, record_id)


@post(
    "/publisher/records/{record_id:int}/retry",
    takes=Nothing,
    gives=Queued,
    status=202,
    errors=(404, 409, 422),
)
def retry(call: Call, record_id: FromPath[int]) -> Queued:
    """Try again: a failed one as a new record, a waiting one at once."""
    content, record = _locked(call.db, call.member, record_id)
    return queued(records.retry(call.db, call.system, content, record, by=call.member))


@post(
    "/publisher/records/{record_id:int}/cancel",
    takes=Nothing,
    gives=RecordWhole,
    errors=(404, 409, 422),
)
def cancel(call: Call, record_id: FromPath[int]) -> RecordWhole:
    """Withdraw one that waits."""
    content, record = _locked(call.db, call.member, record_id)
    records.cancel(call.db, call.system, content, record)
    call.db.flush()
    return reads.whole(call.db, call.member, record_id)


@post(
    "/publisher/records/{record_id:int}/not-done",
    takes=Nothing,
    gives=RecordWhole,
    errors=(404, 409, 422),
)
def not_done(call: Call, record_id: FromPath[int]) -> RecordWhole:
    """End one that is unclear: you looked at the website, and it was not done."""
    content, record = _locked(call.db, call.member, record_id)
    unclear.not_done(call.db, call.system, content, record, by=call.member)
    call.db.flush()
    return reads.whole(call.db, call.member, record_id)


@post(
    "/publisher/records/{record_id:int}/seen-offline",
    takes=Nothing,
    gives=RecordWhole,
    errors=(404, 409, 422),
)
def seen_offline(call: Call, record_id: FromPath[int]) -> RecordWhole:
    """End a retraction that failed or is unclear: you looked at the website, and it is offline."""
    content, record = _locked(call.db, call.member, record_id)
    unclear.seen_offline(call.db, call.system, content, record, by=call.member)
    call.db.flush()
    return reads.whole(call.db, call.member, record_id)


@post(
    "/publisher/records/{record_id:int}/findability",
    takes=Nothing,
    gives=Findability,
    errors=(404, 409, 422),
)
def look_whether_found(call: Call, record_id: FromPath[int]) -> Findability:
    """Look now whether search engines can find what is online, and what keeps them from it."""
    return findability.look_for(call.system, call.member, record_id)


def _locked(db: Session, member: Member, record_id: int) -> tuple[Content, PublishingRecord]:
    """The content first, as every verb locks them, then its record."""
    found = access.get(db, member, PublishingRecord, record_id)
    content = access.get_for_update(db, member, Content, found.content_id)
    return content, access.get_for_update(db, member, PublishingRecord, record_id)


ROUTES = [index, read, events, retry, cancel, not_done, seen_offline, look_whether_found]
