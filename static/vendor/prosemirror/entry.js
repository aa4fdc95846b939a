// What the editor uses of ProseMirror; bin/vendor makes prosemirror.js of it.
export * from "prosemirror-commands";
export * from "prosemirror-history";
export * from "prosemirror-inputrules";
export * from "prosemirror-keymap";
export { DOMParser, DOMSerializer, Fragment, Mark, Node, Schema, Slice } from "prosemirror-model";
export { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export * from "prosemirror-state";
export * from "prosemirror-tables";
export * from "prosemirror-transform";
export { Decoration, DecorationSet, EditorView } from "prosemirror-view";
export { dropCursor } from "prosemirror-dropcursor";
export { gapCursor } from "prosemirror-gapcursor";
