"""An edit that was made of an older version, put on top of what stands there now."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.writer import keeping
from webapp.writer.draft import Change
from webapp.writer.models import Content
from webapp.writing import merge

LONGEST_SHOWN = 300  # characters of each side
CLASHES = "Both have changed the same: {}. Nothing was changed."

C = TypeVar("C", bound=Change)


def rebase(db: Session, content: Content, change: C, version: int) -> C:
    """The change as it is to be written over what stands there: what others wrote since `version`
    stays. Raises Conflict where both have changed the same place or field, naming each, and where
    nobody keeps that version any more."""
    if version == content.version:
        return change
    base = keeping.of_version(db, content, version)
    if base is None:
        raise Conflict.of(Code.VERSION_CONFLICT, version=content.version)
    given = {name: getattr(change, name) for name in change.__struct_fields__}
    told = {name: value for name, value in given.items() if value is not UNSET}
    merged, clashes = _fields(db, content, base.fields, told)
    if change.html is not UNSET:
        text = merge.merge(base.html, content.html, change.html)
        merged["html"] = text.text
        clashes += [_clash("html", one.base, one.theirs, one.ours) for one in text.clashes]
    if clashes:
        names = ", ".join(dict.fromkeys(one["field"] for one in clashes))
        details = {"version": content.version, "clashes": clashes}
        raise Conflict(CLASHES.format(names), code=Code.VERSION_CONFLICT, details=details)
    return msgspec.structs.replace(change, **merged)


def _fields(
    db: Session, content: Content, base: dict[str, Any], told: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """What is to be written of those that revisions know, without what stands there already."""
    known = {name: told[name] for name in told if name in base and name != "html"}
    ours = msgspec.to_builtins(known)
    theirs = keeping.fields(db, content)
    merged, names = merge.merge_fields(base, theirs, ours)
    clashes = [_clash(name, base[name], theirs[name], ours[name]) for name in names]
    taken = {name: known[name] if merged[name] == ours[name] else UNSET for name in known}
    return taken, clashes


def _clash(field: str, base: Any, theirs: Any, ours: Any) -> dict[str, str]:
    sides = {"base": base, "theirs": theirs, "ours": ours}
    return {"field": field} | {name: _shown(value) for name, value in sides.items()}


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:LONGEST_SHOWN]
