// What can be done to the text: ProseMirror commands, (state, dispatch) → whether it can be done.

import {
  autoJoin,
  chainCommands,
  createParagraphNear,
  exitCode,
  lift,
  liftEmptyBlock,
  liftListItem,
  NodeSelection,
  newlineInCode,
  sinkListItem,
  splitBlock,
  splitListItem,
  TextSelection,
  wrapIn,
  wrapInList,
} from "../../../vendor/prosemirror/prosemirror.js";
import { withName } from "./attributes.js";
import { breakOf } from "./dialect.js";
import { isFrame, isFramed, leaveFrame } from "./frames.js";
import { formatOf, schema } from "./schema.js";

const { nodes, marks } = schema;
// Written in one way or the other, they are one thing.
const ALIKE = { strong: ["strong", "b"], em: ["em", "i"], s: ["s", "del", "strike"] };

const isOf = (tag) => (mark) => mark.type === marks.format && (ALIKE[tag] ?? [tag]).includes(mark.attrs.tag);

// Whether all that is selected, or what would be typed here, is of such a kind.
export function hasFormat(state, tag) {
  const { from, to, empty, $from } = state.selection;
  if (empty) return (state.storedMarks ?? $from.marks()).some(isOf(tag));
  const found = new Set();
  state.doc.nodesBetween(from, to, (node) => {
    if (node.isText) found.add(node.marks.some(isOf(tag)));
  });
  return found.has(true) && !found.has(false);
}

export const toggleFormat = (tag) => (state, dispatch) => {
  const { from, to, empty } = state.selection;
  if (!state.selection.$from.parent.isTextblock && empty) return false;
  if (!dispatch) return true;
  const isOn = hasFormat(state, tag);
  dispatch((empty ? storedChange(state, tag, isOn) : changed(state.tr, from, to, tag, isOn)).scrollIntoView());
  return true;
};

function storedChange(state, tag, isOn) {
  const now = state.storedMarks ?? state.selection.$from.marks();
  const next = isOn ? now.filter((mark) => !isOf(tag)(mark)) : marks.format.create(formatOf(tag)).addToSet(now);
  return state.tr.setStoredMarks(next);
}

function changed(tr, from, to, tag, isOn) {
  if (!isOn) return tr.addMark(from, to, marks.format.create(formatOf(tag)));
  tr.doc.nodesBetween(from, to, (node, at) => {
    for (const mark of node.marks.filter(isOf(tag))) {
      tr.removeMark(Math.max(from, at), Math.min(to, at + node.nodeSize), mark);
    }
  });
  return tr;
}

// Lines of one kind: p, h1 to h6, pre. Their attributes stay where the tag alone changes. A list of definitions
// has no other lines than those.
export const setTag = (tag) => (state, dispatch) => {
  const type = tag === "pre" ? nodes.preformatted : nodes.paragraph;
  const lines = [];
  state.doc.nodesBetween(state.selection.from, state.selection.to, (node, at, parent) => {
    const isFixed = parent.attrs.tag === "dl" || isFrame(parent);
    if (node.isTextblock && !isFixed && (node.type !== type || (node.attrs.tag ?? "p") !== tag)) lines.push([node, at]);
  });
  if (!lines.length) return false;
  const tr = state.tr;
  for (const [node, at] of lines) tr.setNodeMarkup(tr.mapping.map(at), type, retagged(node, type, tag));
  dispatch?.(tr.scrollIntoView());
  return true;
};

function retagged({ attrs, type: before }, type, tag) {
  const isPlain = before === type && attrs.tag && /^<[A-Za-z]/.test(attrs.open ?? "");
  const edges = isPlain
    ? { open: withName(attrs.open, tag), close: attrs.close ? withName(attrs.close, tag) : `</${tag}>` }
    : { open: null, close: null };
  return { ...attrs, tag, ...edges };
}

export const tagOf = (state) => {
  const { parent } = state.selection.$from;
  return parent.isTextblock ? (parent.attrs.tag ?? "p") : "";
};

// The innermost list around the selection, as { node, pos, depth }.
export const listAround = ({ selection: { $from } }) => around($from, (node) => node.type === nodes.list);
export const quoteAround = ({ selection: { $from } }) => around($from, (node) => node.attrs.tag === "blockquote");

function around($pos, test) {
  for (let depth = $pos.depth; depth > 0; depth -= 1) {
    if (test($pos.node(depth))) return { node: $pos.node(depth), pos: $pos.before(depth), depth };
  }
  return null;
}

// Into a list of that kind, from one kind to the other, or out of it.
export const toggleList = (tag) => (state, dispatch) => {
  const list = listAround(state);
  if (isFramed(state.selection.$from)) return false;
  if (!list)
    return autoJoin(wrapInList(nodes.list, { tag }), (one, other) => isNewList(one) && isNewList(other))(
      state,
      dispatch,
    );
  if (list.node.attrs.tag === tag) return liftListItem(nodes.item)(state, dispatch);
  dispatch?.(state.tr.setNodeMarkup(list.pos, null, { ...list.node.attrs, tag, open: null, close: null }));
  return true;
};

