// A source as nodes of the document. What cannot be edited without changing more than was meant becomes
// a card, which keeps it byte for byte.

import { Fragment } from "../../../vendor/prosemirror/prosemirror.js";
import { inlineNodes, piecesOfTree } from "./inline.js";
import { BOXES, cardName, isInline, isKept, isKeptBlock, isListName, isShortcodes, LINES, wordsIn } from "./kinds.js";
import { PLACES } from "./places.js";
import { paragraphs, trimmed } from "./runs.js";
import { schema } from "./schema.js";
import { tableOf } from "./tables.js";
import { VOID } from "./tokens.js";
import { isWhite } from "./verified.js";

export class Builder {
  constructor(source, originals) {
    this.source = source;
    this.originals = originals;
  }

  text(start, end) {
    return this.source.slice(start, end);
  }

  // Children of an element, block or document as nodes, and what stands behind the last of them. `glue`
  // stood before the first, and `before` is the id of the node there. An end tag that ends nothing is
  // nothing on the page, and stands between nodes as white space does.
  blocks(children, place = "flow", { glue: stood = "", before = 0 } = {}) {
    const found = { nodes: [], glue: stood, place, before };
    let run = [];
    for (const child of children) {
      if (isInline(child) && !(child.kind === "comment" && run.every((one) => isWhite(this.source, one)))) {
        run.push(child);
        continue;
      }
      this.#addRun(found, run);
      run = [];
      if (child.kind === "stray") found.glue += this.text(child.start, child.end);
      else this.#add(found, (glue) => this.block(child, { pre: glue, place, before: lastId(found) }));
    }
    this.#addRun(found, run);
    return { nodes: found.nodes, tail: found.glue };
  }

