// The text of one line: tree → nodes, tree → pieces, nodes → pieces.
//
// A piece is [source, key]: of two pieces with one key a browser makes the same. White space of any kind
// and length is one piece.

import { escaped, isBlank, shown, units } from "./characters.js";
import { isKept } from "./kinds.js";
import { schema } from "./schema.js";
import { VOID } from "./tokens.js";

const SPACE = /[ \t\n\r\f]+/g;

// The nodes of a line. `context`: source, isPre, nextId.
export function inlineNodes(context, children, marks = []) {
  return children.flatMap((child, at) => nodesOf(context, child, marks, children[at - 1]));
}

function nodesOf(context, child, marks, before) {
  const source = context.source.slice(child.start, child.end);
  if (child.kind === "text") {
    const text = textOf(context, source, before);
    return text ? [schema.text(text, marks)] : [];
  }
  if (isMark(child)) return inlineNodes(context, child.children, markedBy(context, child, marks));
  return [leaf(child, source, marks)];
}

function textOf(context, source, before) {
  const text = shown(source);
  if (context.isPre) return text;
  const visible = before && isBreak(before) ? text.replace(/^[ \t\n\r\f]+/, "") : text;
  return visible.replace(SPACE, " ");
}

// An element in a line with something in it.
const isMark = (child) =>
  child.kind === "element" && !VOID.has(child.name) && !isKept(child.name) && child.children.length > 0;

const isBreak = (child) => child.name === "br";

function markedBy({ source, nextId }, child, marks) {
  const type = child.name === "a" ? schema.marks.link : schema.marks.format;
  const open = source.slice(child.start, child.openEnd);
  const close = source.slice(child.closeStart, child.end);
  return type.create({ id: nextId(), tag: child.name, open, close }).addToSet(marks);
}

function leaf(child, source, marks) {
  if (isBreak(child)) return schema.nodes.line_break.create({ source }, null, marks);
  if (child.name === "img") return schema.nodes.image.create({ source }, null, marks);
  const name = child.kind === "comment" ? "note" : child.name;
  return schema.nodes.chip.create({ source, name }, null, marks);
}

// The pieces of a line as it was written.
export function piecesOfTree(source, children, isPre) {
  const found = [];
  children.forEach((child, at) => {
    const text = source.slice(child.start, child.end);
    if (child.kind === "text") addText(found, text, isPre, children[at - 1]);
    else if (isMark(child)) {
      const open = source.slice(child.start, child.openEnd);
      const close = source.slice(child.closeStart, child.end);
      found.push([open, open], ...piecesOfTree(source, child.children, isPre), [close, close]);
    } else found.push([text, text]);
  });
  return found;
}

function addText(found, text, isPre, before) {
  let isAfterBreak = Boolean(before) && isBreak(before) && !isPre;
  for (const [source, one] of units(text)) {
    const isSpace = !isPre && isBlank(one);
    const last = found.at(-1);
    if (isSpace && isAfterBreak) last[0] += source;
    else if (isSpace && last?.[1] === " ") last[0] += source;
    else {
      isAfterBreak = false;
      found.push([source, isSpace ? " " : escaped(one)]);
    }
  }
}

// The pieces of a line as it is now.
export function piecesOfNode(line) {
  const found = [];
  let open = [];
  line.forEach((child) => {
    const marks = [...child.marks].sort(outerFirst);
    let same = 0;
    while (same < open.length && same < marks.length && open[same].eq(marks[same])) same += 1;
    for (const mark of open.slice(same).reverse()) found.push(piece(mark.attrs.close));
    for (const mark of marks.slice(same)) found.push(piece(mark.attrs.open));
    open = marks;
    if (child.isText) for (const one of child.text) found.push(piece(characterIn(line, one)));
    else found.push(piece(child.attrs.source));
  });
  for (const mark of open.reverse()) found.push(piece(mark.attrs.close));
  return found;
}

// A line's end among words, from code that was pasted there, is a break.
const characterIn = (line, one) => (one === "\n" && !line.type.spec.code ? "<br>" : escaped(one));

const piece = (source) => [source, source];

// What was written in the source was nested by its order; what was added since lies within.
const outerFirst = (one, other) => (one.attrs.id || Infinity) - (other.attrs.id || Infinity) || 0;
