// What the source view uses of CodeMirror; bin/vendor makes codemirror.js of it.
export { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
export { html } from "@codemirror/lang-html";
export { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
export { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
export { EditorState, Transaction } from "@codemirror/state";
export { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
export { tags } from "@lezer/highlight";
