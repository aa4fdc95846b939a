"""Whether a published piece can be found, and what keeps it from that: asked an hour after it went
out, and when somebody asks.

It is told, and changes nothing else: no publication waits for it or fails by it. What is a fact of
the website or its theme is told once, at its connection; of the piece, what only its page has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urljoin

import msgspec
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.core.clock import iso
from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict
from webapp.core.http import MEGABYTE, OutboundHttp
from webapp.core.links import place_of
from webapp.core.system import System
from webapp.integrations import registry
from webapp.integrations.models import SiteIntegration
from webapp.integrations.site_findings import KEPT, Finding
from webapp.publisher.delivery import findable, seeing
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord

log = structlog.get_logger()
LARGEST_ROBOTS, LARGEST_SITEMAP, MOST_SITEMAPS = MEGABYTE // 2, 8 * MEGABYTE, 8
# In the sitemap by then.
AFTER, UNTIL = timedelta(minutes=60), timedelta(minutes=180)
NEWEST, AT_ONCE = 2_000, 50
GONE_OUT = (states.PUBLISHED, states.PUBLISHED_WITH_ISSUES)


class Findability(msgspec.Struct, kw_only=True):
    """What keeps the piece from being found: of its own page, and of the whole website."""

    at: str
    piece: list[Finding] = []
    site: list[Finding] = []


class Asked(NamedTuple):
    """What is looked at."""

    url: str
    home: str
    content_type: str
    html: str
    has_picture: bool
    names_original: bool
    is_listed: bool
    seo_plugin: str


def look_at_recent(system: System) -> None:
    """At what went out an hour ago and was not looked at yet; a job."""
    now = system.clock()
    newest = sa.select(sa.func.coalesce(sa.func.max(PublishingRecord.id), 0)).scalar_subquery()
    with system.db.read() as db:
        found = db.execute(
            sa.select(PublishingRecord.id, PublishingRecord.receipt)
            .where(
                PublishingRecord.id > newest - NEWEST,
                PublishingRecord.status.in_(GONE_OUT),
                PublishingRecord.finished_at.between(now - UNTIL, now - AFTER),
                PublishingRecord.destination.in_(registry.elsewhere()),
            )
            .order_by(PublishingRecord.id)
        ).all()
    due = [row.id for row in found if KEPT not in (row.receipt or {})]
    for record_id in due[:AT_ONCE]:
        try:
            look(system, record_id)
        except Exception:
            log.exception("looking whether it is found met a bug", record=record_id)


def look_for(system: System, who: Scoped, record_id: int) -> Findability:
    """The same for somebody who asks. Call it outside of any transaction. Raises NotFound, and
    Conflict where nothing is online by this record."""
    with system.db.read() as db:
        access.get(db, who, PublishingRecord, record_id)
    found = look(system, record_id)
    if found is None:
        raise Conflict.of(Code.NOT_PUBLISHED)
    return found


def look(system: System, record_id: int) -> Findability | None:
    """At the page of a publication, now; None where it is not online by it."""
    with system.db.read() as db:
        asked = _asked(db, record_id)
    if asked is None:
        return None
    found = of_page(system.http, asked, system.clock())
    system.commits.run(lambda db: _keep(db, system, record_id, found))
    return found


def of_page(http: OutboundHttp, asked: Asked, now: datetime) -> Findability:
    """What stands in the way. A page that does not come is told by the checks of the publication,
    and so nothing is said of it here."""
    found = Findability(at=iso(now))
    page = seeing.get(http, "GET", asked.url, seeing.PAGE_BYTES)
    if page.status != 200:
        return found
    front = seeing.get(http, "GET", asked.home, seeing.PAGE_BYTES)
    robots = seeing.get(http, "GET", urljoin(f"{asked.home}/", "/robots.txt"), LARGEST_ROBOTS)
    there = _There(asked, _text(page), page.headers, _text(front), front.headers, _robots(robots))
    if not asked.is_listed:
        found.site.append(_finding(Code.SITE_NOT_LISTED))
    there.hiding(found)
    if asked.is_listed and not found.piece:  # what is hidden is in no sitemap
        _sitemap(http, there, found)
    there.headings(found)
    if asked.has_picture and not findable.has_picture(there.page):
        found.site.append(_finding(Code.OG_IMAGE_MISSING))
    return found


@dataclass(frozen=True)
class _There:
    """The page, the front page of its website, and its robots.txt."""

    asked: Asked
    page: str
    headers: Any
    front: str
    front_headers: Any
    robots: str

    def hiding(self, found: Findability) -> None:
        """What asks search engines to stay away: of this page, or of all."""
        of_page = findable.hidden_by(self.headers, self.page)
        of_site = findable.hidden_by(self.front_headers, self.front)
        for code, said in of_page.items():
            if code not in of_site:
                found.piece.append(_finding(code, said=said, seo_plugin=self.asked.seo_plugin))
            elif self.asked.is_listed:
                found.site.append(_finding(Code.SITE_HIDDEN, said=said))
        rules = findable.rules(self.robots)
        if findable.is_forbidden(rules, f"{self.asked.home}/"):
            found.site.append(_finding(Code.ROBOTS_FORBID_ALL))
        elif findable.is_forbidden(rules, self.asked.url):
            found.piece.append(_finding(Code.ROBOTS_FORBID, url=self.asked.url))
        other = findable.sent_elsewhere(self.asked.url, self.page)
        if other and not self.asked.names_original:
            found.piece.append(_finding(Code.CANONICAL_ELSEWHERE, on_the_page=other))

    def headings(self, found: Findability) -> None:
        """One main heading: more are the text's own, or the theme's."""
        number, own = findable.headings(self.page), findable.headings(self.asked.html)
        if number == 0:
            found.site.append(_finding(Code.HEADING_MISSING))
        elif number > 1:
            where = found.piece if own else found.site
            where.append(_finding(Code.HEADINGS_SEVERAL, number=number, of_the_text=own))


def _sitemap(http: OutboundHttp, there: _There, found: Findability) -> None:
    """Whether the website's sitemap names the page. Where not all of it was read, nobody knows."""
    wanted, was_read, left = place_of(there.asked.url), False, MOST_SITEMAPS
    queue = _sitemaps_of(there)
    while queue and left:
        left -= 1
        answer = seeing.get(http, "GET", queue.pop(0), LARGEST_SITEMAP)
        if answer.status != 200 or not (places := findable.places(_text(answer))):
            continue
        was_read = True
        if findable.is_list_of_sitemaps(_text(answer)):
            queue[:0] = sorted(places, key=lambda one: there.asked.content_type not in one)
        elif any(place_of(one) == wanted for one in places):
            return
    if not was_read:
        found.site.append(_finding(Code.SITEMAP_MISSING))
    elif not queue:
        found.piece.append(_finding(Code.NOT_IN_SITEMAP, url=there.asked.url))


