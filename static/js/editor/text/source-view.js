// The whole text as source. This and CodeMirror come only when somebody asks for them. It stands in a shadow root:
// there it can bring its styles along under the page's policy.

import { make } from "./make.js";
import { differences } from "./same.js";

const CODEMIRROR = "../../../vendor/codemirror/codemirror.js";

export const loadSource = () => import(CODEMIRROR);

// { source(), take(source), destroy(), focus() }, made with what loadSource() gives. Line ends stay as
// they are written.
export function openSource(cm, place, source, onChange) {
  const host = make("div", { class: "source-view" });
  place.append(host);
  const root = host.attachShadow({ mode: "open" });
  const view = new cm.EditorView({ state: stateOf(cm, source, onChange), parent: root, root });
  return {
    source: () => view.state.sliceDoc(),
    take: (theirs) => take(cm, view, theirs, onChange),
    focus: () => view.focus(),
    destroy: () => {
      view.destroy();
      host.remove();
    },
  };
}

const stateOf = (cm, source, onChange) =>
  cm.EditorState.create({ doc: source, extensions: extensions(cm, endsOf(source), onChange) });

const endsOf = (source) => (source.includes("\r\n") && !/(?<!\r)\n/.test(source) ? "\r\n" : "\n");

// What somebody else has written meanwhile: the cursor stays on its words, and Undo passes over it. A
// state has one end of a line for good, so another one begins a new state.
function take(cm, view, source, onChange) {
  const ends = view.state.lineBreak;
  if (endsOf(source) !== ends && source.includes("\n")) {
    view.setState(stateOf(cm, source, onChange));
    return;
  }
  const inLines = source.replaceAll(ends, "\n");
  const changes = differences(view.state.doc.toString(), inLines).map(({ insert, ...where }) => ({
    ...where,
    insert: insert.replaceAll("\n", ends),
  }));
  const annotations = [cm.Transaction.addToHistory.of(false), cm.Transaction.remote.of(true)];
  view.dispatch({ changes, annotations });
}

function extensions(cm, ends, onChange) {
  const words = cm.EditorView.contentAttributes.of({ "aria-label": "Source of the text" });
  const isOwn = (tr) => tr.docChanged && !tr.annotation(cm.Transaction.remote);
  const told = cm.EditorView.updateListener.of((update) => update.transactions.some(isOwn) && onChange());
  return [
    cm.EditorState.lineSeparator.of(ends),
    cm.lineNumbers(),
    cm.history(),
    cm.html({ matchClosingTags: false, autoCloseTags: false }),
    cm.syntaxHighlighting(cm.HighlightStyle.define(colours(cm.tags))),
    cm.search({ top: true }),
    cm.keymap.of([...cm.defaultKeymap, ...cm.historyKeymap, ...cm.searchKeymap]),
    cm.EditorView.lineWrapping,
    cm.EditorView.theme(LOOKS),
    words,
    told,
  ];
}

const LOOKS = {
  "&": { fontSize: "0.8125rem", color: "var(--foreground)" },
  "&.cm-focused": { outline: "2px solid var(--ring)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--foreground)" },
  ".cm-gutters": { background: "var(--sidebar)", color: "var(--muted-foreground)", borderColor: "var(--border)" },
  ".cm-panels": { background: "var(--sidebar)", color: "var(--foreground)" },
};

const colours = (tags) => [
  { tag: tags.comment, color: "var(--muted-foreground)" },
  { tag: [tags.tagName, tags.angleBracket], color: "var(--accent-text)" },
  { tag: tags.attributeName, color: "var(--source-name)" },
  { tag: [tags.attributeValue, tags.string], color: "var(--source-value)" },
];
