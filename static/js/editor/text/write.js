// The document as source. What nobody touched is written byte for byte as it was.

import { withName, withValue } from "./attributes.js";
import { ended } from "./cut.js";
import { BLOCKS, CLASSIC, dialectIn, edgesOf } from "./dialect.js";
import { glueBefore, touchesText, wereNeighbours } from "./glue.js";
import { piecesOfNode } from "./inline.js";
import { PLACES } from "./places.js";
import { tagIn } from "./schema.js";
import { splice } from "./splice.js";

const OF_TYPE = { item: "item", cell: "cell", head_cell: "cell" };
const placeIn = ({ type, attrs: { tag } }) => PLACES[tag] ?? OF_TYPE[type.name] ?? "flow";

// `usual` is the dialect of the text.
export function write(doc, originals, usual) {
  const writer = { originals, seen: new Set(), bare: new WeakSet(), usual };
  return childrenOf(writer, doc, { dialect: usual, place: "flow" });
}

// One node of the outermost level, without what stands before it.
export function written(node, originals, usual) {
  const writer = { originals, seen: new Set(), bare: new WeakSet(), usual };
  const place = { dialect: usual, place: "flow", parent: null, before: null, at: 1 };
  return bytesOf(writer, node, place);
}

function childrenOf(writer, parent, context) {
  let text = "";
  let before = null;
  parent.forEach((child, _, at) => {
    const place = { ...context, parent, before, at };
    const glue = glueBefore(writer, child, place);
    text += glue + bytesOf(writer, child, place);
    before = child;
  });
  return text;
}

function bytesOf(writer, node, place) {
  const entry = writer.originals.of(node.attrs.id);
  const isAgain = writer.seen.has(node.attrs.id);
  if (node.attrs.id) writer.seen.add(node.attrs.id);
  const isAtHome = entry && (entry.place ?? "flow") === place.place;
  if (node.type.name === "card") return cardOf(node, place);
  if (place.place === "file" && node.isTextblock && !node.content.size) return ""; // WordPress writes no empty name
  const isWhole = isAtHome && !isAgain && isSame(entry.node, node);
  if (isWhole && !(node.attrs.open === "" && isMisread(writer, node, place)))
    return seen(writer, node, entry) + endOf(writer, node, place);
  const { open, close } = edges(writer, node, place, isAtHome, isAgain);
  if (!open) writer.bare.add(node);
  return (
    open +
    innerOf(writer, node, entry, place, open) +
    (close || endOf(writer, { attrs: { ...node.attrs, open } }, place))
  );
}

function cardOf({ attrs: { source, isCut } }, { parent, at }) {
  const isLast = !parent || (parent.type.name === "doc" && at === parent.childCount - 1);
  return isCut && !isLast ? ended(source) : source;
}

// An end tag that was left out is written where another neighbour than before would not end the element.
function endOf({ originals, seen }, { attrs: { id, tag, open, close } }, { parent, at }) {
  const next = parent?.maybeChild(at + 1);
  if (close || !tag || !open || !next) return "";
  const isAsBefore = wereNeighbours({ originals }, { id }, next) && !seen.has(next.attrs.id);
  return isAsBefore ? "" : `</${tag}>`;
}

// All that stands in it has been written with it.
function seen(writer, node, entry) {
  if (node.attrs.open === "") writer.bare.add(node);
  node.descendants((one) => {
    if (one.attrs.id) writer.seen.add(one.attrs.id);
    return !one.isTextblock;
  });
  return entry.source;
}

// Which part of a long text it stands in says nothing of it.
const isSame = (before, now) => before === now || before.eq(now.mark(before.marks));

function edges(writer, node, place, isAtHome, isAgain) {
  const { open, close, id } = node.attrs;
  const isWritten = open !== null && close !== null && (isAtHome || !node.attrs.id);
  const isNew = isAgain || !id || isMisread(writer, node, place);
  const isBare = open === "" && isNew && !fitsBare(place);
  const edge =
    !isWritten || isBare
      ? edgesOf(node, { ...place, isFirst: place.at === 0 })
      : { open: isAgain ? withoutName(open) : open, close };
  return "colspan" in node.attrs ? cellEdges(node, edge) : edge;
}

// Text without an element is a paragraph where the text is classic, and alone in an item, a cell or a figure.
const fitsBare = ({ place, dialect, at }) => (place === "flow" ? dialect === CLASSIC : at === 0);

// Whether text without an element would be read as part of another line: where it touches one, or came
// behind one in a cell, as merging does.
const isMisread = (writer, node, place) => touchesText(writer, node.attrs, place) || isAmong(writer, node, place);
const isAmong = (writer, node, { place, before }) =>
  place === "cell" && Boolean(before?.isTextblock) && !wereNeighbours(writer, before.attrs, node);

// Of two with one name a page finds the first.
export function withoutName(open) {
  const tag = tagIn(open);
  const nameless = open
    .replace(/"anchor":"[^"]*",?/, "")
    .replace(/,}/, "}")
    .replace(/ \{\} /, " ");
  return tag ? nameless.replace(tag, withValue(tag, "id", null)) : nameless;
}

function cellEdges(node, { open, close }) {
  const name = node.type.name === "cell" ? "td" : "th";
  let tag = withName(open, name);
  for (const side of ["colspan", "rowspan"]) tag = spanned(tag, side, node.attrs[side]);
  return { open: tag, close: close && withName(close, name) };
}

function spanned(tag, side, count) {
  const written = Number.parseInt(new RegExp(`\\b${side}\\s*=\\s*["']?(\\d+)`, "i").exec(tag)?.[1] ?? "1", 10);
  return written === count ? tag : withValue(tag, side, count > 1 ? String(count) : null);
}

function innerOf(writer, node, entry, place, open) {
  if (node.isTextblock) return lineOf(node, entry);
  if (node.type.name === "table") return rowsOf(writer, node);
  const dialect =
    node.type.name === "box" || node.type.name === "list" ? dialectOfChildren(node, place, open) : place.dialect;
  const inner = childrenOf(writer, node, { dialect, place: placeIn(node) });
  return inner + (node.attrs.tail ?? "");
}

const dialectOfChildren = (node, place, open) =>
  node.attrs.open === null && open.startsWith("<!-- wp:") ? BLOCKS : dialectIn(node, place.dialect);

function lineOf(node, entry) {
  const pieces = piecesOfNode(node);
  if (!entry?.inner || entry.node.type !== node.type) return pieces.map(([source]) => source).join("");
  entry.pieces ??= entry.inner();
  return splice(entry.pieces, pieces);
}

function rowsOf(writer, table) {
  const sections = table.attrs.sections ?? [{ pre: "", open: "<tbody>", close: "</tbody>" }];
  let text = "";
  let open = null;
  let before = null;
  table.forEach((row, _, at) => {
    const section = sections[row.attrs.section ?? open ?? table.maybeChild(at + 1)?.attrs.section ?? 0] ?? sections[0];
    const number = sections.indexOf(section);
    if (number !== open) text += (open === null ? "" : sections[open].close) + section.pre + section.open;
    const place = { dialect: "html", place: "flow", parent: table, before: number === open ? before : null, at };
    const glue = number === open || row.attrs.id ? glueBefore(writer, row, place, before) : "";
    text += glue + bytesOf(writer, row, place);
    open = number;
    before = row;
  });
  return text + (open === null ? "" : sections[open].close) + (table.attrs.tail ?? "");
}
