// What stands between two nodes: what stood there, where they are neighbours as they were. Pure.

import { isBlank } from "./characters.js";
import { BLOCKS, CLASSIC, glueOf } from "./dialect.js";

export function glueBefore(writer, node, place, neighbour = place.before) {
  const entry = writer.originals.of(node.attrs.id);
  const isAgain = writer.seen.has(node.attrs.id);
  const stood = isAgain ? undefined : entry?.glue.get(idOf(neighbour));
  if (stood !== undefined) return becameText(writer, node, neighbour, place) ? asideOf(stood) : spaceOf(stood, place);
  if (!place.before) return place.dialect === BLOCKS || isTop(place) ? "" : spaceOf(firstOf(entry), place);
  const parent = place.parent.type.name;
  const usual = siblingsGlue(writer, node, place) ?? glueOf(node, { dialect: place.dialect, parent });
  const isWithWords = isTop(place) || isWords(node) || isWords(place.before);
  const needsLine = isWithWords && (isBare(node, place) || isBare(place.before, place));
  return needsLine && !/\n\s*\n/.test(usual) ? "\n\n" : usual;
}

// Whether two texts without an element touch that were not both such when they were opened.
function becameText({ originals, bare }, node, before, place) {
  if (!before || !isTop(place) || !bare.has(before) || !isWrittenBare(originals, node, place)) return false;
  const was = ({ attrs: { id } }) => originals.of(id)?.node.attrs.open === "" && isOfFlow(originals, id);
  return !(was(node) && was(before));
}

const isOfFlow = (originals, id) => (originals.of(id)?.place ?? "flow") === "flow";

// A line of classic text that comes from elsewhere loses its element.
function isWrittenBare(originals, node, place) {
  const { id, tag, open } = node.attrs;
  if (!node.isTextblock || !["p", null].includes(tag)) return false;
  const isNew = open === null || !isOfFlow(originals, id);
  return open === "" || (isNew && place.dialect === CLASSIC);
}

const asideOf = (stood) => (/\n\s*\n/.test(stood) ? stood : "\n\n");

const isTop = ({ parent }) => parent.type.name === "doc";
const firstOf = (entry) => entry?.glue.values().next().value ?? "";

// 0: nobody stands there; what is new was nobody's neighbour.
const idOf = (neighbour) => (neighbour ? neighbour.attrs.id || null : 0);

// A card of words without an element, as a shortcode.
const isWords = ({ attrs: { source } }) => source !== undefined && !source.startsWith("<");

function isBare(node, { dialect }) {
  const { open } = node.attrs;
  if (isWords(node)) return true;
  return open === "" || (open === null && dialect === CLASSIC);
}

// An end tag that ended nothing there may end something elsewhere.
const spaceOf = (stood, place) => (isTop(place) ? stood : stood.replace(/<[^>]*>/g, ""));

// As its neighbours of one kind are set apart from each other.
function siblingsGlue({ originals }, node, { parent }) {
  for (const one of parent.content.content) {
    if (one.type !== node.type) continue;
    for (const [before, stood] of originals.of(one.attrs.id)?.glue ?? []) if (before && isBlank(stood)) return stood;
  }
  return null;
}

// Whether text without an element stands before it, and is another than when it was opened, or was set
// apart by what does so only there.
export function touchesText({ originals, bare }, { id }, { before, parent }) {
  if (!before || !bare.has(before)) return false;
  const stood = originals.of(id)?.glue.get(idOf(before));
  return stood === undefined || !(parent.type.name === "doc" || isBlank(stood));
}

export const wereNeighbours = ({ originals }, one, next) =>
  Boolean(one.id) && originals.of(next.attrs.id)?.glue.has(one.id);
