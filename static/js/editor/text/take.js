// Taking in a text that was changed elsewhere: what is the same stays as it is, with the cursor in it.
// Undo passes over it.

import { Selection } from "../../../vendor/prosemirror/prosemirror.js";
import { nodesOf } from "./document.js";
import { schema } from "./schema.js";
import { written } from "./write.js";

// The transaction that makes the document say `source`.
export function taken(state, opened, source) {
  const { originals } = opened;
  const { nodes, tail } = nodesOf(source, originals);
  const now = state.doc.content.content;
  const [start, end] = sameEnds(opened, now, nodes);
  adopt(originals, now, nodes, start, end);
  const tr = state.tr.setMeta("addToHistory", false).setMeta("taken", true);
  const from = sizeOf(now.slice(0, start));
  exchange(tr, from, now.slice(start, now.length - end), nodes.slice(start, nodes.length - end));
  opened.tail = tail;
  return opened.source(tr.doc) === source ? tr : anew(tr, opened, source);
}

// Where old nodes and new ones do not say it together, the new ones do alone.
function anew(tr, { originals }, source) {
  const { nodes } = nodesOf(source, originals);
  const { head } = tr.selection;
  tr.replaceWith(0, tr.doc.content.size, nodes.length ? nodes : schema.nodes.paragraph.create());
  return tr.setSelection(Selection.near(tr.doc.resolve(Math.min(head, tr.doc.content.size))));
}

const sizeOf = (nodes) => nodes.reduce((sum, node) => sum + node.nodeSize, 0);

// How many nodes at the beginning and at the end are written alike. What is new has no place of its own
// in a source yet, and gets it from the one that is taken.
function sameEnds({ originals, dialect }, now, next) {
  const isAlike = (one, other) =>
    one.attrs.pre !== null && written(one, originals, dialect) === written(other, originals, dialect);
  const most = Math.min(now.length, next.length);
  let start = 0;
  while (start < most && isAlike(now[start], next[start])) start += 1;
  let end = 0;
  while (end < most - start && isAlike(now[now.length - 1 - end], next[next.length - 1 - end])) end += 1;
  return [start, end];
}

// Neighbours know each other by their ids, and some of them have others now.
function adopt(originals, now, next, start, end) {
  const kept = [...now.slice(0, start), ...next.slice(start, next.length - end), ...now.slice(now.length - end)];
  kept.forEach((node, at) => {
    const entry = originals.of(node.attrs.id);
    if (entry) entry.before = kept[at - 1]?.attrs.id ?? 0;
  });
}

// One run of nodes for another; line by line where there are as many.
function exchange(tr, from, before, after) {
  if (before.length !== after.length) {
    if (before.length || after.length) tr.replaceWith(from, from + sizeOf(before), after);
    return;
  }
  let at = from + sizeOf(before);
  for (let index = before.length - 1; index >= 0; index -= 1) {
    at -= before[index].nodeSize;
    become(tr, at, before[index], after[index]);
  }
}

function become(tr, at, before, after) {
  if (before.eq(after)) return;
  if (before.type !== after.type || before.isLeaf) {
    tr.replaceWith(at, at + before.nodeSize, after);
    return;
  }
  if (before.isTextblock) becomeLine(tr, at + 1, before, after);
  else exchange(tr, at + 1, before.content.content, after.content.content);
  tr.setNodeMarkup(at, null, after.attrs);
}

function becomeLine(tr, at, before, after) {
  const start = before.content.findDiffStart(after.content);
  if (start === null) return;
  let { a, b } = before.content.findDiffEnd(after.content);
  const overlap = start - Math.min(a, b);
  if (overlap > 0) [a, b] = [a + overlap, b + overlap];
  tr.replace(at + start, at + a, after.slice(start, b));
}
