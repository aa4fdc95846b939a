// Taking in a text that was changed elsewhere: what is the same stays as it is, with the cursor in it.
// Undo passes over it.

import { Selection } from "../../../vendor/prosemirror/prosemirror.js";
import { nodesOf } from "./document.js";
import { same } from "./same.js";
import { schema } from "./schema.js";
import { written } from "./write.js";

// The transaction that makes the document say `source`.
export function taken(state, opened, source) {
  const { originals } = opened;
  const { nodes, tail } = nodesOf(source, originals);
  const now = state.doc.content.content;
  const kept = alike(opened, now, nodes);
  adopt(originals, now, nodes, kept);
  const tr = state.tr;
  let [from, next] = [now.length, nodes.length];
  for (const [at, other] of [...kept.reverse(), [-1, -1]]) {
    exchange(tr, sizeOf(now.slice(0, at + 1)), now.slice(at + 1, from), nodes.slice(other + 1, next));
    [from, next] = [at, other];
  }
  Object.assign(opened, { tail, blank: nodes.length ? null : source });
  opened.forget();
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

// Pairs of places, in both orders, where a node is written alike.
function alike({ originals, dialect }, now, next) {
  const [mine, theirs] = [now, next].map((nodes) => nodes.map((node) => written(node, originals, dialect)));
  return same(mine, theirs);
}

// What stays has other neighbours now, and what comes has some of those that stay.
function adopt(originals, now, next, kept) {
  const stays = new Map(kept.map(([at, other]) => [other, now[at]]));
  next.forEach((node, at) => {
    const stood = originals.of(node.attrs.id)?.glue.values().next().value;
    const before = at ? (stays.get(at - 1) ?? next[at - 1]).attrs.id : 0;
    originals.of((stays.get(at) ?? node).attrs.id)?.glue.set(before, stood);
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
