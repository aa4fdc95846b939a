// What runs to the end of the source without an end of its own: a tag or comment that is cut off, an
// element that is left open. Where it no longer is the last, it would swallow what stands behind it. Pure.

import { RAW, tokens } from "./tokens.js";
import { tree } from "./tree.js";

// The same with an end: the `<` of a tag that is cut off is one that is read, and end tags follow.
export function ended(source) {
  const found = tokens(source);
  const [raw, cut] = [found.at(-2), found.at(-1)];
  if (cut?.kind === "broken") {
    const isRaw = raw?.kind === "open" && source[cut.start - 1] === ">" && raw.end === cut.start && RAW.has(raw.name);
    if (isRaw && raw.name !== "plaintext") return ended(`${source}</${raw.name}>`);
    const { start } = isRaw ? raw : cut;
    return ended(`${source.slice(0, start)}&lt;${source.slice(start + 1)}`);
  }
  let text = source;
  for (let node = tree(source, found).children.at(-1); node?.isCut; node = node.children.at(-1)) {
    text = text.slice(0, source.length) + `</${node.name}>` + text.slice(source.length);
  }
  return text;
}
