"""What was cut of a text, piece by piece for programs and kind by kind for people."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from webapp.writer import allowed

MOST_KINDS = 100


class Removal(msgspec.Struct, frozen=True):
    """What is not sent: how often, why, and where it stands first."""

    what: str
    why: str
    times: int
    line: int
    near: str
    field: str = "html"


@dataclass(frozen=True)
class Edit:
    """From `start` to `end` of what was written stands `by` in what is sent."""

    start: int
    end: int
    by: str
    what: str
    why: str


def removals(html: str, edits: list[Edit], field: str = "html") -> list[Removal]:
    """The edits by kind, in the order in which they first occur."""
    found: dict[tuple[str, str], Removal] = {}
    line, at = 1, 0
    for edit in edits:
        if edit.what.startswith("/") and any(what == edit.what[1:] for what, _ in found):
            continue  # the end of what went already
        key = (edit.what, edit.why)
        if key not in found and len(found) >= MOST_KINDS:
            key = ("more", "there are more kinds than are listed here")
        if key in found:
            found[key] = msgspec.structs.replace(found[key], times=found[key].times + 1)
            continue
        line, at = line + html.count("\n", at, edit.start), edit.start
        near = " ".join(html[edit.start : min(edit.end, edit.start + 80)].split())
        found[key] = Removal(*key, times=1, line=line, near=near, field=field)
    return list(found.values())


def why_tag(name: str) -> str:
    """Why a tag cannot stay."""
    if name in ("script", "style"):
        return (
            "it would run on the website" if name == "script" else "styles of a whole page stay out"
        )
    if name in allowed.WHOLE:
        return "this element is not among those that are sent; what stands in it goes too"
    if name in allowed.TAGS:
        return "this tag cannot be sent as it stands"
    return "this tag is not among those that are sent; what stands in it stays"
