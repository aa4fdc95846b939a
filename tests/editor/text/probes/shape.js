// What a text says, apart from how it is written: its words and what they stand in. And whether the
// comments of its blocks are pairs, read by a reader of our own.

import { opened } from "/js/editor/text/document.js";

export function read(source, usual) {
  const text = opened(source, usual);
  const rest = text.opening.take();
  text.tail = text.opening.rest;
  const doc = text.doc.copy(text.doc.content.append(text.doc.type.schema.nodes.doc.create(null, rest).content));
  return { doc, source: text.source(doc) };
}

export function shapeOf(node, parent) {
  const { name } = node.type;
  if (name === "card") return isNote(node.attrs.source) ? [] : [`card ${node.attrs.source.trim()}`];
  if (node.isTextblock) return line(node, parent);
  const inside = [];
  node.forEach((child) => inside.push(...shapeOf(child, node).map((one) => `${head(node)}/${one}`)));
  // A table's figure belongs to it, whether it was made here or read.
  return name === "doc" ? inside.map((one) => one.slice(1).replaceAll("figure/table", "table")) : inside;
}

const CELLS = { cell: "td", head_cell: "th" };

function head({ type, attrs, attrs: { tag } }) {
  if (type.name === "doc") return "";
  const span = attrs.colspan > 1 || attrs.rowspan > 1 ? `${attrs.colspan}x${attrs.rowspan}` : "";
  return `${CELLS[type.name] ?? tag ?? "block"}${span}`;
}

function line(node, parent) {
  const parts = [];
  node.forEach((child) => {
    if (child.type.name === "chip" && isNote(child.attrs.source)) return;
    const marks = child.marks.map(({ attrs }) => attrs.tag).sort();
    for (const one of child.isText ? child.text : [BREAKS[child.type.name] ?? `‹${child.attrs.source}›`]) {
      const isBreak = one === "\v" || (one === "\n" && !node.type.spec.code);
      parts.push(isBreak ? "\v" : `${one}${/[ \n]/.test(one) ? "" : marks.join("")}`);
    }
  });
  const words = parts.join("").replace(/[ \n\t]+/g, " ").replace(/ ?\v ?/g, "\v").trim();
  // A line that has become a shortcode, and nothing else, opens as a card.
  if (/^\[[^\]]*\]$/.test(words)) return [`card ${words}`];
  // A caption without its figure is a paragraph, a definition without its list, too; a paragraph in it is one.
  const home = { figcaption: "figure", dt: "dl", dd: "dl" }[node.attrs.tag];
  const tag = home && parent.attrs.tag !== home ? "p" : (node.attrs.tag ?? "p");
  const isPlain = tag === "p" && parent.attrs.tag === "dl";
  return words ? [`${isPlain ? "dd" : tag}: ${words}`] : [];
}

// A note in the source says nothing, and stands alone or in a line.
const isNote = (source) => /^<!--(?!\s+wp:)/.test(source);
const BREAKS = { line_break: "\v" };

// The comments of blocks that have no other end, in their order.
export function unpaired(source) {
  const open = [];
  const alone = [];
  for (const [, end, name, closed] of source.matchAll(/<!--\s+(\/?)wp:([a-z][\w/-]*)\s[^>]*?(\/?)-->/g)) {
    if (closed) continue;
    if (!end) open.push(name);
    else if (open.at(-1) === name) open.pop();
    else alone.push(`/${name}`);
  }
  return [...alone, ...open];
}
