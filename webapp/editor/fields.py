"""A piece's fields as they stand in a form: each a text, lists an entry a line.

Terms are written by name, a category below another with BELOW between them; tags have no order, and
theirs are taken as they are.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.api import reading
from webapp.core import limits
from webapp.core.codes import Code, sentence
from webapp.core.web import id_in
from webapp.integrations import site_terms
from webapp.publisher.records.validation import CANONICAL
from webapp.writer.draft import Draft
from webapp.writer.models import Content, ContentTaxonomy
from webapp.writer.working import FIELDS, TERMS

BELOW = " › "
KIND = {"categories": "category", "tags": "tag"}
IDS = ("sector_id", "cluster_id")
MOST_SUGGESTED = 200
NO_ADDRESS = "Write an e-mail address, such as name@example.com, or leave it empty."
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


def shown(values: dict[str, Any]) -> dict[str, str]:
    """The fields of a standing (writer/working.py) as texts, by name."""
    return {name: shown_one(name, values[name]) for name in FIELDS}


def shown_one(name: str, value: Any) -> str:
    """A field's value as a text."""
    if name in TERMS:
        return "\n".join(term_shown(one, KIND[name]) for one in value)
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    return "" if value is None else str(value)


def term_shown(term: dict[str, Any], kind: str) -> str:
    """A term by name, a category below that of its parent."""
    above = (term.get("parent_name") or term.get("parent") or "") if kind == "category" else ""
    return f"{above}{BELOW}{term['name']}" if above else str(term["name"])


def read(
    db: Session, content: Content, member: Member, texts: dict[str, str]
) -> tuple[Draft, dict[str, str]]:
    """The texts as what is to be written of the piece, with a sentence for each that cannot be
    read. Names that are none of ours are left out."""
    given: dict[str, Any] = {}
    wrong = _wrong(texts)
    for name, text in ((name, text) for name, text in texts.items() if name not in wrong):
        if name in TERMS:
            given[name] = _terms(db, content, member, KIND[name], _lines(text))
        elif name in IDS:
            given[name] = id_in(text.strip()) if text.strip() else None
        elif name == "keyword_ids":
            given[name] = _ids(text)
        elif name == "focus_keywords":
            given[name] = _lines(text)
        elif name == "title":
            given[name] = _one_line(text)
        elif name in FIELDS or name == "html":
            given[name] = text
    draft, unread = reading.partly(msgspec.json.encode(given), Draft)
    return draft, wrong | {name.partition("[")[0]: said for name, said in unread.items()}


def _wrong(texts: dict[str, str]) -> dict[str, str]:
    """A sentence for each that no website takes, whoever stored it before."""
    found = {}
    canonical, author = texts.get("canonical_url", ""), texts.get("author_email", "")
    if canonical and not CANONICAL.fullmatch(canonical):
        found["canonical_url"] = sentence(Code.CANONICAL_INVALID)
    if author and not _EMAIL.fullmatch(author.strip()):
        found["author_email"] = NO_ADDRESS
    return found


def _ids(text: str) -> list[int]:
    """In one order, whatever order they were ticked in: another order is no change."""
    return sorted(one for one in map(id_in, _lines(text)) if one is not None)


def _one_line(text: str) -> str:
    """As typed, and lines joined where there are several."""
    lines = [line.strip() for line in text.splitlines()]
    return text if text.splitlines() == [text] else " ".join(line for line in lines if line)


def _lines(text: str) -> list[str]:
    stripped = (line.strip() for line in text.replace("\r", "\n").split("\n"))
    return list(dict.fromkeys(line for line in stripped if line))


def _terms(
    db: Session, content: Content, member: Member, kind: str, lines: list[str]
) -> list[dict[str, Any]]:
    """The site's terms of these names, then those of its website; what is none of them yet by its
    name alone."""
    if len(lines) > limits.MOST_KEYWORDS:  # refused: nobody asks the database about so many
        return [_new(line, kind) for line in lines]
    names = {*lines, *(line.rpartition(BELOW)[2].strip() for line in lines)}
    known = terms_of(db, content, member, kind, ContentTaxonomy.name.in_(names))
    there = site_terms.named(
        db, member, content.site_id, content.content_type, kind, most=MOST_SUGGESTED, names=names
    )
    known += there  # ours come first
    found = {term_shown(one, kind): one for one in reversed(known)}
    by_name = {one["name"]: one for one in reversed(known)}
    return [found.get(line) or by_name.get(line) or _new(line, kind) for line in lines]


def _new(line: str, kind: str) -> dict[str, Any]:
    if kind == "tag":
        return {"name": line}
    above, _, name = line.rpartition(BELOW)
    term = {"name": name.strip()}
    return term | {"parent_name": above.rpartition(BELOW)[2].strip()} if above else term


def suggested(db: Session, content: Content, member: Member, kind: str) -> list[str]:
    """Names that one can choose from: the site's terms, and those that only its website has."""
    ours = terms_of(db, content, member, kind)
    there = site_terms.named(
        db, member, content.site_id, content.content_type, kind, most=MOST_SUGGESTED
    )
    return list(dict.fromkeys(term_shown(one, kind) for one in (*ours, *there)))


def terms_of(
    db: Session, content: Content, member: Member, kind: str, *conditions: Any
) -> list[dict[str, Any]]:
    """Terms of the piece's site, as a piece that carries them names them; the most used first."""
    above = aliased(ContentTaxonomy)
    own = ContentTaxonomy
    rows = db.execute(
        access.visible(
            member,
            own,
            own.name,
            own.slug,
            above.slug.label("parent"),
            above.name.label("parent_name"),
        )
        .outerjoin(above, above.id == own.parent_id)
        .where(own.site_id == content.site_id, own.taxonomy_type == kind, *conditions)
        .order_by(sa.desc(own.count), own.id)
        .limit(MOST_SUGGESTED)
    )
    return [
        {name: value for name, value in row._mapping.items() if value is not None} for row in rows
    ]
