"""What a page knows of what the server has (static/js/editor/saving/known.js), in Chromium."""

from __future__ import annotations

from typing import Any

from tests.editor.text.surface import Surface

# The module anew, over a page that is three values: `acts` is what happens to them.
PLAY = """async (draft) => {
  const known = await import(`/js/editor/saving/known.js?${Math.random()}`);
  const page = { html: draft.html, fields: { ...draft.shown }, wrong: {} };
  known.begin(draft, {
    html: () => page.html,
    fields: () => ({ ...page.fields }),
    takeText: (html) => { page.html = html; },
    takeField: (name, text) => { page.fields[name] = draft.gives?.[text] ?? text; },
    wrong: (sentences) => { page.wrong = sentences; },
  });
  const answer = (of) => ({ version: "2", html: null, fields: {}, wrong: {}, clashes: [], ...of });
  ACTS
}"""


def play(surface: Surface, acts: str, html: str = "<p>Before</p>", **draft: Any) -> Any:
    fields = draft.pop("fields", {})
    begun = {"version": "1", "html": html, "fields": fields, "shown": fields, **draft}
    return surface.page.evaluate(PLAY.replace("ACTS", acts), begun)


def test_a_text_that_was_refused_is_not_what_the_server_has(surface: Surface) -> None:
    kept, sent, wrong, after = play(
        surface,
        """page.html = "<p>Too long</p>";
        known.take(answer({ version: "1", wrong: { html: "Too long." } }), known.difference());
        const state = [known.unsaved().html, known.difference(), known.wrongFields()];
        page.html = "<p>Short</p>";
        return [...state, known.difference().html];""",
    )
    assert (kept, sent, wrong) == ("<p>Too long</p>", None, ["html"])
    assert after == "<p>Short</p>"


def test_a_refused_text_stays_when_another_comes_from_elsewhere(surface: Surface) -> None:
    again, html, base = play(
        surface,
        """page.html = "<p>Too long</p>";
        known.take(answer({ version: "1", wrong: { html: "Too long." } }), known.difference());
        const again = known.take(answer({ html: "<p>Theirs</p>" }), known.nothing());
        return [again, page.html, known.base()];""",
    )
    assert (again, html, base) == (False, "<p>Too long</p>", "<p>Before</p>")


def test_a_refused_field_is_kept_and_not_sent_again(surface: Surface) -> None:
    sent, kept = play(
        surface,
        """page.fields.slug = "no slug!";
        known.take(answer({ version: "1", wrong: { slug: "No." } }), known.difference());
        return [known.difference(), known.unsaved().fields];""",
        fields={"slug": "before"},
    )
    assert sent is None
    assert kept == {"slug": {"to": "no slug!", "was": "before"}}
