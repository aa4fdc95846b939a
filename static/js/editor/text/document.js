// Opening a source as a document, and the document's source again.

import { Fragment } from "../../../vendor/prosemirror/prosemirror.js";
import { Builder } from "./build.js";
import { dialectOf } from "./dialect.js";
import { Originals } from "./originals.js";
import { schema } from "./schema.js";
import { tree } from "./tree.js";
import { verify } from "./verified.js";
import { write } from "./write.js";

// { doc, source(doc), dialect }
export function opened(source, usual = "blocks") {
  const originals = new Originals();
  const dialect = dialectOf(source, usual);
  const { nodes, tail } = nodesOf(source, originals);
  const doc = schema.nodes.doc.create(
    { tail },
    nodes.length ? Fragment.fromArray(nodes) : [schema.nodes.paragraph.create()],
  );
  const isNew = !nodes.length;
  return {
    doc,
    dialect,
    originals,
    source: (now) => (isNew && isUntouched(doc, now) ? source : write(now, originals, dialect)),
  };
}

const isUntouched = (doc, now) => now.eq(doc);

export function nodesOf(source, originals) {
  const { children } = tree(source);
  for (const child of children) verify(source, child);
  return new Builder(source, originals).blocks(children);
}
