"""A piece follows what was changed at its website: each field of three sides, what we left there,
what the piece is by now, and what stands there.

Where only the website has changed it, the piece becomes that; of lists, terms and texts both
changes are taken; where both have changed the same thing, the piece stays and people are shown it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.accounts.models import Sector
from webapp.core import decoders, limits, slugs
from webapp.integrations.from_website import TAKE, FromWebsite
from webapp.publisher.delivery.told import FieldThere, Outcome, Refused, TermThere, Told, shown
from webapp.writer import payload, relations, terms
from webapp.writer.models import Cluster, Content, ContentTaxonomy, Keyword
from webapp.writer.payload import Payload, Term
from webapp.writing import merge

CLASH = "It was changed here, too."
TOO_LONG = "It is longer than a piece may have it."
NOT_HERE = "This site has none with this number."
NO_SUCH_NAME = "This site has none of this name. It is made in IGNY8."
ONE_ONLY = "A piece has one of these only."
NO_ADDRESS = "A piece cannot have this address."
PUBLISHED_THERE = "publish"
KINDS = {"categories": "category", "tags": "tag"}
_GROUPS: dict[str, tuple[str, type[Cluster] | type[Sector]]] = {
    "clusters": ("cluster_id", Cluster),
    "sectors": ("sector_id", Sector),
}
T = TypeVar("T")


class Following:
    """One message about one piece. `sent` is what we know of the website's side; `piece` and
    `there` become what the piece and the website's side are: names of Payload with values.
    `is_shown_there`: what we had delivered without showing it, somebody has made public."""

    def __init__(
        self,
        db: Session,
        site: ConnectedSite,
        content: Content,
        sent: Payload,
        known_terms: dict[str, Any],
        switches: FromWebsite,
        *,
        is_hidden: bool = False,
    ) -> None:
        self.outcome = Outcome()
        self.piece: dict[str, Any] = {}
        self.there: dict[str, Any] = {}
        self.terms_there = dict(known_terms)
        self._db = db
        self._site = site
        self._content = content
        self._sent = sent
        self._own = payload.build(db, content)
        self._switches = switches
        self._is_hidden = is_hidden
        self.is_shown_there = False

    def follow(self, told: Told) -> None:
        """Look at each field that is told. Writes nothing but terms that the site does not have."""
        for field, kind in KINDS.items():
            given: list[TermThere] | UnsetType = getattr(told.taxonomies, field)
            if given is not UNSET:
                before = getattr(told.before, field)
                self._terms(field, kind, given, None if before is UNSET else before)
        self._relations(told)
        for field in ("title", "content", "excerpt", "slug", "status"):
            stands: FieldThere | UnsetType = getattr(told.fields, field)
            if stands is not UNSET:
                self._field(field, stands)
        if told.deleted and not self._is_ignored("deleted"):
            self.outcome.shown.append(shown("deleted", "", "The post was deleted."))

    def write(self) -> None:
        """Make the piece what it became. Done within takeover.taking_over."""
        for name, value in self.piece.items():
            if name in ("category_ids", "tag_ids"):
                kind = "category" if name == "category_ids" else "tag"
                terms.replace(self._db, self._content, kind, value)
            elif name == "keyword_ids":
                relations.set_keywords(self._db, self._content, value)
            else:
                setattr(self._content, name, value)

    # Terms

    def _terms(
        self, field: str, kind: str, given: list[TermThere], before: list[TermThere] | None
    ) -> None:
        name = f"{kind}_ids"
        if self.terms_there.get(field) is not None:
            before = decoders.convert(self.terms_there[field], list[TermThere])
        words = [", ".join(one.name for one in side) for side in (before or [], given)]
        if not self._takes(field, *words):
            return
        new, old = _apart(given, before or [], lambda one: one.id)
        added = terms.ids_of(self._db, self._content, kind, [_term(one) for one in new])
        removed = terms.known_ids(self._db, self._content, kind, [_term(one) for one in old])
        if before is None:
            _, removed = _apart(added, getattr(self._sent, name))
        self._follow_list(field, name, added, removed)
        self.terms_there[field] = msgspec.to_builtins(given)

    # Relations

    def _relations(self, told: Told) -> None:
        there = told.relationships
        for field, (name, model) in _GROUPS.items():
            stands: list[TermThere] | UnsetType = getattr(told.taxonomies, field)
            number: int | None | UnsetType = getattr(there, name)
            if number is not UNSET:
                self._group(name, model, number)
                # The number wins over the term, which goes along.
                if stands is not UNSET and name in self.outcome.taken:
                    self.outcome.taken.append(field)
            elif stands is not UNSET:
                self._group_by_name(field, name, model, stands)
        if there.keyword_ids is not UNSET:
            self._keywords(there.keyword_ids)
        if there.focus_keywords is not UNSET:
            was, now = self._sent.focus_keywords, there.focus_keywords
            if self._takes("focus_keywords", ", ".join(was), ", ".join(now)):
                self._follow_list("focus_keywords", "focus_keywords", *_apart(now, was))

    def _group(self, name: str, model: type[Cluster] | type[Sector], number: int | None) -> None:
        if not self._takes(name, _word(getattr(self._sent, name)), _word(number)):
            return
        if number is not None and not self._ours(model, [number]):
            self._refuse(name, str(number), NOT_HERE)
            return
        self._follow_value(name, name, number)

    def _group_by_name(
        self, field: str, name: str, model: type[Cluster] | type[Sector], given: list[TermThere]
    ) -> None:
        words = ", ".join(one.name for one in given)
        if not self._takes(field, "", words):
            return
        if len(given) > 1:
            self._refuse(field, words, ONE_ONLY)
            return
        rows = self._db.execute(
            access.visible(self._site, model, model.id, model.name).order_by(model.id)
        ).all()
        found = [row.id for row in rows if given and _is_same(row.name, given[0].name)]
        if given and not found:
            self._refuse(field, words, NO_SUCH_NAME)
            return
        self._follow_value(field, name, found[0] if found else None)

    def _keywords(self, given: list[int]) -> None:
        was = self._sent.keyword_ids
        if not self._takes("keyword_ids", _numbers(was), _numbers(given)):
            return
        ours = self._ours(Keyword, given)
        for one in given:
            if one not in ours:
                self._refuse("keyword_ids", str(one), NOT_HERE)
        self._follow_list("keyword_ids", "keyword_ids", *_apart(sorted(ours), was))
        for side in (self.piece, self.there):
            side["keyword_ids"] = sorted(side["keyword_ids"])

    def _ours(
        self, model: type[Cluster] | type[Sector] | type[Keyword], ids: Iterable[int]
    ) -> set[int]:
        """Of these, those of the site."""
        small = [one for one in ids if 0 < one < 2**31]
        query = access.visible(self._site, model, model.id).where(model.id.in_(small))
        return set(self._db.scalars(query))

    # Fields

    def _field(self, field: str, stands: FieldThere) -> None:
        name = "html" if field == "content" else field
        left = stands.left
        if left is None:
            left = str(getattr(self._sent, name, ""))
        if field == "status" and self._is_hidden and stands.there == PUBLISHED_THERE:
            self.is_shown_there = True
            self.outcome.taken.append(field)
        elif field == "status":
            if not self._is_ignored(field):
                self.outcome.shown.append(shown(field, left, stands.there))
        elif self._is_known(field, name, stands):
            self.outcome.taken.append(field)
        elif self._takes(field, left, stands.there):
            wrong = _wrong(field, stands.there)
            if wrong:
                self._refuse(field, stands.there[: limits.NAME], wrong)
            elif field == "content":
                self._text(stands, left)
            else:
                self._follow_value(field, name, stands.there)

    def _is_known(self, field: str, name: str, stands: FieldThere) -> bool:
        """Whether somebody has taken it over already, before the website has told it."""
        return not self._switches.ignores(field) and getattr(self._sent, name) == stands.there

    def _text(self, stands: FieldThere, left: str) -> None:
        """Both changes of a text: pictures stay as they stand here, for the website shows them by
        addresses of its own."""
        own = merge.merge(left, self._own.html, stands.there)
        if own.clashes:
            self.outcome.shown.append(shown("content", left, stands.there, CLASH))
            return
        is_same = self._sent.html == self._own.html
        sent = own if is_same else merge.merge(left, self._sent.html, stands.there)
        self.piece["html"], self.there["html"] = own.text, sent.text
        self.outcome.taken.append("content")

    # Three sides

    def _follow_value(self, field: str, name: str, now: Any) -> None:
        was, own = getattr(self._sent, name), getattr(self._own, name)
        if own not in (was, now) and now != was:
            self.outcome.shown.append(shown(field, _word(was), _word(now), CLASH))
            return
        if own == was:
            self.piece[name] = now
        self.there[name] = now
        self.outcome.taken.append(field)

    def _follow_list(self, field: str, name: str, added: Sequence[T], removed: Sequence[T]) -> None:
        for side, values in ((self.piece, self._own), (self.there, self._sent)):
            before: list[T] = getattr(values, name)
            kept = [one for one in before if one not in removed]
            side[name] = [*kept, *(one for one in added if one not in kept)]
        self.outcome.taken.append(field)

    # What becomes of a field

    def _takes(self, field: str, left: str, there: str) -> bool:
        takes = self._switches.of(field) == TAKE
        if not takes and not self._is_ignored(field):
            self.outcome.shown.append(shown(field, left, there))
        return takes

    def _is_ignored(self, field: str) -> bool:
        if self._switches.ignores(field):
            self.outcome.ignored.append(field)
        return self._switches.ignores(field)

    def _refuse(self, field: str, value: str, reason: str) -> None:
        self.outcome.refused.append(Refused(field, value, reason))


def resolved(
    db: Session, site: ConnectedSite, content: Content, kind: str, ids: Sequence[int]
) -> tuple[list[TermThere], list[int]]:
    """Terms that a website names by its numbers alone, and the numbers that nobody knows here."""
    rows = db.execute(
        access.visible(
            site,
            ContentTaxonomy,
            ContentTaxonomy.external_id,
            ContentTaxonomy.name,
            ContentTaxonomy.slug,
        ).where(
            ContentTaxonomy.site_id == content.site_id,
            ContentTaxonomy.taxonomy_type == kind,
            ContentTaxonomy.external_id.in_([one for one in ids if one < 2**31]),
        )
    )
    known = {row.external_id: TermThere(row.external_id, row.name, row.slug) for row in rows}
    return [known[one] for one in ids if one in known], [one for one in ids if one not in known]


def _apart(
    now: Sequence[T], was: Sequence[T], key: Callable[[T], Any] = lambda one: one
) -> tuple[list[T], list[T]]:
    """What is new in a list, and what is gone from it."""
    before, after = {key(one) for one in was}, {key(one) for one in now}
    added = [one for one in now if key(one) not in before]
    return added, [one for one in was if key(one) not in after]


def _term(there: TermThere) -> Term:
    return Term(there.name[: limits.NAME], slug=unquote(there.slug)[: limits.SLUG] or None)


def _is_same(one: str, other: str) -> bool:
    return terms.folded(one) == terms.folded(other)


def _wrong(field: str, text: str) -> str:
    column = "html" if field == "content" else field
    if limits.wrong("contents", {column: text}):
        return TOO_LONG
    return NO_ADDRESS if field == "slug" and slugs.typed(text, "") != text else ""


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _numbers(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))
