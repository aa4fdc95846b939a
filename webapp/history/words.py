"""What changed, as a person would say it in a line. Pure."""

from __future__ import annotations

from webapp.core import labels
from webapp.writing import blocks, compare
from webapp.writing.blocks import Block
from webapp.writing.compare import Change
from webapp.writing.reading import ADDED, FORMATTED, REMOVED, Run

ICONS = {ADDED: "plus", REMOVED: "minus", compare.MOVED: "arrow-up", compare.CHANGED: "pencil-line"}
_KINDS = {
    blocks.PARAGRAPH: "Paragraph",
    blocks.HEADING: "Heading",
    blocks.LIST: "List",
    blocks.PICTURE: "Picture",
    blocks.TABLE: "Table",
    blocks.QUOTE: "Quote",
    blocks.CODE: "Code",
    blocks.OTHER: "Block",
}
_LONGEST = 60


def name(block: Block) -> str:
    """ "Paragraph 2"."""
    return f"{_KINDS.get(block.kind, 'Block')} {block.number}"


def said(change: Change) -> str:
    """ "3 words, 7 words bold"; "added, 13 words"."""
    if change.kind == ADDED:
        return _with_words("added", change.words_added)
    if change.kind == REMOVED:
        return _with_words("removed", change.words_removed)
    parts = ["moved"] if change.kind == compare.MOVED else []
    if compare.WORDS in change.what:
        count = max(change.words_added, change.words_removed)
        parts.append(labels.counted(count, "word") if count else "signs")
    if compare.FORMAT in change.what:
        parts.append(_formats(change.runs))
    if compare.PICTURES in change.what:
        parts.append("picture")
    if compare.SOURCE in change.what:
        parts.append("only its source")
    return ", ".join(parts)


def format_note(run: Run) -> str:
    """What a run's looks have become: "now bold", "no longer link to …"."""
    gained, lost = sorted(run.formats - run.was), sorted(run.was - run.formats)
    parts = [f"now {_shortened(one)}" for one in gained]
    return ", ".join([*parts, *(f"no longer {_shortened(one)}" for one in lost)])


def _with_words(what: str, count: int) -> str:
    return f"{what}, {labels.counted(count, 'word')}" if count else what


def _formats(runs: tuple[Run, ...]) -> str:
    notes = [format_note(run) for run in runs if run.kind == FORMATTED and run.text.strip()]
    return " and ".join(dict.fromkeys(note for note in notes if note)) or "format"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
