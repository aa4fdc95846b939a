// Whether the tree says of a piece of source what the browser makes of it. Where it does not, the node
// `isBroken`, and is kept as it is.
//
// Each node of the outermost level is parsed alone, as it stands in the body of a page. A table may lack
// its tbody: the browser puts one in, and so does the tree, with no bytes of its own.

import { isBlank, shown } from "./characters.js";
import { inertName } from "./inert.js";

// `still` is the source as it may be parsed (inert.js).
export function verify(source, node, still) {
  if (node.kind === "text") node.isBroken = !isText(source, node);
  else if (node.kind === "element" || node.kind === "block") {
    const body = parsed(still.slice(node.start, node.end));
    node.isBroken = hasBroken(node) || !matches(source, { name: "body", children: [node] }, body);
  } else node.isBroken = node.kind !== "comment";
}

const parsed = (html) => new DOMParser().parseFromString(`<!doctype html><body>${html}`, "text/html").body;

function isText(source, node) {
  const text = source.slice(node.start, node.end);
  if (!/[&\r]/.test(text)) return true;
  const body = parsed(`x${text}`);
  return body.childNodes.length === 1 && body.firstChild.data === `x${shown(text)}`;
}

const hasBroken = (node) =>
  Boolean(node.isBroken) || ["stray", "broken", "strange"].includes(node.kind) || node.children.some(hasBroken);

// What stands in a node as the browser counts it: a block is its comments and what is between them.
function flat(node) {
  return node.children.flatMap((one) => {
    if (one.kind !== "block") return [one];
    const opening = { kind: "comment", start: one.start, end: one.openEnd, children: [] };
    if (one.isAlone) return [opening];
    return [opening, ...flat(one), { kind: "comment", start: one.closeStart, end: one.end, children: [] }];
  });
}

function matches(source, node, dom) {
  if (lacksBody(node, dom)) addBody(node);
  const ours = joined(source, node, flat(node));
  const theirs = [...(dom.localName === "template" ? dom.content : dom).childNodes];
  return ours.length === theirs.length && ours.every((one, at) => isSame(source, one, theirs[at]));
}

// Text beside text is one node in the browser; a line's end that begins a `pre` is none.
function joined(source, node, children) {
  const [first, ...rest] = children;
  if (node.name !== "pre" || first?.kind !== "text") return children;
  const skipped = /^(?:\r\n?|\n)?/.exec(source.slice(first.start, first.end))[0].length;
  const visible = { ...first, start: first.start + skipped };
  return visible.start < visible.end ? [visible, ...rest] : rest;
}

function isSame(source, node, dom) {
  const text = source.slice(node.start, node.end);
  if (node.kind === "text") return dom.nodeType === 3 && dom.data === shown(text);
  if (node.kind === "raw") return dom.nodeType === 3;
  if (node.kind === "comment") return dom.nodeType === 8;
  return dom.nodeType === 1 && dom.localName.toLowerCase() === inertName(node.name) && matches(source, node, dom);
}

const lacksBody = (node, dom) =>
  node.name === "table" && node.children.some((one) => one.name === "tr") && dom.localName === "table";

// Rows without a section, each run of them with the white space between, get one.
function addBody(table) {
  const children = [];
  for (const one of table.children) {
    const body = children.at(-1);
    const isOpen = body?.name === "tbody" && body.isImplied;
    if (one.name === "tr" && !isOpen) children.push(impliedBody(one));
    if (one.name === "tr" || (isOpen && one.kind === "text")) put(children.at(-1), one);
    else children.push(one);
  }
  table.children = children;
}

const impliedBody = ({ start }) => ({
  kind: "element",
  name: "tbody",
  isImplied: true,
  start,
  openEnd: start,
  closeStart: start,
  end: start,
  children: [],
});

function put(body, node) {
  body.children.push(node);
  body.closeStart = node.end;
  body.end = node.end;
}

export const isWhite = (source, node) => node.kind === "text" && isBlank(source.slice(node.start, node.end));
