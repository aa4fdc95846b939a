"""The same piece once more, as a new draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import decoders, labels, limits
from webapp.core.errors import Conflict, Invalid
from webapp.writer import contents, images, working
from webapp.writer.draft import TYPES, Draft
from webapp.writer.models import Content

COPY = " (copy)"
NOT_COPIED = (
    "This piece was not duplicated. Of it these are longer than may be, or wrong: {}. "
    "Open it in the editor, put them right, and duplicate it then."
)


def duplicate(db: Session, content: Content, *, by: Member) -> Content:
    """A new draft with the text, the fields, the terms and the pictures of another one. Raises
    Conflict, naming each field, where it has some that no piece may have any more."""
    values = working.values_of(db, content)
    title = f"{content.title[: limits.TITLE - len(COPY)]}{COPY}"
    pictures = values.pop(working.PICTURES)
    given = {**values, "html": content.html, "title": title, "slug": ""}
    types = TYPES | {content.content_type}
    if wrong := _unreadable(given):
        raise Conflict(NOT_COPIED.format(wrong))
    draft = decoders.convert(given, Draft)
    try:
        made = contents.create(db, content.site_id, draft, by=by, types=types)
    except Invalid as problem:
        raise Conflict(NOT_COPIED.format(_named(problem.fields))) from problem
    with contents.editing(db, made, by=by):
        images.put_all(db, made, pictures)
    return made


def _unreadable(given: dict[str, Any]) -> str:
    """The fields that are longer, or more, than a piece may have now."""
    wrong = []
    for name, value in given.items():
        try:
            decoders.convert({name: value}, Draft)
        except msgspec.ValidationError:
            wrong.append(name)
    return _named(wrong)


def _named(fields: Iterable[str]) -> str:
    return ", ".join(labels.spaced(name).lower() for name in fields)
