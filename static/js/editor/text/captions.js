// The caption of the figure that a picture stands in.

import { schema } from "./schema.js";

const { paragraph } = schema.nodes;

// { end, line, at, words }: where the figure ends, its caption's line, and what that says. `null` where the
// picture stands in no figure, or its caption is more than words.
export function captionOf(doc, place) {
  const $place = doc.resolve(place);
  const depth = depthOfFigure($place);
  if (depth < 0) return null;
  const found = { end: $place.end(depth), line: null, at: 0, words: "" };
  $place.node(depth).forEach((child, offset) => {
    if (child.attrs.tag === "figcaption") Object.assign(found, { line: child, at: $place.start(depth) + offset });
  });
  if (found.line?.content.content.some((one) => !one.isText)) return null;
  found.words = found.line?.textContent ?? "";
  return found;
}

function depthOfFigure($place) {
  for (let depth = $place.depth; depth > 0; depth -= 1) if ($place.node(depth).attrs.tag === "figure") return depth;
  return -1;
}

// The transaction with other words in it: what both begin and end with keeps its bytes.
export function withCaption(tr, place, words) {
  const caption = captionOf(tr.doc, place);
  if (!caption || words === caption.words) return tr;
  const { end, line, at, words: before } = caption;
  if (!line) return tr.insert(end, paragraph.create({ tag: "figcaption" }, schema.text(words)));
  if (!words) return tr.delete(at, at + line.nodeSize);
  const start = alike(before, words);
  const tail = Math.min(
    alike([...before].reverse().join(""), [...words].reverse().join("")),
    Math.min(before.length, words.length) - start,
  );
  return tr.insertText(words.slice(start, words.length - tail), at + 1 + start, at + 1 + before.length - tail);
}

function alike(one, other) {
  let at = 0;
  while (at < Math.min(one.length, other.length) && one[at] === other[at]) at += 1;
  return at;
}
