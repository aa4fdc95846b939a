"""What may be written of a content, and what of it is wrong."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from webapp.core import limits, slugs
from webapp.writer import readings, terms
from webapp.writer.payload import Term
from webapp.writing import texts

MANY = msgspec.Meta(max_length=limits.MOST_KEYWORDS)
Phrase = Annotated[str, msgspec.Meta(max_length=limits.NAME)]
# What every website has; others are those that a site's own website names.
TYPES = frozenset({"post", "page", "product"})
UNTITLED = "Give the piece a title."


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """What may be written of a content; what is not given stays as it is."""

    title: Annotated[str, limits.text("contents.title")] | UnsetType = UNSET
    slug: Annotated[str, limits.text("contents.slug")] | UnsetType = UNSET
    html: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": limits.HTML})] | UnsetType = (
        UNSET
    )
    excerpt: Annotated[str, limits.text("contents.excerpt")] | UnsetType = UNSET
    meta_title: Annotated[str, limits.text("contents.meta_title")] | UnsetType = UNSET
    meta_description: Annotated[str, limits.text("contents.meta_description")] | UnsetType = UNSET
    focus_keywords: Annotated[list[Phrase], MANY] | UnsetType = UNSET
    canonical_url: Annotated[str, limits.text("contents.canonical_url")] | UnsetType = UNSET
    author_email: Annotated[str, limits.text("contents.author_email")] | UnsetType = UNSET
    content_type: Annotated[str, limits.text("contents.content_type")] | UnsetType = UNSET
    content_structure: Annotated[str, limits.text("contents.content_structure")] | UnsetType = UNSET
    sector_id: int | None | UnsetType = UNSET
    cluster_id: int | None | UnsetType = UNSET
    categories: Annotated[list[Term], MANY] | UnsetType = UNSET
    tags: Annotated[list[Term], MANY] | UnsetType = UNSET
    keyword_ids: Annotated[list[int], MANY] | UnsetType = UNSET
    priority: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] | UnsetType = UNSET
    deliver_as: Literal["", "public", "draft", "private"] | UnsetType = UNSET

    def prepare(self) -> None:
        """What takes time and needs no database, before the transaction begins."""
        if self.html is not UNSET and len(self.html) <= limits.HTML:
            readings.prepare(self.html)
            texts.prepare(self.html)


class Change(Draft):
    """An edit; `keep_approved`: an approver says that what they changed needs no other eyes."""

    keep_approved: bool = False


COLUMNS = (
    "title", "slug", "html", "excerpt", "meta_title", "meta_description", "focus_keywords",
    "canonical_url", "author_email", "content_type", "content_structure", "sector_id",
    "cluster_id", "priority", "deliver_as",
)  # fmt: skip
# Of these, what is about when and how it goes out, and no word of it: whoever publishes decides.
OF_THE_PLAN = ("priority", "deliver_as")


def wrong_of(draft: Draft, language: str, types: frozenset[str]) -> dict[str, str]:
    """A sentence for each wrong field. `language` is the site's, by which slugs are made, `types`
    those that the piece may have."""
    return wrong_anywhere(draft) | _wrong_type(draft, types) | _wrong_slug(draft, language)


def _wrong_type(draft: Draft, types: frozenset[str]) -> dict[str, str]:
    if draft.content_type is UNSET or draft.content_type in types:
        return {}
    return {"content_type": f"Choose one of: {', '.join(sorted(types))}."}


def wrong_anywhere(draft: Draft) -> dict[str, str]:
    """A sentence for each field that is wrong whatever the site is."""
    wrong = limits.wrong("contents", {name: getattr(draft, name) for name in COLUMNS})
    if draft.title is not UNSET and not draft.title.strip():
        wrong["title"] = UNTITLED
    if draft.author_email is not UNSET and draft.author_email and "@" not in draft.author_email:
        wrong["author_email"] = "This is no e-mail address."
    for field in ("title", "slug", "html", "excerpt", "meta_title", "meta_description"):
        value = getattr(draft, field)
        if value is not UNSET and "\x00" in value:
            wrong[field] = "This holds a character that cannot be stored (NUL)."
    return wrong | _wrong_terms(draft)


def _wrong_slug(draft: Draft, language: str) -> dict[str, str]:
    """What is no slug, with the one that is meant."""
    typed = "" if draft.slug is UNSET else slugs.typed(draft.slug, language)
    right = slugs.of_title(typed, language)
    if typed == right:
        return {}
    # By itself it may run the other way than the sentence.
    shown = right if right.isascii() else f"\u2068{right}\u2069"
    return {"slug": f"Write it as “{shown}”." if right else "Use letters, digits and hyphens."}


def _wrong_terms(draft: Draft) -> dict[str, str]:
    wrong = {}
    for field in ("categories", "tags"):
        for term in getattr(draft, field) or []:
            if not (term.slug or terms.slugify(term.name)):
                wrong[field] = f"“{term.name}” has no letter or digit."
            above = term.parent_name or term.parent
            if above and not (terms.slugify(above) or terms.slugify(term.parent or "")):
                wrong[field] = f"“{above}” has no letter or digit."
            name = max(term.name, term.parent_name or "", key=len)
            found = {"name": name, "slug": max(term.slug or "", term.parent or "", key=len)}
            for sentence in limits.wrong("content_taxonomies", found).values():
                wrong[field] = sentence
    return wrong
