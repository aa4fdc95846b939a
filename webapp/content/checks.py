"""What a reader of a piece should know before deciding: each check with its verdict. Pure.

What would stop a publication blocks; what a careful editor would put right first warns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from webapp.core.codes import Code, sentence
from webapp.core.labels import counted, listed
from webapp.integrations.base import Problem
from webapp.integrations.standing import NO_KEY, Standing
from webapp.publisher.records import validation
from webapp.writer.edits import Removal
from webapp.writer.markup import Facts
from webapp.writer.payload import Payload, Picture

LONGEST_META_TITLE = 60
META_DESCRIPTION = range(50, 161)
THIN_TEXT = 150
MOST_NAMED = 5


@dataclass(frozen=True)
class Check:
    """`verdict` is ok, warn or block."""

    verdict: str
    text: str


def of(
    payload: Payload,
    facts: Facts,
    destination: Standing | None,
    there: list[Problem],
    *,
    is_key_lost: bool = False,
) -> list[Check]:
    """All checks, the worst first.

    `destination` is how the site's connection stands, None where there is none; `there` is
    what the destination itself will not take.
    """
    problems = [*validation.of_payload(payload), *there]
    blocks = [_block(problem) for problem in problems]
    if is_key_lost:
        blocks.append(Check("block", sentence(Code.CREDENTIALS_UNREADABLE)))
    elif destination is None:
        blocks.append(Check("block", sentence(Code.INTEGRATION_MISSING)))
    found = [*blocks, *_destination(destination), *_text(facts), *_search(payload)]
    found += _pictures(payload, facts)
    order = {"block": 0, "warn": 1, "ok": 2}
    return sorted(found, key=lambda check: order[check.verdict])


def _block(problem: Problem) -> Check:
    which = problem.field.removeprefix("images.") if problem.field.startswith("images.") else ""
    if problem.code == Code.CONTENT_TOO_COMPLEX and problem.field != "html":
        which = which or problem.field
    return Check("block", f"{problem.message} ({which})" if which else problem.message)


def _destination(how: Standing | None) -> Iterator[Check]:
    if how is not None and how.reason:
        yield Check("block" if how.state == NO_KEY else "warn", how.reason)
    elif how is not None:
        yield Check("ok", "The site is connected")


def _text(facts: Facts) -> Iterator[Check]:
    if 0 < facts.words < THIN_TEXT:
        yield Check("warn", f"Only {counted(facts.words, 'word')}: short for a piece of its own.")
    if any(level == 1 for level, _ in facts.headings):
        yield Check("warn", "The text has a heading of level 1; the title is one already.")
    if facts.removals:
        kinds = [_removal(one) for one in facts.removals[:MOST_NAMED]]
        rest = len(facts.removals) - len(kinds)
        more = f" and {rest} more" if rest else ""
        yield Check("warn", f"Not sent as it was written: {', '.join(kinds)}{more}.")
    if facts.rewritten and not facts.too_complex:
        yield Check("warn", "The text is rewritten when it is sent: its tags do not fit together.")


def _removal(one: Removal) -> str:
    return f"{one.what} ({one.times} times)" if one.times > 1 else one.what


def _search(payload: Payload) -> Iterator[Check]:
    title, description = payload.meta_title or payload.title, payload.meta_description
    if len(title) > LONGEST_META_TITLE:
        yield Check("warn", f"Search engines cut the title: {len(title)} of 60 characters.")
    else:
        yield Check("ok", "The title fits into a search result")
    if not description:
        yield Check("warn", "No description for search: engines choose a sentence themselves.")
    elif len(description) not in META_DESCRIPTION:
        yield Check(
            "warn", f"The description for search has {len(description)} characters; 50–160 fit."
        )
    else:
        yield Check("ok", "The description for search fits")
    keyword = next(iter(payload.focus_keywords), "")
    if keyword and keyword.lower() not in payload.title.lower():
        yield Check("warn", f"The focus keyword “{keyword}” is not in the title.")
    if not payload.categories:
        yield Check("warn", "No category: the website puts it into its default one.")


def _pictures(payload: Payload, facts: Facts) -> Iterator[Check]:
    silent = [_name(one) for one in payload.pictures() if not one.alt]
    unnamed = facts.images_without_alt
    if payload.featured_image is None:
        yield Check("warn", "No featured image.")
    if silent or unnamed:
        named = [f"“{name}”" for name in silent[:MOST_NAMED]]
        rest = len(silent) - len(named)
        named += [f"{rest} more"] if rest else []
        named += [f"{counted(unnamed, 'image')} in the text"] if unnamed else []
        yield Check("warn", f"Without alternative text: {listed(named)}.")
    elif payload.pictures() or facts.images:
        yield Check("ok", "Every image has alternative text")


def _name(picture: Picture) -> str:
    """By what its writer knows it."""
    return picture.filename or urlsplit(picture.url).path.rsplit("/", 1)[-1] or picture.ref
