// The whole text as source. CodeMirror comes only when somebody asks for it. It stands in a shadow root:
// there it can bring its styles along under the page's policy.

import { make } from "./make.js";

const CODEMIRROR = "../../../vendor/codemirror/codemirror.js";

// { source(), destroy(), focus() }. Line ends stay as they are written.
export async function openSource(place, source, onChange) {
  const cm = await import(CODEMIRROR);
  const ends = source.includes("\r\n") && !/[^\r]\n/.test(source) ? "\r\n" : "\n";
  const state = cm.EditorState.create({ doc: source, extensions: extensions(cm, ends, onChange) });
  const host = make("div", { class: "source-view" });
  place.append(host);
  const root = host.attachShadow({ mode: "open" });
  const view = new cm.EditorView({ state, parent: root, root });
  return {
    source: () => view.state.sliceDoc(),
    focus: () => view.focus(),
    destroy: () => {
      view.destroy();
      host.remove();
    },
  };
}

function extensions(cm, ends, onChange) {
  const words = cm.EditorView.contentAttributes.of({ "aria-label": "Source of the text" });
  const told = cm.EditorView.updateListener.of((update) => update.docChanged && onChange());
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
  { tag: [tags.tagName, tags.angleBracket], color: "var(--primary)" },
  { tag: tags.attributeName, color: "var(--source-name)" },
  { tag: [tags.attributeValue, tags.string], color: "var(--source-value)" },
];
