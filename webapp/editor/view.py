"""What the editor's page shows: a piece as its writer sees it, with the change beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Sector, Site
from webapp.accounts.rights import Capability
from webapp.call import Call
from webapp.content import panel, piece
from webapp.content.checks import Check
from webapp.content.latest import Latest
from webapp.content.panel import Panel, PanelForm
from webapp.content.piece import Comment, SearchResult
from webapp.core import decoders
from webapp.core.errors import Problem
from webapp.core.web import PICTURES_FROM_ANYWHERE
from webapp.editor import fields, pictures
from webapp.editor.clashes import Clash
from webapp.history import reading
from webapp.integrations import connections, content_types, site_terms
from webapp.publisher.records.marks import Mark
from webapp.threads import view as threads
from webapp.writer import payload as payloads
from webapp.writer import readings, working
from webapp.writer.models import Cluster, Content, Keyword, WorkingChange
from webapp.writer.payload import Payload, Term
from webapp.writer.working import Standing
from webapp.writing import revisions
from webapp.writing.revisions import Entry

STRUCTURES = ("article", "guide", "list", "comparison", "review", "news", "recipe", "landing")
MOST_CHOICES, MOST_PAST = 500, 30


@dataclass(frozen=True)
class Choice:
    """An entry of a select."""

    value: str
    name: str


@dataclass(frozen=True)
class DeskState:
    """What goes with the state of the piece, and is drawn anew when that changes."""

    panel: Panel
    standing: Standing

    @property
    def content(self) -> Content:
        return self.panel.content

    @property
    def may_decide(self) -> bool:
        return Capability.PUBLISH in self.panel.may and Capability.APPROVE in self.panel.may

    @property
    def act(self) -> str:
        """What the piece's state makes the one filled button: submit, approve, hand-in, update;
        "" for none. What lies beside a draft is submitted with it."""
        if self.panel.can_submit:
            return "submit"
        if self.standing.change is not None:
            is_kept = self.may_decide and working.goes_beside(self.content)
            return "update" if is_kept else "hand-in"
        return "approve" if self.panel.can_approve and not self.panel.is_busy else ""

    @property
    def is_online(self) -> bool:
        return bool(self.content.external_url)


@dataclass(frozen=True)
class History:
    """What the piece has been, the newest first, each with its marks; and the change that lies
    beside it, with the names of those who worked on it."""

    lines: list[tuple[Entry, list[Mark]]]
    has_more: bool
    beside: WorkingChange | None
    by: list[str]


@dataclass(frozen=True)
class Editor:
    """The whole page. `texts` are the fields as texts, `text` is the source; `refused` is what the
    website said of them when the piece was sent last; `version` is what they were made of."""

    standings: DeskState
    site: str
    zone: str
    texts: dict[str, str]
    text: str
    words: int
    minutes: int
    result: SearchResult
    pictures: working.Pictures
    comments: list[Comment]
    threads: threads.Section
    checks: list[Check]
    types: list[str]
    sectors: list[Choice]
    clusters: list[Choice]
    keywords: list[Choice]
    suggestions: dict[str, list[str]]
    authors: list[Choice]
    history: History
    problem: Problem | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    theirs: str | None = None
    clashes: list[Clash] = field(default_factory=list)

    structures: tuple[str, ...] = STRUCTURES

    @property
    def content(self) -> Content:
        return self.standings.content

    @cached_property
    def chosen_keywords(self) -> set[str]:
        return set(self.texts["keyword_ids"].split())


def standings(call: Call, content_id: int) -> DeskState:
    """The state of the piece, or NotFound; Forbidden to whom it is not theirs to write."""
    access.get(call.db, call.member, Content, content_id)
    shown = panel.load(call, content_id, PanelForm(home="content"), blocking=[])
    return DeskState(shown, working.standing(call.db, shown.content))


def load(
    call: Call,
    content_id: int,
    *,
    problem: Problem | None = None,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    clashes: list[Clash] | None = None,
    version: str = "",
) -> Editor:
    """The page of a piece, or NotFound. `typed`: what was sent and could not be saved, and stands
    there all the same; `version`: what that was made of, where it is not what stands there now."""
    db, member = call.db, call.member
    shown = standings(call, content_id)
    content, standing = shown.content, shown.standing
    site = access.get(db, member, Site, content.site_id)
    sent = payload_of(db, content, standing)
    facts = readings.of(standing.html)
    integration = connections.default_of(db, site.id)
    address = (integration.base_url if integration else "") or site.url
    texts = fields.shown(standing.values)
    values = standing.values
    return Editor(
        standings=shown,
        site=site.name,
        zone=site.timezone,
        texts=texts | (typed or {}),
        text=(typed or {}).get("html", standing.html),
        words=facts.words,
        minutes=max(1, round(facts.words / 220)),
        result=piece.search_result(sent, facts, address),
        pictures=values[working.PICTURES],
        comments=piece.comments_of(db, content) if shown.panel.may_follow else [],
        threads=threads.load(call, content),
        checks=checks(call, content, standing),
        types=sorted(content_types.known(db, site.id) | {values["content_type"]}),
        sectors=_choices(
            db, member, Sector, Sector.name, [values["sector_id"]], Sector.site_id == site.id
        ),
        clusters=_choices(
            db, member, Cluster, Cluster.name, [values["cluster_id"]], Cluster.site_id == site.id
        ),
        keywords=_keywords(db, member, content, values),
        history=history(db, member, content, standing),
        suggestions={
            name: fields.suggested(db, content, member, kind) for name, kind in fields.KIND.items()
        },
        authors=[
            Choice(email, name) for email, name in site_terms.authors(db, member, content.site_id)
        ],
        problem=problem,
        wrong=defaultdict(str, wrong or {}),
        refused=defaultdict(str, _refused(shown.panel.latest)),
        theirs=standing.html if typed and "html" in typed else None,
        clashes=clashes or [],
        version=version or standing.version,
    )


def page(
    call: Call,
    shown: Editor,
    *,
    status: int = 200,
    is_plain: bool = False,
    discarded: int | None = None,
) -> Response[str]:
    """The editor, with the text as its source in a form where it `is_plain`. `discarded`: the
    version as which a change is kept that was just thrown away."""
    return call.page(
        "editor/index.html",
        status=status,
        headers=PICTURES_FROM_ANYWHERE,
        editor=shown,
        is_plain=is_plain,
        discarded=discarded,
    )


def _refused(latest: Latest | None) -> dict[str, str]:
    """Why the last publication failed, by field; nothing where it did not."""
    error = (latest.error if latest else None) or {}
    details = error.get("details") or {}
    problems = details.get("problems") or [{**details, "message": error.get("message", "")}]
    return {one["field"]: one["message"] for one in problems if one.get("field")}


def history(db: Session, member: Member, content: Content, standing: Standing) -> History:
    """The newest versions of the piece."""
    lines, has_more = revisions.listed(db, member, content.id, size=MOST_PAST)
    marked = reading.marked(db, content, lines)
    people = working.people(standing.change) if standing.change else []
    called = revisions.names(db, people)
    by = [called[one] for one in people if one in called]
    return History(list(zip(lines, marked, strict=True)), has_more, standing.change, by)


def payload_of(db: Session, content: Content, standing: Standing) -> Payload:
    """What would go out if the change beside the piece were handed in."""
    written = payloads.build(db, content)
    values = {name: standing.values[name] for name in standing.values if name in _PLAIN}
    terms = {name: decoders.convert(standing.values[name], list[Term]) for name in working.TERMS}
    shown = pictures.payload_of(db, content, standing.values[working.PICTURES])
    changed: Any = {**values, **terms, **shown, "html": standing.html}
    kept = {name: getattr(written, name) for name in written.__struct_fields__}
    return Payload(**(kept | changed))


def checks(call: Call, content: Content, standing: Standing) -> list[Check]:
    """What a destination will not take, and what else is to be put right, the worst first."""
    sent = payload_of(call.db, content, standing)
    integration = connections.default_of(call.db, content.site_id)
    facts = readings.of(standing.html)
    return piece.checks_of(call.db, call.system, content, sent, facts, integration)


_PLAIN = {name for name in Payload.__struct_fields__ if name not in working.TERMS} - {"content_id"}


def _choices(
    db: Session, member: Member, model: Any, name: Any, chosen: list[int | None], *conditions: Any
) -> list[Choice]:
    """By name; however many there are, those that are chosen are among them."""
    ids = [one for one in chosen if one is not None]
    rows = db.execute(
        access.visible(member, model, model.id, name.label("name"))
        .where(*conditions)
        .order_by(model.id.in_(ids).desc(), sa.func.lower(name), model.id)
        .limit(max(MOST_CHOICES, len(ids)))
    )
    found = sorted(rows, key=lambda row: (row.name.lower(), row.id))
    return [Choice(str(row.id), row.name) for row in found]


def _keywords(
    db: Session, member: Member, content: Content, values: dict[str, Any]
) -> list[Choice]:
    """Those of the piece's cluster, and those that it has."""
    chosen = values["keyword_ids"]
    wanted = sa.or_(Keyword.cluster_id == values["cluster_id"], Keyword.id.in_(chosen))
    of_site = Keyword.site_id == content.site_id
    return _choices(db, member, Keyword, Keyword.phrase, chosen, of_site, wanted)
