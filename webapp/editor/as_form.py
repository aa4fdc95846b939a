"""What the editor shows as a form, where no script asks what shall stand in a place that two have
changed: the form itself holds both."""

from __future__ import annotations

from webapp.accounts import access
from webapp.call import Call
from webapp.core.errors import Conflict
from webapp.editor import clashes, fields, view
from webapp.editor.clashes import Hands
from webapp.editor.saving import Begun, Saved
from webapp.writer import working
from webapp.writer.models import Content
from webapp.writing import merge

IN_FORM = (
    "Of the text both stand in the form, theirs first: take out what is not to stay. A field holds "
    "yours, which takes the place of theirs when you save."
)
BOTH_CHANGED = f"Somebody else has changed the same places. All else is saved. {IN_FORM}"
UNKNOWN = (
    "The piece was changed since you opened it, and the version that you began with is not kept "
    f"any more. Nothing is saved yet. {IN_FORM}"
)
BESIDE = (
    "The piece itself was changed meanwhile, and so was the change that lies beside it. Of the "
    "text both stand in the form, the piece's first: take out what is not to stay, and save."
)


def load(call: Call, content_id: int) -> view.Editor:
    """The page of a piece, with what waits for a choice in it."""
    content = access.get(call.db, call.member, Content, content_id)
    now = working.standing(call.db, content)
    if not now.stale:
        return view.load(call, content_id)
    return view.load(
        call,
        content_id,
        problem=Conflict(BESIDE),
        typed={"html": merge.together(now.html, _beside(now))} if now.clashes else {},
        clashes=clashes.in_change(call.db, content, now, call.member),
    )


def _beside(now: working.Standing) -> str:
    """The text with what was typed beside the piece, where the piece itself was changed too."""
    return merge.Merged(now.html, now.clashes).settled([merge.OURS] * len(now.clashes))


def with_both(
    begun: Begun, before: working.Standing, typed: dict[str, str], saved: Saved
) -> dict[str, str]:
    """What is to be seen where `typed` was merged with what stood there before, and both have
    changed something: both texts, and of the fields the person's own."""
    names = {one.field for one in saved.clashes}
    shown = {name: typed[name] for name in names if name in typed}
    if "html" in names:
        merged = merge.merge(begun.html, before.html, typed["html"])
        mine = merged.settled([merge.OURS] * len(merged.clashes))
        shown["html"] = merge.together(merged.text, mine)
        if before.clashes:
            beside = merge.merge(before.html, _beside(before), merged.text).text
            shown["html"] = merge.together(shown["html"], beside)
    return shown


def with_unknown(
    now: working.Standing, typed: dict[str, str]
) -> tuple[dict[str, str], list[clashes.Clash]]:
    """The same where nobody knows what was typed was made of: whatever differs is both's."""
    stands = fields.shown(now.values)
    asked = [
        clashes.of_field(name, "", stands[name], text, Hands())
        for name, text in typed.items()
        if name in stands and text != stands[name]
    ]
    return typed | {"html": merge.together(now.html, typed["html"])}, asked