  #add(found, made) {
    found.nodes.push(made(found.glue));
    found.glue = "";
  }

  // Text that stands beside blocks, without an element of its own: a paragraph where blank lines are.
  #addRun(found, run) {
    for (const { before, children, after } of paragraphs(this.source, run)) {
      found.glue += before;
      if (children.length) {
        const where = { pre: found.glue, place: found.place, before: lastId(found) };
        found.glue = "";
        found.nodes.push(this.#bare(children, where));
      }
      found.glue += after;
    }
  }

  #bare(children, where) {
    const [start, end] = [children[0].start, children.at(-1).end];
    const source = this.text(start, end);
    const hasText = children.some((one) => this.#hasText(one)) && !BACKGROUND.test(source);
    if (isShortcodes(source) || !hasText) return this.card({ kind: "text", start, end, children }, where);
    return this.#line(schema.nodes.paragraph, { tag: null, open: "", close: "" }, children, { source, ...where });
  }

  // Whether there is something to read, or a picture; an element with nothing in it is there for its looks.
  #hasText(node) {
    if (node.kind === "element" && !VOID.has(node.name)) return node.children.some((one) => this.#hasText(one));
    return node.kind !== "comment" && !isWhite(this.source, node);
  }

  block(node, where) {
    if (node.isBroken || node.kind === "comment") return this.card(node, where);
    return node.kind === "block" ? this.#wordpress(node, where) : this.#element(node, where);
  }

  #wordpress(node, where) {
    const inner = node.children.filter((one) => !isWhite(this.source, one));
    if (node.isAlone || !inner.length) return this.card(node, where);
    if (isKeptBlock(node.name)) return this.#worded(node, inner, where) ?? this.card(node, where);
    if (inner.length === 1 && inner[0].kind === "element") {
      return this.#element(inner[0], { ...where, outer: node });
    }
    if (inner.every(isInline)) return this.card(node, where);
    return this.#box(node, where, null);
  }

  // A block that is kept, but for one line of words in it.
  #worded(block, [element, ...more], where) {
    const line = !more.length && element.kind === "element" && wordsIn(block, element);
    if (!line) return null;
    const tag = line.name === "a" ? "file" : element.name;
    const made = (one, beside) => {
      const here = { ...beside, place: PLACES[tag] ?? "flow" };
      return one === line ? this.#elementLine(one, here) : this.card(one, here, cardName(this.source, block));
    };
    return this.container(schema.nodes.box, element, { ...where, outer: block, extra: { tag } }, made);
  }

  // `outer` is the block that is nothing but this element.
  #element(node, where) {
    const { name } = node;
    const outer = where.outer ?? node;
    if (isKept(name)) return this.card(outer, where);
    if (name === "table") return tableOf(this, node, where) ?? this.card(outer, where);
    if (isListName(name)) return this.#list(node, where);
    const isLine = node.children.every(isInline);
    if (isLine && LINES.has(name) && (name !== "div" || node.children.length)) return this.#elementLine(node, where);
    if (BOXES.has(name)) return this.#box(node, where, name);
    return this.card(outer, where);
  }

  #elementLine(node, where) {
    const isPre = node.name === "pre";
    const code = isPre && node.children.length === 1 && node.children[0].name === "code" ? node.children[0] : node;
    const { children, start, end } = trimmed(this.source, code, isPre);
    const outer = where.outer ?? node;
    const bytes = { tag: node.name, open: this.text(outer.start, start), close: this.text(end, outer.end) };
    const type = isPre ? schema.nodes.preformatted : schema.nodes.paragraph;
    return this.#line(type, bytes, children, { ...where, source: this.text(outer.start, outer.end), isPre });
  }

  #line(type, bytes, children, { isPre = false, ...where }) {
    const context = { source: this.source, isPre, nextId: () => this.originals.next };
    const content = Fragment.fromArray(inlineNodes(context, children));
    const inner = () => piecesOfTree(this.source, children, isPre);
    return this.node(type, { bytes, content, inner, ...where });
  }

  #list(node, where) {
    const items = node.children.filter((one) => !isWhite(this.source, one));
    const outer = where.outer ?? node;
    if (items.length && items.every((one) => one.isAlone)) return this.#box(node, where, node.name);
    if (!items.every((one) => this.#isItem(one)) || !(items.length || where.outer)) return this.card(outer, where);
    if (!items.length) return this.#emptyList(node, where);
    return this.container(schema.nodes.list, node, where, (one, place) => this.#item(one, place));
  }

  #emptyList(node, where) {
    const content = Fragment.from(schema.nodes.item.create(null, emptyLine()));
    return this.node(schema.nodes.list, { ...this.edges(node, where), content, tail: "" });
  }

  #isItem(node) {
    if (node.kind === "element") return node.name === "li" && !node.isBroken;
    const inner = node.children.filter((one) => !isWhite(this.source, one));
    return node.kind === "block" && inner.length === 1 && this.#isItem(inner[0]);
  }

  #item(one, where) {
    const node = one.kind === "block" ? one.children.find((each) => each.kind === "element") : one;
    const outer = one.kind === "block" ? one : undefined;
    const { nodes, tail } = this.blocks(node.children, "item");
    if (!nodes.length) nodes.push(emptyLine());
    const content = Fragment.fromArray(nodes);
    return this.node(schema.nodes.item, { ...this.edges(node, { ...where, outer }), content, tail });
  }

  #box(node, where, tag) {
    const [behind, children] = this.#behind(node.children);
    const { nodes, tail } = this.blocks(children, PLACES[tag] ?? "flow");
    if (!nodes.length && isWritable(tag, this.text(node.start, node.openEnd))) nodes.push(emptyLine());
    if (!hasSomething(nodes) && !holdsBlocks(node) && tag !== "blockquote")
      return this.card(where.outer ?? node, where);
    const edges = this.edges(node, where);
    edges.bytes.tag = tag;
    if (behind.length) edges.bytes.open += this.text(node.openEnd, behind.at(-1).end);
    return this.node(schema.nodes.box, { ...edges, content: Fragment.fromArray(nodes), tail });
  }

  // What is only looked at, behind the words of a cover, and what stands on it.
  #behind(children) {
    const isBehind = (one) => one.kind === "element" && BACKGROUND.test(this.text(one.start, one.openEnd));
    const last = children.findLastIndex(isBehind);
    const isFirst = children.slice(0, last + 1).every((one) => isBehind(one) || isWhite(this.source, one));
    return isFirst ? [children.slice(0, last + 1), children.slice(last + 1)] : [[], children];
  }

  // A node of these children, which are made one by one; white space stands between them.
  container(type, node, where, made, children = node.children) {
    const nodes = [];
    let glue = "";
    for (const child of children) {
      if (isWhite(this.source, child)) glue += this.text(child.start, child.end);
      else {
        nodes.push(made(child, { pre: glue, place: "flow", before: nodes.at(-1)?.attrs.id ?? 0 }));
        glue = "";
      }
    }
    return this.node(type, { ...this.edges(node, where), content: Fragment.fromArray(nodes), tail: glue });
  }

  // The bytes of an element with the block that is nothing but it.
  edges(node, { outer = node, ...where }) {
    const open = this.text(outer.start, node.openEnd);
    const close = this.text(node.closeStart, outer.end);
    return { ...where, bytes: { tag: node.name || null, open, close }, source: this.text(outer.start, outer.end) };
  }

  node(type, { bytes, content, tail, inner, source, extra, pre, place, before }) {
    const id = this.originals.next;
    const node = type.create({ ...bytes, ...extra, id, ...(tail !== undefined && { tail }) }, content);
    this.originals.keep(id, { node, source, inner, place, pre, before });
    return node;
  }

  card(node, { pre, place, before }, name = cardName(this.source, node)) {
    const id = this.originals.next;
    const source = this.text(node.start, node.end);
    const made = schema.nodes.card.create({ id, source, name, isCut: isCut(node) });
    this.originals.keep(id, { node: made, source, place, pre, before });
    return made;
  }
}

const emptyLine = () => schema.nodes.paragraph.create({ tag: null, open: "", close: "" });
const BACKGROUND = /\bwp-block-cover__(?:(?:image|video)-)?background\b/;
// They hold text, also where nothing stands in them yet.
const WRITABLE = new Set(["blockquote", "figure"]);
const WRITABLE_CLASS = /\bwp-block-(?:column|group|cover__inner-container|media-text__content)(?![\w-])/;
const isWritable = (tag, open) => WRITABLE.has(tag) || WRITABLE_CLASS.test(open);
const isCut = (node) => node.kind === "broken" || Boolean(node.isCut) || node.children.some(isCut);
const lastId = ({ nodes, before }) => nodes.at(-1)?.attrs.id ?? before;
// Blocks that a block holds stand on their own, also where all are cards: each is moved by itself, and lines
// can come between.
const holdsBlocks = (node) => node.children.some((one) => one.kind === "block");
const hasSomething = (nodes) => nodes.some((one) => one.type.name !== "card");
