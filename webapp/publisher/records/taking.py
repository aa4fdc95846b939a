"""What stands at a website, in the words of a piece, and what a piece becomes of it. Pure.

Three versions are compared: what was sent, what stands there now, and the piece as it is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.integrations.base import Difference
from webapp.integrations.theirs import There
from webapp.writer import outgoing
from webapp.writer.payload import Payload, Term
from webapp.writing import merge

THERE, HERE, BOTH = "there", "here", "both"
TAKES = (THERE, HERE, BOTH)
# A field of ours by the name that a destination's differences have for it.
_NAMES = {
    "title": "title",
    "content": "html",
    "excerpt": "excerpt",
    "slug": "slug",
    "author": "author_email",
    "categories": "categories",
    "tags": "tags",
    "featured_image": "featured_image",
}
# What a website that was put back has of an older publication; it makes up no others.
_PUT_BACK = {"title", "content", "excerpt", "tags"}
SEO = "seo:"
_SEO = ("meta_title", "meta_description", "canonical_url", "focus_keywords")
FIELDS = (*_NAMES.values(), *_SEO)


def sent_fields(sent: Payload) -> dict[str, Any]:
    """What was sent, as the website got it."""
    clean = outgoing.of(sent)
    return {name: plain(getattr(clean, name)) for name in FIELDS}


def here_fields(here: Payload, sent: Payload) -> dict[str, Any]:
    """The piece as it is; what it has as it was sent is the same here, also where it was cleaned
    on its way."""
    was = sent_fields(sent)
    now = {name: plain(getattr(here, name)) for name in FIELDS}
    return {
        name: was[name] if now[name] == plain(getattr(sent, name)) else now[name] for name in FIELDS
    }


def there_fields(
    there: There, sent: Payload, pictures: Mapping[str, str], *, is_put_back: bool = False
) -> dict[str, Any]:
    """The post, where somebody changed it; all else is as it was sent. `pictures` are addresses of
    pictures of the text that only we have, by their names in it. `is_put_back`: by its own account
    the website has what it was left, yet from before what was sent."""
    found = sent_fields(sent)
    changed = {one.field for one in there.differences}
    if is_put_back:
        changed |= _PUT_BACK
    now = {
        "title": there.title,
        "html": _with_own_pictures(there.html, pictures),
        "excerpt": there.excerpt,
        "slug": there.slug,
        "author_email": there.author_email,
        "categories": there.categories,
        "tags": there.tags,
        "featured_image": {"url": there.featured_image_url} if there.featured_image_url else None,
    }
    found |= {ours: now[ours] for name, ours in _NAMES.items() if name in changed}
    if any(name.startswith(SEO) for name in changed):
        found |= {name: getattr(there, name) for name in _SEO}
    return found


def others(there: There) -> list[Difference]:
    """What was changed there and no field of a piece can hold."""
    return [
        one
        for one in there.differences
        if one.field not in _NAMES and not one.field.startswith(SEO)
    ]


def both(sent: Mapping[str, Any], there: Mapping[str, Any], here: Mapping[str, Any]) -> str | None:
    """The text with what was changed there and here; None where the two do not fit together."""
    made = merge.merge(sent["html"], there["html"], here["html"])
    return None if made.clashes else made.text


def chosen(
    sent: Mapping[str, Any],
    there: Mapping[str, Any],
    here: Mapping[str, Any],
    takes: Mapping[str, str],
) -> dict[str, Any]:
    """The fields that the piece is to have. Where nothing is said, what was changed on one side
    only is taken from that side, and what was changed on both from there."""
    made = {}
    for name in FIELDS:
        take = takes.get(name) or (HERE if there[name] == sent[name] else THERE)
        if take == BOTH and name == "html" and (text := both(sent, there, here)) is not None:
            made[name] = text
        else:
            made[name] = here[name] if take == HERE else there[name]
    return made


def drops(sent: Mapping[str, Any], there: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether something that was changed there is not among what is wanted."""
    return any(there[name] not in (sent[name], wanted[name]) for name in FIELDS)


def as_terms(listed: list[dict[str, Any]]) -> list[Term]:
    """Terms as a draft names them."""
    return [Term(one["name"], one.get("slug")) for one in listed]


def plain(value: Any) -> Any:
    """As JSON would have it, and a picture by where it is, a term by its name."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Term):
        return {"name": value.name, "slug": value.slug or ""}
    if hasattr(value, "sha256"):
        return {"sha256": value.sha256} if value.sha256 else {"url": value.url}
    return value


def _with_own_pictures(html: str, pictures: Mapping[str, str]) -> str:
    """Addresses of pictures that only we have become their names again."""
    for name, address in sorted(pictures.items(), key=lambda pair: -len(pair[1])):
        for quote in ('"', "'"):
            html = html.replace(f"{quote}{address}{quote}", f"{quote}{name}{quote}")
    return html