def _sitemaps_of(there: _There) -> list[str]:
    """Those that robots.txt names, else where WordPress and SEO plugins have theirs."""
    named = findable.sitemaps(there.robots)
    usual = ("wp-sitemap.xml", "sitemap_index.xml", "sitemap.xml")
    return named or [f"{there.asked.home}/{name}" for name in usual]


def _asked(db: Session, record_id: int) -> Asked | None:
    row = db.execute(
        sa.select(PublishingRecord, SiteIntegration)
        .join(SiteIntegration, SiteIntegration.id == PublishingRecord.integration_id)
        .where(PublishingRecord.id == record_id)
    ).one()
    record: PublishingRecord = row.PublishingRecord
    report = row.SiteIntegration.health_report or {}
    if record.status not in GONE_OUT or not record.external_url:
        return None
    sent, result = record.snapshot or {}, record.result or {}
    seo = (report.get("report") or {}).get("seo_plugin") or {}
    return Asked(
        url=record.external_url,
        home=(row.SiteIntegration.base_url or urljoin(record.external_url, "/")).rstrip("/"),
        content_type=result.get("external_type", ""),
        html=sent.get("html", ""),
        has_picture=bool(result.get("featured_image_url")),
        names_original=bool(sent.get("canonical_url")),
        is_listed=bool((report.get("checks") or {}).get("listing", {}).get("ok", True)),
        seo_plugin=str(seo.get("active") or ""),
    )


def _keep(db: Session, system: System, record_id: int, found: Findability) -> None:
    record = db.get_one(PublishingRecord, record_id, with_for_update=True)
    told = msgspec.to_builtins(found)
    record.receipt = {**(record.receipt or {}), KEPT: {"at": told["at"], "piece": told["piece"]}}
    integration = db.get_one(SiteIntegration, record.integration_id, with_for_update=True)
    site = {"at": told["at"], "site": told["site"]}
    integration.config_json = {**integration.config_json, KEPT: site}
    system.notices.send(db, record.account_id, "record", record.id)
    system.notices.send(db, record.account_id, "integration", integration.id)


def _finding(code: Code, **details: Any) -> Finding:
    kept = {name: value for name, value in details.items() if value != ""}
    return Finding(code=code, message=sentence(code), details=kept)


def _text(answer: seeing.Got) -> str:
    return answer.body.decode("utf-8", errors="replace")


def _robots(answer: seeing.Got) -> str:
    return _text(answer) if answer.status == 200 else ""
