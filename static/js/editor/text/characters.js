// Characters of a source and what a browser shows for them. Pure, but for the browser's own table of
// character references.

const UNIT = /&(?:#[xX][0-9a-fA-F]+|#[0-9]+|[A-Za-z][A-Za-z0-9]*);?|\r\n?|[\s\S]/gu;
const known = new Map();

// What stands in the place of one reference, as the browser reads it.
function decoded(reference) {
  let text = known.get(reference);
  if (text === undefined) {
    text = new DOMParser().parseFromString(`<body>x${reference}`, "text/html").body.textContent.slice(1);
    known.set(reference, text);
  }
  return text;
}

// The text of a source without tags, as the browser reads it.
export function shown(source) {
  if (!/[&\r]/.test(source)) return source;
  let text = "";
  for (const [, one] of units(source)) text += one;
  return text;
}

// Pairs of source and text, one for each character, reference or end of a line.
export function units(source) {
  return Array.from(source.matchAll(UNIT), ([one]) => one).flatMap((one) => {
    if (one[0] === "&" && one.length > 1) return referenced(one);
    return [[one, one[0] === "\r" ? "\n" : one]];
  });
}

// `&copy2` is a reference and what follows it, `&D` is none at all.
function referenced(source) {
  const text = decoded(source);
  let same = 0;
  while (same < text.length - 1 && source.at(-1 - same) === text.at(-1 - same)) same += 1;
  const rest = same ? Array.from(text.slice(-same), (one) => [one, one]) : [];
  return [[source.slice(0, source.length - same), text.slice(0, text.length - same)], ...rest];
}

export const isBlank = (text) => /^[ \t\n\r\f]*$/.test(text);

// Text as source. A hard space is written so that it can be seen.
export const escaped = (text) =>
  text.replace(/[&<>\u00a0]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;" })[one]);

// An attribute's value as source, to stand between double quotes.
export const quoted = (value) =>
  value.replace(
    /[&"<>\u00a0]/g,
    (one) => ({ "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;" })[one],
  );
