// What the editor uses of ProseMirror, name by name: what nobody names is not in prosemirror.js, which bin/vendor
// makes of this.
export {
  autoJoin,
  baseKeymap,
  chainCommands,
  createParagraphNear,
  deleteSelection,
  exitCode,
  joinBackward,
  joinForward,
  lift,
  liftEmptyBlock,
  newlineInCode,
  selectNodeBackward,
  selectNodeForward,
  splitBlock,
  wrapIn,
} from "prosemirror-commands";
export { dropCursor } from "prosemirror-dropcursor";
export { gapCursor } from "prosemirror-gapcursor";
export { closeHistory, history, redo, undo } from "prosemirror-history";
export {
  InputRule,
  inputRules,
  textblockTypeInputRule,
  undoInputRule,
  wrappingInputRule,
} from "prosemirror-inputrules";
export { keymap } from "prosemirror-keymap";
export { DOMParser, DOMSerializer, Fragment, Schema, Slice } from "prosemirror-model";
export { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export { EditorState, NodeSelection, Plugin, PluginKey, Selection, TextSelection } from "prosemirror-state";
export {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  goToNextCell,
  isInTable,
  mergeCells,
  selectedRect,
  splitCell,
  tableEditing,
  toggleHeaderRow,
} from "prosemirror-tables";
export { Decoration, DecorationSet, EditorView } from "prosemirror-view";
// For the tests alone; the others need them anyhow.
export { AllSelection } from "prosemirror-state";
export { CellSelection } from "prosemirror-tables";
export { dropPoint } from "prosemirror-transform";
