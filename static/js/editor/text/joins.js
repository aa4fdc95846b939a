// Backspace and Delete between two items of a list, whose lines become one.

import { liftListItem, TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { item } = schema.nodes;

export function joinItemBackward(state, dispatch) {
  const { $from, empty } = state.selection;
  if (!empty || !isStartOfItem($from)) return false;
  const depth = $from.depth - 1;
  if ($from.index(depth - 1) === 0) return liftListItem(item)(state, dispatch);
  const before = lineNear(state.doc, $from.before(depth), -1);
  return before !== null && joined(state, dispatch, before, $from.pos);
}

export function joinItemForward(state, dispatch) {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset < $from.parent.content.size || !isIn($from)) return false;
  const after = lineNear(state.doc, $from.after(), 1);
  if (after === null || !isStartOfItem(state.doc.resolve(after))) return false;
  return joined(state, dispatch, $from.pos, after);
}

const isIn = ($pos) => $pos.depth > 1 && $pos.parent.isTextblock && $pos.node(-1).type === item;
const isStartOfItem = ($pos) => isIn($pos) && $pos.parentOffset === 0 && $pos.index(-1) === 0;

// The place in the next line, before or after, where nothing but edges of lists and items lies between.
function lineNear(doc, at, direction) {
  const found = TextSelection.findFrom(doc.resolve(at), direction, true);
  if (!found || !isIn(found.$head)) return null;
  const [from, to] = direction < 0 ? [found.head, at] : [at, found.head];
  let isNear = true;
  doc.nodesBetween(from, to, (node) => {
    if (node.isLeaf && !node.isText) isNear = false;
    return isNear;
  });
  return isNear ? found.head : null;
}

function joined(state, dispatch, from, to) {
  const tr = state.tr.delete(from, to);
  if (dispatch) dispatch(tr.setSelection(TextSelection.create(tr.doc, from)).scrollIntoView());
  return true;
}
