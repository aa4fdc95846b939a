// Tokens as a tree: elements, WordPress's blocks, text and comments, each with its place in the source.
// Pure.
//
// A block is a pair of comments, `<!-- wp:name -->` and `<!-- /wp:name -->`, and what stands between
// them. Of an element or block: `start`, `openEnd`, `closeStart`, `end`. `isBroken` where the source does
// not nest as written: what a browser makes of it is not what the tree says. `isCut` where it is open to the
// end of the source.

import { VOID } from "./tokens.js";

const BLOCK = /^<!--\s+(\/)?wp:([a-z][a-z0-9_-]*(?:\/[a-z][a-z0-9_-]*)?)\s+(?:{[\s\S]*}\s+)?(\/)?-->$/;
const FOREIGN = new Set(["svg", "math"]);
const ENDS_P = new Set(
  (
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary table ul"
  ).split(" "),
);
// An element of the first kind ends where one of the second begins in it.
const ENDS = {
  p: ENDS_P,
  li: new Set(["li"]),
  dt: new Set(["dt", "dd"]),
  dd: new Set(["dt", "dd"]),
  td: new Set(["td", "th", "tr", "tbody", "tfoot"]),
  th: new Set(["td", "th", "tr", "tbody", "tfoot"]),
  tr: new Set(["tr", "tbody", "tfoot"]),
  thead: new Set(["tbody", "tfoot"]),
  tbody: new Set(["tbody", "tfoot"]),
};

export function tree(source, found) {
  const root = {
    kind: "root",
    name: "",
    start: 0,
    openEnd: 0,
    closeStart: source.length,
    end: source.length,
    children: [],
  };
  const stack = [root];
  for (const token of found) take(source, stack, token);
  while (stack.length > 1) {
    const node = endOpen(stack, source.length);
    node.isCut = Boolean(node.isBroken);
  }
  return root;
}

function take(source, stack, token) {
  if (token.kind === "open") open(stack, token);
  else if (token.kind === "close") close(stack, token);
  else if (token.kind === "comment") comment(source, stack, token);
  else stack.at(-1).children.push({ ...token, children: [] });
}

function open(stack, { name, start, end, closesItself }) {
  while (ENDS[stack.at(-1).name]?.has(name) && stack.at(-1).kind === "element") endOpen(stack, start);
  const element = { kind: "element", name, start, openEnd: end, closeStart: end, end, children: [] };
  stack.at(-1).children.push(element);
  const isForeign = FOREIGN.has(name) || stack.some((one) => FOREIGN.has(one.name));
  if (!VOID.has(name) && !(closesItself && isForeign)) stack.push(element);
}

function close(stack, token) {
  let at = stack.length - 1;
  while (at > 0 && !(stack[at].name === token.name && stack[at].kind === "element")) at -= 1;
  if (at === 0) {
    stack.at(-1).children.push({ kind: "stray", start: token.start, end: token.end, children: [] });
    if (stack.length > 1) stack.at(-1).isBroken = true;
    return;
  }
  while (stack.length - 1 > at) endOpen(stack, token.start);
  const element = stack.pop();
  element.closeStart = token.start;
  element.end = token.end;
}

function comment(source, stack, token) {
  const found = BLOCK.exec(source.slice(token.start, token.end));
  if (!found) {
    stack.at(-1).children.push({ ...token, children: [] });
    return;
  }
  const [, isEnd, name, isAlone] = found;
  const place = { start: token.start, openEnd: token.end, closeStart: token.end, end: token.end };
  if (isAlone) stack.at(-1).children.push({ kind: "block", name, isAlone: true, ...place, children: [] });
  else if (isEnd) closeBlock(stack, token, name);
  else {
    const block = { kind: "block", name, ...place, children: [] };
    stack.at(-1).children.push(block);
    stack.push(block);
  }
}

function closeBlock(stack, token, name) {
  const at = stack.findLastIndex((one) => one.kind === "block" && one.name === name);
  if (at < 0) {
    stack.at(-1).children.push({ kind: "comment", start: token.start, end: token.end, children: [] });
    return;
  }
  while (stack.length - 1 > at) endOpen(stack, token.start);
  const block = stack.pop();
  block.closeStart = token.start;
  block.end = token.end;
}

// What is open ends here without saying so. A block's comment then is one like any other.
function endOpen(stack, at) {
  const node = stack.pop();
  node.closeStart = at;
  node.end = at;
  if (node.kind === "block") dissolve(stack.at(-1), node);
  else if (!mayEndSilently(node)) node.isBroken = true;
  return node;
}

const mayEndSilently = (node) => node.name in ENDS;

function dissolve(parent, block) {
  const lone = { kind: "comment", start: block.start, end: block.openEnd, children: [] };
  parent.children.splice(-1, 1, lone, ...block.children);
}
