// Copying and pasting within the desk keeps bytes: beside what other programs read, the source of what was
// copied travels along. Whoever pastes it opens it like any other source: nothing of it is shown unread.

import { DOMSerializer, Fragment, NodeSelection, Slice } from "../../../vendor/prosemirror/prosemirror.js";
import { attributeOf } from "./attributes.js";
import { nodesOf } from "./document.js";
import { schema, tagIn } from "./schema.js";
import { tokens } from "./tokens.js";
import { withoutName, write } from "./write.js";

const SAFE = /^(?:https?:|mailto:|tel:|[/#?.])/i;
const RUNS = /<script\b|[\s"'/]on[a-z]+\s*=|javascript:/i;
// No picture is fetched in a document that is not shown.
const unseen = document.implementation.createHTMLDocument("");
let lastCopied = null;

const address = (source, name) => {
  const value = attributeOf(source, name) ?? "";
  return SAFE.test(value.trim()) ? value : null;
};
const {
  nodes,
  marks: { part, ...marks },
} = DOMSerializer.fromSchema(schema);

// What other programs get: links and pictures as such, and a card's words.
export const toOthers = new DOMSerializer(
  {
    ...nodes,
    card: ({ attrs: { source } }) => ["p", wordsOf(source)],
    chip: () => ["span"],
    image: ({ attrs: { source } }) => ["img", { src: address(source, "src"), alt: attributeOf(source, "alt") ?? "" }],
  },
  { ...marks, link: ({ attrs: { open } }) => ["a", { href: address(open, "href") }, 0] },
);

const wordsOf = (source) =>
  tokens(source)
    .filter(({ kind }) => kind === "text")
    .map(({ start, end }) => source.slice(start, end))
    .join(" ")
    .trim();

// Copies what is selected; whether it did. Cells of a table are the table's to copy.
export function copy(view, event, opened) {
  const { selection } = view.state;
  if (selection.empty || selection.$anchorCell || !isOfBlocks(selection)) return false;
  const { content, openStart, openEnd } = selection.content();
  const source = write(schema.nodes.doc.create(null, content), opened.originals, opened.dialect);
  const around = unseen.createElement("div");
  around.setAttribute("data-igny8-source", source);
  around.setAttribute("data-igny8-open", `${openStart} ${openEnd}`);
  around.append(toOthers.serializeFragment(content, { document: unseen }));
  event.preventDefault();
  event.clipboardData.clearData();
  event.clipboardData.setData("text/html", around.outerHTML);
  event.clipboardData.setData("text/plain", content.textBetween(0, content.size, "\n\n", "\n"));
  lastCopied = source;
  return true;
}

const isOfBlocks = (selection) => !(selection instanceof NodeSelection) || selection.node.type.isInGroup("block");

export function cut(view, event, opened) {
  if (!copy(view, event, opened)) return false;
  view.dispatch(view.state.tr.deleteSelection().scrollIntoView().setMeta("uiEvent", "cut"));
  return true;
}

// Pastes what was copied so; whether it was. From elsewhere nothing comes in this way that would run.
export function paste(view, event, opened) {
  const { selection, tr } = view.state;
  const source = ownIn(event.clipboardData?.getData("text/html") ?? "");
  if (!source || selection.$anchorCell || selection.$from.parent.type.spec.code) return false;
  if (source.text !== lastCopied && RUNS.test(source.text)) return false;
  const slice = sliceOf(source, opened, namesIn(view.state.doc));
  if (!slice || !fits(tr, slice)) return false;
  view.dispatch(tr.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
  return true;
}

// Parts of tables and lists do not fit everywhere; what does not comes in as other HTML does.
function fits(tr, slice) {
  try {
    tr.replaceSelection(slice).doc.check();
    return true;
  } catch {
    return false;
  }
}

function ownIn(html) {
  if (!html.includes("data-igny8-source")) return null;
  const tag = /<div\b(?=[^>]*\bdata-igny8-source)(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(html)?.[0] ?? "";
  const text = attributeOf(tag, "data-igny8-source");
  const [start, end] = (attributeOf(tag, "data-igny8-open") ?? "").split(" ").map(Number);
  return text && start >= 0 && end >= 0 ? { text, start, end } : null;
}

function sliceOf({ text, start, end }, { originals }, names) {
  const found = nodesOf(text, originals).nodes.map((node) => renamed(node, names));
  originals.of(found[0]?.attrs.id)?.glue.clear();
  const content = Fragment.fromArray(found);
  const { openStart, openEnd } = Slice.maxOpen(content);
  return found.length ? new Slice(content, Math.min(start, openStart), Math.min(end, openEnd)) : null;
}

// A name that the text has already is not given twice.
function renamed(node, names) {
  if (node.isText) return node;
  const { open } = node.attrs;
  const isTaken = node.isBlock && open && names.has(attributeOf(tagIn(open), "id"));
  const attrs = isTaken ? { ...node.attrs, open: withoutName(open) } : node.attrs;
  const children = node.content.content.map((child) => renamed(child, names));
  return node.type.create(attrs, Fragment.fromArray(children), node.marks);
}

function namesIn(doc) {
  const found = new Set();
  doc.descendants((node) => {
    const name = node.isBlock && node.attrs.open && attributeOf(tagIn(node.attrs.open), "id");
    if (name) found.add(name);
  });
  return found;
}
