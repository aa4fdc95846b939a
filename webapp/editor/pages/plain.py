"""The editor as a form, where no script runs: saved with one button, and the act that was asked for
along with it."""

from __future__ import annotations

from litestar import Response

from webapp.call import Call, post
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid, Problem
from webapp.editor import as_form, fields, newlines, saving, view
from webapp.editor.at import At, locked
from webapp.editor.saving import Begun, Saved, SaveRequest, Typed
from webapp.forms import Form
from webapp.publisher.planning import beside
from webapp.writer import working


class WritingForm(Form):
    """All of the editor as a form; the fields' names are those of editor/fields.py. `act` is the
    button that was pressed."""

    version: str = ""
    html: str = ""
    act: str = ""


@post("/content/{content_id:int}/edit")
def save_form(call: Call, content_id: int, data: WritingForm) -> Response[str]:
    """Save what was typed, merged with what others have saved since. On a refusal all of it stands
    there again."""
    at = locked(call, content_id)
    now = working.standing(call.db, at.content)
    begun = saving.begun(call.db, at.content, data.version)
    opened = begun or Begun(now.html, fields.shown(now.values))
    typed = {
        name: _typed(data, name) for name in opened.fields if name in data.sent or name in _TICKS
    }
    typed["html"] = newlines.as_opened(opened.html, data.html)
    try:
        if begun is None:
            return _unknown(call, content_id, now, typed)
        saved = _saved(at, data.version, begun, typed)
        if saved.clashes:
            return _both(call, content_id, saved, as_form.with_both(begun, now, typed, saved))
        if data.act == "submit":
            beside.submit(call.db, call.system, at.content, by=call.member)
    except Problem as problem:
        call.roll_back()
        again = view.load(
            call,
            content_id,
            problem=problem,
            typed=typed,
            wrong=problem.fields,
            version=data.version,
        )
        return view.page(call, again, status=problem.status, is_plain=True)
    place = "" if data.act == "submit" else "/edit"
    return call.redirect(f"/content/{content_id}{place}")


def _saved(at: At, version: str, begun: Begun, typed: dict[str, str]) -> Saved:
    changed = {name: Typed(typed[name], was) for name, was in begun.fields.items() if name in typed}
    kept = {name: one for name, one in changed.items() if not _is_same(one)}
    sent = SaveRequest(
        version=version,
        html=typed["html"],
        base=begun.html,
        fields=kept,
        settled=_seen(at, version, kept),
        mode="manual",
    )
    saved = saving.save(at, sent)
    if saved.wrong:
        raise Invalid(saved.wrong)
    return saved


def _is_same(one: Typed) -> bool:
    """Whether nobody typed anything: a form changes the ends of lines only."""
    return newlines.as_opened(one.was, one.to) == one.was


def _seen(at: At, version: str, kept: dict[str, Typed]) -> list[str]:
    """What was to be chosen of, and stood in the form with both."""
    now = working.standing(at.db, at.content)
    return (
        [one for one in now.stale if one == "html" or one in kept] if version == now.version else []
    )


def _unknown(
    call: Call, content_id: int, now: working.Standing, typed: dict[str, str]
) -> Response[str]:
    problem = Conflict(as_form.UNKNOWN, code=Code.VERSION_CONFLICT)
    both, asked = as_form.with_unknown(now, typed)
    shown = view.load(call, content_id, problem=problem, typed=both, clashes=asked)
    return view.page(call, shown, status=problem.status, is_plain=True)


def _both(call: Call, content_id: int, saved: Saved, ours: dict[str, str]) -> Response[str]:
    problem = Conflict(as_form.BOTH_CHANGED)
    call.db.flush()
    shown = view.load(call, content_id, problem=problem, typed=ours, clashes=saved.clashes)
    return view.page(call, shown, status=problem.status, is_plain=True)


# A form says nothing of boxes that are not ticked.
_TICKS = ("keyword_ids",)


def _typed(data: WritingForm, name: str) -> str:
    given = data.sent.get(name, "")
    return "\n".join(map(str, given)) if isinstance(given, list) else str(given)


ROUTES = [save_form]
