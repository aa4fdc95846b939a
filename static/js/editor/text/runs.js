// Text that stands together: where it begins and ends without its white space, and the paragraphs that
// blank lines make of it, as WordPress does. Pure.

import { isWhite } from "./verified.js";

const BLANK_LINE = /[ \t\r\f]*\n[ \t\r\f]*\n\s*/g;

// [{ before, children, after }]: the white space around each, and nothing lost between.
export function paragraphs(source, run) {
  if (!run.length) return [];
  const parts = [[]];
  for (const child of run) {
    if (child.kind === "text") cut(source, child, parts);
    else parts.at(-1).push(child);
  }
  return parts.filter((part) => part.length).map((part) => withoutSpace(source, part));
}

function cut(source, child, parts) {
  let from = child.start;
  const text = source.slice(child.start, child.end);
  for (const gap of text.matchAll(BLANK_LINE)) {
    const start = child.start + gap.index + gap[0].length;
    parts.at(-1).push({ ...child, start: from, end: start });
    parts.push([]);
    from = start;
  }
  if (from < child.end) parts.at(-1).push({ ...child, start: from });
}

function withoutSpace(source, part) {
  if (part.every((one) => isWhite(source, one))) {
    return { before: source.slice(part[0].start, part.at(-1).end), children: [], after: "" };
  }
  const { children, start, end } = stripped(source, part);
  return { before: source.slice(part[0].start, start), children, after: source.slice(end, part.at(-1).end) };
}

// The children of a line element without the white space at its ends; `start` and `end` are those of what
// is left. Of a `pre` only the end of a line that browsers pass over is left out.
export function trimmed(source, node, isPre) {
  if (isPre) return withoutFirstEnd(source, node);
  if (!node.children.length) return { children: [], start: node.openEnd, end: node.closeStart };
  if (node.children.every((one) => isWhite(source, one))) {
    return { children: [], start: node.closeStart, end: node.closeStart };
  }
  const { children, start, end } = stripped(source, node.children);
  const isBare = { atStart: node.children[0].kind === "text", atEnd: node.children.at(-1).kind === "text" };
  return { children, start: isBare.atStart ? start : node.openEnd, end: isBare.atEnd ? end : node.closeStart };
}

function stripped(source, part) {
  const first = part.findIndex((one) => !isWhite(source, one));
  const last = part.findLastIndex((one) => !isWhite(source, one));
  const children = part.slice(first, last + 1).map((one) => ({ ...one }));
  const [head, foot] = [children[0], children.at(-1)];
  if (head.kind === "text") head.start += /^[ \t\n\r\f]*/.exec(source.slice(head.start, head.end))[0].length;
  if (foot.kind === "text")
    foot.end = foot.start + source.slice(foot.start, foot.end).replace(/[ \t\n\r\f]+$/, "").length;
  return { children, start: head.start, end: foot.end };
}

function withoutFirstEnd(source, node) {
  const children = node.children.map((one) => ({ ...one }));
  const [first] = children;
  if (first?.kind !== "text") return { children, start: node.openEnd, end: node.closeStart };
  const skipped = node.name === "pre" ? /^(?:\r\n?|\n)?/.exec(source.slice(first.start, first.end))[0].length : 0;
  first.start += skipped;
  return {
    children: first.start < first.end ? children : children.slice(1),
    start: node.openEnd + skipped,
    end: node.closeStart,
  };
}

// Children of a document, with text cut behind its blank lines; `endsParagraph` where that is done.
export function atBlankLines(source, children) {
  return children.flatMap((child) => {
    if (child.kind !== "text") return [child];
    const parts = [[]];
    cut(source, child, parts);
    return parts.flat().map((one) => ({ ...one, endsParagraph: one.end < child.end || endsBlank(source, one) }));
  });
}

const endsBlank = (source, { start, end }) => /\n[ \t\r\f]*\n\s*$/.test(source.slice(Math.max(start, end - 40), end));
