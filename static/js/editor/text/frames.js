// Figures and files: a picture, video, embed or file with its words. WordPress reads in them what it expects
// and nothing else, so a line neither leaves them nor comes in, and they go as a whole.

import { NodeSelection, TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { box, card, paragraph } = schema.nodes;

export const isFrame = (node) => node?.type === box && ["figure", "file"].includes(node.attrs.tag);

// Whether the line at that place stands in one, by itself.
export const isFramed = ($at) => $at.depth > 1 && $at.parent.isTextblock && isFrame($at.node(-1));

// Backspace and Delete at the edge of a line: what stands there as a whole is selected first, for what it
// holds cannot be seen, and is not gone by one key. An empty line beside a figure goes.
export const selectWhole = (direction) => (state, dispatch) => {
  const { $from, empty } = state.selection;
  const isEdge = $from.parentOffset === (direction < 0 ? 0 : $from.parent.content.size);
  if (!empty || !isEdge || !$from.parent.isTextblock) return false;
  const beside = nearby(state.doc, $from, 0, direction);
  if (isFramed($from)) return inFrame(state, dispatch, direction);
  if (isFrame(beside) && isEmptyLine($from.parent)) return withoutLine(state, dispatch, $from.before(), direction);
  if (!isFrame(beside) && beside?.type !== card) return false;
  return selected(state, dispatch, direction < 0 ? $from.before() - beside.nodeSize : $from.after());
};

function inFrame(state, dispatch, direction) {
  const { $from } = state.selection;
  const isSpare = isEmptyLine($from.parent) && $from.node(-1).childCount > 1;
  if (isSpare) return withoutLine(state, dispatch, $from.before(), direction);
  if (direction > 0) return true;
  const above = $from.index(-1) === 0 && nearby(state.doc, $from, -1, -1);
  if (above && isEmptyLine(above)) return withoutLine(state, dispatch, $from.before(-1) - above.nodeSize, 1);
  return selected(state, dispatch, $from.before(-1));
}

const isEmptyLine = (node) => node.isTextblock && !node.content.size;

// What stands beside the line, or with -1 beside what it stands in.
function nearby(doc, $from, depth, direction) {
  const at = $from.depth + depth;
  return direction < 0 ? doc.resolve($from.before(at)).nodeBefore : doc.resolve($from.after(at)).nodeAfter;
}

function selected({ doc, tr }, dispatch, at) {
  dispatch?.(tr.setSelection(NodeSelection.create(doc, at)).scrollIntoView());
  return true;
}

function withoutLine({ doc, tr }, dispatch, at, direction) {
  tr.delete(at, at + doc.nodeAt(at).nodeSize);
  const $at = tr.doc.resolve(at);
  const near = TextSelection.findFrom($at, direction, true) ?? TextSelection.near($at, -direction);
  dispatch?.(tr.setSelection(near).scrollIntoView());
  return true;
}

// Enter goes on behind the figure, at its very start before it.
export function leaveFrame(state, dispatch) {
  const { $from, empty } = state.selection;
  if (!empty || !isFramed($from) || !isWord($from.parent)) return false;
  const isStart = $from.parentOffset === 0 && $from.index(-1) === 0 && $from.parent.content.size > 0;
  const at = isStart ? $from.before(-1) : $from.after(-1);
  const tr = state.tr.insert(at, paragraph.create());
  if (!isStart) tr.setSelection(TextSelection.create(tr.doc, at + 1));
  dispatch?.(tr.scrollIntoView());
  return true;
}

const isWord = ({ attrs: { tag } }) => [null, "a", "figcaption"].includes(tag);

// A picture or card that is all of a figure goes with it.
export function deleteFramed(state, dispatch) {
  const at = frameOf(state.selection);
  if (at === null) return false;
  dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, at)).deleteSelection().scrollIntoView());
  return true;
}

// Where the figure begins that a selected picture or card is all of, but for its words; else null.
export function frameOf({ $from, node }) {
  const depth = node?.type === card ? $from.depth : node?.type === schema.nodes.image ? $from.depth - 1 : -1;
  if (depth < 1 || !isFrame($from.node(depth))) return null;
  const isOnly = (one) => one === node || isWord(one);
  return $from.node(depth).content.content.every(isOnly) ? $from.before(depth) : null;
}
