// A source to be parsed only to be looked at: no style, no handler, no base. The page's policy refuses them, also
// in a document that nobody sees, and complains of each. Pure.
//
// It is as long as the source, and each element stands where it stood. A `style` is a `title` in it,
// whose text is no markup either.

import { tokens } from "./tokens.js";

const RUNS = /([\s"'/])(?:s(?=tyle\s*=)|o(?=n[\w-]+\s*=))/gi;
export const STYLE = "_tyle";

export function inert(source, found = tokens(source)) {
  if (!/style|<base|[\s"'/]on/i.test(source)) return source;
  let [text, at] = ["", 0];
  for (const token of found) {
    if (!["open", "raw"].includes(token.kind) && token.name !== "style") continue;
    text += source.slice(at, token.start) + quiet(source.slice(token.start, token.end), token.name);
    at = token.end;
  }
  return text + source.slice(at);
}

function quiet(part, name) {
  if (!name) return part.replace(/(<\/)t(?=itle)/gi, "$1_");
  const named = name === "style" ? part.replace(/style/i, "title") : part;
  return (name === "base" ? named.replace(/href/gi, "_ref") : named).replace(RUNS, "$1_");
}

// The name that an element has in it.
export const inertName = (name) => (name === "style" ? "title" : name);
