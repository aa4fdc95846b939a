// No box, list, item or cell stays without anything in it: what was pasted, dragged or cut may leave one
// so, for only the edges of what moves are looked at then.

import { Plugin } from "../../../vendor/prosemirror/prosemirror.js";

export const whole = () =>
  new Plugin({
    appendTransaction(done, before, state) {
      if (!done.some((tr) => tr.docChanged)) return null;
      const hollow = hollowIn(before.doc, state.doc);
      if (!hollow.length) return null;
      const tr = state.tr;
      for (const [node, at] of hollow.reverse()) {
        tr.replaceWith(at, at + node.nodeSize, node.type.createAndFill(node.attrs));
      }
      return tr;
    },
  });

// Of the outermost nodes only those that changed are looked into.
function hollowIn(before, doc) {
  const known = new Set(before.content.content);
  const found = [];
  doc.forEach((node, at) => {
    if (known.has(node)) return;
    if (isHollow(node)) found.push([node, at]);
    node.descendants((child, inside) => {
      if (isHollow(child)) found.push([child, at + 1 + inside]);
    });
  });
  return found;
}

const isHollow = (node) =>
  !node.isLeaf && !node.isTextblock && !node.childCount && !node.type.validContent(node.content);