const isNewList = (node) => node.type === nodes.list && node.attrs.open === null;

export const toggleQuote = (state, dispatch) => {
  if (isFramed(state.selection.$from)) return false;
  return quoteAround(state) ? lift(state, dispatch) : wrapIn(nodes.box, { tag: "blockquote" })(state, dispatch);
};

export const sink = sinkListItem(nodes.item);
export const raise = liftListItem(nodes.item);

// A line's break within its paragraph.
export const breakLine = (dialect) => (state, dispatch) => {
  if (exitCode(state, dispatch)) return true;
  if (!state.selection.$from.parent.isTextblock) return false;
  const mark = nodes.line_break.create({ source: breakOf(dialect) });
  dispatch?.(state.tr.replaceSelectionWith(mark).scrollIntoView());
  return true;
};

// After a heading comes a paragraph, and behind a table what follows its caption.
function afterHeading(state, dispatch) {
  const { $from, empty } = state.selection;
  const { tag } = $from.parent.attrs;
  const isEnd = empty && $from.parentOffset === $from.parent.content.size;
  if (!isEnd || !/^(h[1-6]|figcaption|caption|summary)$/.test(tag ?? "")) return false;
  const isInside = /^h|summary/.test(tag);
  const at = isInside ? $from.after() : $from.after(Math.max(1, $from.depth - 1));
  if (!dispatch) return true;
  const tr = state.tr.insert(at, nodes.paragraph.create());
  dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
  return true;
}

// At the start of a line an empty one goes before it: the line itself stays what it was.
function beforeLine(state, dispatch) {
  const { $from, empty } = state.selection;
  const { parent } = $from;
  const isStart = empty && $from.parentOffset === 0 && parent.content.size > 0;
  if (!isStart || parent.type !== nodes.paragraph || $from.node(-1).type === nodes.item) return false;
  const above = nodes.paragraph.create({
    tag: parent.attrs.tag === null ? null : "p",
    ...(parent.attrs.tag === null && { open: "", close: "" }),
  });
  dispatch?.(state.tr.insert($from.before(), above).scrollIntoView());
  return true;
}

// Where all lines of the selection go, and only cards are left, a new line comes.
function splitLine(state, dispatch) {
  const { tr } = state;
  if (state.selection.empty || tr.deleteSelection().selection.$from.depth) return splitBlock(state, dispatch);
  dispatch?.(tr.insert(tr.selection.from, nodes.paragraph.create()).scrollIntoView());
  return true;
}

export const enter = chainCommands(
  newlineInCode,
  splitListItem(nodes.item),
  leaveFrame,
  afterHeading,
  createParagraphNear,
  liftEmptyBlock,
  beforeLine,
  splitLine,
);

// The outermost block or the item with the selection in it, one place up or down.
export const move = (direction) => (state, dispatch) => {
  const { $from, node: selected } = state.selection;
  const isWhole = selected && (selected.type.isInGroup("block") || selected.type === nodes.item);
  const depth = isWhole ? $from.depth : Math.max(0, movableDepth($from) - 1);
  const parent = $from.node(depth);
  const at = $from.index(depth);
  const other = at + direction;
  if (other < 0 || other >= parent.childCount) return false;
  dispatch?.(swapped(state, $from.start(depth), parent, at, other));
  return true;
};

function movableDepth($from) {
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === nodes.item) return depth;
  return 1;
}

function swapped({ tr, selection }, start, parent, at, other) {
  const [first, second] = [Math.min(at, other), Math.max(at, other)];
  let from = start;
  for (let index = 0; index < first; index += 1) from += parent.child(index).nodeSize;
  const [one, two] = [parent.child(first), parent.child(second)];
  tr.replaceWith(from, from + one.nodeSize + two.nodeSize, [two, one]);
  const there = selection.from + (at < other ? two.nodeSize : -one.nodeSize);
  const isWhole = selection instanceof NodeSelection;
  return tr
    .setSelection(isWhole ? NodeSelection.create(tr.doc, there) : TextSelection.near(tr.doc.resolve(there)))
    .scrollIntoView();
}

// Something new on the page, after the line with the cursor, or in its place where it is empty. A table has
// the cursor in its first cell.
export const insertBlock = (node) => (state, dispatch) => {
  const { $from } = state.selection;
  const isEmpty = $from.parent.isTextblock && !$from.parent.content.size;
  if (!dispatch) return true;
  const tr = state.tr;
  const isInPlace = isEmpty && $from.depth === 1;
  const behind = $from.depth ? placeBehind($from) : tr.selection.to;
  const [at, to] = isInPlace ? [$from.before(), $from.after()] : [behind, behind];
  tr.replaceWith(at, to, node);
  if (node.type === nodes.table) tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
  dispatch(tr.scrollIntoView());
  return true;
};

// Behind the line at that place: not within a table, a list or a figure.
export function placeBehind($at) {
  for (let depth = 1; depth < $at.depth; depth += 1)
    if (["list", "table"].includes($at.node(depth).type.name) || isFrame($at.node(depth))) return $at.after(depth);
  return $at.depth ? $at.after($at.parent.isTextblock ? $at.depth : 1) : $at.pos;
}
