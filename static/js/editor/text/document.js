// Opening a source as a document, and the document's source again.

import { Fragment } from "../../../vendor/prosemirror/prosemirror.js";
import { Builder } from "./build.js";
import { dialectOf } from "./dialect.js";
import { inert } from "./inert.js";
import { isInline } from "./kinds.js";
import { Originals } from "./originals.js";
import { partsAnew } from "./parts.js";
import { atBlankLines } from "./runs.js";
import { schema } from "./schema.js";
import { tokens } from "./tokens.js";
import { tree } from "./tree.js";
import { verify } from "./verified.js";
import { write } from "./write.js";

const LONG = 100_000; // characters
const FIRST = 60_000; // characters: more than a screen, and there at once

// A source that becomes nodes part by part: a long one is on the page before its end was looked at.
export class Opening {
  #groups;
  #glue = "";
  #before = 0;

  constructor(source, originals) {
    this.source = source;
    this.inPart = source.length > LONG ? partsAnew() : null;
    this.builder = new Builder(source, originals);
    const found = tokens(source);
    this.still = inert(source, found);
    this.#groups = groupsOf(atBlankLines(source, tree(source, found).children)).reverse();
  }

  get isDone() {
    return this.#groups.length === 0;
  }

  // What is not in the document yet, as source.
  get rest() {
    const next = this.#groups.at(-1)?.[0];
    return this.#glue + (next ? this.source.slice(next.start) : "");
  }

  // The next nodes, of about so many characters.
  take(size = Infinity) {
    const nodes = [];
    const start = this.#groups.at(-1)?.[0].start ?? 0;
    while (!this.isDone && this.#groups.at(-1)[0].start - start < size) {
      const made = this.#built(this.#groups.pop());
      nodes.push(...(this.inPart ? made.nodes.map((node) => this.#marked(node)) : made.nodes));
      this.#glue = made.tail;
      this.#before = made.nodes.at(-1)?.attrs.id ?? this.#before;
    }
    return nodes;
  }

  #marked(node) {
    const marked = this.inPart(node);
    this.builder.originals.of(node.attrs.id).node = marked;
    return marked;
  }

  #built(children) {
    for (const child of children) verify(this.source, child, this.still);
    return this.builder.blocks(children, "flow", { glue: this.#glue, before: this.#before });
  }
}

// What must be looked at together: text that stands beside blocks, up to a blank line.
function groupsOf(children) {
  const groups = [];
  let isOpen = false;
  for (const child of children) {
    const isText = isInline(child);
    if (isOpen && isText) groups.at(-1).push(child);
    else groups.push([child]);
    isOpen = isText && !child.endsParagraph;
  }
  return groups;
}

// { doc, opening, tail, blank, source(doc), forget(), dialect, originals }. `tail` is what stands behind the last
// node, `blank` the whole source where there is none; the document itself does not hold them, for the page
// draws a document with another attribute anew.
export function opened(source, usual = "blocks") {
  const originals = new Originals();
  const dialect = dialectOf(source, usual);
  const opening = new Opening(source, originals);
  const nodes = opening.take(FIRST);
  const content = nodes.length ? Fragment.fromArray(nodes) : [schema.nodes.paragraph.create()];
  const doc = schema.nodes.doc.create(null, content);
  const made = { doc, opening, dialect, originals, tail: opening.rest, blank: nodes.length ? null : source };
  const asSource = (now) =>
    made.blank !== null && isNothing(now) ? made.blank : write(now, originals, dialect) + made.tail;
  return Object.assign(made, remembering(asSource));
}

// Who saves asks for the source of one document many times. `forget` where it became another one: by what
// stands between the nodes, or behind them.
function remembering(asSource) {
  let last = {};
  const source = (doc) => {
    if (doc !== last.doc) last = { doc, source: asSource(doc) };
    return last.source;
  };
  return {
    source,
    forget: () => {
      last = {};
    },
  };
}

const isNothing = (doc) => doc.childCount === 1 && doc.firstChild.eq(schema.nodes.paragraph.create());

// All of a source as nodes.
export function nodesOf(source, originals) {
  const opening = new Opening(source, originals);
  return { nodes: opening.take(), tail: opening.rest };
}
