// A source to be parsed only to be looked at: no style, no handler. The page's policy refuses both, also
// in a document that nobody sees, and complains of each. Pure.
//
// It is as long as the source, and each element stands where it stood. A `style` is a `title` in it,
// whose text is no markup either.

import { tokens } from "./tokens.js";

const RUNS = /([\s"'/])(?:s(?=tyle\s*=)|o(?=n[\w-]+\s*=))/gi;
export const STYLE = "_tyle";

export function inert(source, found = tokens(source)) {
  if (!/style|\son|["'/]on/i.test(source)) return source;
  let [text, at] = ["", 0];
  for (const token of found) {
    if (token.kind !== "open" && token.name !== "style") continue;
    text += source.slice(at, token.start) + quiet(source.slice(token.start, token.end), token.name);
    at = token.end;
  }
  return text + source.slice(at);
}

const quiet = (tag, name) => (name === "style" ? tag.replace(/style/i, "title") : tag).replace(RUNS, "$1_");

// The name that an element has in it.
export const inertName = (name) => (name === "style" ? "title" : name);
