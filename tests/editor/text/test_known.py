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


CLASHES = """const around = '<p><a href="/cats">All cats</a></p><p>A ';
  const first = { field: "html", theirs: "red", ours: "green", before: around,
    after: " house and a cat here.</p>" };
  const second = { field: "html", theirs: "cat", ours: "dog", before: `${around}red house and a `,
    after: " here.</p>" };"""
TWICE = '<p><a href="/cats">All cats</a></p><p>A red house and a cat here.</p>'


def test_a_second_clash_near_the_first_is_put_where_it_belongs(surface: Surface) -> None:
    html, before = play(
        surface,
        CLASHES
        + """known.settle(first, first.ours, [second]);
        known.settle(second, second.ours);
        return [page.html, second.before];""",
        html=TWICE,
    )
    assert html == '<p><a href="/cats">All cats</a></p><p>A green house and a dog here.</p>'
    assert before.endswith("<p>A green house and a ")


def test_a_clash_whose_place_is_gone_or_unsure_is_put_nowhere(surface: Surface) -> None:
    typed = "<p>One.</p><p>Somebody typed here meanwhile.</p>"
    gone, unsure, html = play(
        surface,
        """const field = "html";
        const gone = known.settle({ field, theirs: "", before: "<p>Two", after: ".</p>" }, " kept");
        const unsure = known.settle({ field, theirs: "e", before: "x", after: "y" }, "E");
        return [gone, unsure, page.html];""",
        html=typed,
    )
    assert (gone, unsure, html) == (False, False, typed)


def test_what_they_deleted_at_an_end_of_the_text_is_put_there(surface: Surface) -> None:
    html = play(
        surface,
        """const place = { theirs: "", before: "<p>One.</p>", after: "" };
        known.settle({ field: "html", ...place }, "<p>Two.</p>");
        return page.html;""",
        html="<p>One.</p>",
    )
    assert html == "<p>One.</p><p>Two.</p>"


def test_what_a_control_makes_of_a_text_is_no_change(surface: Surface) -> None:
    """A field knows one kind of line end; what a person changes is told by what the server has."""
    opened, typed, answered = play(
        surface,
        """const opened = known.difference();
        page.fields.excerpt = "One\\nthree";
        const sent = known.difference();
        known.take(answer({ fields: { excerpt: "One\\r\\nthree" } }), sent);
        return [opened, sent.fields, known.difference()];""",
        fields={"excerpt": "One\r\ntwo"},
        shown={"excerpt": "One\ntwo"},
        gives={"One\r\nthree": "One\nthree"},
    )
    assert (opened, answered) == (None, None)
    assert typed == {"excerpt": {"to": "One\nthree", "was": "One\r\ntwo"}}
