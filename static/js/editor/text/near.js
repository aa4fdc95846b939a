// A long text is laid out where it is looked at, and no further. What stands at the cursor always is: in a
// line that a browser has not laid out yet, it puts what is typed at the wrong place.

import { Decoration, DecorationSet, Plugin } from "../../../vendor/prosemirror/prosemirror.js";

const LONG = 100_000; // places in the document
const BESIDE = 2; // nodes before and behind the cursor

export const near = () =>
  new Plugin({
    props: {
      attributes: ({ doc }) => (isLong(doc) ? { class: "is-long" } : {}),
      decorations: ({ doc, selection: { $anchor, $head } }) =>
        isLong(doc) ? DecorationSet.create(doc, [...around($head), ...around($anchor)]) : null,
    },
  });

const isLong = (doc) => doc.content.size > LONG;

function around($pos) {
  const doc = $pos.node(0);
  const first = Math.max(0, $pos.index(0) - BESIDE);
  const last = Math.min(doc.childCount - 1, $pos.index(0) + BESIDE);
  const found = [];
  for (let [index, at] = [first, $pos.posAtIndex(first, 0)]; index <= last; index += 1) {
    const end = at + doc.child(index).nodeSize;
    found.push(Decoration.node(at, end, { class: "is-near" }));
    at = end;
  }
  return found;
}
