// What is typed beside a link is not in it, nor in what stands within it: `<a><span>…</span></a>`.

import { Plugin } from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { link } = schema.marks;

export const linkEdges = () =>
  new Plugin({
    appendTransaction(_, before, { selection, storedMarks, doc, tr }) {
      const isNew = !selection.eq(before.selection) || doc !== before.doc;
      if (!isNew || !selection.empty || storedMarks) return null;
      const here = selection.$from.marks();
      const kept = here.filter((mark) => !isWithin(mark, selection.$from, here));
      return kept.length < here.length ? tr.setStoredMarks(kept) : null;
    },
  });

// Whether it was written within a link that ends or begins here.
function isWithin({ attrs: { id } }, { nodeBefore, nodeAfter }, here) {
  const links = [nodeBefore, nodeAfter].map((node) => node && link.isInSet(node.marks)).filter(Boolean);
  return links.some((one) => one.attrs.id && one.attrs.id < id && !here.includes(one));
}
