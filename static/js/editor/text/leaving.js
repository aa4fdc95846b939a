// Out of code: by Enter on an empty last line, or by the arrow down behind the last one.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const isAtEnd = ({ empty, $from }) =>
  empty && Boolean($from.parent.type.spec.code) && $from.parentOffset === $from.parent.content.size;

export function leaveEmptyLine(state, dispatch) {
  const { $from } = state.selection;
  if (!isAtEnd(state.selection) || !$from.parent.textContent.endsWith("\n")) return false;
  dispatch?.(paragraphBehind(state.tr.delete($from.pos - 1, $from.pos), $from.after() - 1));
  return true;
}

// Where something stands below, the arrow goes there by itself.
export function leaveBelow(state, dispatch) {
  const { $from } = state.selection;
  if (!isAtEnd(state.selection) || $from.indexAfter(-1) < $from.node(-1).childCount) return false;
  dispatch?.(paragraphBehind(state.tr, $from.after()));
  return true;
}

function paragraphBehind(tr, at) {
  tr.insert(at, schema.nodes.paragraph.create());
  return tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView();
}
