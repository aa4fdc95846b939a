// The whole text as source. CodeMirror comes only when somebody asks for it.

const CODEMIRROR = "../../../vendor/codemirror/codemirror.js";

// { source(), destroy(), focus() }. Line ends stay as they are written.
export async function openSource(place, source, onChange) {
  const cm = await import(CODEMIRROR);
  const ends = source.includes("\r\n") && !/[^\r]\n/.test(source) ? "\r\n" : "\n";
  const state = cm.EditorState.create({ doc: source, extensions: extensions(cm, ends, onChange) });
  const view = new cm.EditorView({ state, parent: place });
  return {
    source: () => view.state.sliceDoc(),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
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
    words,
    told,
  ];
}

const colours = (tags) => [
  { tag: tags.comment, color: "var(--muted-foreground)" },
  { tag: [tags.tagName, tags.angleBracket], color: "var(--primary)" },
  { tag: tags.attributeName, color: "var(--source-name)" },
  { tag: [tags.attributeValue, tags.string], color: "var(--source-value)" },
];
