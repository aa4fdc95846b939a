"""What leaves the desk of a payload: no field of it runs anywhere, whatever was typed into it.

The body and the excerpt are HTML; title and captions are a line that may carry inline markup;
everything else is plain text. The payload itself, and its hash, stay as they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from webapp.writer import allowed, cleaning, edits
from webapp.writer.allowed import LINE_TAGS
from webapp.writer.cleaning import Cleaned
from webapp.writer.edits import Removal
from webapp.writer.markup import Facts
from webapp.writer.payload import Payload, Picture, Term

_Part = TypeVar("_Part", Term, Picture)
_How = Callable[[str], Cleaned]
_Clean = Callable[[str, str, _How], str]


def _body(text: str) -> Cleaned:
    return cleaning.clean(text, allowed.current())


def _line(text: str) -> Cleaned:
    return cleaning.only(text, LINE_TAGS, allowed.current())


def _plain(text: str) -> Cleaned:
    return cleaning.only(text, frozenset())


# Every text that a person may type, and how it is cleaned.
_TEXTS: dict[str, _How] = {
    "html": _body,
    "excerpt": _body,
    "title": _line,
    "meta_title": _plain,
    "meta_description": _plain,
    "canonical_url": _plain,
    "author_email": _plain,
    "focus_keywords": _plain,
}
_OF_TERM: dict[str, _How] = {"name": _plain, "parent_name": _plain}
_OF_PICTURE: dict[str, _How] = {"caption": _line, "alt": _plain, "filename": _plain}
# Under which name what is left out of them is said.
_TERMS = {"categories": "terms", "tags": "terms", "sectors": "sectors", "clusters": "clusters"}
_PICTURES = ("featured_image", "gallery", "inline_images")


def of(payload: Payload) -> Payload:
    """The payload as it is sent. Twice is the same as once."""
    return _with_each(payload, lambda _, text, how: how(text).html)


def left_out(payload: Payload, facts: Facts) -> list[Removal]:
    """What of the payload is not sent, field by field; `facts` are those of its text."""
    found = list(facts.removals)
    for field, text, how in _short_texts(payload):
        found += _removals(field, text, how(text))
    return found


def too_complex(payload: Payload) -> list[str]:
    """The fields besides the text that have more markup than can be looked through."""
    found = [field for field, text, how in _short_texts(payload) if how(text).too_complex]
    return list(dict.fromkeys(found))


def _removals(field: str, text: str, done: Cleaned) -> Iterator[Removal]:
    yield from edits.removals(text, done.edits, field)
    if done.too_complex:
        why = "it has more tags than can be checked, or too many within each other"
        yield Removal("everything", why, times=1, line=1, near="", field=field)
    elif done.rewritten:
        why = "the tags do not fit together: it is sent as a browser understands it"
        yield Removal("rewritten", why, times=1, line=1, near="", field=field)


def _short_texts(payload: Payload) -> list[tuple[str, str, _How]]:
    """Every text besides the body, with its field and how it is cleaned."""
    found: list[tuple[str, str, _How]] = []

    def note(field: str, text: str, how: _How) -> str:
        if field != "html":
            found.append((field, text, how))
        return text

    _with_each(payload, note)
    return found


def _with_each(payload: Payload, clean: _Clean) -> Payload:
    """The payload with every text of it replaced by what `clean` says."""
    new = {
        name: _replaced(getattr(payload, name), name, how, clean) for name, how in _TEXTS.items()
    }
    for name, field in _TERMS.items():
        given: list[Term] = getattr(payload, name)
        new[name] = [_part(one, field, _OF_TERM, clean) for one in given]
    for name in _PICTURES:
        new[name] = _pictures(getattr(payload, name), clean)
    return msgspec.structs.replace(payload, **new)


def _pictures(given: Picture | list[Picture] | None, clean: _Clean) -> object:
    if isinstance(given, list):
        return [_pictures(one, clean) for one in given]
    return _part(given, f"images.{given.ref}", _OF_PICTURE, clean) if given else None


def _part(part: _Part, field: str, texts: dict[str, _How], clean: _Clean) -> _Part:
    new = {name: _replaced(getattr(part, name), field, how, clean) for name, how in texts.items()}
    return msgspec.structs.replace(part, **new)


def _replaced(given: str | Iterable[str] | None, field: str, how: _How, clean: _Clean) -> object:
    if given is None or isinstance(given, str):
        return clean(field, given, how) if given else given
    return [clean(field, one, how) for one in given]
